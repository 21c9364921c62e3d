import { setMaxListeners } from 'node:events';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { aborted, delay } from '../room/timers.js';
import { isHopeless, natsEnding } from './faults.js';
import { HeldRooms, type RelayCounts, type RelayOptions } from './held-rooms.js';
import { LeaseBucket } from './lease-bucket.js';
import { Leases } from './leases.js';
import { Outbox, type Outgoing } from './outbox.js';
import { PlainMessages, Publisher } from './publisher.js';
import { keepPresent, Recovery } from './recovery.js';
import { ensureStream, findStream, readIdsAfter, readLastRecords } from './stream.js';
import { filesFilter } from './subjects.js';

/** Holds Rooms, one relay each, and shares what it sees of them through a stream. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #jsm: JetStreamManager;
  readonly #leases: Leases;
  readonly #publisher: Publisher;
  readonly #outbox: Outbox;
  readonly #recovery: Recovery;
  readonly #rooms: HeldRooms;
  /** Aborted when no Room is left; its reason is the first fault. */
  readonly #end = new AbortController();

  /**
   * Checks the stream and the bucket, and makes what is missing.
   * @throws TrueConfFilesError
   */
  static async open(options: RelayOptions): Promise<Relay> {
    const { link, server, stream, leaseMs } = options;
    try {
      const js = jetstream(link.connection, { timeout: API_TIMEOUT_MS });
      const jsm = await jetstreamManager(link.connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
      const { created } = await ensureStream(jsm, stream);
      return new Relay(options, js, jsm, await LeaseBucket.open(js, jsm, leaseMs), created);
    } catch (error) {
      throw natsEnding(server, error);
    }
  }

  private constructor(
    options: RelayOptions,
    js: JetStreamClient,
    jsm: JetStreamManager,
    bucket: LeaseBucket,
    created: string,
  ) {
    this.#options = options;
    this.#jsm = jsm;
    // Each Room listens to it while it reads the stream, and there may be hundreds.
    setMaxListeners(0, this.#end.signal);
    this.#leases = this.#makeLeases(bucket);
    this.#publisher = new Publisher(options.link, options.stream.name, PUBLISH_TIMEOUT_MS);
    this.#outbox = this.#makeOutbox();
    this.#rooms = this.#makeRooms(js);
    this.#recovery = this.#makeRecovery(created);
  }

  #makeLeases(store: LeaseBucket): Leases {
    const { owner, addresses, claim, link } = this.#options;
    return new Leases({
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
      publish: (item, room, last) => this.#store(item, room, last),
      limit: buffer,
      onOverflow: () => {
        this.#rooms.leaveOut();
        this.#recovery.begin();
      },
      onFull: () => this.#rooms.pause('stream'),
      onRoom: () => this.#rooms.resume('stream'),
      onTrouble: (error) => this.#recovery.trouble(error),
      onRefused: (room, error) => note(`${room}: a record can't be stored: ${String(error)}`),
      isHopeless,
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
      publishPlain: (subject, body) => plain.publish(subject, body),
      onTrouble: (error) => this.#recovery.tell(error),
      onAllEnded: (fault) => this.#end.abort(fault),
      signal,
    });
  }

  #makeRecovery(created: string): Recovery {
    const { link, note, stream } = this.#options;
    return new Recovery({
      link,
      outbox: this.#outbox,
      confirmLeases: () => this.#leases.confirm(),
      ensureStream: async () => (await ensureStream(this.#jsm, stream)).created,
      rooms: () => this.#rooms.restored,
      created,
      note,
    });
  }

  /** Records stored so far, those that wait to be, those left out so far, and the Rooms held. */
  get counts(): RelayCounts {
    const { published, waiting } = this.#outbox;
    return { published, waiting, leftOut: this.#rooms.leftOut, held: this.#leases.size };
  }

  /**
   * Relays until the signal is aborted.
   * @throws TrueConfFilesError where no Room is left to hold, or NATS refused
   */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = () => this.#end.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const ending = this.#end.signal;
    const working = [this.#recovery.run(ending), this.#keepPresent(ending)];
    try {
      await Promise.race([this.#leases.run(ending), this.#options.link.ended, aborted(ending)]);
    } catch (error) {
      if (!ending.aborted) this.#end.abort(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    await this.#rooms.ended();
    await Promise.all(working);
    await this.#sendRest();
    await this.#leases.releaseAll();
    if (!signal.aborted) throw ending.reason;
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
        everyMs: this.#leases.tickMs,
        look: () => this.#look(),
        rooms: () => this.#rooms.restored,
        onFault: (error) => this.#recovery.trouble(error),
      },
      signal,
    );
  }

  /** Where the stream begins and ends now; `null` while nothing can be told, or it has to be made anew. */
  async #look(): Promise<{ readonly first_seq: number; readonly last_seq: number } | null> {
    const { link, stream } = this.#options;
    if (!link.isUp || this.#outbox.isSuspended) return null;
    const info = await findStream(this.#jsm, stream.name);
    if (info === null) throw new Error(`the stream "${stream.name}" is gone`);
    if (this.#recovery.isOf(info)) return info.state;
    this.#recovery.begin();
    return null;
  }

  /** The Rooms' last words; they must not keep a relay from ending. */
  async #sendRest(): Promise<void> {
    if (!this.#options.link.isUp) return;
    const limit = new AbortController();
    await Promise.race([this.#outbox.drained(), delay(LAST_WORDS_MS, limit.signal).catch(() => {})]);
    limit.abort();
  }

  #store(item: Outgoing, room: string, last: number): Promise<number> {
    if (this.#leases.isFresh(room)) return this.#publisher.publish(item, last);
    return Promise.reject(new Error('the lease of the Room is in doubt'));
  }
}

const API_TIMEOUT_MS = 5_000;
const PUBLISH_TIMEOUT_MS = 3_000;
const LAST_WORDS_MS = 3_000;
const BUSY_RECORDS = 1_000;
