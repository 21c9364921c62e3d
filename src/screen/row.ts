import { hasEnded, type Status, type Transfer } from '../transfers/transfer.js';

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

/** The length says where the Room ends, whatever characters it and the id have. */
export function rowKey(room: string, id: string): string {
  return `${room.length} ${room} ${id}`;
}

/** @param key as `rowKey` gives it, where it is known already */
export function makeRow(
  room: string,
  transfer: Transfer,
  seq: number,
  endedUnseen: boolean,
  key = rowKey(room, transfer.id),
): Row {
  return {
    key,
    room,
    transfer,
    seq,
    // A Room's clock that runs ahead must not make a transfer younger than our own sight of it.
    bornAt: Math.min(transfer.createdAt ?? transfer.firstSeenAt, transfer.firstSeenAt),
    statusAt: transfer.path.at(-1)?.at ?? transfer.firstSeenAt,
    endedUnseen,
  };
}

export function isActive(row: Row): boolean {
  return !hasEnded(row.transfer.status);
}

/** What the filter looks into, in lower case. */
export function searchText(row: Row): string {
  const { id, name, peer, status, direction, conferenceId } = row.transfer;
  const parts = [name, peer?.name, peer?.id, id, status, direction, conferenceId, row.room];
  return parts.filter(Boolean).join('\n').toLowerCase();
}

/** A test that holds where every word of `filter` occurs; an empty filter lets all through. */
export function makeMatcher(filter: string): (row: Row) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (row) => {
    const text = searchText(row);
    return words.every((word) => text.includes(word));
  };
}

/** Without progress for this long a transfer counts as stalled. */
const STALLED_AFTER_MS = 5_000;
/** Rooms tell of whole percents, which a large file takes long for: twice what one should take is waited for, up to this. */
const LONGEST_WAIT_MS = 60_000;

/** Whether a transfer that should move has not moved for some seconds, or longer than it should have taken. */
export function isStalled(row: Row, now: number): boolean {
  const { status, progressAt } = row.transfer;
  return status === 'processing' && now - Math.max(progressAt ?? 0, row.statusAt) >= patience(row);
}

/** When a row is looked at. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the row's Room can't be heard now. */
  readonly stale: boolean;
}

/** Whether a transfer moves, as far as can be known: only then its rate is one. */
export function isMoving(row: Row, { now, stale }: Moment): boolean {
  return row.transfer.status === 'processing' && !stale && !isStalled(row, now);
}

function patience({ transfer: { size, bytesPerSecond } }: Row): number {
  if (size === null || bytesPerSecond === null || bytesPerSecond <= 0) return STALLED_AFTER_MS;
  const msPerPercent = (size / 100 / bytesPerSecond) * 1_000;
  return Math.min(LONGEST_WAIT_MS, Math.max(STALLED_AFTER_MS, 2 * msPerPercent));
}

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
