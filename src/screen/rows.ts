import type { Look } from '../output/look.js';
import { safeText } from '../output/text.js';
import { makeTimes } from '../output/times.js';
import type { Expression } from '../rules/expression.js';
import { factsOf } from '../rules/fields.js';
import type { RemovedChange, TransferChange } from '../transfers/change.js';
import { ByAge, HeldSize } from '../transfers/memory.js';
import { hasEnded, keyAmongRooms, type Status, type Transfer } from '../transfers/transfer.js';
import { searchText } from './cell-text.js';
import { matches, parseQuery, type Query } from './find.js';
import { type LastReport, Pending } from './pending.js';
import { comparator, isActive, makeRow, Order, type Row, type SortName } from './row.js';
import { EndedTally } from './tally.js';

/** Which rows the table shows, and in which order. */
export interface Arrangement {
  readonly sort: SortName;
  readonly isReversed: boolean;
  /** As it was typed. */
  readonly filter: string;
  /** The condition that must be true; `null` where there is none. */
  readonly where: Expression | null;
  readonly hideEnded: boolean;
}

export const DEFAULT_ARRANGEMENT: Arrangement = {
  sort: 'activity',
  isReversed: false,
  filter: '',
  where: null,
  hideEnded: false,
};

/**
 * All transfers of all Rooms: the part of the screen's state that grows in place, because a copy of thousands of
 * rows at each event would cost more than all drawing. Everything else of the state is a value.
 *
 * The rows that the table shows are kept in their order: only another arrangement sorts anew. What a frame says of all
 * of them is counted as they change. Changes are taken in when somebody looks: once a frame for each transfer, however
 * often it has changed by then.
 */
export class Rows {
  readonly #keepEnded: number;
  readonly #size: HeldSize;
  /** What was reported and not taken in yet. */
  readonly #pending = new Pending();
  readonly #tally = new EndedTally();
  readonly #byKey = new Map<string, Row>();
  /** Those that have ended, for dropping the oldest. */
  readonly #ended = new ByAge<string>();
  /** Those with a rate. */
  readonly #moving = new Map<string, Row>();
  readonly #counts = new Map<Status, number>();
  readonly #active = new Map<Transfer['direction'], number>();
  #amounts: Amounts = { done: 0, left: 0 };
  #arrangement = DEFAULT_ARRANGEMENT;
  #query: Query = parseQuery('');
  /** When the rows were last looked at, milliseconds since 1970. */
  #now = 0;
  #look: SearchLook = { text: safeText, times: makeTimes(undefined) };
  #matchedAt = 0;
  #shown = new Order(comparator('activity'), []);
  /** While drawing is paused: the rows as they were then. */
  #frozen: ReadonlyMap<string, Row> | null = null;

  /** @param keepEnded how many ended rows are kept; active ones always are */
  constructor(keepEnded: number) {
    this.#keepEnded = keepEnded;
    this.#size = new HeldSize(keepEnded);
  }

  get size(): number {
    this.#catchUp();
    return this.#byKey.size;
  }

  get tally(): EndedTally {
    this.#catchUp();
    return this.#tally;
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
    this.#catchUp();
    return this.#moving.values();
  }

  count(status: Status): number {
    this.#catchUp();
    return this.#counts.get(status) ?? 0;
  }

  /** Transfers in a direction that have not ended. */
  active(direction: Transfer['direction']): number {
    this.#catchUp();
    return this.#active.get(direction) ?? 0;
  }

  /** Bytes of the transfers that run now and whose size is known. */
  get amounts(): Amounts {
    this.#catchUp();
    return this.#amounts;
  }

  /** The row as it is now, also while the table is frozen. */
  live(key: string): Row | undefined {
    this.#catchUp();
    return this.#byKey.get(key);
  }

