import type { FileFacts } from '../protocol/message.js';
import { hasEnded, type Status, type Step, type Transfer } from './transfer.js';

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
): Transfer {
  return {
    id: file.id,
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

/** A status that a message tells of, and when it was seen. */
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
    direction: file.direction === 'unknown' ? known.direction : file.direction,
    status: next === null ? known.status : next.status,
    statusCode: next === null ? known.statusCode : next.statusCode,
    name: file.name === '' ? (known.name ?? '') : (file.name ?? known.name),
    size: file.size ?? known.size,
    peer: file.peer ?? known.peer,
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
