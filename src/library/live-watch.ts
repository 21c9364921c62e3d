import { TrueConfFilesError } from '../errors.js';
import type { RoomRecord } from '../output/room-record.js';
import type { Entry } from '../room/entry.js';
import { describeFault } from '../room/faults.js';
import { Gate } from '../room/gate.js';
import { type Response, respond } from '../room/respond.js';
import { delay } from '../room/timers.js';
import { RoomWatcher, type RoomWatcherOptions } from '../room/watcher.js';
import type { Selection } from '../transfers/selection.js';
import { reasonOf, refused } from '../visit/refusal.js';
import { AbortError } from './abort-error.js';
import { Queue } from './queue.js';
import { Teller } from './teller.js';
import type { RoomWatch } from './watch-room.js';

/** A watcher whose records wait for whoever iterates. It begins with the first record asked for. */
export class LiveWatch implements RoomWatch {
  readonly #options: Omit<RoomWatcherOptions, 'onEntry'>;
  readonly #signal: AbortSignal | undefined;
  readonly #watcher: RoomWatcher;
  readonly #teller: Teller;
  readonly #records = new Queue<RoomRecord>(() => this.#regulate());
  /** The one way to end. */
  readonly #stop = new AbortController();
  /** Open while the link is live. */
  readonly #live = new Gate();
  /** Resolves when everything has ended; `null` before it began. */
  #ended: Promise<void> | null = null;
  #isFull = false;
  #isPaused = false;
  /** Requests under way: their answers must be read, however many records wait. */
  #requests = 0;

  constructor(
    options: Omit<RoomWatcherOptions, 'onEntry'>,
    selection: Selection,
    signal: AbortSignal | undefined,
  ) {
    this.#options = options;
    this.#signal = signal;
    this.#teller = new Teller(options.address.label, selection);
    this.#watcher = new RoomWatcher({ ...options, onEntry: (entry) => this.#feed(entry) });
    this.#live.shut();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RoomRecord, undefined>> {
    this.#ended ??= this.#run();
    return this.#records.next();
  }

  async return(): Promise<IteratorResult<RoomRecord, undefined>> {
    this.#records.end();
    this.#records.clear();
    this.#stop.abort(new AbortError('the watch was ended'));
    this.#ended ??= Promise.resolve();
    await this.#ended;
    return { done: true, value: undefined };
  }

  accept(id: string): Promise<void> {
    return this.#respond('accept', id);
  }

  reject(id: string): Promise<void> {
    return this.#respond('reject', id);
  }

  /** Watches to the end. Never rejects: what it ended with is told to whoever asks for the next record. */
  async #run(): Promise<void> {
    const signal = this.#signal;
    const onAbort = () => {
      this.#records.clear();
      this.#stop.abort(new AbortError(signal?.reason));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    const beat = setInterval(() => this.#beat(), this.#options.heartbeatMs);
    try {
      await this.#watcher.run(this.#stop.signal);
      this.#records.clear();
      this.#records.end({ error: this.#stop.signal.reason });
    } catch (error) {
      this.#records.end({ error });
      this.#stop.abort(error);
    } finally {
      clearInterval(beat);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #feed(entry: Entry): void {
    if (entry.kind === 'link') {
      if (entry.link.state === 'live') this.#live.open();
      else this.#live.shut();
    }
    const records = this.#teller.tell(entry);
    if (this.#stop.signal.aborted) return;
    for (const record of records) this.#records.push(record);
  }

  /** Silence is told where it is silence: not while there is something to read. */
  #beat(): void {
    if (this.#records.size > 0 || this.#isPaused) return;
    this.#feed({ kind: 'heartbeat', at: Date.now(), connected: !this.#live.isShut });
  }

  async #respond(response: Response, id: string): Promise<void> {
    this.#requests++;
    this.#regulate();
    try {
      await this.#untilLive();
      const answer = await respond(this.#watcher, response, id);
      if (answer.result) return;
      const reason = reasonOf(answer, this.#watcher.redactor);
      throw refused(this.#options.address.label, `to ${response} "${id}"`, reason, null);
    } catch (error) {
      const { aborted, reason } = this.#stop.signal;
      if (aborted) throw reason;
      if (error instanceof TrueConfFilesError) throw error;
      const message = `The Room was asked to ${response} "${id}", and it is not known whether it did: ${describeFault(error)}.`;
      throw new TrueConfFilesError('lost', message, 'Ask again, once the link is back.', { cause: error });
    } finally {
      this.#requests--;
      this.#regulate();
    }
  }

  /** Waits for a live link, for as long as that may take. */
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

  /** Reads from the Room, or stops reading, by how many records wait. */
  #regulate(): void {
    const { size } = this.#records;
    if (size >= FULL_AT) this.#isFull = true;
    if (size === 0) this.#isFull = false;
    const mustPause = this.#isFull && this.#requests === 0;
    if (mustPause === this.#isPaused) return;
    this.#isPaused = mustPause;
    if (mustPause) this.#watcher.pause();
    else this.#watcher.resume();
  }
}

/** So many records wait for a slow reader before the socket is no longer read; once they are taken, it is again. */
const FULL_AT = 1_000;
/** How long a request waits for the link to be live. */
const LIVE_WITHIN_MS = 10_000;
