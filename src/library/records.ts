import { Monitor } from '../monitor/monitor.js';
import { isChange, type Notice } from '../monitor/notice.js';
import { toRecord } from '../records/record.js';
import type { RoomRecord } from '../records/types.js';
import type { Entry } from '../room/entry.js';
import type { Selection } from '../transfers/filter.js';

/** Turns what happens at one Room into the records to tell. */
export class Teller {
  readonly #room: string;
  readonly #selection: Selection;
  readonly #monitor = new Monitor();
  /** Whether anything was told since the last heartbeat. */
  #hasTold = false;

  constructor(room: string, selection: Selection) {
    this.#room = room;
    this.#selection = selection;
  }

  tell(entry: Entry): readonly RoomRecord[] {
    const isHeartbeat = entry.kind === 'heartbeat';
    // Silence must be known to be silence: only where nothing was told, a heartbeat is.
    if (isHeartbeat && this.#hasTold) {
      this.#hasTold = false;
      return [];
    }
    const records: RoomRecord[] = [];
    for (const notice of this.#monitor.feed(entry)) {
      const record = this.#isTold(notice) ? toRecord(notice, this.#room) : null;
      if (record !== null) records.push(record);
    }
    if (records.length > 0 && !isHeartbeat) this.#hasTold = true;
    return records;
  }

  #isTold(notice: Notice): boolean {
    return !isChange(notice) || (this.#selection.watches(notice) && this.#selection.writes(notice));
  }
}

/**
 * Values on their way from who makes them to who asks for them: each is given once, in order, and after an end only
 * `done`. Asking while nothing is held waits; several may wait.
 */
export class Queue<Value> {
  readonly #onSize: (size: number) => void;
  #held: Value[] = [];
  /** How many of `#held` are gone already: shifting a long array for each would cost too much. */
  #given = 0;
  #waiting: Waiting<Value>[] = [];
  #hasEnded = false;
  /** Why it ended, until it is told; told once, as a generator does. */
  #fault: { readonly error: unknown } | null = null;

  /** @param onSize called with the number of values held, whenever it may have changed */
  constructor(onSize: (size: number) => void) {
    this.#onSize = onSize;
  }

  get size(): number {
    return this.#held.length - this.#given;
  }

  push(value: Value): void {
    if (this.#hasEnded) return;
    const [first] = this.#waiting.splice(0, 1);
    if (first !== undefined) {
      first.resolve({ done: false, value });
      return;
    }
    this.#held.push(value);
    this.#onSize(this.size);
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    if (this.size > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#fault !== null) {
      const { error } = this.#fault;
      this.#fault = null;
      return Promise.reject(error);
    }
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Nothing more comes. What is held is still given, and then the fault is told, if there is one. */
  end(fault: { readonly error: unknown } | null = null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const [first, ...others] = this.#waiting;
    this.#waiting = [];
    if (first === undefined) this.#fault = fault;
    else if (fault !== null) first.reject(fault.error);
    else first.resolve({ done: true, value: undefined });
    for (const other of others) other.resolve({ done: true, value: undefined });
  }

  /** Lets go of what is held. */
  clear(): void {
    this.#held = [];
    this.#given = 0;
    this.#onSize(0);
  }

  #take(): Value {
    // Only called while more is held than was given.
    const value = this.#held[this.#given] as Value;
    this.#given++;
    if (this.#given === this.#held.length || this.#given >= COMPACT_AT) {
      this.#held = this.#held.slice(this.#given);
      this.#given = 0;
    }
    this.#onSize(this.size);
    return value;
  }
}

interface Waiting<Value> {
  resolve(result: IteratorResult<Value, undefined>): void;
  reject(error: unknown): void;
}

const COMPACT_AT = 1_024;
