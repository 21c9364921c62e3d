import { setMaxListeners } from 'node:events';
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { millis } from '@nats-io/transport-node';
import type { TrueConfFilesError } from '../errors.js';
import { aborted, delay, within } from '../room/timers.js';
import { describeNatsFault, isTooLarge, natsEnding } from './faults.js';
import { HeldRooms, type RelayOptions } from './held-rooms.js';
import { Inspection, type RelayCounts, streamShortfalls } from './inspection.js';
import { LEASE_STREAM, LeaseBucket } from './lease-bucket.js';
import { Leases } from './leases.js';
import { Outbox } from './outbox.js';
import { PlainMessages, PUBLISH_TIMEOUT_MS, Publisher } from './publisher.js';
import { RecordStore } from './record-store.js';
import { keepPresent, Recovery, type StreamReach } from './recovery.js';
import {
  ensureStream,
  findStream,
  readIdsAfter,
  readLastRecords,
  replicasFor,
  type StreamOptions,
} from './stream.js';
import { filesFilter } from './subjects.js';

/** Holds Rooms, one relay each, and shares what it sees of them through a stream. */
export class Relay {
  readonly #options: OpenedOptions;
  readonly #jsm: JetStreamManager;
  readonly #bucket: LeaseBucket;
  readonly #inspection = new Inspection();
  #reviewedAt = Number.NEGATIVE_INFINITY;
  #dropped = 0;
  readonly #leases: Leases;
  readonly #store: RecordStore;
  readonly #outbox: Outbox;
  readonly #recovery: Recovery;
  readonly #rooms: HeldRooms;
  readonly decide: HeldRooms['decide'] = (...asked) => this.#rooms.decide(...asked);
  /** Aborted when no Room is left; its reason is the first fault. */
  readonly #end = new AbortController();

  /**
   * Checks the stream and the bucket, and makes what is missing.
   * @throws TrueConfFilesError
   */
  static async open(options: RelayOptions): Promise<Relay> {
    const { link, server, leaseMs: ttlMs } = options;
    const replicas = replicasFor(link.connection, options.replicas);
    const stream = { ...options.stream, replicas };
    try {
      const js = jetstream(link.connection, { timeout: API_TIMEOUT_MS });
      const jsm = await jetstreamManager(link.connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
      const info = await ensureStream(jsm, stream);
      const { length: rooms } = options.addresses;
      const bucket = await LeaseBucket.open(js, jsm, { ttlMs, replicas, rooms });
      return new Relay({ ...options, stream }, js, jsm, bucket, info);
    } catch (error) {
      throw natsEnding(server, error);
    }
  }

  private constructor(
    options: OpenedOptions,
    js: JetStreamClient,
    jsm: JetStreamManager,
    bucket: LeaseBucket,
    info: StreamInfo,
  ) {
    this.#options = options;
    this.#jsm = jsm;
    this.#bucket = bucket;
    // Each Room listens to it while it reads the stream, and there may be hundreds.
    setMaxListeners(0, this.#end.signal);
    this.#leases = this.#makeLeases(bucket);
    this.#store = new RecordStore({
      publisher: new Publisher(options.link, options.stream.name, PUBLISH_TIMEOUT_MS),
      leases: this.#leases,
      onCut: (room) => this.#rooms.tellCut(room),
    });
    this.#setLimit(info);
    this.#outbox = this.#makeOutbox();
    this.#rooms = this.#makeRooms(js);
    this.#recovery = this.#makeRecovery(info.created);
  }

