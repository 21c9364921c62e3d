import type { Notice } from '../monitor/monitor.js';
import { toLine } from '../records/line.js';
import { toRecord } from '../records/record.js';
import type { RoomRecord } from '../records/types.js';
import { hasEnded } from '../transfers/transfer.js';
import type { Outgoing } from './outbox.js';
import { RoomSubjects, type RoomTopic } from './subjects.js';

/** What becomes of a notice on its way to NATS. */
export type Publication =
  | { readonly kind: 'stored'; readonly item: Outgoing }
  | { readonly kind: 'plain'; readonly subject: string; readonly body: string };

/** Turns the notices of one Room into messages. */
export class Publications {
  readonly #room: string;
  readonly #subjects: RoomSubjects;

  constructor(room: string) {
    this.#room = room;
    this.#subjects = new RoomSubjects(room);
  }

  /** `null` for a notice that has no record, or that says nothing to others. */
  of(notice: Notice): Publication | null {
    const record = toRecord(notice, this.#room);
    if (record === null) return null;
    switch (notice.kind) {
      case 'transfer': {
        const { id, status } = notice.transfer;
        return this.#stored({ transfer: id }, status, record, hasEnded(status) ? null : id);
      }
      case 'removed':
        return this.#stored({ transfer: notice.id }, 'removed', record, null);
      case 'progress':
        return {
          kind: 'plain',
          subject: this.#subjects.progress(notice.transfer.id),
          body: bodyOf(record),
        };
      case 'link':
        return this.#stored('link', `link-${notice.link.state}`, record, '');
      case 'availability':
        return this.#stored('availability', `availability-${notice.code}`, record, '');
      case 'state':
        return this.#stored('state', `state-${notice.code}`, record, '');
      case 'warning':
        return this.#stored('warning', 'warning', record, null);
      case 'heartbeat':
        return null;
    }
  }

  #stored(
    topic: RoomTopic | { readonly transfer: string },
    status: string,
    record: RoomRecord,
    stands: string | null,
  ): Publication {
    const where = this.#subjects.stored(topic, status, record.time);
    return { kind: 'stored', item: { ...where, body: bodyOf(record), stands } };
  }
}

function bodyOf(record: RoomRecord): string {
  return toLine(record).trimEnd();
}

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
