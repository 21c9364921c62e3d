import { hasStalled } from '../transfers/rate.js';
import { hasEnded, STATUS_FACTS, type Transfer } from '../transfers/transfer.js';

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

/** The length says where the Room ends, whatever characters it and the transfer's key have. */
export function rowKey(room: string, key: string): string {
  return `${room.length} ${room} ${key}`;
}

/** @param key as `rowKey` gives it, where it is known already */
export function makeRow(
  room: string,
  transfer: Transfer,
  seq: number,
  endedUnseen: boolean,
  key = rowKey(room, transfer.key),
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
