import { Readable } from 'node:stream';
import { TrueConfFilesError } from '../errors.js';
import { describeFault } from '../faults.js';
import type { Notice } from '../monitor/monitor.js';
import { MonitoredRoom } from '../monitor/monitored-room.js';
import type { Decision } from '../protocol/requests.js';
import type { RoomRecord } from '../records/types.js';
import { delay, Gate } from '../room/timers.js';
import type { RoomWatcherOptions } from '../room/watcher.js';
import { type FilterOptions, Selection } from '../rules/filter.js';
import { ANSWER_HINT, refused } from '../visit/visit.js';
import {
  AbortError,
  type ConnectOptions,
  checkId,
  type RetryOptions,
  readFilter,
  toWatcherOptions,
} from './connect.js';
import { RecordMaker } from './records.js';

/** How a Room is watched; everything is optional. */
export interface WatchRoomOptions extends ConnectOptions, RetryOptions {
  /** Only transfers that match are reported; records about the link, warnings and heartbeats always are. */
  readonly filter?: FilterOptions | undefined;
  /** Tell of what is there at the start; default true. */
  readonly snapshot?: boolean | undefined;
}

/**
 * A Room being watched: records to iterate over, once, and requests on the same link.
 *
 * Nothing runs before the first record is asked for, and nothing after the end: once a loop over it has ended,
 * however it ended, the socket is closed and no timer is left.
 */
export interface RoomWatch extends AsyncIterableIterator<RoomRecord> {
  /**
   * The next record.
   * @throws AbortError once the signal was aborted: `cause` is its reason; records not asked for yet are dropped
   * @throws TrueConfFilesError after the last record: `unreachable`, `refused`, `taken-over`, or, with
   *   `reconnect: false`, `lost`
   */
  next(): Promise<IteratorResult<RoomRecord, undefined>>;
  /** Ends the watch, as `break` does. Resolves when all is closed. */
  return(): Promise<IteratorResult<RoomRecord, undefined>>;
  /**
   * Accepts an inbound request. Signing in a second time would take this watch's seat, so it goes over its link; it waits
   * up to 10 s for that to be live. Records report the result.
   *
   * Source: `commands/acceptIncomingFileRequest`, or `acceptFile` before 4.1.
   * @param id the transfer's
   * @throws TrueConfFilesError `rejected` where the Room says no, `lost` where there is no link or no answer
   * @throws AbortError where the watch ends first
   */
  accept(id: string): Promise<void>;
  /**
   * Rejects an inbound request; otherwise as `accept`.
   *
   * Source: `commands/rejectIncomingFileRequest`, or `rejectFile` before 4.1.
   */
  reject(id: string): Promise<void>;
}

/**
 * Watches a Room: what is there now, then every change, as the records that `trueconf-files watch --json` writes.
 *
 * ```ts
 * for await (const record of watchRoom('10.0.0.5', { signal })) {
 *   if (record.type === 'transfer' && record.status === 'failed') report(record.name);
 * }
 * ```
 *
 * A lost link is tried again until the watch is ended, and what was missed is found by listing again. While a thousand
 * records wait to be asked for, the socket is not read: a slow reader delays records, and loses none.
 *
 * Sources: the API's pages under `docs.trueconf.com/videosdk/en/` (`notifications/`, `commands/`,
 * `introduction/`), first of all `notifications/fileRequestStatusChanged`.
 * @param address `HOST`, `HOST:PORT` or `http://HOST[:PORT]` (the Room's web port, from which the WebSocket's is
 *   discovered), or `ws://HOST:PORT`, `wss://HOST:PORT`
 * @throws TrueConfFilesError `usage` where the address or an option is wrong; other errors come from `next`
 */
export function watchRoom(address: string, options: WatchRoomOptions = {}): RoomWatch {
  const { filter, snapshot, signal } = options;
  const selection = new Selection({ ...readFilter(filter), snapshot });
  return new LiveWatch(toWatcherOptions(address, options), selection, signal);
}

class LiveWatch implements RoomWatch {
  readonly #signal: AbortSignal | undefined;
  readonly #room: MonitoredRoom;
  readonly #maker: RecordMaker;
  /** Records that were not asked for yet. */
  readonly #records = new Readable({ objectMode: true, highWaterMark: FULL_AT, read: () => {} });
  readonly #iterator = this.#iterate();
  /** The one way to end. */
  readonly #stop = new AbortController();
  /** Open while the link is live. */
  readonly #live = new Gate();
  /** Settles when everything has ended; `null` before it began. */
  #ended: Promise<void> | null = null;
  #isReturned = false;
  #isPaused = false;
  /** Requests under way: their answers must be read, however many records wait. */
  #requests = 0;

