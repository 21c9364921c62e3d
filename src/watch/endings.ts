import { EXIT } from '../errors.js';
import type { Change } from '../transfers/change.js';
import { meansId } from '../transfers/ids.js';
import { hasEnded, keyAmongRooms, STATUSES, type Status, type Transfer } from '../transfers/transfer.js';

export interface EndingOptions {
  /** End once every Room was listed. */
  readonly once: boolean;
  /** End after so many transfer records. */
  readonly count: number | null;
  readonly until: Goal | null;
  /** Whether what is there at the start is shown; what is left out decides nothing. */
  readonly snapshot: boolean;
  /** Ids, or prefixes of them, as asked for: `until` waits for each, also before its transfer exists. */
  readonly ids: readonly string[];
  /** Feeds that each have a start to be listed. */
  readonly feeds: number;
}

/**
 * Decides when a watch has done what it was asked for. Pure: takes changes and listings, and gives the exit
 * code as soon as there is one.
 *
 * `until` ends when every watched transfer has ended or is in the status asked for (with ids: each of them), or,
 * without ids, when one of them comes into that status while it is watched. The code is 6 where one failed, was
 * rejected or was removed before it got there.
 */
export class Endings {
  readonly #options: EndingOptions;
  /** Watched transfers that have neither ended nor reached the goal. */
  readonly #open = new Set<string>();
  /** With ids, those that have ended or reached the goal once. */
  readonly #settled = new Set<string>();
  readonly #missing: Set<string>;
  /** Ids that no transfer has had yet. */
  readonly #unseen: Set<string>;
  #hasWatched = false;
  #written = 0;
  #listed = 0;
  #hasFailed = false;
  #hasReached = false;
  #onceCode: number = EXIT.done;

  constructor(options: EndingOptions) {
    this.#options = options;
    this.#missing = new Set(options.ids);
    this.#unseen = new Set(options.ids);
  }

  /** A transfer record was written. */
  wrote(): void {
    this.#written++;
  }

  /** Something happened to a watched transfer. */
  saw(change: Change, room: string): void {
    const { until, ids, snapshot } = this.#options;
    if (change.kind === 'transfer') take(this.#unseen, change.transfer.id);
    if (until === null) return;
    if (change.kind === 'removed') {
      const place = keyAmongRooms(room, change.key);
      take(this.#missing, change.id);
      const wasOpen = this.#open.delete(place);
      // Each that an id stands for is waited for, also one that nothing was seen of before.
      const isFailure = ids.length > 0 ? !this.#settled.has(place) : wasOpen;
      if (ids.length > 0) this.#settled.add(place);
      if (isFailure && until !== 'ended') this.#hasFailed = true;
      return;
    }
    if (change.kind !== 'transfer' || (change.origin === 'snapshot' && !snapshot)) return;
    const { key, status } = change.transfer;
    this.#hasWatched = true;
    const reached = status === until;
    if (hasEnded(status) || reached) this.#settle(room, change.transfer, reached);
    // With ids a goal once reached stays reached, though the transfer goes on.
    else if (!this.#settled.has(keyAmongRooms(room, key))) this.#open.add(keyAmongRooms(room, key));
    if (reached && ids.length === 0 && change.origin !== 'snapshot') this.#hasReached = true;
  }

  /**
   * A Room's first listing is complete, or will never be.
   * @param exitCode what the Room was given up with; `once` then can't be done as asked
   */
  listed(exitCode: number = EXIT.done): void {
    this.#listed++;
    if (this.#onceCode === EXIT.done) this.#onceCode = exitCode;
  }

  /** The ids asked for that no transfer has had yet. */
  get unseen(): readonly string[] {
    return [...this.#unseen];
  }

  /** The exit code, or `null` while there is more to watch. */
  get exitCode(): number | null {
    const { once, count, until, feeds } = this.#options;
    if (count !== null && this.#written >= count) return EXIT.done;
    const areListed = this.#listed >= feeds;
    if (until !== null) {
      if (this.#hasReached) return EXIT.done;
      const areAny = this.#hasWatched || this.#options.ids.length > 0;
      const areSettled = areAny && this.#open.size === 0 && this.#missing.size === 0;
      if (areListed && areSettled) return this.#hasFailed ? EXIT.failed : EXIT.done;
    }
    return once && areListed ? this.#onceCode : null;
  }

  #settle(room: string, { id, key, status }: Transfer, reached: boolean): void {
    const { until } = this.#options;
    this.#open.delete(keyAmongRooms(room, key));
    take(this.#missing, id);
    if (this.#options.ids.length > 0) this.#settled.add(keyAmongRooms(room, key));
    const isFailure = status === 'failed' || status === 'rejected';
    if (isFailure && !reached && until !== 'ended') this.#hasFailed = true;
  }
}

/** Takes out of `ids` those that stand for this one. Gives whether there were any. */
function take(ids: Set<string>, id: string): boolean {
  if (ids.size === 0) return false;
  const taken = [...ids].filter((given) => meansId(given, id));
  for (const given of taken) ids.delete(given);
  return taken.length > 0;
}

/** Ends a show that has done what was asked for. */
export class Done extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('done');
    this.exitCode = exitCode;
  }
}

/** What `--until` waits for: a status, or that all have ended, whichever way. */
export type Goal = Status | 'ended';

export const GOALS: readonly Goal[] = [...STATUSES, 'ended'];
