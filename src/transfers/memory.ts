import { STATUSES, type Status, type Transfer } from './transfer.js';

/** What a listing was asked for, which says what a transfer missing from it means. */
export type ListingCause = 'snapshot' | 'resync' | 'cleared';

/** A listing under way: what it named so far, and what events reported since it was requested. */
export class Listing {
  readonly cause: ListingCause;
  readonly #listed = new Set<string>();
  readonly #overtaken = new Set<string>();
  readonly #removed = new Set<string>();
  /** Lists of which a part could not be read. */
  readonly #open = new Set<Transfer['direction']>();

  constructor(cause: ListingCause) {
    this.cause = cause;
  }

  list(id: string): void {
    this.#listed.add(id);
  }

  /** What the list of this direction does not name may be in a row that could not be read. */
  leaveOpen(direction: Transfer['direction']): void {
    this.#open.add(direction);
  }

  /** @param mark its key among those removed: by its direction alone */
  overtake(id: string, mark: string): void {
    this.#overtaken.add(id);
    this.#removed.delete(mark);
  }

  remove(id: string): void {
    this.#removed.add(id);
  }

  wasOvertaken(id: string): boolean {
    return this.#overtaken.has(id);
  }

  isRemoved(id: string): boolean {
    return this.#removed.has(id);
  }

  /** Whether the lists that came should have named the transfer, and did not. */
  isMissing(
    key: string,
    { direction }: Transfer,
    answered: { readonly inbound: boolean; readonly outbound: boolean },
  ): boolean {
    if (this.#listed.has(key) || this.#overtaken.has(key)) return false;
    const isSure = (list: keyof typeof answered) => answered[list] && !this.#open.has(list);
    return direction === 'unknown' ? isSure('inbound') && isSure('outbound') : isSure(direction);
  }
}

/**
 * What is still known of transfers that the ledger holds no more: the status of those dropped for want of room, and which
 * ones were removed. Bounded: of the newest `limit` all is known, of those before them a part. Ids are kept as hashes in
 * two tables, as texts in a map would take four times the memory, and more with each turn of the map.
 */
export class Forgotten {
  readonly #limit: number;
  #newer = new FateTable();
  #older = new FateTable();

  constructor(limit = MAX_FORGOTTEN) {
    this.#limit = limit;
  }

  /** The status with which a transfer was dropped; `null` where it was not. */
  get(id: string): Status | null {
    return STATUSES[this.#fateOf(hashOf(id))] ?? null;
  }

  /** Like `get`, and the transfer is held again. */
  take(id: string): Status | null {
    const hash = hashOf(id);
    const fate = this.#fateOf(hash);
    if (fate !== NO_FATE) this.#set(hash, NO_FATE);
    return STATUSES[fate] ?? null;
  }

  isRemoved(id: string): boolean {
    return this.#fateOf(hashOf(id)) === REMOVED;
  }

  add(id: string, status: Status): void {
    this.#set(hashOf(id), STATUSES.indexOf(status));
  }

  remove(id: string): void {
    this.#set(hashOf(id), REMOVED);
  }

  #fateOf(hash: number): number {
    return this.#newer.get(hash) ?? this.#older.get(hash) ?? NO_FATE;
  }

  #set(hash: number, fate: number): void {
    this.#newer.set(hash, fate);
    if (this.#newer.size < this.#limit) return;
    this.#older = this.#newer;
    this.#newer = new FateTable();
  }
}

/** A fate is the place of a status among `STATUSES`, or one of these. */
const REMOVED = STATUSES.length;
const NO_FATE = REMOVED + 1;
/** As long as both lists hold no more ended ones, listing again never reports anything twice. */
const MAX_FORGOTTEN = 120_000;

/** Fates by hash, in two arrays: a hash stands at the first free place from its own on. */
class FateTable {
  size = 0;
  #hashes = new Float64Array(FIRST_PLACES);
  #fates = new Uint8Array(FIRST_PLACES);

  get(hash: number): number | undefined {
    const place = this.#placeOf(hash);
    return this.#hashes[place] === hash ? this.#fates[place] : undefined;
  }

