import type { LinkNotice, Notice } from '../monitor/notice.js';
import type { Change, TransferChange } from '../transfers/change.js';
import { etaSeconds } from '../transfers/rate.js';
import type {
  Availability,
  ChangeRecord,
  ConnectionRecord,
  RoomRecord,
  TransferRecord,
} from './room-record.js';

/** Version of the records: fields may be added within a version, never changed. */
export const RECORD_VERSION = 1;

/**
 * The record of a change of a transfer, as `--json` writes it.
 * @param room the Room's address, as it was given
 */
export function toRecord(notice: TransferChange, room: string): TransferRecord;
/**
 * The record of a change, as `--json` writes it.
 * @param room the Room's address, as it was given
 */
export function toRecord(notice: Change, room: string): ChangeRecord;
/**
 * The record of a notice; `null` for a step of the link that has none (signing in, listing).
 * @internal
 */
export function toRecord(notice: Notice, room: string): RoomRecord | null;
export function toRecord(notice: Notice, room: string): RoomRecord | null {
  const time = isoTime(notice.at);
  switch (notice.kind) {
    case 'transfer':
      return transferRecord(notice, time, room);
    case 'progress': {
      const { id, progress, bytes, bytesPerSecond, size } = notice.transfer;
      return {
        type: 'progress',
        v: RECORD_VERSION,
        time,
        room,
        id,
        percent: progress,
        bytes,
        bytesPerSecond: rounded(bytesPerSecond),
        etaSeconds: rounded(etaSeconds({ bytes, bytesPerSecond }, size)),
      };
    }
    case 'removed': {
      const { id, reason, removedFromDisk } = notice;
      return { type: 'removed', v: RECORD_VERSION, time, room, id, reason, removedFromDisk };
    }
    case 'availability':
      return {
        type: 'availability',
        v: RECORD_VERSION,
        time,
        room,
        availability: availabilityOf(notice.code),
        code: notice.code,
      };
    case 'link': {
      const fields = connectionFields(notice);
      return fields === null ? null : { type: 'connection', v: RECORD_VERSION, time, room, ...fields };
    }
    case 'warning': {
      const { code, message, count, id } = notice;
      return { type: 'warning', v: RECORD_VERSION, time, room, code, message, count, id };
    }
    case 'heartbeat':
      return { type: 'heartbeat', v: RECORD_VERSION, time, room, connected: notice.connected };
  }
}

/** `fileTransferAvailabilityChanged`, field `availability`, in words. */
export function availabilityOf(code: number): Availability {
  return AVAILABILITIES[code] ?? 'unknown';
}

/** RFC 3339 with milliseconds, UTC. */
export function isoTime(at: number): string {
  if (at === lastAt) return lastText;
  lastAt = at;
  lastText = new Date(at).toISOString();
  return lastText;
}

/** Many records share a millisecond: its text is made once. */
let lastAt = Number.NaN;
let lastText = '';

const AVAILABILITIES: readonly Availability[] = [
  'forbidden-by-server',
  'forbidden-by-licence',
  'sign-in-needed',
  'available',
];

function transferRecord(
  { transfer, previousStatus, origin, event }: TransferChange,
  time: string,
  room: string,
): TransferRecord {
  return {
    type: 'transfer',
    v: RECORD_VERSION,
    time,
    room,
    id: transfer.id,
    direction: transfer.direction,
    status: transfer.status,
    statusCode: transfer.statusCode,
    previousStatus,
    name: transfer.name,
    size: transfer.size,
    peer: transfer.peer,
    conferenceId: transfer.conferenceId,
    fileId: transfer.fileId,
    createdAt: transfer.createdAt === null ? null : new Date(transfer.createdAt).toISOString(),
    progress: transfer.progress,
    origin,
    event,
  };
}

type ConnectionFields = Pick<ConnectionRecord, 'state' | 'attempt' | 'retryInMs' | 'reason'>;

function connectionFields({ link }: LinkNotice): ConnectionFields | null {
  switch (link.state) {
    case 'connecting':
      return { state: 'connecting', attempt: link.attempt, retryInMs: null, reason: null };
    case 'signing-in':
    case 'listing':
      return null;
    case 'live':
      return { state: 'connected', attempt: link.attempt, retryInMs: null, reason: null };
    case 'waiting':
      return { state: 'disconnected', attempt: link.attempt, retryInMs: link.retryInMs, reason: link.reason };
    case 'closed':
      return { state: 'closed', attempt: null, retryInMs: null, reason: link.reason };
  }
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
