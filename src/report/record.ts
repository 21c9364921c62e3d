import { isoTime, RECORD_VERSION } from '../records/line.js';
import type { RecordBase } from '../records/types.js';
import type { Status } from '../transfers/transfer.js';
import type { Known, Outcome } from './outcome.js';
import type { Group, GroupKey } from './summary.js';

/** What became of one transfer, as `report` finds it: a row of a report, with its times as text. */
export interface OutcomeRecord
  extends RecordBase,
    Omit<Outcome, 'time' | 'known' | 'createdAt' | 'beganAt' | 'endedAt'> {
  readonly type: 'outcome';
  /** How the status is known. */
  readonly origin: Known;
  readonly createdAt: string | null;
  readonly beganAt: string | null;
  readonly endedAt: string | null;
}

/** Transfers of a report that are alike in what `--by` names. Its time is that of the last of them. */
export interface GroupRecord extends Omit<RecordBase, 'room'>, Readonly<Record<Status, number>> {
  readonly type: 'group';
  /** `null` where they are not counted by Room. */
  readonly room: string | null;
  /** What they share, by the words of `--by`; a value is `null` where they have none. */
  readonly by: Readonly<Record<string, string | null>>;
  /** Of the peer, where they are counted by peer. */
  readonly peerName: string | null;
  /** How many there are; of each status there is a number as well. */
  readonly transfers: number;
  /** Of complete ones, as far as their sizes are known. */
  readonly bytes: number;
  /** The mean rate of complete ones. */
  readonly bytesPerSecond: number | null;
}

/** A row as `--json` writes it. */
export function outcomeRecord(outcome: Outcome): OutcomeRecord {
  const { time, room, id, direction, status, reason, known, ...rest } = outcome;
  const { name, size, peer, conferenceId, waitedMs, tookMs, bytesPerSecond } = rest;
  return {
    type: 'outcome',
    v: RECORD_VERSION,
    time: isoTime(time),
    room,
    id,
    direction,
    status,
    reason,
    origin: known,
    name,
    size,
    peer,
    conferenceId,
    createdAt: isoOrNull(rest.createdAt),
    beganAt: isoOrNull(rest.beganAt),
    endedAt: isoOrNull(rest.endedAt),
    waitedMs,
    tookMs,
    bytesPerSecond,
  };
}

/** A group as `--json` writes it. */
export function groupRecord({ values, peerName, totals }: Group, keys: readonly GroupKey[]): GroupRecord {
  const { time, transfers, statuses, bytes, bytesPerSecond } = totals;
  const by = Object.fromEntries(keys.map((key, at) => [key, values[at] ?? null]));
  return {
    type: 'group',
    v: RECORD_VERSION,
    time: isoTime(time),
    room: by['room'] ?? null,
    by,
    peerName,
    transfers,
    ...statuses,
    bytes,
    bytesPerSecond,
  };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
