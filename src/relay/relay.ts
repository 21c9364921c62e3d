import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { TrueConfFilesError } from '../errors.js';
import type { Notice } from '../monitor/notice.js';
import type { Answer } from '../protocol/message.js';
import type { Redactor } from '../protocol/redactor.js';
import type { Request } from '../protocol/requests.js';
import type { RoomAddress } from '../room/address.js';
import type { Entry } from '../room/entry.js';
import { aborted, delay } from '../room/timers.js';
import type { RoomWatcherOptions } from '../room/watcher.js';
import { type Action, type CommandAnswer, serveCommands } from './command-desk.js';
import { isHopeless, natsEnding } from './faults.js';
import { readLastRecords } from './last-records.js';
import { LeaseBucket } from './lease-bucket.js';
import { Leases } from './leases.js';
import type { NatsLink } from './nats-link.js';
import { Outbox } from './outbox.js';
import { Recovery } from './recovery.js';
import { RoomRelay } from './room-relay.js';
import { ensureStream, type StreamOptions } from './stream.js';
import { roomFilter } from './subjects.js';

export interface RelayOptions {
  readonly link: NatsLink;
  /** The server as the user named it. */
  readonly server: string;
  readonly stream: StreamOptions;
  readonly addresses: readonly RoomAddress[];
  readonly watcherOf: (address: RoomAddress) => Omit<RoomWatcherOptions, 'onEntry'>;
  /** Records held at most while NATS does not take them. */
  readonly buffer: number;
  /** Rooms held at most. */
  readonly claim: number;
  /** One for each process. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Accepts or rejects at a Room; `null` where nobody may from afar. */
  readonly act:
    | ((
        action: Action,
        id: string,
        send: (request: Request) => Promise<Answer>,
        redactor: Redactor,
      ) => Promise<CommandAnswer>)
    | null;
  readonly onEntry: (entry: Entry, room: string, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice, room: string) => void;
  /** Another relay holds the Room now. */
  readonly onReleased: (room: string) => void;
  /** Something a person should know of the relay itself. */
  readonly note: (text: string) => void;
}

export interface RelayCounts {
  readonly published: number;
  readonly waiting: number;
  readonly leftOut: number;
  readonly held: number;
}

