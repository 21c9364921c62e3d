import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { type Notice, Warnings } from '../monitor/monitor.js';
import type { Decision } from '../protocol/requests.js';
import type { WireRecord } from '../records/read.js';
import { Book, Presence } from '../relay/book.js';
import { sendCommand } from '../relay/command-desk.js';
import { describeNatsFault, isWithoutJetStream, natsEnding } from '../relay/faults.js';
import { heldLeases } from '../relay/lease-bucket.js';
import { NatsLink } from '../relay/nats-link.js';
import { StreamReader } from '../relay/reader.js';
import { isServerAddress, type ServerAddress } from '../relay/server-address.js';
import type { Outcome } from '../room/ask.js';
import type { Link } from '../room/entry.js';
import { type Clock, delay } from '../room/timers.js';
import { type Feed, type FeedHandlers, fromElsewhere, type Tap } from './feed.js';

export interface RelayFeedOptions {
  readonly address: ServerAddress;
  readonly auth: Partial<NodeConnectionOptions>;
  readonly stream: string;
  /** Keep trying while NATS, or the stream, has not been reached yet; `null` if the command has no such option. */
  readonly wait: boolean | null;
  readonly reconnect: boolean;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Finished transfers to keep for each Room. */
  readonly keep: number;
  readonly taps: readonly Tap[];
}

