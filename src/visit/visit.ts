import { EventEmitter, once } from 'node:events';
import { TrueConfFilesError } from '../errors.js';
import { Monitor } from '../monitor/monitor.js';
import type { Notice } from '../monitor/notice.js';
import type { Redactor } from '../protocol/secrets.js';
import { NoAnswerError } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import { RoomWatcher, type RoomWatcherOptions } from '../room/watcher.js';
import type { Ledger } from '../transfers/ledger.js';

export interface StayOptions
  extends Pick<RoomWatcherOptions, 'address' | 'credentials' | 'role' | 'askCredentials'> {
  /** How often the link is proved alive; default 15 s. */
  readonly heartbeatMs?: number | undefined;
  readonly onEntry: (entry: Entry, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice) => void;
}

/** A Room that has let us in and listed what it holds, for as long as a stay lasts. */
export interface Visit {
  /** What the user gave as its address. */
  readonly label: string;
  readonly room: RoomWatcher;
  readonly ledger: Ledger;
  /** Why a list did not come, a sentence for each that did not. */
  readonly listingFaults: readonly string[];
  /** Aborted with the signal of the stay, or with the link's end: with the reason of that. */
  readonly signal: AbortSignal;
  /** What `find` gives once it gives something, tried whenever the Room says something; `null` after a while. */
  readonly hears: <T>(find: () => T | null) => Promise<T | null>;
}

/** One stay at a Room, from dialling to leaving: it lets us in and lists what it holds, something is done, and that is all. */
export class Stay {
  readonly #room: RoomWatcher;
  readonly #listingFaults: string[] = [];
  readonly #options: StayOptions;
  readonly #monitor = new Monitor({ keep: Number.MAX_SAFE_INTEGER });
  readonly #heard = new EventEmitter();
  #isListed = false;

  constructor(options: StayOptions) {
    this.#options = options;
    this.#room = new RoomWatcher({
      ...options,
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      wait: false,
      reconnect: false,
      takeover: false,
      onEntry: (entry) => this.#feed(entry),
    });
  }

  /**
   * @param act what is to be done there
   * @throws TrueConfFilesError; the signal's reason
   */
  async run<T>(act: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T> {
    const stop = new AbortController();
    const over = new AbortController();
    const ended = this.#room.run(AbortSignal.any([signal, stop.signal])).then(
      () => over.abort(signal.reason),
      (error: unknown) => over.abort(error),
    );
    try {
      while (!this.#isListed && !over.signal.aborted) await Promise.race([ended, once(this.#heard, 'entry')]);
      over.signal.throwIfAborted();
      return await act({
        label: this.#options.address.label,
        room: this.#room,
        ledger: this.#monitor.ledger,
        listingFaults: this.#listingFaults,
        signal: AbortSignal.any([signal, over.signal]),
        hears: (find) => this.#hears(find),
      });
    } catch (error) {
      if (error instanceof TrueConfFilesError) throw error;
      // What the end of the link cut short fails by that: the link itself tells the cause.
      if (!this.#room.isLive) await ended;
      over.signal.throwIfAborted();
      throw error instanceof NoAnswerError ? unanswered(error, this.#options.address.label) : error;
    } finally {
      stop.abort();
      await ended;
    }
  }

  async #hears<T>(find: () => T | null): Promise<T | null> {
    const patience = AbortSignal.timeout(HEARING_MS);
    for (;;) {
      const found = find();
      if (found !== null || patience.aborted) return found;
      await once(this.#heard, 'entry', { signal: patience }).catch(() => {});
    }
  }

  #feed(entry: Entry): void {
    const { onEntry, onNotice } = this.#options;
    onEntry(entry, this.#room.redactor);
    for (const notice of this.#monitor.feed(entry)) onNotice(notice);
    if (entry.kind === 'warning' && entry.code === LISTING_FAILED) this.#listingFaults.push(entry.message);
    if (entry.kind === 'link' && entry.link.state === 'live') this.#isListed = true;
    this.#heard.emit('entry');
  }
}

function unanswered(error: NoAnswerError, label: string): TrueConfFilesError {
  const hint = 'Try again; a Room that is older than the request may not know it.';
  return new TrueConfFilesError('unreachable', `No answer from ${label}: ${error.message}.`, hint);
}

/** The warning's code; what it means is for each command to say. */
export const LISTING_FAILED = 'listing-failed';
const HEARTBEAT_MS = 15_000;
/** What follows from a request follows at once, or not at all. */
const HEARING_MS = 1_000;

/** @param what the Room would not do, as in "to tell of abc" */
export function refused(
  label: string,
  what: string,
  reason: string,
  hint: string | null,
): TrueConfFilesError {
  return new TrueConfFilesError('rejected', `The Room ${label} refused ${what}: ${reason}.`, hint);
}

/** @param faults why lists did not come, a sentence for each that did not */
export function incomplete(label: string, faults: readonly string[]): TrueConfFilesError {
  const what = faults.length > 1 ? 'gave no list' : 'gave only one of its two lists';
  return new TrueConfFilesError('rejected', `The Room ${label} ${what}: ${faults.join('; ')}.`);
}