  /** The place of a row among the shown ones, or -1. */
  indexOf(key: string): number {
    this.#catchUp();
    const row = (this.#frozen ?? this.#byKey).get(key);
    return row === undefined ? -1 : this.#shown.indexOf(row);
  }

  change(room: string, change: TransferChange): void {
    this.#pending.change(room, change);
    this.#limitPending();
  }

  progress(room: string, transfer: Transfer): void {
    this.#pending.progress(room, transfer);
    this.#limitPending();
  }

  remove(room: string, change: RemovedChange): void {
    this.#catchUp();
    const row = this.#byKey.get(keyAmongRooms(room, change.key));
    if (row !== undefined) this.#delete(row);
  }

  get query(): Query {
    return this.#query;
  }

  arrange(arrangement: Arrangement): void {
    const { sort, isReversed, filter } = arrangement;
    this.#catchUp();
    this.#arrangement = arrangement;
    this.#query = parseQuery(filter);
    const rows = [...(this.#frozen ?? this.#byKey).values()];
    this.#shown = new Order(
      comparator(sort, isReversed),
      rows.filter((row) => this.#matches(row)),
    );
  }

  /** Takes the time from which rows are looked at: some match a search or a condition only after a while, as those that stall. */
  lookAt(now: number, look: SearchLook): void {
    this.#now = now;
    this.#look = look;
    const depends = !this.#query.isEmpty || this.#arrangement.where !== null;
    const isDue = depends && Math.abs(now - this.#matchedAt) >= REMATCH_MS;
    if (!isDue || this.#frozen !== null) return;
    this.#catchUp();
    this.#matchedAt = now;
    for (const row of this.#byKey.values()) {
      if (!isActive(row)) continue;
      const isShown = this.#shown.indexOf(row) >= 0;
      if (this.#matches(row) === isShown) continue;
      if (isShown) this.#shown.remove(row);
      else this.#shown.insert(row);
    }
  }

  /** From now on the shown rows stay as they are, while changes are still counted. */
  freeze(): void {
    this.#catchUp();
    this.#frozen = new Map(this.#byKey);
  }

  thaw(): void {
    this.#catchUp();
    this.#frozen = null;
    this.arrange(this.#arrangement);
  }

  /** No frame may be drawn for long, as while the terminal is busy. */
  #limitPending(): void {
    if (this.#pending.isFull) this.#catchUp();
  }

  #catchUp(): void {
    if (this.#pending.size === 0) return;
    for (const told of this.#pending.takeAll()) this.#take(told);
  }

  #take({ room, transfer, change, first }: LastReport): void {
    const key = keyAmongRooms(room, transfer.key);
    const before = this.#byKey.get(key) ?? null;
    // Progress of a row that was dropped says nothing worth a new row.
    if (before === null && change === null) return;
    const hadEnded =
      change?.origin === 'snapshot' && change.previousStatus === null && hasEnded(transfer.status);
    const unseen = before === null ? hadEnded : change === null && before.endedUnseen;
    const row = makeRow(room, this.#size.fit(transfer), before?.seq ?? first, unseen, key);
    this.#put(row, before);
    if (change !== null) this.#tally.add(before, row, change.event);
    this.#dropOldest();
  }

  #put(row: Row, before: Row | null): void {
    const { bytesPerSecond } = row.transfer;
    this.#byKey.set(row.key, row);
    const isMoving = isActive(row) && bytesPerSecond !== null;
    if (isMoving) this.#moving.set(row.key, row);
    else if (before !== null) this.#moving.delete(row.key);
    if (!isActive(row)) this.#ended.add(row.key);
    else if (before !== null) this.#ended.delete(row.key);
    this.#size.replace(before?.transfer, row.transfer);
    if (before !== null) this.#add(before.transfer, -1);
    this.#add(row.transfer, 1);
    if (this.#frozen === null) this.#show(before, row);
  }

  #matches(row: Row): boolean {
    const { where, hideEnded } = this.#arrangement;
    if (hideEnded && !isActive(row)) return false;
    if (where !== null && where.test(factsOf(row.transfer, this.#now, row.room)) !== true) return false;
    if (this.#query.isEmpty) return true;
    return matches(this.#query, searchText(row, this.#look, { now: this.#now, stale: false }));
  }

  #show(before: Row | null, after: Row): void {
    if (!this.#matches(after)) {
      if (before !== null) this.#shown.remove(before);
    } else if (before === null) this.#shown.insert(after);
    else this.#shown.replace(before, after);
  }

  #delete(row: Row): void {
    this.#byKey.delete(row.key);
    this.#moving.delete(row.key);
    this.#ended.delete(row.key);
    this.#size.replace(row.transfer, null);
    this.#add(row.transfer, -1);
    if (this.#frozen === null) this.#shown.remove(row);
  }

  #dropOldest(): void {
    while (this.#ended.size > this.#keepEnded || this.#size.isOver) {
      const oldest = this.#byKey.get(this.#ended.takeOldest() ?? '');
      if (oldest === undefined) return;
      this.#delete(oldest);
    }
  }

  #add({ status, direction, size, bytes }: Transfer, by: 1 | -1): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + by);
    if (!hasEnded(status)) this.#active.set(direction, (this.#active.get(direction) ?? 0) + by);
    if (status !== 'processing' || size === null) return;
    const done = Math.min(size, bytes ?? 0);
    const { done: doneBefore, left } = this.#amounts;
    this.#amounts = { done: doneBefore + by * done, left: left + by * (size - done) };
  }
}

export interface Amounts {
  readonly done: number;
  readonly left: number;
}

const REMATCH_MS = 1_000;
/** How rows look, which is what a search looks into. */
type SearchLook = Pick<Look, 'text' | 'times'>;
