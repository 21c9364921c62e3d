import type {
  AnswerNotice,
  HookNotice,
  LinkNotice,
  Notice,
  Shown,
  WarningNotice,
} from '../monitor/monitor.js';
import type { Change, TransferChange } from '../transfers/change.js';
import { etaSeconds } from '../transfers/rate.js';
import { isoCreated, isoTime, RECORD_VERSION, rounded } from './line.js';
import type {
  AnswerRecord,
  Availability,
  ChangeRecord,
  ConnectionRecord,
  HookRecord,
  RecordBase,
  RoomRecord,
  RoomStateName,
  TransferRecord,
  WarningRecord,
} from './types.js';

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
 * @param room `null` for a warning that concerns no Room
 * @internal
 */
export function toRecord(notice: Notice, room: string | null): RoomRecord | null;
export function toRecord(notice: Notice, room: string | null): RoomRecord | null {
  const time = isoTime(notice.at);
  if (room === null) return notice.kind === 'warning' ? warningRecord(notice, time, null) : null;
  const base = { v: RECORD_VERSION, time, room } as const;
  switch (notice.kind) {
    case 'transfer':
      return transferRecord(notice, time, room);
    case 'progress': {
      const { id, progress, bytes, bytesPerSecond, size } = notice.transfer;
      return {
        type: 'progress',
        ...base,
        id,
        percent: progress,
        bytes,
        bytesPerSecond: rounded(bytesPerSecond),
        etaSeconds: rounded(etaSeconds({ bytes, bytesPerSecond }, size)),
      };
    }
    case 'removed': {
      const { id, reason, removedFromDisk } = notice;
      return { type: 'removed', ...base, id, reason, removedFromDisk };
    }
    case 'availability':
      return { type: 'availability', ...base, availability: availabilityOf(notice.code), code: notice.code };
    case 'state':
      return { type: 'state', ...base, state: roomState(notice.code).name, code: notice.code };
    case 'link': {
      const fields = connectionFields(notice);
      return fields === null ? null : { type: 'connection', ...base, ...fields };
    }
    case 'warning':
      return warningRecord(notice, time, room);
    case 'heartbeat':
      return { type: 'heartbeat', ...base, connected: notice.connected };
  }
}

/** The record of all that a view is shown; `null` where there is none. */
export function shownRecord(
  shown: Shown,
  room: string | null,
): RoomRecord | HookRecord | AnswerRecord | null {
  if (shown.kind !== 'hook' && shown.kind !== 'answer') return toRecord(shown, room);
  if (room === null) return null;
  return shown.kind === 'hook' ? hookRecord(shown, room) : decidedRecord(shown, room);
}

function hookRecord({ kind: type, at, ...fields }: HookNotice, room: string): HookRecord {
  return { type, v: RECORD_VERSION, time: isoTime(at), room, ...fields };
}

function decidedRecord({ at, decision: action, id, outcome, by }: AnswerNotice, room: string): AnswerRecord {
  const error = outcome === null || outcome.ok ? null : outcome.reason;
  const rule = 'rule' in by ? by.rule : null;
  const hook = 'hook' in by ? by.hook : null;
  return {
    ...answerRecord({ action, id, error }, at, room),
    ok: outcome?.ok === true,
    rule,
    hook,
    dryRun: outcome === null,
  };
}

/** `fileTransferAvailabilityChanged`, field `availability`, in words. */
export function availabilityOf(code: number): Availability {
  return AVAILABILITIES[code]?.word ?? 'unknown';
}

/** The same as part of a sentence; `null` for a number that the API does not define. */
export function availabilityMeaning(code: number): string | null {
  return AVAILABILITIES[code]?.meaning ?? null;
}

/** `appState` by its number. */
export function roomState(code: number): RoomState {
  return ROOM_STATES[code] ?? { name: 'unknown', text: `state ${code}`, canTransfer: true };
}

export interface RoomState {
  /** In records. */
  readonly name: RoomStateName;
  /** For a person, a clause. */
  readonly text: string;
  /** Whether files can arrive at all. */
  readonly canTransfer: boolean;
}

const ROOM_STATES: readonly RoomState[] = [
  { name: 'no-server', text: 'not connected to its server', canTransfer: false },
  { name: 'connecting-to-server', text: 'connecting to its server', canTransfer: false },
  { name: 'sign-in-needed', text: 'not signed in to its server', canTransfer: false },
  { name: 'idle', text: 'idle', canTransfer: true },
  { name: 'calling', text: 'calling or being called', canTransfer: true },
  { name: 'in-conference', text: 'in a conference', canTransfer: true },
  { name: 'conference-ending', text: 'the conference is ending', canTransfer: true },
];

/** Each by its number. */
const AVAILABILITIES: readonly { readonly word: Availability; readonly meaning: string }[] = [
  { word: 'forbidden-by-server', meaning: 'file transfer is forbidden by the server' },
  { word: 'forbidden-by-licence', meaning: 'file transfer is forbidden by the licence' },
  { word: 'sign-in-needed', meaning: 'file transfer needs the Room to be signed in to its server' },
  { word: 'available', meaning: 'file transfer is available' },
];

function warningRecord(
  { code, message, count, id }: WarningNotice,
  time: string,
  room: string | null,
): WarningRecord {
  return { type: 'warning', v: RECORD_VERSION, time, room, code, message, count, id };
}

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
    createdAt: transfer.createdAt === null ? null : isoCreated(transfer.createdAt),
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

/** Where a simulated Room listens: the one record that is not about a Room's transfers. */
export interface ListeningRecord extends Omit<RecordBase, 'room'> {
  readonly type: 'listening';
  /** Of its page. */
  readonly url: string;
  /** Of its WebSocket. */
  readonly webSocketUrl: string;
}

/** @param at milliseconds since 1970 */
export function answerRecord(
  given: Pick<AnswerRecord, 'action' | 'error'> &
    Partial<Pick<AnswerRecord, 'id' | 'fileId' | 'name' | 'to'>>,
  at: number,
  room: string,
): AnswerRecord {
  const { action, id = null, fileId = null, name = null, to = null, error } = given;
  return {
    type: 'answer',
    v: RECORD_VERSION,
    time: isoTime(at),
    room,
    action,
    id,
    fileId,
    name,
    to,
    ok: error === null,
    error,
    rule: null,
    hook: null,
    dryRun: false,
  };
}
