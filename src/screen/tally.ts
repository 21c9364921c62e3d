import { type EndStatus, hasEnded } from '../transfers/transfer.js';
import type { Row } from './row.js';

/** How many problems a summary can list; of more, the latest are kept. */
const MAX_PROBLEMS = 50;

export type EndedCounts = Readonly<Record<EndStatus, number>>;

/** A transfer that failed or was rejected while it was watched. */
export interface FailedTransfer {
  readonly row: Row;
  /** The message that reported it, or `null` for a listing. */
  readonly event: string | null;
}

/** How transfers ended, for the summary: kept even where their rows were removed or dropped. */
export class EndedTally {
  #unseen: EndedCounts = NONE;
  #watched: EndedCounts = NONE;
  #bytes = 0;
  readonly #problems = new Map<string, FailedTransfer>();

  /** Had ended before they were first seen. */
  get unseen(): EndedCounts {
    return this.#unseen;
  }

  /** Ended while they were watched. */
  get watched(): EndedCounts {
    return this.#watched;
  }

  /** Bytes of the transfers that became complete while they were watched. */
  get completedBytes(): number {
    return this.#bytes;
  }

  /** Oldest first. */
  get problems(): readonly FailedTransfer[] {
    return [...this.#problems.values()];
  }

  /** Counts a row's present status; `before` is the row until then. */
  add(before: Row | null, row: Row, event: string | null): void {
    // The Room may correct a status: then the former end counts no more.
    if (before !== null) this.#count(before, -1);
    this.#count(row, 1);
    this.#problems.delete(row.key);
    const { status } = row.transfer;
    if (row.endedUnseen || (status !== 'failed' && status !== 'rejected')) return;
    this.#problems.set(row.key, { row, event });
    const oldest = this.#problems.keys().next();
    if (this.#problems.size > MAX_PROBLEMS && !oldest.done) this.#problems.delete(oldest.value);
  }

  #count(row: Row, by: 1 | -1): void {
    const { status, size } = row.transfer;
    if (!hasEnded(status)) return;
    if (row.endedUnseen) {
      this.#unseen = { ...this.#unseen, [status]: this.#unseen[status] + by };
      return;
    }
    this.#watched = { ...this.#watched, [status]: this.#watched[status] + by };
    if (status === 'complete') this.#bytes += by * (size ?? 0);
  }
}

const NONE: EndedCounts = { complete: 0, failed: 0, rejected: 0 };
