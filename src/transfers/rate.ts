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

/** Seconds until all bytes are done; `null` while that can't be told, or where it is over a year away. */
export function etaSeconds(
  transfer: Pick<Pace, 'bytes' | 'bytesPerSecond'>,
  size: number | null,
): number | null {
  const { bytes, bytesPerSecond } = transfer;
  if (bytes === null || size === null || bytesPerSecond === null || bytesPerSecond <= 0) return null;
  const seconds = Math.max(0, size - bytes) / bytesPerSecond;
  return seconds > LONGEST_ETA_S ? null : seconds;
}

const SMOOTHING_MS = 5_000;
const LONGEST_ETA_S = 365 * 24 * 3_600;