  set(hash: number, fate: number): void {
    const place = this.#placeOf(hash);
    if (this.#hashes[place] !== hash) this.size++;
    this.#hashes[place] = hash;
    this.#fates[place] = fate;
    if (this.size * 2 > this.#hashes.length) this.#grow();
  }

  #placeOf(hash: number): number {
    const last = this.#hashes.length - 1;
    let place = hash & last;
    while (this.#hashes[place] !== hash && this.#hashes[place] !== 0) place = (place + 1) & last;
    return place;
  }

  #grow(): void {
    const [hashes, fates] = [this.#hashes, this.#fates];
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#fates = new Uint8Array(hashes.length * 2);
    this.size = 0;
    for (const [at, hash] of hashes.entries()) if (hash !== 0) this.set(hash, fates[at] ?? NO_FATE);
  }
}

/** A power of two. */
const FIRST_PLACES = 64;

/**
 * 53 bits of a text, never 0 (cyrb53, of the public domain). That two of 240,000 ids have the same hash happens once in
 * 300,000 times; then a transfer might be taken for one that was dropped.
 */
function hashOf(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0) || 1;
}

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

/**
 * How much the texts of held transfers take: names are chosen by strangers, and thousands of long ones would fill the
 * memory. Its owner reports each transfer that is added, changes or is dropped.
 */
export class HeldSize {
  #units = 0;
  readonly #maxUnits: number;

  /** @param keep ended transfers held at most: the more are asked for, the more they may take; `Infinity` is all, whole */
  constructor(keep: number) {
    this.#maxUnits = (keep + ACTIVE_COUNTED) * MEAN_UNITS;
  }

  /** Whether ended transfers have to be dropped, though there are fewer than may be held. */
  get isOver(): boolean {
    return this.#units > this.#maxUnits;
  }

  /** The transfer as it may be held now: with short texts only, where what can't be dropped takes too much. */
  fit(transfer: Transfer): Transfer {
    if (this.#maxUnits === Number.POSITIVE_INFINITY) return transfer;
    return asHeld(transfer, this.isOver ? SHORT_UNITS : MAX_HELD_UNITS);
  }

  replace(before: Transfer | null | undefined, after: Transfer | null | undefined): void {
    this.#units += unitsOf(after) - unitsOf(before);
  }
}

function unitsOf(transfer: Transfer | null | undefined): number {
  if (transfer === null || transfer === undefined) return 0;
  const { id, name, peer, conferenceId, fileId, raw } = transfer;
  return (
    id.length +
    (name?.length ?? 0) +
    (peer?.id?.length ?? 0) +
    (peer?.name?.length ?? 0) +
    (conferenceId?.length ?? 0) +
    (fileId?.length ?? 0) +
    (raw?.length ?? 0)
  );
}

/** A transfer with its texts cut. One without long texts is given as it is. */
export function asHeld(transfer: Transfer, maxUnits: number = MAX_HELD_UNITS): Transfer {
  if (!hasLongText(transfer, maxUnits)) return transfer;
  const { name, peer, conferenceId, fileId, raw } = transfer;
  const cut = (text: string | null) => shortened(text, maxUnits);
  return {
    ...transfer,
    name: cut(name),
    peer: peer === null ? null : { id: cut(peer.id), name: cut(peer.name) },
    conferenceId: cut(conferenceId),
    fileId: cut(fileId),
    raw: cut(raw),
  };
}

function hasLongText({ name, peer, conferenceId, fileId, raw }: Transfer, maxUnits: number): boolean {
  const isLong = (text: string | null) => text !== null && text.length > maxUnits;
  const isLongPeer = peer !== null && (isLong(peer.id) || isLong(peer.name));
  return isLongPeer || isLong(name) || isLong(conferenceId) || isLong(fileId) || isLong(raw);
}

function shortened(text: string | null, maxUnits: number): string | null {
  if (text === null || text.length <= maxUnits) return text;
  // A part of a text keeps all of it in memory, unless it is copied.
  return Buffer.from(`${text.slice(0, maxUnits)}…`).toString();
}

/** UTF-16 units; the longest name of a file is 255 bytes on common systems. */
const MAX_HELD_UNITS = 4_096;
const SHORT_UNITS = 256;
/** Twice what an ordinary transfer takes with its last frame. */
const MEAN_UNITS = 2_048;
/** Active ones that may take as much as ended ones; there are rarely more. */
const ACTIVE_COUNTED = 512;
