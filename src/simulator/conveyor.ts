import type { RoomEvent, RoomState } from './room-state.js';

/** Reports of progress on the way from the start to the end. */
const REPORTS = 20;

/**
 * Moves accepted and sent requests to their end by themselves: processing, progress in equal steps, complete. One that
 * something else moves out of "processing", or deletes, is dropped.
 */
export class Conveyor {
  readonly #state: RoomState;
  readonly #emit: (events: readonly RoomEvent[]) => void;
  readonly #intervalMs: number;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param transferMs from the acceptance to the end, milliseconds */
  constructor(state: RoomState, transferMs: number, emit: (events: readonly RoomEvent[]) => void) {
    this.#state = state;
    this.#emit = emit;
    this.#intervalMs = transferMs / REPORTS;
  }

  /** Requests that are on their way here. */
  get ids(): ReadonlySet<string> {
    return new Set(this.#timers.keys());
  }

  proceed(id: string): void {
    if (!this.#timers.has(id)) this.#schedule(id, 1);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(id: string, report: number): void {
    this.#timers.set(
      id,
      setTimeout(() => this.#move(id, report), this.#intervalMs),
    );
  }

  #move(id: string, report: number): void {
    this.#timers.delete(id);
    const transfer = this.#state.find(id);
    // An outbound request waits for its recipient first, an inbound one has been accepted already.
    if (transfer?.status === 1 && transfer.direction === 'outbound') {
      this.#emit(this.#state.setStatus(id, 2));
    } else if (transfer?.status !== 2) {
      return;
    }
    const percent = Math.round((report * 100) / REPORTS);
    this.#emit(this.#state.progress(id, Math.max(percent, transfer.percent)));
    if (report < REPORTS) this.#schedule(id, report + 1);
    else this.#emit(this.#state.setStatus(id, 3));
  }
}