  #makeLeases(store: LeaseBucket): Leases {
    const { clock, owner, addresses, claim, link } = this.#options;
    return new Leases({
      clock,
      store,
      owner,
      rooms: addresses.map(({ label }) => label),
      claim,
      isUp: () => link.isUp,
      onTaken: (room, isInherited) => this.#rooms.hold(room, isInherited),
      onLost: (room) => this.#rooms.lose(room),
      onFault: (error) => this.#recovery.trouble(error),
    });
  }

  #makeOutbox(): Outbox {
    const { buffer, note } = this.#options;
    return new Outbox({
      store: this.#store,
      onStored: () => this.#recovery.stored(),
      limit: buffer,
      onOverflow: () => {
        this.#rooms.leaveOut();
        this.#recovery.begin();
      },
      onFull: () => this.#rooms.pause('stream'),
      onRoom: () => this.#rooms.resume('stream'),
      onTrouble: (error) => this.#recovery.trouble(error),
      onRefused: (room, error) => {
        this.#dropped++;
        note(`${room}: a record can't be stored: ${describeNatsFault(error)}`);
      },
      isHopeless: isTooLarge,
    });
  }

  #makeRooms(js: JetStreamClient): HeldRooms {
    const { link, note, stream } = this.#options;
    const { signal } = this.#end;
    const isBusy = () => this.#outbox.isSuspended || this.#outbox.waiting > BUSY_RECORDS;
    const plain = new PlainMessages({ link, isBusy, note });
    return new HeldRooms({
      ...this.#options,
      outbox: this.#outbox,
      leases: this.#leases,
      readLast: (room) => readLastRecords(js, stream.name, filesFilter(room), signal),
      readIdsAfter: (subject, sequence) => readIdsAfter(js, stream.name, subject, sequence, signal),
      storeLate: (item, room, last) => this.#store.storeLate(item, room, last),
      publishPlain: (subject, body) => plain.publish(subject, body),
      onTrouble: (error) => this.#recovery.tell(error),
      onAllEnded: (fault) => this.#end.abort(fault),
      signal,
    });
  }

  #makeRecovery(created: string): Recovery {
    const { clock, link, note, stream } = this.#options;
    return new Recovery({
      clock,
      link,
      outbox: this.#outbox,
      confirmLeases: () => {
        this.#leases.doubt();
        return this.#leases.confirm();
      },
      ensureStream: async () => (await ensureStream(this.#jsm, stream)).created,
      rooms: () => this.#rooms.restored,
      created,
      note,
    });
  }

  get counts(): RelayCounts {
    const [{ published, waiting }, { leftOut }] = [this.#outbox, this.#rooms];
    return {
      published,
      waiting,
      leftOut,
      cut: this.#store.cut,
      dropped: this.#dropped,
      held: this.#leases.size,
    };
  }

  /**
   * Relays until the signal is aborted, or the connection to NATS has ended for good.
   * @returns why the connection ended
   * @throws TrueConfFilesError where no Room is left to hold; the signal's reason
   */
  async run(signal: AbortSignal): Promise<TrueConfFilesError> {
    const { link } = this.#options;
    const onAbort = () => this.#end.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const ending = this.#end.signal;
    const working = [this.#recovery.run(ending), this.#keepPresent(ending)];
    let lost: TrueConfFilesError | null = null;
    try {
      const leasing = this.#leases.run(ending).then(() => null);
      lost = await Promise.race([leasing, link.ended, aborted(ending)]);
    } catch (error) {
      if (!ending.aborted) this.#end.abort(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    if (lost !== null) this.#end.abort(lost);
    // A server that hangs must not keep the relay: what it was not told expires.
    await within(this.#endInOrder(working), MOST_MS_TO_END);
    if (lost !== null && !signal.aborted) return lost;
    throw ending.reason;
  }

  async #endInOrder(working: readonly Promise<void>[]): Promise<void> {
    await this.#rooms.ended();
    await Promise.all(working);
    await this.#sendRest();
    await this.#leases.releaseAll();
  }

  /** Stops reading from the Rooms while what was read can't be written. */
  pause(): void {
    this.#rooms.pause('output');
  }

  resume(): void {
    this.#rooms.resume('output');
  }

  #keepPresent(signal: AbortSignal): Promise<void> {
    return keepPresent(
      {
        clock: this.#options.clock,
        everyMs: this.#leases.tickMs,
        look: () => this.#look(),
        rooms: () => this.#rooms.restored,
        onFault: (error) => this.#recovery.trouble(error),
      },
      signal,
    );
  }

  async #look(): Promise<StreamReach | null> {
    const { clock, link, stream, onProblems } = this.#options;
    const { waiting, published } = this.#outbox;
    const { reason: fault } = this.#recovery;
    const looked = { waiting, published, fault, unheld: this.#leases.unheld };
    onProblems(this.#inspection.problems(looked, clock.now()));
    if (!link.isUp || this.#outbox.isSuspended) return null;
    const info = await findStream(this.#jsm, stream.name);
    if (info === null) throw new Error(`the stream "${stream.name}" is gone`);
    await this.#review(info);
    if (!this.#recovery.isOf(info)) {
      this.#recovery.begin();
      return null;
    }
    const { first_seq: first, last_seq: last } = info.state;
    return { first, last, maxAgeMs: millis(info.config.max_age) };
  }

  /** Says what the configuration of stream and bucket lacks, as operators may change it. */
  async #review(info: StreamInfo): Promise<void> {
    const { clock, stream, note } = this.#options;
    const now = clock.now();
    if (now - this.#reviewedAt < REVIEW_MS) return;
    this.#reviewedAt = now;
    this.#setLimit(info);
    const wanted = stream.replicas[0] ?? 1;
    const news = this.#inspection.news([
      [stream.name, streamShortfalls(info.config, wanted)],
      [LEASE_STREAM, await this.#bucket.shortfalls()],
    ]);
    for (const sentence of news) note(sentence);
  }

  #setLimit({ config: { max_msg_size } }: StreamInfo): void {
    const { info } = this.#options.link.connection;
    const limit = Math.min(
      info?.max_payload ?? MAX_PAYLOAD_BYTES,
      max_msg_size > 0 ? max_msg_size : Infinity,
    );
    this.#store.maxRecordBytes = limit - HEADERS_BYTES;
  }

  /** The Rooms' last words; they must not keep a relay from ending. */
  async #sendRest(): Promise<void> {
    if (!this.#options.link.isUp) return;
    const limit = new AbortController();
    await Promise.race([
      this.#outbox.drained(),
      delay(LAST_WORDS_MS, limit.signal, this.#options.clock).catch(() => {}),
    ]);
    limit.abort();
  }
}

/** The options, with the copies that the servers can do. */
type OpenedOptions = Omit<RelayOptions, 'stream'> & { readonly stream: StreamOptions };

const REVIEW_MS = 60_000;
/** A server's own default. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const HEADERS_BYTES = 1_024;
const API_TIMEOUT_MS = 5_000;
const LAST_WORDS_MS = 3_000;
const MOST_MS_TO_END = 5_000;
const BUSY_RECORDS = 1_000;
