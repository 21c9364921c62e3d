import { hasStalled } from '../transfers/rate.js';
import {
  bornAt,
  hasEnded,
  keyAmongRooms,
  STATUS_FACTS,
  statusAt,
  type Transfer,
} from '../transfers/transfer.js';

/** One transfer of one Room, as the table knows it. A value: each change makes a new one. */
export interface Row {
  /** Unique over all Rooms. */
  readonly key: string;
  readonly room: string;
  readonly transfer: Transfer;
  /** Counts up as rows are first seen: makes every order total. */
  readonly seq: number;
  /** When the request was made, milliseconds since 1970. */
  readonly bornAt: number;
  /** When the present status began, milliseconds since 1970. */
  readonly statusAt: number;
  /** It had already ended when it was first listed. */
  readonly endedUnseen: boolean;
}

/** @param key as `keyAmongRooms` gives it, where it is known already */
export function makeRow(
  room: string,
  transfer: Transfer,
  seq: number,
  endedUnseen: boolean,
  key = keyAmongRooms(room, transfer.key),
): Row {
  return {
    key,
    room,
    transfer,
    seq,
    bornAt: bornAt(transfer),
    statusAt: statusAt(transfer),
    endedUnseen,
  };
}

export function isActive(row: Row): boolean {
  return !hasEnded(row.transfer.status);
}

export function isStalled(row: Row, now: number): boolean {
  return row.transfer.status === 'processing' && hasStalled(row.transfer, row.statusAt, now);
}

/** When a row is looked at. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the row's Room is not connected now. */
  readonly stale: boolean;
}

/** Whether a transfer moves, as far as can be known: only then its rate is one. */
export function isMoving(row: Row, { now, stale }: Moment): boolean {
  return row.transfer.status === 'processing' && !stale && !isStalled(row, now);
}

export type SortName = 'activity' | 'newest' | 'problems' | 'name' | 'peer' | 'size';

export type Compare = (a: Row, b: Row) => number;

/** A total order: two rows never compare as equal. */
export function comparator(sort: SortName, isReversed = false): Compare {
  const first = SORTS[sort];
  const compare: Compare = (a, b) => first(a, b) || b.bornAt - a.bornAt || b.seq - a.seq;
  return isReversed ? (a, b) => compare(b, a) : compare;
}

/** Orders in the order in which the `s` key goes through them. */
const SORTS: Readonly<Record<SortName, Compare>> = {
  // Active ones keep their place by age; ended ones show the latest end first.
  activity: (a, b) => byRank('activity', a, b) || byEnd(a, b),
  newest: () => 0,
  problems: (a, b) => byRank('problems', a, b) || byEnd(a, b),
  name: (a, b) => byText(a.transfer.name, b.transfer.name),
  peer: (a, b) => byText(peerOf(a), peerOf(b)),
  size: (a, b) => (b.transfer.size ?? -1) - (a.transfer.size ?? -1),
};

// The keys of a record are its type's, which Object.keys does not say.
export const SORT_NAMES = Object.keys(SORTS) as readonly SortName[];

export function nextSort(sort: SortName): SortName {
  return SORT_NAMES[(SORT_NAMES.indexOf(sort) + 1) % SORT_NAMES.length] ?? 'activity';
}

function byRank(rank: 'activity' | 'problems', a: Row, b: Row): number {
  return STATUS_FACTS[a.transfer.status][rank] - STATUS_FACTS[b.transfer.status][rank];
}

function byEnd(a: Row, b: Row): number {
  return isActive(a) ? 0 : b.statusAt - a.statusAt;
}

/** As people order names: part2 before part10, and accents beside their letters. */
function byText(a: string | null, b: string | null): number {
  collator ??= new Intl.Collator(undefined, { numeric: true });
  return collator.compare(a ?? '', b ?? '');
}

/** Made for the first order by text: it takes as long as a frame. */
let collator: Intl.Collator | undefined;

function peerOf(row: Row): string | null {
  const { conferenceId, peer } = row.transfer;
  return peer?.name || peer?.id || conferenceId;
}

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
