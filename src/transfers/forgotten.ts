import type { Status } from './transfer.js';

/**
 * What is still known of transfers that the ledger holds no more: the status of those let go for want of room, and
 * which ones were removed. Bounded: the oldest are forgotten for good.
 */
export class Forgotten {
  readonly #statuses = new Map<string, Status | typeof REMOVED>();
  /** Goes along with the map: each new iterator would have to pass by all that was forgotten. */
  readonly #oldest = this.#statuses.keys();

  /** The status with which a transfer was let go; `null` where it was not. */
  get(id: string): Status | null {
    const status = this.#statuses.get(id);
    return status === undefined || status === REMOVED ? null : status;
  }

  /** Like `get`, and the transfer is held again. */
  take(id: string): Status | null {
    const status = this.#statuses.get(id);
    if (status === undefined) return null;
    this.#statuses.delete(id);
    return status === REMOVED ? null : status;
  }

  isRemoved(id: string): boolean {
    return this.#statuses.get(id) === REMOVED;
  }

  add(id: string, status: Status): void {
    this.#set(id, status);
  }

  remove(id: string): void {
    this.#set(id, REMOVED);
  }

  #set(id: string, status: Status | typeof REMOVED): void {
    this.#statuses.delete(id);
    this.#statuses.set(id, status);
    if (this.#statuses.size <= MAX_FORGOTTEN) return;
    const { value } = this.#oldest.next();
    if (value !== undefined) this.#statuses.delete(value);
  }
}

const REMOVED = 'removed';
/** Both lists at their longest (`room/connection.ts`): listing again then never tells anything twice. */
const MAX_FORGOTTEN = 120_000;