/** Holds Rooms, one relay each, and shares what it sees of them through a stream. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #leases: Leases;
  readonly #outbox: Outbox;
  readonly #recovery: Recovery;
  readonly #rooms = new Map<string, HeldRoom>();
  readonly #faults = new Map<string, unknown>();
  #leftOut = 0;
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
    this.#js = js;
    this.#jsm = jsm;
    const { link, note } = options;
    this.#leases = new Leases({
      store: bucket,
      owner: options.owner,
      rooms: options.addresses.map(({ label }) => label),
      claim: options.claim,
      isUp: () => link.isUp,
      onTaken: (room) => this.#hold(room),
      onLost: (room) => this.#lose(room),
      onFault: (error) => this.#recovery.trouble(error),
    });
    this.#outbox = new Outbox({
      publish: (item, room) => this.#store(item.subject, item.messageId, item.body, room),
      limit: options.buffer,
      onOverflow: () => {
        for (const { relay } of this.#rooms.values()) relay.leaveOut();
        this.#recovery.begin();
      },
      onTrouble: (error) => this.#recovery.trouble(error),
      onRefused: (room, error) => note(`${room}: a record can't be stored: ${String(error)}`),
      isHopeless,
    });
    this.#recovery = new Recovery({
      link,
      outbox: this.#outbox,
      confirmLeases: () => this.#leases.confirm(),
      ensureStream: async () => (await ensureStream(this.#jsm, options.stream)).created,
      rooms: () => [...this.#rooms.values()].filter(({ isRestored }) => isRestored).map(({ relay }) => relay),
      created,
      note,
    });
  }

  /** Records stored so far, those that wait to be, those left out so far, and the Rooms held. */
  get counts(): RelayCounts {
    const { published, waiting } = this.#outbox;
    return { published, waiting, leftOut: this.#leftOut, held: this.#leases.size };
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
    const recovering = this.#recovery.run(ending);
    try {
      await Promise.race([this.#leases.run(ending), this.#options.link.ended, aborted(ending)]);
    } catch (error) {
      if (!ending.aborted) this.#end.abort(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    await Promise.all([...this.#rooms.values()].map(({ done }) => done));
    await recovering;
    await this.#sendRest();
    await this.#leases.releaseAll();
    if (!signal.aborted) throw ending.reason;
  }

  /** The Rooms' last words; they must not keep a relay from ending. */
  async #sendRest(): Promise<void> {
    if (!this.#options.link.isUp) return;
    const limit = new AbortController();
    await Promise.race([this.#outbox.drained(), delay(LAST_WORDS_MS, limit.signal).catch(() => {})]);
    limit.abort();
  }

  #hold(room: string): void {
    const address = this.#options.addresses.find(({ label }) => label === room);
    if (address === undefined || this.#end.signal.aborted) return;
    const relay = new RoomRelay({
      watcher: this.#options.watcherOf(address),
      outbox: this.#outbox,
      readLast: (label) =>
        readLastRecords(this.#js, this.#options.stream.name, roomFilter(label), this.#end.signal),
      publishPlain: (subject, body) => this.#publishPlain(subject, body),
      onLeftOut: (records) => {
        this.#leftOut += records;
      },
      onEntry: this.#options.onEntry,
      onNotice: this.#options.onNotice,
    });
    const stop = new AbortController();
    const held: HeldRoom = { relay, stop, isRestored: false, done: Promise.resolve() };
    this.#rooms.set(room, held);
    held.done = this.#runRoom(held);
  }

  async #runRoom(held: HeldRoom): Promise<void> {
    const { relay, stop } = held;
    const { room } = relay;
    const signal = AbortSignal.any([stop.signal, this.#end.signal]);
    let stopServing = () => {};
    try {
      await this.#restore(held, signal);
      const { act, link } = this.#options;
      if (act !== null) {
        stopServing = serveCommands(link.connection, room, (action, id) =>
          act(action, id, (request) => relay.request(request), relay.redactor),
        );
      }
      await relay.run(signal);
    } catch (error) {
      if (!signal.aborted) await this.#fail(room, error, stop.signal);
    } finally {
      if (this.#options.link.isUp) stopServing();
      if (stop.signal.aborted) this.#outbox.clear(room);
      if (this.#rooms.get(room) === held) this.#rooms.delete(room);
    }
  }

  /** Not before the stream was read is it known what is news. */
  async #restore(held: HeldRoom, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await held.relay.restore();
        held.isRestored = true;
        signal.throwIfAborted();
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#recovery.tell(error);
        await delay(RETRY_MS, signal);
      }
    }
  }

  /** A Room that can't be watched any more: another relay may try, unless a person has taken it. */
  async #fail(room: string, error: unknown, lost: AbortSignal): Promise<void> {
    const isTaken = error instanceof TrueConfFilesError && error.code === 'taken-over';
    // Whoever took it may be a relay that holds the lease by now.
    if (isTaken) await this.#leases.confirm().catch(() => {});
    if (lost.aborted) return;
    this.#options.note(`${room}: ${error instanceof Error ? error.message : String(error)}`);
    if (!isTaken) await this.#leases.giveUp(room);
    this.#faults.set(room, error);
    if (this.#faults.size < this.#options.addresses.length) return;
    const [first] = this.#faults.values();
    this.#end.abort(first);
  }

  #lose(room: string): void {
    const held = this.#rooms.get(room);
    if (held === undefined) return;
    this.#options.note(`${room}: another relay holds it now; standing by`);
    // Nothing may be said of a Room that somebody else speaks for.
    this.#outbox.shut(room);
    held.stop.abort(new Error('another relay holds the Room'));
    void held.done.then(() => {
      if (!this.#rooms.has(room)) this.#options.onReleased(room);
    });
  }

  async #store(subject: string, msgID: string, body: string, room: string): Promise<void> {
    if (!this.#leases.isFresh(room)) throw new Error('the lease of the Room is in doubt');
    await this.#js.publish(subject, body, {
      msgID,
      timeout: PUBLISH_TIMEOUT_MS,
      expect: { streamName: this.#options.stream.name },
    });
  }

  /** Progress may be lost, and is where records have to wait. */
  #publishPlain(subject: string, body: string): void {
    const { link } = this.#options;
    if (!link.isUp || this.#outbox.isSuspended || this.#outbox.waiting > BUSY_RECORDS) return;
    link.connection.publish(subject, body);
  }
}

interface HeldRoom {
  readonly relay: RoomRelay;
  readonly stop: AbortController;
  isRestored: boolean;
  done: Promise<void>;
}

const API_TIMEOUT_MS = 5_000;
const PUBLISH_TIMEOUT_MS = 3_000;
const RETRY_MS = 500;
const LAST_WORDS_MS = 3_000;
const BUSY_RECORDS = 1_000;
