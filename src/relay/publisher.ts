import { JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, headers, type Msg, NoRespondersError, TimeoutError } from '@nats-io/transport-node';
import type { Notice } from '../monitor/monitor.js';
import { isObject } from '../protocol/json.js';
import { toLine } from '../records/line.js';
import { toRecord } from '../records/record.js';
import type { RoomRecord } from '../records/types.js';
import { hasEnded } from '../transfers/transfer.js';
import { describeNatsFault, isTooLarge, isTrimmed } from './faults.js';
import type { NatsLink } from './nats-link.js';
import type { Outgoing, Store } from './outbox.js';
import { RoomSubjects, type RoomTopic } from './subjects.js';

/**
 * Stores records in a stream. All acknowledgements come to one inbox: a request of the client's own makes an error, a
 * timer and several promises for each record, which was a fifth of what a relay did.
 */
export class Publisher {
  readonly #connection: NatsLink['connection'];
  readonly #stream: string;
  readonly #timeoutMs: number;
  readonly #inbox = createInbox();
  /** In the order in which they were sent. */
  readonly #unanswered = new Map<string, Unanswered>();
  #sent = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(link: Pick<NatsLink, 'connection' | 'listen'>, stream: string, timeoutMs: number) {
    this.#connection = link.connection;
    this.#stream = stream;
    this.#timeoutMs = timeoutMs;
    link.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#answered(message);
        else this.#rejectAll(error, () => true);
      },
    });
    link.listen({
      onUp: () => {},
      onDown: () => {},
      onViolation: (violation) => this.#rejectAll(violation, ({ subject }) => subject === violation.subject),
    });
  }

  /**
   * Resolves once the record is stored: with its sequence number in the stream.
   * @param last sequence number of the last record under its subject, 0 where there is none: the server refuses the
   *   record where it has another. `null` where that does not matter.
   */
  publish({ subject, messageId, body }: Outgoing, last: number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      const key = String(this.#sent++);
      const head = headers();
      head.set('Nats-Msg-Id', messageId);
      head.set('Nats-Expected-Stream', this.#stream);
      if (last !== null) head.set('Nats-Expected-Last-Subject-Sequence', String(last));
      this.#connection.publish(subject, body, { headers: head, reply: `${this.#inbox}.${key}` });
      this.#unanswered.set(key, { subject, dueAt: performance.now() + this.#timeoutMs, resolve, reject });
      if (this.#timer === null) this.#wait(this.#timeoutMs);
    });
  }

  #answered(message: Msg): void {
    const key = message.subject.slice(this.#inbox.length + 1);
    const waiting = this.#unanswered.get(key);
    // What comes too late was taken for lost.
    if (waiting === undefined) return;
    this.#unanswered.delete(key);
    const answer = readAnswer(message, waiting.subject);
    if (typeof answer === 'number') waiting.resolve(answer);
    else waiting.reject(answer);
  }

  #rejectAll(error: Error, fits: (waiting: Unanswered) => boolean): void {
    for (const [key, waiting] of this.#unanswered) {
      if (!fits(waiting)) continue;
      this.#unanswered.delete(key);
      waiting.reject(error);
    }
  }

  /** One timer for all: the first that was sent is the first that is due. */
  #timeOut(): void {
    this.#timer = null;
    const now = performance.now();
    this.#rejectAll(new TimeoutError(), ({ dueAt }) => dueAt <= now);
    for (const { dueAt } of this.#unanswered.values()) {
      this.#wait(Math.max(1, dueAt - now));
      return;
    }
  }

  /** The connection keeps the process alive; once that is closed there is nothing to wait for. */
  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#timeOut(), ms).unref();
  }
}

export interface RecordStoreOptions {
  readonly publisher: Publisher;
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

  constructor(options: RecordStoreOptions) {
    this.#options = options;
  }

  async store(item: Outgoing, room: string, last: number | null): Promise<number> {
    const { publisher, leases } = this.#options;
    if (!leases.isFresh(room)) throw new Error('the lease of the Room is in doubt');
    try {
      return await publisher.publish(item, last);
    } catch (error) {
      return this.#storeOtherwise(item, room, last, error);
    }
  }

  /** Stores what stays true though another relay holds the Room. */
  storeLate(item: Outgoing, last: number): Promise<number> {
    return this.#options.publisher.publish(item, last);
  }

  /** Stores what was refused, where the stream's limits are the reason. */
  async #storeOtherwise(item: Outgoing, room: string, last: number | null, fault: unknown): Promise<number> {
    const { publisher, onCut } = this.#options;
    if (last !== null && last > 0 && isTrimmed(fault)) return publisher.publish(item, 0);
    const body = isTooLarge(fault) ? withTextsCut(item.body, this.maxRecordBytes) : null;
    if (body === null) throw fault;
    const sequence = await publisher.publish({ ...item, body }, last);
    this.cut++;
    onCut(room);
    return sequence;
  }
}

interface Unanswered {
  readonly subject: string;
  readonly dueAt: number;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: Error) => void;
}

/** The sequence number of what was stored, or why it was not. */
function readAnswer(message: Msg, subject: string): number | Error {
  if (message.data.length === 0) return new NoRespondersError(subject);
  let answer: unknown;
  try {
    answer = JSON.parse(message.string());
  } catch {
    return new Error('the acknowledgement is not JSON');
  }
  if (!isObject(answer)) return new Error('the acknowledgement is not an object');
  const { seq, error } = answer;
  if (isObject(error)) {
    const { code, err_code, description } = error;
    return new JetStreamApiError({
      code: Number(code),
      err_code: Number(err_code),
      description: String(description),
    });
  }
  return typeof seq === 'number' ? seq : new Error('the acknowledgement names no record');
}

export interface PlainMessagesOptions {
  readonly link: NatsLink;
  /** Whether there is more important work. */
  readonly isBusy: () => boolean;
  readonly note: (text: string) => void;
}

/** Publishes what is never stored and may be lost: progress. The client would hold it without bound while NATS is away. */
export class PlainMessages {
  readonly #options: PlainMessagesOptions;
  #isRefused = false;

  constructor(options: PlainMessagesOptions) {
    this.#options = options;
    options.link.listen({
      onDown: () => {},
      onUp: () => {
        this.#isRefused = false;
      },
      onViolation: (violation) => {
        if (this.#isRefused || !violation.subject.startsWith(PROGRESS)) return;
        this.#isRefused = true;
        options.note(`NATS: progress is not shared: ${describeNatsFault(violation)}`);
      },
    });
  }

  publish(subject: string, body: string): void {
    const { link, isBusy } = this.#options;
    if (!this.#isRefused && link.isUp && !isBusy()) link.connection.publish(subject, body);
  }
}

const PROGRESS = 'trueconf.progress.';
/** How long an acknowledgement is waited for. */
export const PUBLISH_TIMEOUT_MS = 3_000;

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
        const { key, status } = notice.transfer;
        return this.#stored({ transfer: key }, status, record, hasEnded(status) ? null : key);
      }
      case 'removed':
        return this.#stored({ transfer: notice.key }, 'removed', record, null);
      case 'progress':
        return {
          kind: 'plain',
          subject: this.#subjects.progress(notice.transfer.key),
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
