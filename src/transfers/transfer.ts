import type { Direction, FileFacts, Peer } from '../protocol/fields.js';
import type { FileMessage } from '../protocol/message.js';

/**
 * Where a transfer is: `waiting` (1) to be accepted, `processing` (2), and its ends `complete` (3), `failed` (0) and
 * `rejected`; `unknown` is any other number. The numbers are those of `notifications/fileRequestStatusChanged`.
 */
export type Status = 'waiting' | 'processing' | 'complete' | 'failed' | 'rejected' | 'unknown';

export type StatusColor = 'purple' | 'blue' | 'green' | 'red' | 'orange' | 'grey';

/** All that the program knows of a status; a new one needs an entry here and a member of `Status`. */
interface StatusFacts {
  /** The Room's number (`fileRequestStatusChanged`, field `status`); `null` where it has none. */
  readonly code: number | null;
  /** Whether nothing is expected to follow. */
  readonly isEnd: boolean;
  /** One column each; the first needs Unicode. */
  readonly sign: string;
  readonly asciiSign: string;
  readonly color: StatusColor;
  /** Place among others where activity decides; all ends share one, as time decides among them. */
  readonly activity: number;
  /** Place among others where problems come first. */
  readonly problems: number;
}

/** Every status, in the order in which counts are shown. */
export const STATUS_FACTS = {
  waiting: { code: 1, isEnd: false, sign: '○', asciiSign: 'o', color: 'purple', activity: 1, problems: 4 },
  processing: { code: 2, isEnd: false, sign: '●', asciiSign: '*', color: 'blue', activity: 0, problems: 3 },
  complete: { code: 3, isEnd: true, sign: '✓', asciiSign: '+', color: 'green', activity: 3, problems: 5 },
  failed: { code: 0, isEnd: true, sign: '✗', asciiSign: 'x', color: 'red', activity: 3, problems: 0 },
  rejected: { code: null, isEnd: true, sign: '⊘', asciiSign: '/', color: 'orange', activity: 3, problems: 1 },
  unknown: { code: null, isEnd: false, sign: '?', asciiSign: '?', color: 'grey', activity: 2, problems: 2 },
} as const satisfies Readonly<Record<Status, StatusFacts>>;

// The keys of a record are its type's, which Object.keys does not say.
export const STATUSES = Object.keys(STATUS_FACTS) as readonly Status[];

/** One stop on the path of statuses. */
export interface Step {
  /** The status that began. */
  readonly status: Status;
  /** When it was observed to begin, milliseconds since 1970. */
  readonly at: number;
}

/** A file request as the ledger knows it. A value: each change makes a new one. */
export interface Transfer extends FileFacts {
  /**
   * What tells it from all others of its Room. That is its id, but for an outbound request of a Room before 4.1: ids were
   * numbers there, and an inbound request may have the same one. It stays the same when the direction becomes known.
   */
  readonly key: string;
  /** The status it has now. */
  readonly status: Status;
  /** The Room's number for the status; `null` where the status was implied by an event. */
  readonly statusCode: number | null;
  /** Percent, 0 to 100, as last told by the Room. */
  readonly progress: number | null;
  /** Bytes done: told by the Room, or the percentage of a known size. */
  readonly bytes: number | null;
  /** Smoothed; `null` until two reports are known. */
  readonly bytesPerSecond: number | null;
  /** When progress last moved, milliseconds since 1970. */
  readonly progressAt: number | null;
  /**
   * Oldest first; the last is the present status. Long paths lose steps from their middle. Empty only where the ledger
   * keeps none.
   */
  readonly path: readonly Step[];
  /** Steps that a long path has lost. */
  readonly omittedSteps: number;
  /** When it was first seen, milliseconds since 1970. */
  readonly firstSeenAt: number;
  /** The last frame about this transfer alone, or `null` if only a listing had it. */
  readonly raw: string | null;
}

/** A status that is an end. */
export type EndStatus = {
  [Name in Status]: (typeof STATUS_FACTS)[Name]['isEnd'] extends true ? Name : never;
}[Status];

/** Whether a status is an end: nothing is expected to follow. */
export function hasEnded(status: Status): status is EndStatus {
  return STATUS_FACTS[status].isEnd;
}

/** The Room's number as a status (`fileRequestStatusChanged`, field `status`). */
export function statusOf(code: number): Status {
  return BY_CODE.get(code) ?? 'unknown';
}

/** The status that follows from a message. */
export function statusIn(message: Exclude<FileMessage, { kind: 'deleted' }>): Status {
  if (message.kind === 'status') return statusOf(message.statusCode);
  return message.kind === 'implied' ? message.status : 'processing';
}

const BY_CODE: ReadonlyMap<number | null, Status> = new Map(
  STATUSES.map((status) => [STATUS_FACTS[status].code, status]),
);

/**
 * The key of the transfer that a message is about.
 * @param held by key: a message that does not tell the direction means what is held, of two the inbound one; and one of
 *   which no message has told the direction yet is meant by any
 */
export function keyOf(
  { id, direction }: Pick<FileFacts, 'id' | 'direction'>,
  held: ReadonlyMap<string, Pick<Transfer, 'direction'>> = NONE_HELD,
): string {
  if (!NUMBER.test(id)) return id;
  const keys = keysOf(id).filter((key) => held.has(key));
  const first = (wanted: Direction) => keys.find((key) => held.get(key)?.direction === wanted);
  if (direction === 'unknown') return first('inbound') ?? keys[0] ?? id;
  const known = first(direction) ?? first('unknown');
  if (known !== undefined) return known;
  if (direction === 'outbound') return `>${id}`;
  return held.has(id) ? `<${id}` : id;
}

