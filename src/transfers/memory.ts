import type { Status, Transfer } from './transfer.js';

/** What a listing was asked for, which says what a transfer missing from it means. */
export type ListingCause = 'snapshot' | 'resync' | 'cleared';

/** A listing under way: what it named so far, and what events told of since it was asked for. */
export class Listing {
  readonly cause: ListingCause;
  readonly #listed = new Set<string>();
  readonly #overtaken = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(cause: ListingCause) {
    this.cause = cause;
  }

  list(id: string): void {
    this.#listed.add(id);
  }

  overtake(id: string): void {
    this.#overtaken.add(id);
    this.#removed.delete(id);
  }

  remove(id: string): void {
    this.#removed.add(id);
  }

  wasOvertaken(id: string): boolean {
    return this.#overtaken.has(id);
  }

  wasRemoved(id: string): boolean {
    return this.#removed.has(id);
  }

  /** Whether the lists that came should have named the transfer, and did not. */
  isMissing(
    transfer: Transfer,
    answered: { readonly inbound: boolean; readonly outbound: boolean },
  ): boolean {
    if (this.#listed.has(transfer.id) || this.#overtaken.has(transfer.id)) return false;
    if (transfer.direction === 'inbound') return answered.inbound;
    if (transfer.direction === 'outbound') return answered.outbound;
    return answered.inbound && answered.outbound;
  }
}

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
/** As long as both lists hold no more ended ones, listing again never reports anything twice. */
const MAX_FORGOTTEN = 120_000;

/** Items in the order in which they came, of which the oldest is found without a search. */
export class ByAge<Item> implements Iterable<Item> {
  readonly #items = new Set<Item>();
  /** Goes along with the set: each new iterator would have to pass by all that was taken out. */
  readonly #oldest = this.#items.values();

  get size(): number {
    return this.#items.size;
  }

  /** An item that is there already keeps its place. */
  add(item: Item): void {
    this.#items.add(item);
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }

  /** Takes out the oldest; `null` where there is none. */
  takeOldest(): Item | null {
    if (this.#items.size === 0) return null;
    const { value } = this.#oldest.next();
    if (value === undefined) return null;
    this.#items.delete(value);
    return value;
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.values();
  }
}
