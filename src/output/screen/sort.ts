import type { Status } from '../../transfers/transfer.js';
import { isActive, type Row } from './row.js';

export type SortName = 'activity' | 'newest' | 'problems' | 'name' | 'peer' | 'size';

export type Compare = (a: Row, b: Row) => number;

/** In the order in which the `s` key goes through them. */
export const SORT_NAMES: readonly SortName[] = ['activity', 'newest', 'problems', 'name', 'peer', 'size'];

/** A total order: two rows never compare as equal. */
export function comparator(sort: SortName): Compare {
  const first = FIRST[sort];
  return (a, b) => first(a, b) || b.bornAt - a.bornAt || b.seq - a.seq;
}

export function nextSort(sort: SortName): SortName {
  return SORT_NAMES[(SORT_NAMES.indexOf(sort) + 1) % SORT_NAMES.length] ?? 'activity';
}

const ACTIVITY: Readonly<Record<Status, number>> = {
  processing: 0,
  waiting: 1,
  unknown: 2,
  complete: 3,
  failed: 3,
  rejected: 3,
};

const PROBLEMS: Readonly<Record<Status, number>> = {
  failed: 0,
  rejected: 1,
  unknown: 2,
  processing: 3,
  waiting: 4,
  complete: 5,
};

const FIRST: Readonly<Record<SortName, Compare>> = {
  // Active ones keep their place by age; ended ones show the latest end first.
  activity: (a, b) =>
    ACTIVITY[a.transfer.status] - ACTIVITY[b.transfer.status] || (isActive(a) ? 0 : b.statusAt - a.statusAt),
  newest: () => 0,
  problems: (a, b) =>
    PROBLEMS[a.transfer.status] - PROBLEMS[b.transfer.status] || (isActive(a) ? 0 : b.statusAt - a.statusAt),
  name: (a, b) => byText(a.transfer.name, b.transfer.name),
  peer: (a, b) => byText(peerText(a), peerText(b)),
  size: (a, b) => (b.transfer.size ?? -1) - (a.transfer.size ?? -1),
};

/** By code units: a locale's order costs fifty times as much, and an order only has to be findable. */
function byText(a: string | null, b: string | null): number {
  const left = a?.toLowerCase() ?? '';
  const right = b?.toLowerCase() ?? '';
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function peerText(row: Row): string | null {
  const { conferenceId, peer } = row.transfer;
  return peer?.name || peer?.id || conferenceId;
}
