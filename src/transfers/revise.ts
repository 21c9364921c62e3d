import type { FileFacts } from '../protocol/message.js';
import { NO_PACE } from './rate.js';
import { hasEnded, type Status, type Step, type Transfer } from './transfer.js';

/** A transfer as the first message about it tells. */
export function firstSeen(
  file: FileFacts,
  status: Status,
  statusCode: number | null,
  at: number,
  raw: string | null,
): Transfer {
  return {
    ...file,
    ...NO_PACE,
    status,
    statusCode,
    path: [{ status, at }],
    omittedSteps: 0,
    firstSeenAt: at,
    raw,
  };
}

/** The transfer with what a further message tells: known facts are replaced, never emptied. */
export function withFacts(known: Transfer, file: FileFacts, raw: string | null): Transfer {
  return {
    ...known,
    direction: file.direction === 'unknown' ? known.direction : file.direction,
    name: file.name ?? known.name,
    size: file.size ?? known.size,
    peer: file.peer ?? known.peer,
    conferenceId: file.conferenceId ?? known.conferenceId,
    fileId: file.fileId ?? known.fileId,
    createdAt: file.createdAt ?? known.createdAt,
    raw: raw ?? known.raw,
  };
}

/** The transfer in a new status, one step further on its path. */
export function withStatus(known: Transfer, status: Status, statusCode: number | null, at: number): Transfer {
  const step: Step = { status, at };
  if (known.path.length < MAX_STEPS) return { ...known, status, statusCode, path: [...known.path, step] };
  // How it began stays readable, and so does how it got here.
  const path = [...known.path.slice(0, 1), ...known.path.slice(2), step];
  return { ...known, status, statusCode, path, omittedSteps: known.omittedSteps + 1 };
}

/** Whether an implied or possibly old status says more than the known one. `unknown` counts as a beginning. */
export function isForward(from: Status, to: Status): boolean {
  return rank(to) > rank(from);
}

/** Undocumented statuses are all `unknown`, yet a change from one number to another is a change. */
export function isSameStatus(known: Transfer, status: Status, code: number | null): boolean {
  return known.status === status && (status !== 'unknown' || known.statusCode === code);
}

function rank(status: Status): number {
  if (hasEnded(status)) return 2;
  return status === 'processing' ? 1 : 0;
}

/** A path longer than this loses steps after its first, so that a Room can't fill the memory with it. */
const MAX_STEPS = 16;
