import { DEFAULTS } from '../defaults.js';
import type { Direction, FileFacts } from '../protocol/fields.js';
import type { Event, FileMessage, ListAnswer, Message } from '../protocol/message.js';
import type { Change, RemovedReason } from './change.js';
import { ByAge, Forgotten, HeldSize, Listing, type ListingCause } from './memory.js';
import { advance } from './rate.js';
import {
  firstSeen,
  goneKey,
  hasEnded,
  idIn,
  isForward,
  isSameStatus,
  keyOf,
  keysOf,
  revise,
  type Status,
  statusIn,
  statusOf,
  type Transfer,
} from './transfer.js';

/** How much a ledger holds. */
export interface LedgerOptions {
  /** Finished transfers kept at most (default 10,000, fewer with long texts; `Infinity` is all); the oldest go first, active ones never. */
  readonly keep?: number;
  /** Whether transfers keep the path of their statuses, default `true`. */
  readonly keepsPaths?: boolean;
}

/**
 * All transfers of one Room, as a reducer: the same messages with the same times give the same changes. It has no
 * clock and no output.
 *
 * - `fileRequestStatusChanged` is believed as it stands; an implied status only moves a transfer forward.
 * - A listing never moves a transfer back from an end. Where an event reported the transfer after the listing was
 *   asked for, the listing only moves it forward, as it may be the older of the two.
 * - A change is reported once: a message that says nothing new gives none.
 */
export class Ledger {
  /** By key, as everything else here. */
  readonly #transfers = new Map<string, Transfer>();
  /** Ended ones, for letting the oldest go. */
  readonly #ended = new ByAge<string>();
  readonly #size: HeldSize;
  readonly #forgotten = new Forgotten();
  readonly #keep: number;
  readonly #keepsPaths: boolean;
  #listing: Listing | null = null;
  #availability: number | null = null;

  constructor(options: LedgerOptions = {}) {
    this.#keep = options.keep ?? DEFAULTS.keep;
    this.#size = new HeldSize(this.#keep);
    this.#keepsPaths = options.keepsPaths ?? true;
  }

  /** How many transfers it holds. */
  get size(): number {
    return this.#transfers.size;
  }

  /** The transfer as it is now, where it is held. @param id or key; of two with one number the inbound one */
  get(id: string): Transfer | undefined {
    return this.#transfers.get(id) ?? keysOf(id).flatMap((key) => this.#transfers.get(key) ?? [])[0];
  }

  /** All that it holds, in the order in which they were first seen. */
  values(): IterableIterator<Transfer> {
    return this.#transfers.values();
  }

  /** Puts back a transfer as it was known before, without a change: a listing then tells only what differs. */
  restore(transfer: Transfer): void {
    const key = this.#keyOf(transfer);
    this.#put(key, key === transfer.key ? transfer : { ...transfer, key });
  }

