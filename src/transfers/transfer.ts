import type { Direction, Peer } from '../protocol/message.js';

/**
 * Where a transfer is: `waiting` (1) to be accepted, `processing` (2), and its ends `complete` (3), `failed` (0) and
 * `rejected`; `unknown` is any other number. The numbers are those of `notifications/fileRequestStatusChanged`.
 */
export type Status = 'waiting' | 'processing' | 'complete' | 'failed' | 'rejected' | 'unknown';

export const STATUSES: readonly Status[] = [
  'waiting',
  'processing',
  'complete',
  'failed',
  'rejected',
  'unknown',
];

/** One stop on the path of statuses. */
export interface Step {
  /** The status that began. */
  readonly status: Status;
  /** When it was observed to begin, milliseconds since 1970. */
  readonly at: number;
}

/** A file request as the ledger knows it. A value: each change makes a new one. */
export interface Transfer {
  /** `fileRequestId`. */
  readonly id: string;
  /** As the Room sees it. */
  readonly direction: Direction;
  /** The status it has now. */
  readonly status: Status;
  /** The Room's number for the status; `null` where the status was implied by an event. */
  readonly statusCode: number | null;
  /** The file's name; a stranger chose it. */
  readonly name: string | null;
  /** Bytes. */
  readonly size: number | null;
  /** Who sends or gets the file; `null` where it is not known, or goes to a whole conference. */
  readonly peer: Peer | null;
  /** `null` outside a group conference. */
  readonly conferenceId: string | null;
  /** The file's id on the Room's HTTP server. */
  readonly fileId: string | null;
  /** When the request was made by the Room's clock, milliseconds since 1970. */
  readonly createdAt: number | null;
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
  /** The last frame that told of this transfer alone, or `null` if only a listing did. */
  readonly raw: string | null;
}

/** Whether a status is an end: nothing is expected to follow. */
export function hasEnded(status: Status): boolean {
  return status === 'complete' || status === 'failed' || status === 'rejected';
}

/** The Room's number as a status (`fileRequestStatusChanged`, field `status`). */
export function statusOf(code: number): Status {
  switch (code) {
    case 0:
      return 'failed';
    case 1:
      return 'waiting';
    case 2:
      return 'processing';
    case 3:
      return 'complete';
    default:
      return 'unknown';
  }
}
