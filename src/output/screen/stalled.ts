import type { Row } from './row.js';

/** Without progress for this long a transfer counts as stalled. */
const STALLED_AFTER_MS = 5_000;

/** Whether a transfer that should move has not moved for some seconds. */
export function isStalled(row: Row, now: number): boolean {
  const { status, progressAt } = row.transfer;
  return status === 'processing' && now - Math.max(progressAt ?? 0, row.statusAt) >= STALLED_AFTER_MS;
}
