import type { WarningNotice } from './notice.js';

/** Lets one warning of each code through per interval, and counts the ones it stands for. Time comes in as data. */
export class Warnings {
  readonly #seen = new Map<string, { lastAt: number; held: number }>();
  readonly #intervalMs: number;

  constructor(intervalMs: number = WARNING_INTERVAL_MS) {
    this.#intervalMs = intervalMs;
  }

  /** The warning to show, or `null` while one of its code was shown less than an interval ago. */
  admit(at: number, code: string, message: string, id: string | null = null): WarningNotice | null {
    const seen = this.#seen.get(code);
    if (seen !== undefined && at >= seen.lastAt && at - seen.lastAt < this.#intervalMs) {
      seen.held++;
      return null;
    }
    this.#seen.set(code, { lastAt: at, held: 0 });
    return { kind: 'warning', at, code, message, count: 1 + (seen?.held ?? 0), id };
  }

  /** What was held back and not told yet: one warning per code, for the end of a watch. */
  flush(at: number): readonly WarningNotice[] {
    const notices: WarningNotice[] = [];
    for (const [code, seen] of this.#seen) {
      if (seen.held === 0) continue;
      notices.push({
        kind: 'warning',
        at,
        code,
        message: `${seen.held} more of these`,
        count: seen.held,
        id: null,
      });
      seen.held = 0;
    }
    return notices;
  }
}

export const WARNING_INTERVAL_MS = 60_000;
