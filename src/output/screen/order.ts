import type { Row } from './row.js';
import type { Compare } from './sort.js';

/**
 * Rows in a total order, kept sorted: a change costs a binary search and a move of memory, never a sort, so an
 * event costs the same among ten rows and ten thousand.
 */
export class Order {
  readonly #compare: Compare;
  readonly #rows: Row[];

  constructor(compare: Compare, rows: Iterable<Row>) {
    this.#compare = compare;
    this.#rows = [...rows].sort(compare);
  }

  get length(): number {
    return this.#rows.length;
  }

  at(index: number): Row | undefined {
    return this.#rows[index];
  }

  slice(from: number, to: number): readonly Row[] {
    return this.#rows.slice(from, to);
  }

  /** The place of this very row, or -1. */
  indexOf(row: Row): number {
    const place = this.#placeOf(row);
    return this.#rows[place] === row ? place : -1;
  }

  insert(row: Row): void {
    this.#rows.splice(this.#placeOf(row), 0, row);
  }

  remove(row: Row): void {
    const index = this.indexOf(row);
    if (index >= 0) this.#rows.splice(index, 1);
  }

  /** Puts the new value of a row in the place of the old one, or moves it where its order changed. */
  replace(before: Row, after: Row): void {
    const index = this.indexOf(before);
    if (index >= 0 && this.#compare(before, after) === 0) {
      this.#rows[index] = after;
      return;
    }
    if (index >= 0) this.#rows.splice(index, 1);
    this.insert(after);
  }

  /** The first place whose row does not come before `row`. */
  #placeOf(row: Row): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#rows[middle];
      if (other !== undefined && this.#compare(other, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
