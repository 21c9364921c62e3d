import type { Status, Transfer } from './transfer.js';

/**
 * How a change is known: from the first listing, from an event seen live, or inferred by listing again after a
 * gap.
 */
export type Origin = 'snapshot' | 'event' | 'resync';

/** A transfer was seen for the first time, or its status changed. */
export interface TransferChange {
  readonly kind: 'transfer';
  /** When it was seen, milliseconds since 1970. */
  readonly at: number;
  /** As it is now. */
  readonly transfer: Transfer;
  /** The status before; `null` where the transfer is new. */
  readonly previousStatus: Status | null;
  /** How the change is known. */
  readonly origin: Origin;
  /** The message's name, or `null` for a listing. */
  readonly event: string | null;
}

/** A transfer has come further. */
export interface ProgressChange {
  readonly kind: 'progress';
  /** When it was seen, milliseconds since 1970. */
  readonly at: number;
  /** As it is now. */
  readonly transfer: Transfer;
}

/** `deleted` by itself, `cleared` with the history, or `gone` from the lists after a gap. */
export type RemovedReason = 'deleted' | 'cleared' | 'gone';

/** The Room no longer has a transfer. */
export interface RemovedChange {
  readonly kind: 'removed';
  /** When it was seen, milliseconds since 1970. */
  readonly at: number;
  /** The transfer's. */
  readonly id: string;
  /** The transfer's, which tells it from all others of its Room. */
  readonly key: string;
  /** What was known of it; `null` where it was never seen. */
  readonly transfer: Transfer | null;
  /** Why it is known to be gone. */
  readonly reason: RemovedReason;
  /** Whether the file is gone, too; `null` where the Room does not say. */
  readonly removedFromDisk: boolean | null;
}

/** Whether files can be sent and received at all became known, or changed. */
export interface AvailabilityChange {
  readonly kind: 'availability';
  /** When it was seen, milliseconds since 1970. */
  readonly at: number;
  /** 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  readonly code: number;
}

/** What the ledger says of one message. */
export type Change = TransferChange | ProgressChange | RemovedChange | AvailabilityChange;

/** A transfer as in a first listing. */
export function asSeen(transfer: Transfer, at: number): TransferChange {
  return { kind: 'transfer', at, transfer, previousStatus: null, origin: 'snapshot', event: null };
}

/** In what a transfer failed; `failed` where that is not known. */
export type Failure = 'failed-before-start' | 'failed-in-transfer' | 'failed';

/** @param previous the status before */
export function failureAfter(previous: Status | null): Failure {
  if (previous === 'waiting') return 'failed-before-start';
  return previous === 'processing' ? 'failed-in-transfer' : 'failed';
}