/** The keys that a transfer of this id may have. */
export function keysOf(id: string): readonly string[] {
  return NUMBER.test(id) ? [id, `>${id}`, `<${id}`] : [id];
}

/** The key of what is no longer held, by its direction alone: of two of one number another must not be taken for it. */
export function goneKey(key: string, transfer: Transfer | null): string {
  return transfer === null ? key.replace(/^<(?=\d+$)/, '') : keyOf(transfer);
}

export function idIn(key: string): string {
  return key.replace(/^[<>](?=\d+$)/, '');
}

/**
 * What tells a transfer from all others of all Rooms: keys are a Room's own, and two Rooms may use the same. The length
 * says where the Room ends, whatever characters the two have.
 */
export function keyAmongRooms(room: string, key: string): string {
  return `${room.length} ${room} ${key}`;
}

/** When the request was made. A Room's clock that runs ahead must not make it younger than our own sight of it. */
export function bornAt({ createdAt, firstSeenAt }: Transfer): number {
  return Math.min(createdAt ?? firstSeenAt, firstSeenAt);
}

/** When the present status began. */
export function statusAt({ path, firstSeenAt }: Transfer): number {
  return path.at(-1)?.at ?? firstSeenAt;
}

const NUMBER = /^\d+$/;
const NONE_HELD: ReadonlyMap<string, Transfer> = new Map();

// Fields are named one by one: copying a whole value with `...` costs several times as much, for each event.

/**
 * A transfer as the first message about it tells.
 * @param keepsPath whether it is to have a path; one that begins without stays without
 */
export function firstSeen(
  file: FileFacts,
  status: Status,
  statusCode: number | null,
  at: number,
  raw: string | null,
  keepsPath = true,
  key = keyOf(file),
): Transfer {
  return {
    id: file.id,
    key,
    direction: file.direction,
    status,
    statusCode,
    name: file.name,
    size: file.size,
    peer: file.peer,
    conferenceId: file.conferenceId,
    fileId: file.fileId,
    createdAt: file.createdAt,
    progress: null,
    bytes: null,
    bytesPerSecond: null,
    progressAt: null,
    path: keepsPath ? [{ status, at }] : NO_PATH,
    omittedSteps: 0,
    firstSeenAt: at,
    raw,
  };
}

/** A status from a message, and when it was seen. */
export interface NewStatus {
  readonly status: Status;
  readonly statusCode: number | null;
  readonly at: number;
}

/**
 * The transfer with what a further message tells: known facts are replaced, never emptied.
 * @param next the status it is in now, or `null` where it stays
 */
export function revise(
  known: Transfer,
  file: FileFacts,
  raw: string | null,
  next: NewStatus | null,
): Transfer {
  const { path } = known;
  const isLong = next !== null && path.length >= MAX_STEPS;
  return {
    id: known.id,
    key: known.key,
    direction: file.direction === 'unknown' ? known.direction : file.direction,
    status: next === null ? known.status : next.status,
    statusCode: next === null ? known.statusCode : next.statusCode,
    name: file.name === '' ? (known.name ?? '') : (file.name ?? known.name),
    size: file.size ?? known.size,
    peer: revisePeer(known.peer, file.peer),
    conferenceId: file.conferenceId ?? known.conferenceId,
    fileId: file.fileId ?? known.fileId,
    createdAt: file.createdAt ?? known.createdAt,
    progress: known.progress,
    bytes: known.bytes,
    bytesPerSecond: known.bytesPerSecond,
    progressAt: known.progressAt,
    path: next === null || path.length === 0 ? path : extend(path, next, isLong),
    omittedSteps: known.omittedSteps + (isLong ? 1 : 0),
    firstSeenAt: known.firstSeenAt,
    raw: raw ?? known.raw,
  };
}

/**
 * The peer with what a further message tells, which may be one of id and name only: each is replaced by itself. A name
 * stays with the user whose it is.
 */
export function revisePeer(known: Peer | null, told: Peer | null): Peer | null {
  if (known === null || told === null) return told ?? known;
  if (told.id === null) return { id: known.id, name: told.name ?? known.name };
  const isSameUser = known.id === null || userOf(known.id) === userOf(told.id);
  return { id: told.id, name: told.name ?? (isSameUser ? known.name : null) };
}

/** A TrueConf ID without the instance that may follow it, as in `user@some.server/56ad64as`. */
function userOf(id: string): string {
  return id.replace(/\/.*/s, '').toLowerCase();
}

/** Whether an implied or possibly old status says more than the known one. `unknown` counts as a beginning. */
export function isForward(from: Status, to: Status): boolean {
  return rank(to) > rank(from);
}

/** Undocumented statuses are all `unknown`, yet a change from one number to another is a change. */
export function isSameStatus(known: Transfer, status: Status, code: number | null): boolean {
  return known.status === status && (status !== 'unknown' || known.statusCode === code);
}

/** How it began stays readable, and so does how it got here: a long path loses its second step. */
function extend(path: readonly Step[], { status, at }: NewStatus, isLong: boolean): readonly Step[] {
  const step = { status, at };
  return isLong ? [...path.slice(0, 1), ...path.slice(2), step] : [...path, step];
}

function rank(status: Status): number {
  if (hasEnded(status)) return 2;
  return status === 'processing' ? 1 : 0;
}

const NO_PATH: readonly Step[] = [];
/** A path is no longer than this, so that a Room can't fill the memory with it. */
const MAX_STEPS = 16;
