import type { Compare, Row } from './row.js';

/**
 * Rows in a total order, kept sorted, in parts of bounded length: a change costs two binary searches and a move within
 * one part, never a sort, so that an event costs nearly the same among ten rows and a million.
 */
export class Order {
  readonly #compare: Compare;
  /** None is empty; together they are the order. */
  readonly #parts: Row[][] = [];
  #length: number;

  constructor(compare: Compare, rows: Iterable<Row>) {
    this.#compare = compare;
    const sorted = [...rows].sort(compare);
    this.#length = sorted.length;
    for (let at = 0; at < sorted.length; at += PART) this.#parts.push(sorted.slice(at, at + PART));
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): Row | undefined {
    return this.slice(index, index + 1)[0];
  }

  slice(from: number, to: number): readonly Row[] {
    const rows: Row[] = [];
    let start = 0;
    for (const part of this.#parts) {
      if (start >= to) break;
      if (start + part.length > from) rows.push(...part.slice(Math.max(0, from - start), to - start));
      start += part.length;
    }
    return rows;
  }

  /** The place of this very row, or -1. */
  indexOf(row: Row): number {
    const [at, place] = this.#find(row);
    return this.#parts[at]?.[place] === row ? this.placeOf(row) : -1;
  }

  /** Where the row is, or would be. */
  placeOf(row: Row): number {
    const [at, place] = this.#find(row);
    return this.#parts.slice(0, at).reduce((sum, part) => sum + part.length, place);
  }

  insert(row: Row): void {
    this.#length++;
    const [at, place] = this.#find(row);
    const part = this.#parts[at] ?? this.#parts.at(-1);
    if (part === undefined) {
      this.#parts.push([row]);
      return;
    }
    // What comes after all others goes to the end of the last part.
    part.splice(at < this.#parts.length ? place : part.length, 0, row);
    if (part.length > 2 * PART) this.#parts.splice(this.#parts.indexOf(part) + 1, 0, part.splice(PART));
  }

  remove(row: Row): void {
    const [at, place] = this.#find(row);
    const part = this.#parts[at];
    if (part?.[place] !== row) return;
    this.#length--;
    part.splice(place, 1);
    if (part.length === 0) this.#parts.splice(at, 1);
  }

  /** Puts the new value of a row in the place of the old one, or moves it where its order changed. */
  replace(before: Row, after: Row): void {
    const [at, place] = this.#find(before);
    const part = this.#parts[at];
    if (part?.[place] === before && this.#compare(before, after) === 0) {
      part[place] = after;
      return;
    }
    this.remove(before);
    this.insert(after);
  }

  /** The first row that does not come before this one: its part, and its place there. */
  #find(row: Row): readonly [at: number, place: number] {
    const at = firstNotBefore(this.#parts, (part) => this.#comesBefore(part.at(-1), row));
    const part = this.#parts[at];
    return [at, part === undefined ? 0 : firstNotBefore(part, (other) => this.#comesBefore(other, row))];
  }

  #comesBefore(other: Row | undefined, row: Row): boolean {
    return other !== undefined && this.#compare(other, row) < 0;
  }
}

/** Long enough that there are few parts, and short enough that a move within one costs next to nothing. */
const PART = 256;

/** The index of the first that does not come before, in a list where those that do come first. */
function firstNotBefore<T>(list: readonly T[], comesBefore: (one: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = list[middle];
    if (one !== undefined && comesBefore(one)) low = middle + 1;
    else high = middle;
  }
  return low;
}
