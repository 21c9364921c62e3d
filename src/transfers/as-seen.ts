import type { TransferChange } from './change.js';
import type { Transfer } from './transfer.js';

/** A transfer as a first listing tells of it. */
export function asSeen(transfer: Transfer, at: number): TransferChange {
  return { kind: 'transfer', at, transfer, previousStatus: null, origin: 'snapshot', event: null };
}
