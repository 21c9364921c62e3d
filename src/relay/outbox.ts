import { ByAge } from '../transfers/memory.js';

/** A record on its way into the stream. */
export interface Outgoing {
  readonly subject: string;
  /** The same on every try: the server drops doubles by it. */
  readonly messageId: string;
  readonly body: string;
  /** For a record that is valid until the next one: the transfer it is about, or `''` for the Room itself. */
  readonly stands: string | null;
}

/** What is known of the stream. */
export interface Memory {
  lastUnder(subject: string): number;
  stored(item: Outgoing, sequence: number): void;
  /** It can never be stored, and was dropped. */
  refused(item: Outgoing): void;
}

/** Where records go. */
export interface Store {
  /**
   * Resolves when the record is stored: with its sequence number in the stream.
   * @param last sequence number of the last record under its subject, 0 where none is known
   */
  store(item: Outgoing, room: string, last: number): Promise<number>;
}

export interface OutboxOptions {
  readonly store: Store;
  /** The first record was stored since `expect` was called. */
  readonly onStored: () => void;
  /** Records held at most while nothing goes out. */
  readonly limit: number;
  /** More than the limit are waiting while nothing goes out: what waits must be dropped, by `clear`. */
  readonly onOverflow: () => void;
  /** More than the limit are waiting though they go out: nothing more should come until `onRoom`. */
  readonly onFull: () => void;
  readonly onRoom: () => void;
  /** Publishing failed; it stands still until `resume`. */
  readonly onTrouble: (error: unknown) => void;
  /** A record that can never be stored was dropped. */
  readonly onRefused: (room: string, error: unknown) => void;
  /** Whether trying the same record again is of no use. */
  readonly isHopeless: (error: unknown) => boolean;
}

