import { JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, headers, type Msg, NoRespondersError, TimeoutError } from '@nats-io/transport-node';
import type { Notice } from '../monitor/monitor.js';
import { isObject } from '../protocol/json.js';
import { toExactLine, toLine } from '../records/line.js';
import { toRecord } from '../records/record.js';
import type { RoomRecord } from '../records/types.js';
import { hasEnded } from '../transfers/transfer.js';
import { describeNatsFault } from './faults.js';
import type { NatsLink } from './nats-link.js';
import type { Outgoing } from './outbox.js';
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
   *   record where it has another
   */
  publish({ subject, messageId, body }: Outgoing, last: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const key = String(this.#sent++);
      const head = headers();
      head.set('Nats-Msg-Id', messageId);
      head.set('Nats-Expected-Stream', this.#stream);
      head.set('Nats-Expected-Last-Subject-Sequence', String(last));
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

/** A record as NATS carries it. An id has to stay what the next relay compares with the Room's lists, and sends to it. */
export function bodyOf(record: RoomRecord): string {
  const isExact = 'id' in record && /\p{Surrogate}/u.test(record.id ?? '');
  return (isExact ? toExactLine : toLine)(record).trimEnd();
}
