import type { RoomRecord } from '../records/types.js';
import { isTooLarge, lastSequenceIn } from './faults.js';
import type { Outgoing, Store } from './outbox.js';
import { bodyOf, type Publisher } from './publisher.js';

export interface RecordStoreOptions {
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly leases: { isFresh(room: string): boolean };
  /** Texts of a record were cut. */
  readonly onCut: (room: string) => void;
}

/** Stores records while the leases of their Rooms are certain, and within the stream's limits. */
export class RecordStore implements Store {
  /** What a record may take, bytes. */
  maxRecordBytes = 0;
  /** Records stored with their texts cut. */
  cut = 0;
  readonly #options: RecordStoreOptions;
  /** Numbers of records that others were refused for, by subject. */
  readonly #refusedFor = new Map<string, number>();

  constructor(options: RecordStoreOptions) {
    this.#options = options;
  }

  store(item: Outgoing, room: string, last: number): Promise<number> {
    if (this.#options.leases.isFresh(room)) return this.#store(item, room, last);
    return Promise.reject(new Error('the lease of the Room is in doubt'));
  }

  /** Stores a record that stays true though another relay holds the Room; one that can never be stored is dropped. */
  async storeLate(item: Outgoing, room: string, last: number): Promise<number> {
    try {
      return await this.#store(item, room, last);
    } catch (error) {
      if (isTooLarge(error)) return last;
      throw error;
    }
  }

  async #store(item: Outgoing, room: string, last: number): Promise<number> {
    try {
      const sequence = await this.#options.publisher.publish(item, last);
      this.#refusedFor.delete(item.subject);
      return sequence;
    } catch (error) {
      return this.#storeOtherwise(item, room, last, error);
    }
  }

  /** Stores what was refused, where the stream itself is the reason. */
  async #storeOtherwise(item: Outgoing, room: string, last: number, fault: unknown): Promise<number> {
    const { publisher, onCut } = this.#options;
    const inStream = lastSequenceIn(fault);
    if (inStream !== null && inStream !== last && this.#isAlone(item, inStream)) {
      return publisher.publish(item, inStream);
    }
    const body = isTooLarge(fault) ? withTextsCut(item.body, this.maxRecordBytes) : null;
    if (body === null) throw fault;
    const sequence = await publisher.publish({ ...item, body }, last);
    this.cut++;
    onCut(room);
    return sequence;
  }

  /**
   * Whether no other relay has stored the record of that number: none is there, as it was trimmed, or the stream was read
   * since without it. A server that was killed may know another last record of a subject than it gives.
   */
  #isAlone({ subject }: Outgoing, inStream: number): boolean {
    if (inStream === 0 || this.#refusedFor.get(subject) === inStream) return true;
    if (this.#refusedFor.size >= MAX_REFUSED) this.#refusedFor.clear();
    this.#refusedFor.set(subject, inStream);
    return false;
  }
}

const MAX_REFUSED = 1_000;

/**
 * A record with its texts cut, for a stream that takes no larger ones. Ids and names of the API stay whole.
 * @returns `null` where it is too large even so
 */
export function withTextsCut(body: string, maxBytes: number): string | null {
  for (const units of CUT_UNITS) {
    const record: RoomRecord = JSON.parse(body, (key, value: unknown) => cutText(key, value, units));
    const cut = bodyOf(record);
    if (Buffer.byteLength(cut) <= maxBytes) return cut;
  }
  return null;
}

function cutText(key: string, value: unknown, units: number): unknown {
  const isText = typeof value === 'string' && value.length > units && !WHOLE.has(key);
  return isText ? `${value.slice(0, units)}…` : value;
}

/** Tried from the longest, UTF-16 units. */
const CUT_UNITS = [1_000, 250, 60];
const WHOLE: ReadonlySet<string> = new Set(['id', 'room']);
