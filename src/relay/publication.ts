import type { Notice } from '../monitor/notice.js';
import { toLine } from '../output/json.js';
import { toRecord } from '../output/record.js';
import type { Outgoing } from './outbox.js';
import { MessageIds, progressSubject, roomSubject, transferSubject } from './subjects.js';

/** What becomes of a notice on its way to NATS. */
export type Publication =
  | { readonly kind: 'stored'; readonly item: Outgoing }
  | { readonly kind: 'plain'; readonly subject: string; readonly body: string };

/** Turns the notices of one Room into messages. */
export class Publications {
  readonly #room: string;
  readonly #ids = new MessageIds();

  constructor(room: string) {
    this.#room = room;
  }

  /** `null` for a notice that has no record, or that says nothing to others. */
  of(notice: Notice): Publication | null {
    const record = toRecord(notice, this.#room);
    if (record === null) return null;
    const body = toLine(record).trimEnd();
    const room = this.#room;
    switch (notice.kind) {
      case 'transfer': {
        const { id, status } = notice.transfer;
        return this.#stored(transferSubject(room, id), id, status, record.time, body);
      }
      case 'removed':
        return this.#stored(transferSubject(room, notice.id), notice.id, 'removed', record.time, body);
      case 'progress':
        return { kind: 'plain', subject: progressSubject(room, notice.transfer.id), body };
      case 'link':
        return this.#stored(roomSubject(room, 'link'), '', `link-${notice.link.state}`, record.time, body);
      case 'availability':
        return this.#stored(
          roomSubject(room, 'availability'),
          '',
          `availability-${notice.code}`,
          record.time,
          body,
        );
      case 'warning':
        return this.#stored(roomSubject(room, 'warning'), '', 'warning', record.time, body);
      case 'heartbeat':
        return null;
    }
  }

  #stored(subject: string, transfer: string, status: string, time: string, body: string): Publication {
    const messageId = this.#ids.next(this.#room, transfer, status, time);
    return { kind: 'stored', item: { subject, messageId, body } };
  }
}