/** What relays share through NATS, as a source of notices. The link to the server is reported under its address. */
export class RelayFeed implements Feed {
  readonly label: string;
  readonly #options: RelayFeedOptions;
  #handlers: FeedHandlers | null = null;
  readonly #book: Book;
  readonly #presence = new Presence();
  readonly #warnings = new Warnings();
  readonly #rooms = new Set<string>();
  #nats: NatsLink | null = null;
  #reader: StreamReader | null = null;
  #isPaused = false;
  #isListed = false;
  /** What was told last of the link to the server. */
  #link: Link | null = null;
  #lookEveryMs = LOOK_MS;
  /** Until then leases that are not there may be about to be renewed. */
  #doubtedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: RelayFeedOptions) {
    this.label = options.address.label;
    this.#options = options;
    this.#book = new Book(options.keep);
  }

  async run(handlers: FeedHandlers, signal: AbortSignal): Promise<void> {
    this.#handlers = handlers;
    const { address, auth, wait, clock, heartbeatMs } = this.#options;
    let reason = 'stopped';
    const endBeats = clock.every(heartbeatMs, () => this.#beat());
    const end = new AbortController();
    try {
      this.#tellLink({ state: 'connecting', attempt: 1 });
      let attempt = 0;
      const retries = (fault: TrueConfFilesError) => {
        if (wait !== true || fault.code !== 'unreachable') return false;
        this.#tellWaiting(describeNatsFault(fault.cause ?? fault), ++attempt);
        return true;
      };
      const nats = await NatsLink.open({ address, auth, name: 'trueconf-files watch', retries, signal });
      this.#nats = nats;
      const fault = await Promise.race([
        this.#follow(nats, AbortSignal.any([signal, end.signal])),
        nats.ended,
      ]);
      if (fault !== undefined) throw fault;
    } catch (error) {
      if (signal.aborted) return;
      reason = error instanceof Error ? error.message : String(error);
      throw natsEnding(address.label, error);
    } finally {
      endBeats();
      end.abort();
      this.#reader?.close();
      await this.#nats?.close();
      this.#tellLink({ state: 'closed', reason });
    }
  }

  get #isLive(): boolean {
    return this.#link?.state === 'live';
  }

  covers(room: string): boolean {
    return this.#rooms.has(room);
  }

  pause(): void {
    this.#isPaused = true;
    this.#reader?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#reader?.resume();
  }

  /** Has the relay that holds the Room accept or reject a request. */
  async decide(decision: Decision, room: string, id: string): Promise<Outcome> {
    if (this.#nats?.isUp) return sendCommand(this.#nats.connection, room, decision, id);
    return { ok: false, reason: 'NATS is not connected' };
  }

  async #follow(nats: NatsLink, signal: AbortSignal): Promise<void> {
    const reader = new StreamReader(nats.connection, this.#options.stream, this.#options.address.room, {
      onRecord: (record, isSnapshot) => this.#take(record, isSnapshot),
      onRefused: (reason) => this.#refuse(reason),
      onNoProgress: (error) =>
        this.#warn('no-progress', `progress is not shown: ${describeNatsFault(error)}`),
      onTrimmed: (what) => this.#warn('history-trimmed', what),
      onSetBack: () => this.#warn('stream-set-back', SET_BACK),
      onListed: () => this.#listed(),
      onReading: () => this.#live(),
    });
    this.#reader = reader;
    if (this.#isPaused) reader.pause();
    let wake = () => {};
    const stop = () => {
      reader.stop();
      wake();
    };
    nats.listen({ onDown: (reason) => this.#lost(reason, reader), onUp: stop });
    const close = () => {
      reader.close();
      wake();
    };
    signal.addEventListener('abort', close, { once: true });
    reader.subscribe();
    void this.#look(reader, nats, signal);
    for (let failures = 0; !signal.aborted; failures++) {
      if (!nats.isUp) await new Promise<void>((resolve) => (wake = resolve));
      if (signal.aborted || !nats.isUp) continue;
      const reason = await this.#read(reader);
      if (signal.aborted) return;
      // If NATS is disconnected, that has been reported.
      if (!nats.isUp || reason === null) {
        failures = 0;
        await delay(PAUSE_MS, signal, this.#options.clock).catch(() => {});
      } else await this.#retry(reason, failures + 1, signal);
    }
  }

  /** Reads until it ends. Gives the reason, as a sentence, unless it ended on purpose. */
  async #read(reader: StreamReader): Promise<string | null> {
    try {
      await this.#lookOnce(reader);
      const reason = await reader.read();
      return this.#isLive ? null : reason;
    } catch (error) {
      const ending = natsEnding(this.label, error);
      if (ending.code === 'refused' || (!this.#isListed && !this.#options.wait)) throw ending;
      return isWithoutJetStream(error) ? 'JetStream is not enabled' : describeNatsFault(error);
    }
  }

  async #retry(reason: string, attempt: number, signal: AbortSignal): Promise<void> {
    if (!this.#isListed && !this.#options.wait) {
      const wait = this.#options.wait === null ? '' : ', or give --wait';
      const hint = `Start one with 'trueconf-files relay'${wait}. The stream is named by --stream.`;
      throw new TrueConfFilesError('unreachable', `Nothing to watch on ${this.label}: ${reason}.`, hint);
    }
    this.#tellWaiting(reason, attempt);
    await delay(RETRY_MS, signal, this.#options.clock).catch(() => {});
  }

  /** Checks regularly which relay holds each Room, and whether the stream went on without this reader. */
  async #look(reader: StreamReader, nats: NatsLink, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await delay(this.#lookEveryMs, signal, this.#options.clock);
      } catch {
        return;
      }
      if (!nats.isUp || !this.#isListed) continue;
      try {
        await this.#lookOnce(reader);
        if (await reader.hasStalled()) {
          this.#tellLink({ state: 'waiting', attempt: 0, retryInMs: 0, reason: BEHIND, wasLive: true });
          reader.stop();
        }
      } catch (error) {
        const what = `it is not known which Rooms have a relay: ${describeNatsFault(error)}`;
        if (nats.isUp && !signal.aborted) this.#warn('relays-unknown', what);
      }
    }
  }

  async #lookOnce(reader: StreamReader): Promise<void> {
    const { tokens, ttlMs, isCertain } = await heldLeases(await reader.manager(), this.#options.address.room);
    if (ttlMs > 0) this.#lookEveryMs = Math.min(LOOK_MS, Math.max(MIN_LOOK_MS, ttlMs / LOOKS_PER_LIFE));
    const now = this.#options.clock.now();
    if (!isCertain) this.#doubtedUntil = now + ttlMs + RENEWAL_MS;
    if (now < this.#doubtedUntil) {
      this.#presence.forgive();
      return;
    }
    for (const { room, link } of this.#presence.looked(tokens))
      this.#report({ kind: 'link', at: Date.now(), link }, room);
  }

  #refuse(reason: string): void {
    for (const tap of this.#options.taps) tap.refused?.(this.label);
    this.#warn('record-refused', `a message was not read: ${reason}`);
  }

  #take(record: WireRecord, isSnapshot: boolean): void {
    // The server's address names its own link, so no record may use it as a Room's.
    if (!this.#rooms.has(record.room) && isServerAddress(record.room)) {
      this.#refuse(`"${record.room}" does not name a Room`);
      return;
    }
    const notice = this.#book.take(record, isSnapshot);
    if (notice === null) return;
    const { room } = record;
    if (this.#rooms.size < MAX_ROOMS) this.#rooms.add(room);
    if (notice.kind !== 'link') this.#report(notice, room);
    else {
      const link = this.#presence.told(room, notice.link, isSnapshot);
      if (link !== null) this.#report({ ...notice, link }, room);
    }
  }

  #listed(): void {
    this.#live();
    if (this.#isListed) return;
    this.#isListed = true;
    const { room } = this.#options.address;
    if (room !== null && this.#rooms.size === 0) {
      this.#warn(
        'unknown-room',
        `no relay has reported "${room}"; give the Room's address as its relay got it`,
      );
    }
    this.#handlers?.onListed(true);
  }

  #live(): void {
    if (!this.#isLive) this.#tellLink({ state: 'live', attempt: 1 });
  }

  #lost(reason: string, reader: StreamReader): void {
    this.#presence.forgive();
    reader.stop();
    this.#tellLink({ state: 'waiting', attempt: 0, retryInMs: RETRY_MS, reason, wasLive: true });
    if (this.#options.reconnect) return;
    // Closing ends the run, which then throws the reason.
    void this.#nats?.close();
  }

  /** Says what it waits for, once until that is something else: it tries each second, maybe for days. */
  #tellWaiting(reason: string, attempt: number): void {
    if (this.#link?.state === 'waiting' && this.#link.reason === reason) return;
    this.#tellLink({ state: 'waiting', attempt, retryInMs: RETRY_MS, reason, wasLive: false });
  }

  #tellLink(link: Link): void {
    this.#link = link;
    this.#report({ kind: 'link', at: Date.now(), link }, this.label);
  }

  #warn(code: string, message: string): void {
    const notice = this.#warnings.admit(Date.now(), code, message);
    if (notice !== null) this.#report(notice, this.label);
  }

  #report(told: Notice, room: string): void {
    const origin = room === this.label ? 'server' : 'relay';
    const isRelayed = origin === 'relay' && told.kind === 'link';
    const notice = isRelayed ? { ...told, link: fromElsewhere(told.link) } : told;
    for (const tap of this.#options.taps) tap.notice?.(notice, room, origin);
    this.#handlers?.onNotice(notice, room);
  }

  #beat(): void {
    if (this.#isPaused) return;
    this.#report({ kind: 'heartbeat', at: Date.now(), connected: this.#isLive }, this.label);
  }
}

const SET_BACK = 'the stream has lost the newest of its records, or was made anew; steps may be missing';
const BEHIND = 'the stream has moved on without this watcher; reading again';
const RETRY_MS = 1_000;
const PAUSE_MS = 50;
const LOOK_MS = 5_000;
const MIN_LOOK_MS = 250;
const LOOKS_PER_LIFE = 3;
/** What a relay may take to renew after an outage, beside the wait between renewals: it may wait for lost answers. */
const RENEWAL_MS = 10_000;
const MAX_ROOMS = 1_000_000;
