import { type Clock, delay, eachOf } from '../room/timers.js';
import { encodeToken } from './subjects.js';

/** Where leases are kept. A write gives `null` where it was refused, as another lease is there. */
export interface LeaseStore {
  readonly ttlMs: number;
  /** @param revision of the lease that is renewed; 0 where there should be none */
  put(room: string, owner: string, revision: number): Promise<number | null>;
  release(revision: number): Promise<void>;
  holder(room: string): Promise<{ readonly owner: string; readonly revision: number } | null>;
  held(): Promise<ReadonlySet<string>>;
  reopen(): Promise<void>;
}

export interface LeasesOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  /** One for each relay process: never the same twice. */
  readonly owner: string;
  readonly rooms: readonly string[];
  /** Rooms held at most. */
  readonly claim: number;
  /** Whether the store can be asked now. */
  readonly isUp: () => boolean;
  /** `isInherited`: somebody else has held it while this relay ran. */
  readonly onTaken: (room: string, isInherited: boolean) => void;
  readonly onLost: (room: string) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Takes the leases of free Rooms, up to a number, and keeps them. While NATS is unreachable leases count as held; on
 * reconnect each is confirmed or dropped.
 *
 * Only what NATS acknowledges is certain. The leader of a stream that was frozen answers reads from its old copy until
 * it hears of its successor, with leases that expired in it, and refuses writes by that copy too.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #held = new Map<string, Held>();
  readonly #givenUp = new Set<string>();
  /** Not to be taken until another relay has held them. */
  readonly #leftToOthers = new Set<string>();
  readonly #othersHeld = new Set<string>();
  /** When each Room was last known to be held by this relay or another, or NATS was away. */
  readonly #heldAt = new Map<string, number>();
  /** Asked for, and not answered. */
  readonly #unanswered = new Set<string>();
  readonly #clock: Clock;
  #renewing: Promise<void> = Promise.resolve();
  #inDoubtUntil = Number.NEGATIVE_INFINITY;
  /** How often leases are renewed, milliseconds. */
  readonly tickMs: number;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.tickMs = options.store.ttlMs / TICKS_PER_LIFE;
    this.#noteHeld(() => true);
  }

  /** How long a lease lives without being renewed, milliseconds. */
  get lifeMs(): number {
    return this.#options.store.ttlMs;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Rooms that no relay is known to have held for a lease life: none does, or the store does not say. */
  get unheld(): readonly string[] {
    const before = this.#clock.now() - this.#options.store.ttlMs;
    return [...this.#heldAt].filter(([, at]) => at <= before).map(([room]) => room);
  }

  /** Whether a lease is held and was confirmed so recently that no other relay can hold it. */
  isFresh(room: string): boolean {
    const held = this.#held.get(room);
    return held !== undefined && this.#clock.now() - held.confirmedAt < this.#options.store.ttlMs;
  }

  /** Resolves once `isFresh`: a seat is taken only while no other relay can hold the Room. */
  async whenFresh(room: string, signal: AbortSignal): Promise<void> {
    while (!this.isFresh(room)) await delay(FRESH_LOOK_MS, signal, this.#clock);
  }

  /** Whether another relay may have held a Room of this one within the last lease life. */
  get areInDoubt(): boolean {
    return this.#clock.now() < this.#inDoubtUntil;
  }

  /** NATS could not be asked, or its answers contradict each other. */
  doubt(): void {
    this.#inDoubtUntil = this.#clock.now() + this.#options.store.ttlMs;
  }

  /** Takes and renews leases until the signal is aborted; then releases them. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const startedAt = this.#clock.now();
        if (this.#options.isUp()) await this.#tick(signal);
        else this.#noteHeld(() => true);
        const tookMs = this.#clock.now() - startedAt;
        await delay(Math.max(MIN_PAUSE_MS, this.tickMs - tookMs), signal, this.#clock);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /**
   * Renews all at once. One that another relay holds is reported as lost.
   * @throws what kept one from being renewed
   */
  confirm(): Promise<void> {
    this.#renewing = this.#renewing.catch(() => {}).then(() => this.#renewEach());
    return this.#renewing;
  }

  /** Releases a Room and never takes it again. */
  async giveUp(room: string): Promise<void> {
    this.#givenUp.add(room);
    await this.#release(room);
  }

  /** Releases a Room that another relay may want. */
  async release(room: string): Promise<void> {
    this.#othersHeld.add(room);
    await this.#release(room);
  }

  /** Releases a Room, and takes it again only after another relay has held it. */
  async standBy(room: string): Promise<void> {
    this.#leftToOthers.add(room);
    await this.#release(room);
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((room) => this.#release(room)));
  }

  async #tick(signal: AbortSignal): Promise<void> {
    try {
      await this.confirm();
      signal.throwIfAborted();
      await this.#takeFree(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.doubt();
      this.#options.onFault(error);
      await this.#options.store.reopen().catch(() => {});
    }
  }

  async #takeFree(signal: AbortSignal): Promise<void> {
    const { store, rooms, claim } = this.#options;
    if (this.#held.size >= rooms.length) return;
    const taken = await store.held();
    this.#noteOthers(taken);
    const isWanted = (room: string) => !this.#givenUp.has(room) && !this.#leftToOthers.has(room);
    const isFree = (room: string) => !taken.has(encodeToken(room));
    const wanted = rooms.filter((room) => !this.#held.has(room) && isWanted(room));
    const canTake = (room: string) => isFree(room) || this.#unanswered.has(room);
    for (const room of wanted) if (!canTake(room)) this.#othersHeld.add(room);
    // Hundreds of them take long where NATS is far away, and those that are held must be renewed.
    const until = this.#clock.now() + this.tickMs;
    let asking = 0;
    await eachOf(wanted.filter(canTake), PARALLEL, async (room) => {
      if (this.#held.size + asking >= claim || signal.aborted || this.#clock.now() >= until) return;
      asking++;
      try {
        await this.#takeUnheld(room, isFree(room));
      } finally {
        asking--;
      }
    });
  }

  async #takeUnheld(room: string, isFree: boolean): Promise<void> {
    const askedAt = this.#clock.now();
    const revision = await this.#take(room, isFree);
    if (revision === null) {
      this.#othersHeld.add(room);
      return;
    }
    this.#confirmed(room, revision, askedAt);
    this.#options.onTaken(room, this.#othersHeld.has(room));
  }

  #noteOthers(taken: ReadonlySet<string>): void {
    const isOthers = (room: string) => taken.has(encodeToken(room)) && !this.#held.has(room);
    for (const room of this.#options.rooms.filter(isOthers)) {
      if (this.#leftToOthers.delete(room)) this.#othersHeld.add(room);
    }
    this.#noteHeld(isOthers);
  }

  #noteHeld(isHeld: (room: string) => boolean): void {
    const now = this.#clock.now();
    for (const room of this.#options.rooms) if (isHeld(room)) this.#heldAt.set(room, now);
  }

  #confirmed(room: string, revision: number, askedAt: number): void {
    this.#held.set(room, { revision, confirmedAt: askedAt });
    this.#heldAt.set(room, askedAt);
  }

  /** An earlier request may have been stored since: the holder of the lease may be this relay. */
  async #take(room: string, isFree: boolean): Promise<number | null> {
    const { store, owner } = this.#options;
    this.#unanswered.add(room);
    const revision = isFree ? await store.put(room, owner, 0) : await this.#recover(room, 0);
    this.#unanswered.delete(room);
    return revision;
  }

  #renewEach(): Promise<void> {
    return eachOf([...this.#held.keys()], PARALLEL, (room) => this.#renew(room));
  }

  async #renew(room: string): Promise<void> {
    const { store, owner } = this.#options;
    const held = this.#held.get(room);
    if (held === undefined) return;
    const askedAt = this.#clock.now();
    let revision = await store.put(room, owner, held.revision);
    if (revision === null) {
      this.doubt();
      revision = await this.#recover(room, held.revision);
    }
    // It may have been released since.
    if (!this.#held.has(room)) return;
    if (revision !== null) {
      this.#confirmed(room, revision, askedAt);
      return;
    }
    this.#held.delete(room);
    this.#othersHeld.add(room);
    this.#options.onLost(room);
  }

  /**
   * A renewal that timed out may have been stored, or be stored yet, and a lease that expired may still be free.
   * @param known the newest revision that was acknowledged: what is older was read from an old copy
   * @returns the new revision; `null` where another relay holds the lease
   * @throws where reads and writes contradict each other
   */
  async #recover(room: string, known: number): Promise<number | null> {
    const { store, owner } = this.#options;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const holder = await store.holder(room);
      if (holder !== null && holder.owner !== owner) {
        if (holder.revision > known || !this.isFresh(room)) return null;
        continue;
      }
      const revision = await store.put(room, owner, holder?.revision ?? 0);
      if (revision !== null) return revision;
    }
    throw new Error('its servers contradict each other about who holds a Room');
  }

  async #release(room: string): Promise<void> {
    const held = this.#held.get(room);
    this.#held.delete(room);
    // What can't be released expires.
    if (held !== undefined && this.#options.isUp()) {
      await this.#options.store.release(held.revision).catch(() => {});
    }
  }
}

interface Held {
  readonly revision: number;
  /** By a clock that never goes back; when the confirmation was asked for, as it may have been stored then. */
  readonly confirmedAt: number;
}

const TICKS_PER_LIFE = 3;
const MIN_PAUSE_MS = 100;
const PARALLEL = 32;
const FRESH_LOOK_MS = 100;
const MAX_TRIES = 3;
