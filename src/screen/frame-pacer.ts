/** At most ten frames a second. */
export const MIN_FRAME_INTERVAL_MS = 100;

/** Frames that no key asked for may cost this many bytes a millisecond: kind to slow links, and plenty. */
const BYTES_PER_MS = 24;
/** What may be saved up for a large frame. */
const MAX_CREDIT_BYTES = 64 * 1_024;

/** Says when the next frame may be drawn. Time comes in as data, milliseconds since 1970. */
export class FramePacer {
  #drawnAt = Number.NEGATIVE_INFINITY;
  #credit = MAX_CREDIT_BYTES;
  #creditAt = Number.NEGATIVE_INFINITY;

  /** Milliseconds until a frame may be drawn; one asked for by a key does not wait for its bytes' share. */
  delay(now: number, urgent: boolean): number {
    const sinceFrame = Math.max(0, now - this.#drawnAt);
    const untilFrame = Math.max(0, MIN_FRAME_INTERVAL_MS - sinceFrame);
    if (urgent) return untilFrame;
    return Math.max(untilFrame, Math.ceil(-this.#creditNow(now) / BYTES_PER_MS), 0);
  }

  drawn(now: number, bytes: number): void {
    this.#credit = this.#creditNow(now) - bytes;
    this.#creditAt = now;
    this.#drawnAt = now;
  }

  #creditNow(now: number): number {
    const earned = Math.max(0, now - this.#creditAt) * BYTES_PER_MS;
    return Math.min(MAX_CREDIT_BYTES, this.#credit + earned);
  }
}
