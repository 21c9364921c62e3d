import type { Status, Transfer } from './transfer.js';

/**
 * How a change is known: from the first listing, from an event seen live, or inferred by listing again after a
 * gap.
 */
export type Origin = 'snapshot' | 'event' | 'resync';

/** A transfer was seen for the first time, or its status changed. */
export interface TransferChange {
  readonly kind: 'transfer';
  readonly at: number;
  readonly transfer: Transfer;
  readonly previousStatus: Status | null;
  readonly origin: Origin;
  /** The message's name, or `null` for a listing. */
  readonly event: string | null;
}

export interface ProgressChange {
  readonly kind: 'progress';
  readonly at: number;
  readonly transfer: Transfer;
}

export type RemovedReason = 'deleted' | 'cleared' | 'gone';

export interface RemovedChange {
  readonly kind: 'removed';
  readonly at: number;
  readonly id: string;
  /** What was known of it; `null` where it was never seen. */
  readonly transfer: Transfer | null;
  readonly reason: RemovedReason;
  readonly removedFromDisk: boolean | null;
}

export interface AvailabilityChange {
  readonly kind: 'availability';
  readonly at: number;
  /** 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  readonly code: number;
}

/** What the ledger says of one message. */
export type Change = TransferChange | ProgressChange | RemovedChange | AvailabilityChange;