/**
 * Records that wait for being stored, bounded in number and in what is in flight. Of each subject one is in flight at
 * a time: parallel retries could store an older record of a transfer after a newer one.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #rooms = new Map<string, OutRoom>();
  /** Lanes that may send, in the order in which they became so. */
  readonly #ready = new ByAge<Lane>();
  #inFlight = 0;
  #waiting = 0;
  /** Records that came beyond the limit since the outbox was last empty. */
  #extra = 0;
  #published = 0;
  #isSuspended = false;
  #isFull = false;
  #isExpected = false;
  readonly #onSettled: (() => void)[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Records not stored yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Records stored so far. */
  get published(): number {
    return this.#published;
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /**
   * @param isExtra what a Room has to say after it fell behind: as much as it has transfers, and beyond the limit, as
   *   it would otherwise fall behind by catching up
   */
  push(room: string, item: Outgoing, isExtra = false): void {
    const out = this.#roomOf(room);
    const lane = out.lanes.get(item.subject) ?? { room: out, items: [], isInFlight: false, isInDoubt: false };
    out.lanes.set(item.subject, lane);
    lane.items.push(item);
    if (this.#waiting === 0) this.#extra = 0;
    if (isExtra) this.#extra++;
    this.#waiting++;
    this.#makeReady(lane);
    this.#send();
    this.#checkFull();
    this.#checkOverflow();
  }

  /** Lets a Room's records go out, as what is known of the stream is up to date. */
  open(room: string, memory: Memory): void {
    const out = this.#roomOf(room);
    out.memory = memory;
    for (const lane of out.lanes.values()) this.#makeReady(lane);
    this.#send();
  }

  /**
   * Drops a Room and all that it waits to send; what comes later is held until it is opened again.
   * @returns the records that were dropped
   */
  forget(room: string): readonly Outgoing[] {
    const dropped: Outgoing[] = [];
    for (const lane of this.#roomOf(room).lanes.values()) {
      this.#ready.delete(lane);
      dropped.push(...lane.items.splice(0));
    }
    this.#waiting -= dropped.length;
    this.#rooms.delete(room);
    this.#checkFull();
    return dropped;
  }

  /** Whether records of a Room wait, or are in flight. */
  holds(room: string): boolean {
    return (this.#rooms.get(room)?.lanes.size ?? 0) > 0;
  }

  /** Has `onStored` called with the next record that is stored. */
  expect(): void {
    this.#isExpected = true;
  }

  /** Sends nothing more until `resume`. */
  suspend(): void {
    if (this.#isSuspended) return;
    this.#isSuspended = true;
    this.#checkFull();
    this.#checkOverflow();
  }

  resume(): void {
    this.#isSuspended = false;
    this.#send();
    this.#checkFull();
  }

  /** Resolves once nothing is in flight. Only of use while suspended. */
  settled(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onSettled.push(resolve));
  }

  /** Resolves once all is stored, or nothing more can be: for a clean end. */
  async drained(): Promise<void> {
    while (!this.#isSuspended && (this.#inFlight > 0 || this.#ready.size > 0)) await this.settled();
  }

  /** Drops a subject's records up to the last that the stream already holds, and gives them. */
  dropStored(room: string, subject: string, isStored: (item: Outgoing) => boolean): readonly Outgoing[] {
    const lane = this.#roomOf(room).lanes.get(subject);
    const at = lane?.items.findLastIndex(isStored) ?? -1;
    if (lane === undefined || at < 0 || lane.isInFlight) return [];
    const dropped = lane.items.splice(0, at + 1);
    lane.isInDoubt = false;
    this.#waiting -= dropped.length;
    this.#tidy(lane, subject);
    this.#checkFull();
    return dropped;
  }

  /**
   * Drops all that a Room waits to send, apart from what may be stored, and gives it.
   * @param isCompared whether `dropStored` has dropped what is stored: then only what is in flight may be
   * @param kept a subject of which nothing is dropped
   */
  clear(room: string, isCompared: boolean, kept: string | null = null): readonly Outgoing[] {
    const dropped: Outgoing[] = [];
    for (const [subject, lane] of this.#roomOf(room).lanes) {
      if (subject === kept) continue;
      lane.isInDoubt &&= !isCompared;
      dropped.push(...lane.items.splice(lane.isInFlight || lane.isInDoubt ? 1 : 0));
      this.#tidy(lane, subject);
    }
    this.#waiting -= dropped.length;
    this.#checkFull();
    return dropped;
  }

  #roomOf(name: string): OutRoom {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room: OutRoom = { name, lanes: new Map(), memory: null };
    this.#rooms.set(name, room);
    return room;
  }

  #makeReady(lane: Lane): void {
    if (!lane.isInFlight && lane.items.length > 0 && lane.room.memory !== null) this.#ready.add(lane);
  }

  #send(): void {
    while (!this.#isSuspended && this.#inFlight < MAX_IN_FLIGHT) {
      const lane = this.#ready.takeOldest();
      if (lane === null) return;
      const [item] = lane.items;
      if (item === undefined) continue;
      lane.isInFlight = true;
      this.#inFlight++;
      void this.#publish(lane, item);
    }
  }

  async #publish(lane: Lane, item: Outgoing): Promise<void> {
    const { name, memory } = lane.room;
    lane.isInDoubt = false;
    try {
      const sequence = await this.#options.store.store(item, name, memory?.lastUnder(item.subject) ?? 0);
      this.#published++;
      memory?.stored(item, sequence);
      if (this.#isExpected) {
        this.#isExpected = false;
        this.#options.onStored();
      }
    } catch (error) {
      if (this.#options.isHopeless(error)) {
        memory?.refused(item);
        this.#options.onRefused(name, error);
      } else {
        lane.isInDoubt = true;
        const wasSuspended = this.#isSuspended;
        this.suspend();
        if (!wasSuspended) this.#options.onTrouble(error);
      }
    }
    lane.isInFlight = false;
    this.#inFlight--;
    if (!lane.isInDoubt && lane.items[0] === item) {
      lane.items.shift();
      this.#waiting--;
    }
    this.#makeReady(lane);
    this.#tidy(lane, item.subject);
    this.#send();
    this.#checkFull();
    if (this.#inFlight === 0 || !this.#isSuspended) this.#settle();
  }

  /** While records go out, the caller can wait; while none does, it could wait for ever. */
  #checkFull(): void {
    const limit = this.#options.limit + this.#extra;
    const isFull = !this.#isSuspended && this.#waiting > (this.#isFull ? limit / 2 : limit);
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    if (isFull) this.#options.onFull();
    else this.#options.onRoom();
  }

  /** Only where something was added: records are dropped for it Room by Room, and the first may have none. */
  #checkOverflow(): void {
    if (this.#isSuspended && this.#waiting > this.#options.limit + this.#extra) this.#options.onOverflow();
  }

  #settle(): void {
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  /** Transfers come and go: an empty lane is not kept. */
  #tidy(lane: Lane, subject: string): void {
    if (lane.items.length > 0 || lane.isInFlight) return;
    this.#ready.delete(lane);
    const { lanes } = lane.room;
    if (lanes.get(subject) === lane) lanes.delete(subject);
  }
}

interface OutRoom {
  readonly name: string;
  /** By subject. */
  readonly lanes: Map<string, Lane>;
  /** `null` until the Room's records may go out. */
  memory: Memory | null;
}

/** The records of one subject, oldest first; the first may be in flight. */
interface Lane {
  readonly room: OutRoom;
  readonly items: Outgoing[];
  isInFlight: boolean;
  /** The first was sent, and no answer says whether it is stored. */
  isInDoubt: boolean;
}

/** Measured best: more costs memory and is slower. */
const MAX_IN_FLIGHT = 256;
