import { hasEnded, type Transfer } from '../../transfers/transfer.js';

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
