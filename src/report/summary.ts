import { STATUSES, type Status } from '../transfers/transfer.js';
import { compareTexts, type Outcome } from './outcome.js';
import type { Zone } from './zone.js';

/** What transfers can be counted by. */
export const GROUP_KEYS = ['peer', 'day', 'room', 'direction', 'status', 'conference'] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** Transfers in numbers. */
export interface Totals {
  readonly transfers: number;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Of complete transfers, as far as their sizes are known. */
  readonly bytes: number;
  /** Of complete transfers whose beginning and end were seen, all of their bytes by all of their time. */
  readonly bytesPerSecond: number | null;
  /** The first and the last time among them; 0 where there are none. */
  readonly firstTime: number;
  readonly time: number;
}

/** Transfers that are alike in what they are counted by. */
export interface Group {
  /** In the order of the keys; `null` where a transfer has none. */
  readonly values: readonly (string | null)[];
  /** The last name that a peer was seen with, where they are counted by peer. */
  readonly peerName: string | null;
  readonly totals: Totals;
}

export function totalsOf(outcomes: Iterable<Outcome>): Totals {
  const tally = new GroupCounts();
  for (const outcome of outcomes) tally.add(outcome);
  return tally.totals;
}

/** Groups by each combination of the keys: days in their order, all else with the most transfers first. */
export function groupBy(
  outcomes: Iterable<Outcome>,
  keys: readonly GroupKey[],
  zone: Zone,
): readonly Group[] {
  const groups = new Map<
    string,
    { values: readonly (string | null)[]; name: string | null; tally: GroupCounts }
  >();
  for (const outcome of outcomes) {
    const values = keys.map((key) => groupValue(outcome, key, zone));
    const id = JSON.stringify(values);
    let group = groups.get(id);
    if (group === undefined) {
      group = { values, name: null, tally: new GroupCounts() };
      groups.set(id, group);
    }
    if (keys.includes('peer')) group.name = outcome.peer?.name ?? group.name;
    group.tally.add(outcome);
  }
  const found = [...groups.values()].map(({ values, name: peerName, tally }) => ({
    values,
    peerName,
    totals: tally.totals,
  }));
  const isByDay = keys[0] === 'day';
  return found.sort(
    (a, b) => (isByDay ? 0 : b.totals.transfers - a.totals.transfers) || compareValues(a.values, b.values),
  );
}

/** How many there are, and the first of them. */
export interface Top<T> {
  readonly count: number;
  readonly first: readonly T[];
}

/** The first of rows in an order, without holding the others. */
export function topOf<T>(rows: Iterable<T>, most: number, compare: (one: T, other: T) => number): Top<T> {
  let count = 0;
  let first: T[] = [];
  for (const row of rows) {
    count++;
    first.push(row);
    if (first.length >= 2 * most + MIN_HELD) first = first.sort(compare).slice(0, most);
  }
  return { count, first: first.sort(compare).slice(0, most) };
}

/** Sorting is worth it for so many. */
const MIN_HELD = 64;

function groupValue(outcome: Outcome, key: GroupKey, zone: Zone): string | null {
  switch (key) {
    case 'peer':
      return outcome.peer?.id ?? outcome.peer?.name ?? null;
    case 'day':
      return zone.showDay(outcome.time);
    case 'room':
      return outcome.room;
    case 'direction':
      return outcome.direction;
    case 'status':
      return outcome.status;
    case 'conference':
      return outcome.conferenceId;
  }
}

function compareValues(one: readonly (string | null)[], other: readonly (string | null)[]): number {
  for (const [at, value] of one.entries()) {
    const order = compareTexts(value ?? '', other[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

class GroupCounts {
  #transfers = 0;
  #bytes = 0;
  #timedBytes = 0;
  #timedMs = 0;
  #firstTime = Number.POSITIVE_INFINITY;
  #time = 0;
  readonly #statuses = new Map<Status, number>();

  add({ status, size, tookMs, time }: Outcome): void {
    this.#transfers++;
    this.#firstTime = Math.min(this.#firstTime, time);
    this.#time = Math.max(this.#time, time);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status !== 'complete' || size === null) return;
    this.#bytes += size;
    if (tookMs === null) return;
    this.#timedBytes += size;
    this.#timedMs += tookMs;
  }

  get totals(): Totals {
    const counts = STATUSES.map((status) => [status, this.#statuses.get(status) ?? 0] as const);
    return {
      transfers: this.#transfers,
      // All statuses are there.
      statuses: Object.fromEntries(counts) as Record<Status, number>,
      bytes: this.#bytes,
      bytesPerSecond: this.#timedMs === 0 ? null : Math.round((this.#timedBytes * 1_000) / this.#timedMs),
      firstTime: this.#transfers === 0 ? 0 : this.#firstTime,
      time: this.#time,
    };
  }
}
