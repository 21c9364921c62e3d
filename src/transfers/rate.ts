/** How far a transfer has come, and how fast. */
export interface Pace {
  readonly progress: number | null;
  readonly bytes: number | null;
  readonly bytesPerSecond: number | null;
  /** When progress last moved, milliseconds since 1970. */
  readonly progressAt: number | null;
}

export const NO_PACE: Pace = { progress: null, bytes: null, bytesPerSecond: null, progressAt: null };

/**
 * The pace after a report of progress. The rate is smoothed: the older a measurement, the less it weighs. It stays
 * as it was where the clock did not move or went back, and starts anew where progress went back.
 */
export function advance(
  before: Pace,
  percent: number,
  bytes: number | null,
  size: number | null,
  at: number,
): Pace {
  const done = bytes ?? (size === null ? null : Math.round((size * percent) / 100));
  const moved = { progress: percent, bytes: done, progressAt: at };
  if (done === null || before.bytes === null || before.progressAt === null || done < before.bytes) {
    return { ...moved, bytesPerSecond: null };
  }
  const elapsedMs = at - before.progressAt;
  if (elapsedMs <= 0) return { ...moved, bytesPerSecond: before.bytesPerSecond };
  const measured = ((done - before.bytes) * 1_000) / elapsedMs;
  if (before.bytesPerSecond === null) return { ...moved, bytesPerSecond: measured };
  const weight = 1 - Math.exp(-elapsedMs / SMOOTHING_MS);
  return { ...moved, bytesPerSecond: before.bytesPerSecond + weight * (measured - before.bytesPerSecond) };
}

/** Seconds until all bytes are done; `null` while unknown, or if it is over a year away. */
export function etaSeconds(
  transfer: Pick<Pace, 'bytes' | 'bytesPerSecond'>,
  size: number | null,
): number | null {
  const { bytes, bytesPerSecond } = transfer;
  if (bytes === null || size === null || bytesPerSecond === null || bytesPerSecond <= 0) return null;
  const seconds = Math.max(0, size - bytes) / bytesPerSecond;
  return seconds > LONGEST_ETA_S ? null : seconds;
}

/**
 * Whether a running transfer has not moved for some seconds, or for longer than it should have taken.
 * @param since when its status began, milliseconds since 1970
 */
export function hasStalled(
  transfer: Pick<Pace, 'bytesPerSecond' | 'progressAt'> & { readonly size: number | null },
  since: number,
  now: number,
): boolean {
  return (
    now - Math.max(transfer.progressAt ?? 0, since) >= patienceMs(transfer.size, transfer.bytesPerSecond)
  );
}

/** Rooms report whole percents: twice what one should take is allowed for, within bounds. */
function patienceMs(size: number | null, bytesPerSecond: number | null): number {
  if (size === null || bytesPerSecond === null || bytesPerSecond <= 0) return STALLED_AFTER_MS;
  const msPerPercent = (size / 100 / bytesPerSecond) * 1_000;
  return Math.min(LONGEST_PATIENCE_MS, Math.max(STALLED_AFTER_MS, 2 * msPerPercent));
}

const SMOOTHING_MS = 5_000;
const STALLED_AFTER_MS = 5_000;
const LONGEST_PATIENCE_MS = 60_000;
const LONGEST_ETA_S = 365 * 24 * 3_600;
