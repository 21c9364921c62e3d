import type { Direction } from '../protocol/fields.js';
import { failureAfter } from '../transfers/change.js';
import type { EndStatus, Status, Transfer } from '../transfers/transfer.js';

/** Why a transfer did not arrive: all values of the label there are. */
export const FAILURE_REASONS = [
  /** The Room reported an error while the request waited, during the transfer, or when is not known. */
  'failed-before-start',
  'failed-in-transfer',
  'failed',
  /** The request was refused. */
  'rejected',
  /** It was removed before its end. */
  'removed',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Why a transfer that ended did not arrive; `null` where it did. */
export function failureReason(end: EndStatus, previous: Status | null): FailureReason | null {
  if (end === 'failed') return failureAfter(previous);
  return end === 'rejected' ? end : null;
}

/** How long transfers take and how large they are, of all Rooms: with a series for each Room there would be hundreds for each. Pure. */
export class Usage {
  /** Seconds from the request to its end. */
  readonly durations = new Distributions(DURATION_BOUNDS);
  /** Bytes. */
  readonly sizes = new Distributions(SIZE_BOUNDS);

  /** @param lastedMs from the request to its end; `null` where either was not seen */
  ended({ direction, size }: Transfer, end: EndStatus, lastedMs: number | null): void {
    if (lastedMs !== null) this.durations.add(direction, end, Math.max(0, lastedMs) / MS_PER_SECOND);
    if (size !== null) this.sizes.add(direction, end, Math.min(size, MAX_BYTES));
  }
}

/** Of values with one direction and one outcome. */
export interface Distribution {
  readonly direction: Direction;
  readonly outcome: EndStatus;
  /** How many are at most as large as each bound; cumulative, as Prometheus has them. */
  readonly upTo: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** How many values there were between given bounds, by direction and outcome. */
export class Distributions {
  readonly bounds: readonly number[];
  readonly #byLabels = new Map<string, { -readonly [Key in keyof Distribution]: Distribution[Key] }>();

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  /** Values that are no number are left out: strangers choose them. */
  add(direction: Direction, outcome: EndStatus, value: number): void {
    if (!(value >= 0 && Number.isFinite(value))) return;
    const key = `${direction} ${outcome}`;
    const known = this.#byLabels.get(key) ?? {
      direction,
      outcome,
      upTo: this.bounds.map(() => 0),
      sum: 0,
      count: 0,
    };
    known.upTo = known.upTo.map((count, at) => count + (value <= (this.bounds[at] ?? 0) ? 1 : 0));
    known.sum += value;
    known.count += 1;
    this.#byLabels.set(key, known);
  }

  get all(): readonly Distribution[] {
    return [...this.#byLabels.values()];
  }
}

const MS_PER_SECOND = 1_000;
const DURATION_BOUNDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];
const SIZE_BOUNDS = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
/** A pebibyte: more than any file of a Room. */
export const MAX_BYTES = 2 ** 50;
