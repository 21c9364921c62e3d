import { delay } from '../room/timers.js';
import { encodeToken } from './subjects.js';

/** Where leases are kept: each operation gives `null` where somebody else was quicker. */
export interface LeaseStore {
  readonly ttlMs: number;
  create(room: string, owner: string): Promise<number | null>;
  renew(room: string, owner: string, revision: number): Promise<number | null>;
  release(revision: number): Promise<void>;
  holder(room: string): Promise<{ readonly owner: string; readonly revision: number } | null>;
  held(): Promise<ReadonlySet<string>>;
  reopen(): Promise<void>;
}

export interface LeasesOptions {
  readonly store: LeaseStore;
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
 * Takes the leases of Rooms that nobody holds, up to a number, and keeps them. While the store is away they are kept
 * in good faith: nobody else can take them then either; once it is back each is confirmed or lost.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #held = new Map<string, Held>();
  readonly #givenUp = new Set<string>();
  readonly #othersHeld = new Set<string>();
  /** Asked for, and not answered. */
  readonly #unanswered = new Set<string>();
  #renewing: Promise<void> = Promise.resolve();
  /** How often leases are renewed, milliseconds. */
  readonly tickMs: number;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.tickMs = options.store.ttlMs / TICKS_PER_LIFE;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Whether a lease is held and was confirmed so lately that nobody else can hold it. */
  isFresh(room: string): boolean {
    const held = this.#held.get(room);
    return held !== undefined && performance.now() - held.confirmedAt < this.#options.store.ttlMs;
  }

  /** Takes and renews leases until the signal is aborted; then releases them. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        if (this.#options.isUp()) await this.#tick(signal);
        await delay(this.tickMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Renews all at once: after the store was away, or where one is in doubt. */
  confirm(): Promise<void> {
    return this.#renewAll();
  }

  /** Lets go of a Room and never takes it again. */
  async giveUp(room: string): Promise<void> {
    this.#givenUp.add(room);
    await this.#release(room);
  }

  /** Lets go of a Room that another relay may want. */
  async letGo(room: string): Promise<void> {
    this.#othersHeld.add(room);
    await this.#release(room);
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((room) => this.#release(room)));
  }

  async #tick(signal: AbortSignal): Promise<void> {
    try {
      await this.#renewAll();
      signal.throwIfAborted();
      await this.#takeFree(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.onFault(error);
      await this.#options.store.reopen().catch(() => {});
    }
  }

  async #takeFree(signal: AbortSignal): Promise<void> {
    const { store, rooms, claim } = this.#options;
    if (this.#held.size >= claim) return;
    const wanted = rooms.filter((room) => !this.#held.has(room) && !this.#givenUp.has(room));
    if (wanted.length === 0) return;
    const taken = await store.held();
    for (const room of wanted) {
      if (this.#held.size >= claim || signal.aborted) return;
      const askedAt = performance.now();
      const isFree = !taken.has(encodeToken(room));
      const revision = isFree || this.#unanswered.has(room) ? await this.#take(room, isFree) : null;
      if (revision === null) {
        this.#othersHeld.add(room);
        continue;
      }
      this.#held.set(room, { revision, confirmedAt: askedAt });
      this.#options.onTaken(room, this.#othersHeld.has(room));
    }
  }

  /** What was asked for before may have been stored since: whoever holds the lease may be this relay. */
  async #take(room: string, isFree: boolean): Promise<number | null> {
    const { store, owner } = this.#options;
    this.#unanswered.add(room);
    const revision = isFree ? await store.create(room, owner) : await this.#recover(room);
    this.#unanswered.delete(room);
    return revision;
  }

  /** One after the other: of two at once, each would take what the other has just stored for somebody else's. */
  #renewAll(): Promise<void> {
    this.#renewing = this.#renewing.catch(() => {}).then(() => this.#renewEach());
    return this.#renewing;
  }

  async #renewEach(): Promise<void> {
    const queue = [...this.#held.keys()];
    const work = async () => {
      for (let room = queue.shift(); room !== undefined; room = queue.shift()) await this.#renew(room);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, work));
  }

  async #renew(room: string): Promise<void> {
    const { store, owner } = this.#options;
    const held = this.#held.get(room);
    if (held === undefined) return;
    const askedAt = performance.now();
    const revision = (await store.renew(room, owner, held.revision)) ?? (await this.#recover(room));
    // It may have been let go meanwhile.
    if (!this.#held.has(room)) return;
    if (revision !== null) {
      this.#held.set(room, { revision, confirmedAt: askedAt });
      return;
    }
    this.#held.delete(room);
    this.#othersHeld.add(room);
    this.#options.onLost(room);
  }

  /** A renewal that timed out may have been stored, or be stored yet, and a lease that expired may still be free. */
  async #recover(room: string): Promise<number | null> {
    const { store, owner } = this.#options;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const holder = await store.holder(room);
      if (holder !== null && holder.owner !== owner) return null;
      const revision =
        holder === null ? await store.create(room, owner) : await store.renew(room, owner, holder.revision);
      if (revision !== null) return revision;
    }
    return null;
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
const PARALLEL = 32;
const MAX_TRIES = 3;
