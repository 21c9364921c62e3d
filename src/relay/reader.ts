import {
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type OrderedConsumerOptions,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { readRecord, type WireRecord } from '../records/read.js';
import { Gate } from '../room/timers.js';
import { describeNatsFault, NO_LEADER } from './faults.js';
import { streamShortfalls } from './inspection.js';
import { consumerAtLeader, findStream, idOf, isOfLeader, readCaughtUp } from './stream.js';
import { filesFilter, isSubjectOf, progressFilter } from './subjects.js';
import { Trail } from './trail.js';

export interface ReaderHandlers {
  /** `isSnapshot`: the last record of a subject, before what is live. */
  onRecord(record: WireRecord, isSnapshot: boolean): void;
  /** A message is not a record, or not one that its subject allows. */
  onRefused(reason: string): void;
  /** Progress can't be told, as where the account may not. */
  onNoProgress(error: Error): void;
  /** The stream's limits took records away that a watcher may want: a clause. */
  onTrimmed(what: string): void;
  /** The stream is another one, or has lost the newest of its records: what came between is not known. */
  onSetBack(): void;
  /** The snapshot is complete. Said again where the stream was made anew. */
  onListed(): void;
  /** Reading goes on after it had ended. */
  onReading(): void;
}

/**
 * Reads the records of a stream: the last of each subject, then all that follow, each once. `read` ends when the
 * stream can't be read any more; called again it goes on behind the last record it gave.
 */
export class StreamReader {
  readonly #connection: NatsConnection;
  readonly #stream: string;
  readonly #room: string | null;
  readonly #handlers: ReaderHandlers;
  readonly #gate = new Gate();
  #isPaused = false;
  readonly #js: JetStreamClient;
  #jsm: JetStreamManager | null = null;
  #messages: ConsumerMessages | null = null;
  #consumer: Consumer | null = null;
  #consumerName = '';
  #progress: Subscription | null = null;
  #lastSequence = 0;
  /** Since the snapshot was complete. */
  readonly #trail = new Trail();
  /** Where the stream ended when it was read anew: up to there a server that lags may give what is long over. */
  #pastUntil = 0;
  #isGoingBack = false;
  /** When the stream was made: one that was made anew counts from 1 again. */
  #created: string | null = null;
  #isListed = false;
  /** `read` is to end, also where it has not come to its messages yet. */
  #isStopped = false;
  #isClosed = false;

  /** @param room the one Room to read of; `null` for all */
  constructor(connection: NatsConnection, stream: string, room: string | null, handlers: ReaderHandlers) {
    this.#connection = connection;
    this.#stream = stream;
    this.#room = room;
    this.#handlers = handlers;
    this.#js = jetstream(connection, { timeout: API_TIMEOUT_MS });
  }

  async manager(): Promise<JetStreamManager> {
    this.#jsm ??= await jetstreamManager(this.#connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
    return this.#jsm;
  }

  /** Plain messages: what can't be taken now is left out, and the client holds none back. */
  subscribe(): void {
    this.#progress ??= this.#connection.subscribe(progressFilter(this.#room), {
      callback: (error, message) => {
        if (error !== null) this.#handlers.onNoProgress(error);
        else if (!this.#isPaused) this.#take(message, false, false);
      },
    });
  }

  /**
   * Reads until `stop`, or until the stream ends.
   * @returns why it ended, a sentence; `null` after `stop`
   * @throws what the client throws where the stream can't be read
   */
  async read(): Promise<string | null> {
    this.#isStopped = this.#isClosed;
    const manager = await this.manager();
    const info = await this.#look(manager);
    if (info === null) {
      const why = this.#created === null ? 'no relay has published yet' : 'somebody has deleted it';
      return `there is no stream "${this.#stream}": ${why}`;
    }
    if (this.#isStopped) return null;
    if (!isOfLeader(info)) return NO_LEADER;
    if (!mayHoldRecords(info)) return `the stream "${this.#stream}" holds something else`;
    if (info.created !== this.#created) this.#beginAnew();
    while (this.#isSetBack(info)) this.#goBack();
    this.#created = info.created;
    if (!this.#isListed || this.#isGoingBack) this.#pastUntil = info.state.last_seq;
    this.#isGoingBack = false;
    this.#checkTrimmed(info);
    // With the record that was read last, to see whether it is still the same.
    const from = this.#isListed
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, this.#lastSequence) }
      : { deliver_policy: DeliverPolicy.LastPerSubject };
    const { consumer, info: consumed } = await this.#consume(from);
    const { num_pending: pending, name } = consumed;
    this.#consumer = consumer;
    this.#consumerName = name;
    if (pending === 0) this.#listed();
    if (this.#isListed) this.#handlers.onReading();
    const messages = await consumer.consume({ max_messages: BATCH, expires: EXPIRES_MS });
    this.#messages = messages;
    if (this.#isStopped) messages.stop();
    try {
      for await (const message of messages) {
        if (this.#isPaused) await this.#gate.passed();
        if (message.info.consumer !== name) return 'the client has made its consumer anew';
        const { seq } = message;
        const id = idOf(message);
        if (this.#isListed && seq === this.#lastSequence && !this.#trail.has(seq, id)) {
          this.#goBack();
          return 'the stream was set back';
        }
        // Where the snapshot was broken off, it begins anew.
        if (seq > this.#lastSequence) {
          this.#lastSequence = seq;
          const isKnown = this.#isListed && this.#trail.knows(seq, id);
          // A snapshot has gaps.
          if (!this.#isListed) this.#trail.clear();
          this.#trail.add(seq, id);
          if (!isKnown) this.#take(message, !this.#isListed, seq <= this.#pastUntil);
        }
        if (message.info.pending === 0) this.#listed();
      }
      return this.#isStopped ? null : 'the stream was left';
    } catch (error) {
      return describeNatsFault(error);
    } finally {
      this.#messages = null;
      if (!this.#connection.isClosed()) void consumer.delete().catch(() => {});
    }
  }

  /** The stream, as a leader tells it that serves it; `null` where there is none. */
  async #look(manager: JetStreamManager): Promise<StreamInfo | null> {
    const find = () => findStream(manager, this.#stream);
    const isBehind = (found: StreamInfo) => !isOfLeader(found) || this.#isSetBack(found);
    const isLacking = (found: StreamInfo | null) => !this.#isStopped && found !== null && isBehind(found);
    const info = await readCaughtUp(find, isLacking, unreferenced);
    if (info === null || !this.#isSetBack(info)) return info;
    // A leader that can make no consumer is not ready, however long it leads, and does not know what it has.
    const { consumer } = await this.#consume({ deliver_policy: DeliverPolicy.New });
    await consumer.delete().catch(() => {});
    return find();
  }

  #consume(from: Partial<OrderedConsumerOptions>) {
    return consumerAtLeader(this.#js, this.#stream, { ...from, filter_subjects: filesFilter(this.#room) });
  }

  /** Ends `read`, once what had come is taken. */
  stop(): void {
    this.#isStopped = true;
    this.#messages?.stop();
  }

  /**
   * Whether the stream has moved on without this reader, or is another one: an ordered consumer may stall for long
   * without saying so.
   */
  async hasStalled(): Promise<boolean> {
    const before = this.#lastSequence;
    const info = await findStream(await this.manager(), this.#stream);
    if (info === null || info.created !== this.#created) return true;
    if (this.#isSetBack(info) || (await this.#hasNewConsumer())) {
      // Reading begins anew, and finds out: while it does so, it is left alone.
      if (this.#messages !== null) this.stop();
      return false;
    }
    if (this.#isPaused || !(await this.#isBehind(info))) return false;
    await unreferenced(STALL_MS);
    return this.#lastSequence === before && !this.#isPaused;
  }

  /**
   * Whether the client has made its consumer anew: it goes on behind the number that came last, though a server that was
   * killed may have lost that record, and given its number to another.
   */
  async #hasNewConsumer(): Promise<boolean> {
    return (await this.#consumer?.info(true))?.name !== this.#consumerName;
  }

  /** Whether the stream ends before what was read of it. */
  #isSetBack({ created, state }: StreamInfo): boolean {
    return created === this.#created && state.last_seq < this.#lastSequence;
  }

  /** Records that were read are gone: all that is known of them is read again, and what is there instead is news. */
  #goBack(): void {
    const { oldest } = this.#trail;
    this.#isGoingBack = true;
    if (oldest > 0 && oldest < this.#lastSequence) this.#lastSequence = oldest;
    else this.#beginAnew();
  }

  /** The snapshot is read again. */
  #beginAnew(): void {
    if (this.#isListed) this.#handlers.onSetBack();
    this.#isListed = false;
    this.#lastSequence = 0;
    this.#trail.clear();
  }

  #checkTrimmed({ config, state }: StreamInfo): void {
    if (this.#isListed) {
      if (state.first_seq > this.#lastSequence + 1) {
        this.#handlers.onTrimmed("records were trimmed by the stream's limits before they could be read");
      }
      return;
    }
    const shortfall = streamShortfalls(config, 1).find(({ kind }) => kind === 'forgetful');
    if (shortfall === undefined || state.first_seq <= 1) return;
    this.#handlers.onTrimmed(`older transfers were trimmed by the stream's limits: ${shortfall.what}`);
  }

  /** Whether the stream holds what has not come yet. */
  async #isBehind({ state }: StreamInfo): Promise<boolean> {
    if (this.#room === null) return state.last_seq > this.#lastSequence;
    // What comes of other Rooms is not waited for: only the consumer knows.
    const left = await this.#consumer?.info().catch(() => null);
    return left === null || (left?.num_pending ?? 0) > 0;
  }

  pause(): void {
    this.#isPaused = true;
    this.#gate.shut();
  }

  resume(): void {
    this.#isPaused = false;
    this.#gate.open();
  }

  /** Ends `read` for good. */
  close(): void {
    this.#isClosed = true;
    if (!this.#connection.isClosed()) this.#progress?.unsubscribe();
    this.stop();
    this.#gate.open();
  }

  #listed(): void {
    if (this.#isListed) return;
    this.#isListed = true;
    this.#handlers.onListed();
  }

  /** @param isPast whether it may be older than what was read, as a snapshot's records may; a warning never is */
  #take(message: Pick<Msg, 'subject' | 'string'>, isFirst: boolean, isPast: boolean): void {
    const record = readRecord(message.string());
    const isSnapshot = isFirst || (isPast && record.type !== 'warning');
    if (record.type === 'unreadable') this.#handlers.onRefused(record.reason);
    else if (isSubjectOf(message.subject, record)) this.#handlers.onRecord(record, isSnapshot);
    else this.#handlers.onRefused(`a record of "${record.room}" came under the subject of another`);
  }
}

/** Newer servers let a stream be read by subjects that it never has. */
function mayHoldRecords({ config: { subjects = [], mirror, sources } }: StreamInfo): boolean {
  if (subjects.length === 0 || mirror !== undefined || sources !== undefined) return true;
  return subjects.some((subject) => /^(?:trueconf\.|\*\.|>)/.test(subject));
}

/** A wait that keeps no process alive. */
function unreferenced(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

const API_TIMEOUT_MS = 5_000;
const BATCH = 500;
/** Bounds for how long the client takes to notice that its consumer is gone. */
const EXPIRES_MS = 5_000;
const STALL_MS = 2_000;
