import type { Row } from './row.js';

/** Without progress for this long a transfer counts as stalled. */
const STALLED_AFTER_MS = 5_000;
/** Rooms tell of whole percents, which a large file takes long for: twice what one should take is waited for, up to this. */
const LONGEST_WAIT_MS = 60_000;

/** Whether a transfer that should move has not moved for some seconds, or longer than it should have taken. */
export function isStalled(row: Row, now: number): boolean {
  const { status, progressAt } = row.transfer;
  return status === 'processing' && now - Math.max(progressAt ?? 0, row.statusAt) >= patience(row);
}

/** When a row is looked at. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the row's Room can't be heard now. */
  readonly stale: boolean;
}

/** Whether a transfer moves, as far as can be known: only then its rate is one. */
export function isMoving(row: Row, { now, stale }: Moment): boolean {
  return row.transfer.status === 'processing' && !stale && !isStalled(row, now);
}

function patience({ transfer: { size, bytesPerSecond } }: Row): number {
  if (size === null || bytesPerSecond === null || bytesPerSecond <= 0) return STALLED_AFTER_MS;
  const msPerPercent = (size / 100 / bytesPerSecond) * 1_000;
  return Math.min(LONGEST_WAIT_MS, Math.max(STALLED_AFTER_MS, 2 * msPerPercent));
}
