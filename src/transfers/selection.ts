import type { Notice } from '../../monitor/notice.js';
import type { Change } from '../../transfers/change.js';
import { type Filter, makeFilter } from '../../transfers/filter.js';
import type { WatchOptions } from './options.js';

/** Which notices a watch is about, and which of those it writes. */
export class Selection {
  readonly #ids: ReadonlySet<string>;
  readonly #isWatched: Filter | null;
  readonly #hasStatus: Filter | null;
  readonly #withSnapshot: boolean;

  constructor(options: WatchOptions) {
    this.#ids = new Set(options.id);
    this.#isWatched = makeFilter({ ...options, ids: options.id });
    this.#hasStatus = makeFilter({ statuses: options.status });
    this.#withSnapshot = options.snapshot;
  }

  /** Whether a change is about a watched transfer, in whatever status it is. */
  watches(change: Change): boolean {
    if (change.kind === 'availability' || this.#isWatched === null) return true;
    // Of a transfer that was never seen only the id is known.
    if (change.kind === 'removed' && change.transfer === null) return this.#ids.has(change.id);
    return change.transfer !== null && this.#isWatched(change.transfer);
  }

  /** Whether a change of a watched transfer is written. */
  writes(change: Change): boolean {
    if (change.kind === 'availability') return true;
    if (change.kind === 'transfer' && change.origin === 'snapshot' && !this.#withSnapshot) return false;
    return this.#hasStatus === null || (change.transfer !== null && this.#hasStatus(change.transfer));
  }
}

export function isChange(notice: Notice): notice is Change {
  return notice.kind !== 'link' && notice.kind !== 'warning' && notice.kind !== 'heartbeat';
}
