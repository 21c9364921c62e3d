import { ByAge } from '../../transfers/by-age.js';
import type { RemovedChange, TransferChange } from '../../transfers/change.js';
import { hasEnded, type Status, type Transfer } from '../../transfers/transfer.js';
import { Order } from './order.js';
import { isActive, makeMatcher, makeRow, type Row, rowKey } from './row.js';
import { comparator, type SortName } from './sort.js';
import { Tally } from './tally.js';

/** Which rows the table shows, and in which order. */
export interface Arrangement {
  readonly sort: SortName;
  readonly filter: string;
  readonly hideEnded: boolean;
}

export const DEFAULT_ARRANGEMENT: Arrangement = { sort: 'activity', filter: '', hideEnded: false };

/**
 * All transfers of all Rooms: the part of the screen's state that grows in place, because a copy of thousands of
 * rows at each event would cost more than all drawing. Everything else of the state is a value.
 *
 * The rows that the table shows are kept in their order: only another arrangement sorts anew. Where a row that changed
 * belongs is looked up once a frame, however often it has changed by then. What a frame says of all of them is counted
 * as they change.
 */
export class Rows {
  readonly tally = new Tally();
  readonly #keepEnded: number;
  readonly #byKey = new Map<string, Row>();
  /** Those that have ended, for dropping the oldest. */
  readonly #ended = new ByAge<string>();
  /** Those with a rate. */
  readonly #moving = new Map<string, Row>();
  readonly #counts = new Map<Status, number>();
  #arrangement = DEFAULT_ARRANGEMENT;
  #matches = makeMatcher('');
  #shown = new Order(comparator('activity'), []);
  /** Rows that changed since the order was last looked at, as they were then; `null` for those that came since. */
  readonly #changed = new Map<string, Row | null>();
  /** While drawing is paused: the rows as they were then. */
  #frozen: ReadonlyMap<string, Row> | null = null;
  #nextSeq = 0;

  /** @param keepEnded how many ended rows are kept; active ones always are */
  constructor(keepEnded: number) {
    this.#keepEnded = keepEnded;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get shown(): Order {
    this.#catchUp();
    return this.#shown;
  }

  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  /** Rows that have not ended and whose rate is known, in no order. */
  moving(): Iterable<Row> {
    return this.#moving.values();
  }

  count(status: Status): number {
    return this.#counts.get(status) ?? 0;
  }

  /** The row as it is now, also while the table is frozen. */
  live(key: string): Row | undefined {
    return this.#byKey.get(key);
  }

  /** The place of a row among the shown ones, or -1. */
  indexOf(key: string): number {
    const row = (this.#frozen ?? this.#byKey).get(key);
    return row === undefined ? -1 : this.shown.indexOf(row);
  }

  change(room: string, change: TransferChange): void {
    const { transfer, origin } = change;
    const key = rowKey(room, transfer.id);
    const before = this.live(key) ?? null;
    const unseen = before === null && origin === 'snapshot' && hasEnded(transfer.status);
    const seq = before?.seq ?? this.#nextSeq++;
    const row = this.#put(makeRow(room, transfer, seq, unseen, key), before);
    this.tally.add(before, row, change.event);
    if (!isActive(row)) this.#dropOldest();
  }

  progress(room: string, transfer: Transfer): void {
    const before = this.live(rowKey(room, transfer.id));
    // Progress of a row that was dropped says nothing worth a new row.
    if (before === undefined) return;
    this.#put(makeRow(room, transfer, before.seq, before.endedUnseen, before.key), before);
  }

  remove(room: string, change: RemovedChange): void {
    const row = this.live(rowKey(room, change.id));
    if (row !== undefined) this.#delete(row);
  }

  arrange(arrangement: Arrangement): void {
    const { sort, filter, hideEnded } = arrangement;
    const words = makeMatcher(filter);
    this.#arrangement = arrangement;
    this.#matches = (row) => (!hideEnded || isActive(row)) && words(row);
    this.#changed.clear();
    const rows = [...(this.#frozen ?? this.#byKey).values()];
    this.#shown = new Order(
      comparator(sort),
      rows.filter((row) => this.#matches(row)),
    );
  }

  /** From now on the shown rows stay as they are, while changes are still counted. */
  freeze(): void {
    this.#catchUp();
    this.#frozen = new Map(this.#byKey);
  }

  thaw(): void {
    this.#frozen = null;
    this.arrange(this.#arrangement);
  }

  #put(row: Row, before: Row | null): Row {
    const { status, bytesPerSecond } = row.transfer;
    this.#byKey.set(row.key, row);
    const isMoving = isActive(row) && bytesPerSecond !== null;
    if (isMoving) this.#moving.set(row.key, row);
    else if (before !== null) this.#moving.delete(row.key);
    if (!isActive(row)) this.#ended.add(row.key);
    else if (before !== null) this.#ended.delete(row.key);
    if (before !== null) this.#add(before.transfer.status, -1);
    this.#add(status, 1);
    if (this.#frozen === null && !this.#changed.has(row.key)) this.#changed.set(row.key, before);
    return row;
  }

  /** Brings the order up to date. */
  #catchUp(): void {
    for (const [key, before] of this.#changed) this.#show(before, this.#byKey.get(key) ?? null);
    this.#changed.clear();
  }

  #show(before: Row | null, after: Row | null): void {
    const wasShown = before !== null && this.#matches(before);
    const isShown = after !== null && this.#matches(after);
    if (wasShown && isShown) this.#shown.replace(before, after);
    else if (wasShown) this.#shown.remove(before);
    else if (isShown) this.#shown.insert(after);
  }

  #delete(row: Row): void {
    this.#byKey.delete(row.key);
    this.#moving.delete(row.key);
    this.#ended.delete(row.key);
    this.#add(row.transfer.status, -1);
    if (this.#frozen !== null) return;
    const before = this.#changed.get(row.key);
    // What came and went between two frames must not be remembered: nobody knows when the next one is.
    if (before === null) this.#changed.delete(row.key);
    else if (before === undefined) this.#changed.set(row.key, row);
  }

  #dropOldest(): void {
    if (this.#ended.size <= this.#keepEnded) return;
    const oldest = this.#byKey.get(this.#ended.takeOldest() ?? '');
    if (oldest !== undefined) this.#delete(oldest);
  }

  #add(status: Status, by: 1 | -1): void {
    this.#counts.set(status, this.count(status) + by);
  }
}
