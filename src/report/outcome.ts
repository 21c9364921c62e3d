import type { Direction, Peer } from '../protocol/fields.js';
import type { Failure, Origin, RemovedReason } from '../transfers/change.js';
import type { Status } from '../transfers/transfer.js';

/** Why a transfer failed, or why it is not known what became of it. */
export type OutcomeReason =
  /** The Room reported an internal error. */
  | Failure
  /** It was removed before its end was seen. */
  | RemovedReason
  /** The link was lost and has not come back; or the watch ended by itself, as after a takeover. */
  | 'connection-lost'
  | 'watch-ended'
  /** The link came back, and the Room did not list what it holds. */
  | 'not-listed'
  /** The Room gave a number that the API does not define. */
  | 'unknown-status';

/** How the status is known; `gap`: it is not, as nothing was heard of the transfer since the link was lost. */
export type Known = Origin | 'gap';

/** What became of one transfer: a row of a report. Times are milliseconds since 1970. */
export interface Outcome {
  /**
   * When its status last changed, as it was seen; when the request was made where it was so in the first listing
   * already. It decides on which day a transfer counts.
   */
  readonly time: number;
  readonly room: string;
  readonly id: string;
  readonly direction: Direction;
  /** The last that is known for sure; `unknown` after a gap, and where it was removed before its end. */
  readonly status: Status;
  readonly reason: OutcomeReason | null;
  readonly known: Known;
  readonly name: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly peer: Peer | null;
  readonly conferenceId: string | null;
  /** By the Room's clock. */
  readonly createdAt: number | null;
  /** `null` if its beginning was not seen. */
  readonly beganAt: number | null;
  /** When its end was seen; `null` where it had ended before it was first seen. */
  readonly endedAt: number | null;
  /** From the request to its beginning, or to its end where it never began; `null` where either was not seen. */
  readonly waitedMs: number | null;
  /** From its beginning to its end; `null` where either was not seen. */
  readonly tookMs: number | null;
  /** Bytes a second, of complete transfers only: how much of another came is not known. */
  readonly bytesPerSecond: number | null;
}

/** By code units, so that no locale decides. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