  constructor(
    options: Omit<RoomWatcherOptions, 'onEntry'>,
    selection: Selection,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.#maker = new RecordMaker(options.address.label, selection);
    this.#room = new MonitoredRoom({ ...options, beats: true, onNotice: (notice) => this.#take(notice) });
    this.#live.shut();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RoomRecord, undefined>> {
    return this.#iterator.next();
  }

  async return(): Promise<IteratorResult<RoomRecord, undefined>> {
    this.#isReturned = true;
    this.#drop();
    this.#stop.abort(new AbortError('the watch was ended'));
    await this.#iterator.return(undefined);
    await this.#ended?.catch(() => {});
    return { done: true, value: undefined };
  }

  accept(id: string): Promise<void> {
    return this.#decide('accept', id);
  }

  reject(id: string): Promise<void> {
    return this.#decide('reject', id);
  }

  /** What was recorded before an error comes first, then the error, once. */
  async *#iterate(): AsyncGenerator<RoomRecord, undefined, undefined> {
    this.#ended ??= this.#run();
    this.#ended.catch(() => {});
    for await (const record of this.#records) {
      this.#regulate();
      yield record;
    }
    await this.#ended;
  }

  async #run(): Promise<void> {
    const signal = this.#signal;
    const onAbort = () => {
      this.#drop();
      this.#stop.abort(new AbortError(signal?.reason));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      await this.#room.run(this.#stop.signal);
      if (!this.#isReturned) throw this.#stop.signal.reason;
    } catch (error) {
      this.#stop.abort(error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#records.push(null);
    }
  }

  #take(notice: Notice): void {
    if (notice.kind === 'link') {
      if (notice.link.state === 'live') this.#live.open();
      else this.#live.shut();
    }
    // A heartbeat says that nothing happened: not while there is something to read.
    if (notice.kind === 'heartbeat' && this.#records.readableLength > 0) return;
    const record = this.#maker.make(notice);
    if (record === null || this.#stop.signal.aborted) return;
    this.#records.push(record);
    this.#regulate();
  }

  async #decide(decision: Decision, id: string): Promise<void> {
    checkId(id);
    this.#requests++;
    this.#regulate();
    try {
      await this.#untilLive();
      const outcome = await this.#room.decide(decision, id);
      if (!outcome.ok) throw refused(this.#room.label, `to ${decision} "${id}"`, outcome.reason, ANSWER_HINT);
    } catch (error) {
      const { aborted, reason } = this.#stop.signal;
      if (aborted) throw reason;
      if (error instanceof TrueConfFilesError) throw error;
      const message = `The Room was asked to ${decision} "${id}", and it is not known whether it did: ${describeFault(error)}.`;
      throw new TrueConfFilesError('lost', message, 'Ask again once the link is back.', { cause: error });
    } finally {
      this.#requests--;
      this.#regulate();
    }
  }

  /** Waits for a live link, `LIVE_WITHIN_MS` at most. */
  async #untilLive(): Promise<void> {
    const patience = new AbortController();
    const end = () => patience.abort();
    this.#stop.signal.addEventListener('abort', end, { once: true });
    if (this.#stop.signal.aborted) end();
    try {
      await Promise.race([this.#live.passed(patience.signal), delay(LIVE_WITHIN_MS, patience.signal)]);
    } finally {
      this.#stop.signal.removeEventListener('abort', end);
      end();
    }
  }

  /** Reads from the Room until `FULL_AT` records wait, and again once all of them were taken. */
  #regulate(): void {
    const { readableLength } = this.#records;
    const isFull = this.#isPaused ? readableLength > 0 : readableLength >= FULL_AT;
    const mustPause = isFull && this.#requests === 0;
    if (mustPause === this.#isPaused) return;
    this.#isPaused = mustPause;
    if (mustPause) this.#room.pause();
    else this.#room.resume();
  }

  #drop(): void {
    while (this.#records.read() !== null);
  }
}

const FULL_AT = 1_000;
/** How long a request waits for the link to be live. */
const LIVE_WITHIN_MS = 10_000;
