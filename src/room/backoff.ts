/**
 * How long to wait before the next try: exponential, with full jitter, so that many watchers of a Room that comes
 * back do not all dial at once.
 * @param failures tries that failed in a row, from 1
 * @param random from 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, MAX_DOUBLINGS));
  return Math.round(ceiling * random);
}

/** A link that was live for so long counts as good: the next loss begins with short waits again. */
export const STABLE_MS = 10_000;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const MAX_DOUBLINGS = 16;
