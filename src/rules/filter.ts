import { fromOption } from '../errors.js';
import type { Direction } from '../protocol/fields.js';
import type { Change } from '../transfers/change.js';
import type { Status, Transfer } from '../transfers/transfer.js';
import { compileExpression, type Expression } from './expression.js';
import { type Facts, factsOf, unknownTransfer } from './fields.js';
import { compileGlob } from './glob.js';

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
  /** A condition in CEL over the fields of the `transfer` record, such as `size > 5 * MB && !ended`. */
  readonly where?: string | undefined;
}

/**
 * Whether a transfer is wanted.
 *
 * `about` is the moment and the Room that a `where` with `age`, `stalled` or `room` needs; without them it can't be
 * told, and the transfer is not wanted.
 */
export type Filter = (transfer: Transfer, about?: { readonly at: number; readonly room: string }) => boolean;

/**
 * A filter, or `null` where every transfer is wanted.
 * @throws TrueConfFilesError `usage` for a glob or an expression that can't be used
 */
export function makeFilter(options: FilterOptions): Filter | null {
  const expression = expressionOf(options);
  if (expression === null) return null;
  return (transfer, about) =>
    expression.test(factsOf(transfer, about?.at ?? null, about?.room ?? null)) === true;
}

/**
 * All filters as one expression; `null` where every transfer is wanted.
 * @throws PlacedError
 */
export function expressionOf(options: FilterOptions): Expression | null {
  const { where } = options;
  // Compiled by itself, so that an error shows what was written and nothing else.
  const condition = where === undefined ? null : fromOption('--where', () => compileExpression(where));
  const terms = termsOf(options);
  if (terms.length === 0) return condition;
  return compileExpression(
    [...terms, ...(condition === null ? [] : [`(${condition.source}\n)`])].join(' && '),
  );
}

/** Each filter option as a term in CEL. */
function termsOf(options: FilterOptions): readonly string[] {
  const { direction, statuses, peer, name, conference, ids } = options;
  const terms: string[] = [];
  if (direction !== undefined) terms.push(`direction == ${quoted(direction)}`);
  if (statuses !== undefined && statuses.length > 0) terms.push(`status in ${list(statuses)}`);
  if (name !== undefined) terms.push(globTerm('name', ['name'], name));
  if (peer !== undefined) terms.push(globTerm('peer', ['peer.id', 'peer.name'], peer));
  if (conference !== undefined) terms.push(`conferenceId == ${quoted(conference)}`);
  if (ids !== undefined && ids.length > 0) {
    terms.push(`(${ids.map((given) => `means(id, ${quoted(given)})`).join(' || ')})`);
  }
  return terms;
}

function globTerm(option: string, fields: readonly string[], pattern: string): string {
  fromOption(`--${option}`, () => compileGlob(pattern));
  return `(${fields.map((field) => `glob(${field}, ${quoted(pattern)})`).join(' || ')})`;
}

/** A text as CEL writes it: JSON's escapes are among CEL's. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

export interface SelectionOptions extends FilterOptions {
  /** Whether what is there at the start is reported; default true. */
  readonly snapshot?: boolean | undefined;
}

/**
 * Which changes a watch is about, and which of those it reports: terms about what a transfer is say which transfers
 * are watched, terms about how far it has come say which of their changes are reported.
 */
export class Selection {
  readonly #watched: readonly Expression[];
  readonly #reported: readonly Expression[];
  readonly #withSnapshot: boolean;

  /** @throws TrueConfFilesError `usage` for a glob or an expression that can't be used */
  constructor({ snapshot = true, ...options }: SelectionOptions) {
    const terms = expressionOf(options)?.terms ?? [];
    this.#watched = terms.filter(({ isLasting }) => isLasting);
    this.#reported = terms.filter(({ isLasting }) => !isLasting);
    this.#withSnapshot = snapshot;
  }

  /** Whether a change is of a watched transfer, and reported. */
  takes(change: Change, room: string): boolean {
    return this.watches(change, room) && this.writes(change, room);
  }

  /** Whether a change is about a watched transfer, in whatever status it is. */
  watches(change: Change, room: string): boolean {
    return change.kind === 'availability' || hold(this.#watched, change, room);
  }

  /** Whether a change of a watched transfer is reported. */
  writes(change: Change, room: string): boolean {
    if (change.kind === 'availability') return true;
    if (change.kind === 'transfer' && change.origin === 'snapshot' && !this.#withSnapshot) return false;
    return hold(this.#reported, change, room);
  }
}

function hold(
  terms: readonly Expression[],
  change: Exclude<Change, { kind: 'availability' }>,
  room: string,
): boolean {
  if (terms.length === 0) return true;
  const facts = changeFacts(change, room);
  return terms.every((term) => term.test(facts) === true);
}

/** The facts of a change; of a transfer that was never seen only the id is known. */
export function changeFacts(change: Exclude<Change, { kind: 'availability' }>, room: string): Facts {
  switch (change.kind) {
    case 'transfer':
      return factsOf(change.transfer, change.at, room, change);
    case 'progress':
      return factsOf(change.transfer, change.at, room, { kind: change.kind });
    case 'removed': {
      const transfer = change.transfer ?? unknownTransfer(change.id);
      return factsOf(transfer, change.at, room, { kind: change.kind });
    }
  }
}
