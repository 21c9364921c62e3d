import { type Offset, offsetOf } from '../output/times.js';

/** A time zone: what the clocks there show, and which moment a time on them is. Pure. */
export class Zone {
  /** As the tz database has it: `Europe/Moscow`, `UTC`. */
  readonly name: string;
  readonly #offsetAt: Offset;

  /** @throws RangeError where there is no such zone */
  constructor(name: string) {
    this.name = name;
    this.#offsetAt = offsetOf(name === 'UTC' ? 'utc' : name);
  }

  /**
   * The moment at which the clocks show a time, milliseconds since 1970.
   * @param local that time, as if it were UTC
   * @param which of two, where clocks that are put back show it twice
   *
   * One that they never show, as they are put forward, is the moment at which they are.
   */
  instantOf(local: number, which: 'first' | 'last'): number {
    const before = this.#offsetAt(local - DAY_MS);
    const after = this.#offsetAt(local + DAY_MS);
    const fitting = [local - before, local - after].filter((at) => at + this.#offsetAt(at) === local);
    if (fitting.length === 0) return this.#changeBetween(local - after, local - before);
    return which === 'first' ? Math.min(...fitting) : Math.max(...fitting);
  }

  /** Midnight of the day, as if it were UTC; days before or after it by their number. */
  dayOf(at: number, days = 0): number {
    const local = at + this.#offsetAt(at);
    return Math.floor(local / DAY_MS) * DAY_MS + days * DAY_MS;
  }

  /** `2026-11-28`. */
  showDay(at: number): string {
    return this.#show(at).slice(0, 'yyyy-mm-dd'.length);
  }

  /** `2026-11-28 23:14:02`, which spreadsheets take for a time. */
  showTime(at: number): string {
    return this.#show(at).slice(0, 'yyyy-mm-dd hh:mm:ss'.length).replace('T', ' ');
  }

  #show(at: number): string {
    return new Date(at + this.#offsetAt(at)).toISOString();
  }

  /** When the clocks were put forward, to the second. */
  #changeBetween(low: number, high: number): number {
    let [from, to] = [low, high];
    const before = this.#offsetAt(from);
    while (to - from > 1_000) {
      const middle = Math.floor((from + to) / 2_000) * 1_000;
      if (this.#offsetAt(middle) === before) from = middle;
      else to = middle;
    }
    return to;
  }
}

const DAY_MS = 24 * 3_600_000;
