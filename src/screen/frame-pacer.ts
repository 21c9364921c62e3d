/** At most ten frames a second. */
export const MIN_FRAME_INTERVAL_MS = 100;

/**
 * Frames that no key asked for may cost this many bytes a millisecond, and on a large screen as much for each cell as
 * drawing all of it about once a second: kind to slow links.
 */
const MIN_BYTES_PER_MS = 3;
const BYTES_PER_CELL_MS = 1 / 1_200;
/** What may be saved up, in screens. */
const MAX_CREDIT_SCREENS = 3;

/** Says when the next frame may be drawn. Time comes in as data, milliseconds since 1970. */
export class FramePacer {
  #drawnAt = Number.NEGATIVE_INFINITY;
  #cells: number;
  #credit: number;
  #creditAt = Number.NEGATIVE_INFINITY;

  constructor(cells: number) {
    this.#cells = cells;
    this.#credit = cells * MAX_CREDIT_SCREENS;
  }

  /** Milliseconds until a frame may be drawn; one asked for by a key does not wait for its bytes' share. */
  delay(now: number, urgent: boolean): number {
    const sinceFrame = Math.max(0, now - this.#drawnAt);
    const untilFrame = Math.max(0, MIN_FRAME_INTERVAL_MS - sinceFrame);
    if (urgent) return untilFrame;
    return Math.max(untilFrame, Math.ceil(-this.#creditNow(now) / this.#bytesPerMs), 0);
  }

  /** @param cells of the screen as it is now */
  drawn(now: number, bytes: number, cells: number): void {
    // Frames that keys asked for must not hold up the others for long.
    this.#credit = Math.max(-cells, this.#creditNow(now) - bytes);
    this.#creditAt = now;
    this.#drawnAt = now;
    this.#cells = cells;
  }

  get #bytesPerMs(): number {
    return Math.max(MIN_BYTES_PER_MS, this.#cells * BYTES_PER_CELL_MS);
  }

  #creditNow(now: number): number {
    const earned = Math.max(0, now - this.#creditAt) * this.#bytesPerMs;
    return Math.min(this.#cells * MAX_CREDIT_SCREENS, this.#credit + earned);
  }
}
