import type { Change } from './change.js';
import { type Filter, type FilterOptions, makeFilter } from './filter.js';

export interface SelectionOptions extends FilterOptions {
  /** Whether what is there at the start is told; default true. */
  readonly snapshot?: boolean | undefined;
}

/** Which changes a watch is about, and which of those it tells. */
export class Selection {
  readonly #ids: ReadonlySet<string>;
  readonly #isWatched: Filter | null;
  readonly #hasStatus: Filter | null;
  readonly #withSnapshot: boolean;

  constructor(options: SelectionOptions) {
    const { statuses, snapshot = true, ...rest } = options;
    this.#ids = new Set(options.ids);
    this.#isWatched = makeFilter(rest);
    this.#hasStatus = makeFilter({ statuses });
    this.#withSnapshot = snapshot;
  }

  /** Whether a change is about a watched transfer, in whatever status it is. */
  watches(change: Change): boolean {
    if (change.kind === 'availability' || this.#isWatched === null) return true;
    // Of a transfer that was never seen only the id is known.
    if (change.kind === 'removed' && change.transfer === null) return this.#ids.has(change.id);
    return change.transfer !== null && this.#isWatched(change.transfer);
  }

  /** Whether a change of a watched transfer is told. */
  writes(change: Change): boolean {
    if (change.kind === 'availability') return true;
    if (change.kind === 'transfer' && change.origin === 'snapshot' && !this.#withSnapshot) return false;
    return this.#hasStatus === null || (change.transfer !== null && this.#hasStatus(change.transfer));
  }
}
