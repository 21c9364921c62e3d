import picomatch from 'picomatch';
import type { Direction } from '../protocol/message.js';
import type { Change } from './change.js';
import { meansId } from './ids.js';
import type { Status, Transfer } from './transfer.js';

/** Which transfers are wanted: all that is given must hold ("and"); of several statuses or ids, any. */
export interface FilterOptions {
  /** The direction it must have. */
  readonly direction?: Direction | undefined;
  /** The statuses that it may be in. */
  readonly statuses?: readonly Status[] | undefined;
  /** A glob (`*`, `?`, `[ab]`, `{a,b}`, a leading `!`) for the peer's id or name, without regard to case. */
  readonly peer?: string | undefined;
  /** A glob for the file's name, without regard to case. */
  readonly name?: string | undefined;
  /** The id of the conference it must belong to. */
  readonly conference?: string | undefined;
  /** The ids that it may have, or at least 6 characters of their beginnings; in any case, with braces or without. */
  readonly ids?: readonly string[] | undefined;
}

/** Whether a transfer is wanted. */
export type Filter = (transfer: Transfer) => boolean;

/** A filter, or `null` where every transfer is wanted. */
export function makeFilter(options: FilterOptions): Filter | null {
  const { direction, statuses, conference, ids } = options;
  const tests: Filter[] = [];
  if (direction !== undefined) tests.push((transfer) => transfer.direction === direction);
  if (statuses !== undefined && statuses.length > 0) {
    const wanted = new Set(statuses);
    tests.push((transfer) => wanted.has(transfer.status));
  }
  if (conference !== undefined) tests.push((transfer) => transfer.conferenceId === conference);
  if (ids !== undefined && ids.length > 0) {
    tests.push(({ id }) => ids.some((given) => meansId(given, id)));
  }
  if (options.name !== undefined) {
    const matches = glob(options.name);
    tests.push(({ name }) => name !== null && matches(name));
  }
  if (options.peer !== undefined) {
    const matches = glob(options.peer);
    tests.push(({ peer }) =>
      [peer?.id, peer?.name].some((text) => typeof text === 'string' && matches(text)),
    );
  }
  return tests.length === 0 ? null : (transfer) => tests.every((test) => test(transfer));
}

/**
 * `*`, `?`, `[abc]`, `{a,b}` and a leading `!`, on names rather than paths: a slash and a line break are characters
 * like any other, and parentheses are themselves, as in `report (1).pdf`.
 */
function glob(pattern: string): (text: string) => boolean {
  if (pattern === '') return (text) => text === '';
  const escaped = pattern.replace(/\\.|[()]/gs, (match) => (match.length === 1 ? `\\${match}` : match));
  const matches = picomatch(withoutSlashes(escaped), { dot: true, bash: true, flags: 'is' });
  return (text) => text === pattern || matches(withoutSlashes(text));
}

/** A private-use character stands for the slash, which picomatch would take for the end of a folder's name. */
function withoutSlashes(text: string): string {
  return text.replaceAll('/', '\u{f8ff}');
}

export interface SelectionOptions extends FilterOptions {
  /** Whether what is there at the start is told; default true. */
  readonly snapshot?: boolean | undefined;
}

/** Which changes a watch is about, and which of those it tells. */
export class Selection {
  readonly #ids: readonly string[];
  readonly #isWatched: Filter | null;
  readonly #hasStatus: Filter | null;
  readonly #withSnapshot: boolean;

  constructor(options: SelectionOptions) {
    const { statuses, snapshot = true, ...rest } = options;
    this.#ids = options.ids ?? [];
    this.#isWatched = makeFilter(rest);
    this.#hasStatus = makeFilter({ statuses });
    this.#withSnapshot = snapshot;
  }

  /** Whether a change is about a watched transfer, in whatever status it is. */
  watches(change: Change): boolean {
    if (change.kind === 'availability' || this.#isWatched === null) return true;
    // Of a transfer that was never seen only the id is known.
    if (change.kind === 'removed' && change.transfer === null)
      return this.#ids.some((given) => meansId(given, change.id));
    return change.transfer !== null && this.#isWatched(change.transfer);
  }

  /** Whether a change of a watched transfer is told. */
  writes(change: Change): boolean {
    if (change.kind === 'availability') return true;
    if (change.kind === 'transfer' && change.origin === 'snapshot' && !this.#withSnapshot) return false;
    return this.#hasStatus === null || (change.transfer !== null && this.#hasStatus(change.transfer));
  }
}