  /** What is known of a transfer, though it may be held no more; `null` where nothing is. */
  standing(id: string, direction: Direction = 'unknown'): Status | 'removed' | null {
    const key = this.#keyOf({ id, direction });
    const held = this.#transfers.get(key)?.status ?? this.#forgotten.get(key);
    return held ?? (this.#forgotten.isRemoved(key) ? 'removed' : null);
  }

  #keyOf(file: Pick<FileFacts, 'id' | 'direction'>): string {
    return keyOf(file, this.#transfers);
  }

  /**
   * Takes in one message.
   * @param at when it was seen, milliseconds since 1970
   * @param raw the frame it came in, kept with the transfer
   */
  apply(message: Message, at: number, raw: string | null = null): readonly Change[] {
    switch (message.kind) {
      case 'status':
      case 'implied':
      case 'progress':
        return this.#applyEvent(message, at, raw);
      case 'deleted':
        return this.#remove(this.#keyOf(message.file), 'deleted', message.removedFromDisk, at);
      case 'file-deleted':
        return this.#removeFile(message.fileId, at);
      case 'cleared':
        return this.#clear(at);
      case 'availability':
      case 'availability-answer':
        return this.#setAvailability(message.code, at);
      case 'list-answer':
        return this.#applyList(message, at);
      default:
        // Events without effect are named here: the compiler asks about a new one.
        message satisfies
          | Exclude<Message, Event>
          | { kind: 'app-state' | 'authorization-needed' | 'other-event' };
        return NONE;
    }
  }

  /** As last told, 0 to 3; `null` where it was not. */
  get availability(): number | null {
    return this.#availability;
  }

  /** Takes in a transfer as a recording says that it was known: told as a listing tells it, and true. */
  hold(message: Exclude<FileMessage, { kind: 'deleted' }>, at: number): readonly Change[] {
    if (message.kind === 'progress') return this.#applyEvent(message, at, null, true);
    const { file } = message;
    const key = this.#keyOf(file);
    this.#listing?.list(key);
    this.#forgotten.take(key);
    const code = message.kind === 'status' ? message.statusCode : null;
    const change = this.#applyListed(key, file, statusIn(message), code, at, 'known');
    return change === null ? NONE : [change];
  }

  /** Says that both lists are being asked for now: what comes after is newer than they may be. */
  beginListing(cause: ListingCause): void {
    this.#listing = new Listing(cause);
  }

  /**
   * Says that the lists asked for have answered, or will not.
   * @param answered which of the two did: only a list that came can say that a transfer is gone
   */
  endListing(
    answered: { readonly inbound: boolean; readonly outbound: boolean },
    at: number,
  ): readonly Change[] {
    const listing = this.#listing;
    this.#listing = null;
    if (listing === null) return NONE;
    const reason = listing.cause === 'cleared' ? 'cleared' : 'gone';
    const changes: Change[] = [];
    for (const [key, transfer] of [...this.#transfers]) {
      if (listing.isMissing(key, transfer, answered)) changes.push(...this.#remove(key, reason, null, at));
    }
    return changes;
  }

  #applyEvent(
    message: Exclude<FileMessage, { kind: 'deleted' }>,
    at: number,
    raw: string | null,
    isHeld = false,
  ): readonly Change[] {
    const { file, event } = message;
    const key = this.#keyOf(file);
    this.#listing?.overtake(key, keyOf(file));
    const known = this.#transfers.get(key) ?? this.#recall(key, file, at);
    const code = message.kind === 'status' ? message.statusCode : null;
    const status = statusIn(message);
    const moves =
      known === null ||
      (message.kind === 'status'
        ? !isSameStatus(known, status, code)
        : isForward(known.status, status) && !isHeld);
    let transfer: Transfer;
    if (known === null) transfer = firstSeen(file, status, code, at, raw, this.#keepsPaths, key);
    else transfer = revise(known, file, raw, moves ? { status, statusCode: code, at } : null);
    if (code !== null && transfer.statusCode === null) transfer = { ...transfer, statusCode: code };

    const progresses =
      message.kind === 'progress' && message.percent !== null && transfer.progress !== message.percent;
    if (progresses) {
      transfer = { ...transfer, ...advance(transfer, message.percent, message.bytes, transfer.size, at) };
    }
    this.#put(key, transfer);
    const previousStatus = known?.status ?? null;
    if (!moves) return progresses ? [{ kind: 'progress', at, transfer }] : NONE;
    const change: Change = { kind: 'transfer', at, transfer, previousStatus, origin: 'event', event };
    return progresses ? [change, { kind: 'progress', at, transfer }] : [change];
  }

  /** A transfer that was dropped and is reported again, as it was. */
  #recall(key: string, file: FileFacts, at: number): Transfer | null {
    const status = this.#forgotten.take(key);
    return status === null ? null : firstSeen(file, status, null, at, null, this.#keepsPaths, key);
  }

  #applyList(message: ListAnswer, at: number): readonly Change[] {
    if (!message.result || message.files === null) return NONE;
    const listing = this.#listing;
    if (!message.isWhole) listing?.leaveOpen(message.direction);
    const changes: Change[] = [];
    for (const { file, statusCode } of message.files) {
      const key = this.#keyOf(file);
      // Without a listing under way the answer is late: which events are newer is not known.
      if ((listing ?? this.#forgotten).isRemoved(keyOf(file))) continue;
      listing?.list(key);
      const trust = (listing?.wasOvertaken(key) ?? true) ? 'may be old' : 'listed';
      const change = this.#applyListed(key, file, statusOf(statusCode), statusCode, at, trust);
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  #applyListed(
    key: string,
    file: FileFacts,
    status: Status,
    code: number | null,
    at: number,
    trust: 'known' | 'listed' | 'may be old',
  ): Change | null {
    const known = this.#transfers.get(key);
    const origin = (this.#listing?.cause ?? 'snapshot') === 'snapshot' ? 'snapshot' : 'resync';
    if (known === undefined) {
      // Only finished ones are dropped, and no listing brings them back.
      if (this.#forgotten.get(key) !== null) return null;
      this.#forgotten.take(key);
      const transfer = firstSeen(file, status, code, at, null, this.#keepsPaths, key);
      this.#put(key, transfer);
      return { kind: 'transfer', at, transfer, previousStatus: null, origin, event: null };
    }
    const isBelieved =
      trust === 'known' ||
      (!hasEnded(known.status) && (trust === 'listed' || isForward(known.status, status)));
    const moves = isBelieved && !isSameStatus(known, status, code);
    const transfer = revise(known, file, null, moves ? { status, statusCode: code, at } : null);
    this.#put(key, transfer);
    if (!moves) return null;
    return { kind: 'transfer', at, transfer, previousStatus: known.status, origin, event: null };
  }

  #put(key: string, transfer: Transfer): void {
    const before = this.#transfers.get(key);
    const held = this.#size.fit(transfer);
    this.#transfers.set(key, held);
    this.#size.replace(before, held);
    if (hasEnded(transfer.status)) this.#ended.add(key);
    else if (before !== undefined && hasEnded(before.status)) this.#ended.delete(key);
    while (this.#ended.size > this.#keep || this.#size.isOver) {
      const oldest = this.#ended.takeOldest();
      if (oldest === null) return;
      const dropped = this.#transfers.get(oldest);
      this.#transfers.delete(oldest);
      this.#size.replace(dropped, null);
      if (dropped !== undefined) this.#forgotten.add(keyOf(dropped), dropped.status);
    }
  }

  #remove(
    key: string,
    reason: RemovedReason,
    removedFromDisk: boolean | null,
    at: number,
  ): readonly Change[] {
    const transfer = this.#transfers.get(key) ?? null;
    const gone = goneKey(key, transfer);
    const repeated = transfer === null && this.#forgotten.isRemoved(gone);
    this.#listing?.remove(gone);
    this.#transfers.delete(key);
    this.#size.replace(transfer, null);
    this.#ended.delete(key);
    this.#forgotten.remove(gone);
    if (repeated) return NONE;
    return [{ kind: 'removed', at, id: transfer?.id ?? idIn(key), key, transfer, reason, removedFromDisk }];
  }

  /** Before 4.1 a deletion names the file, not the requests that it was for. */
  #removeFile(fileId: string, at: number): readonly Change[] {
    const keys = [...this.#transfers].filter(([, one]) => one.fileId === fileId).map(([key]) => key);
    return keys.flatMap((key) => this.#remove(key, 'deleted', null, at));
  }

  /** Clearing the history takes what has ended; whether it takes more is not documented: a listing must follow. */
  #clear(at: number): readonly Change[] {
    return [...this.#ended].flatMap((key) => this.#remove(key, 'cleared', null, at));
  }

  #setAvailability(code: number | null, at: number): readonly Change[] {
    if (code === null || code === this.#availability) return NONE;
    this.#availability = code;
    return [{ kind: 'availability', at, code }];
  }
}

const NONE: readonly Change[] = [];
