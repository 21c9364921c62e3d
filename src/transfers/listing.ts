import type { Transfer } from './transfer.js';

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
