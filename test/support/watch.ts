import { EventEmitter, once } from 'node:events';
import { afterEach } from 'vitest';
import { isChange, Monitor, type Notice } from '../../src/monitor/monitor.js';
import { parseAddress } from '../../src/room/address.js';
import type { Entry, Link } from '../../src/room/entry.js';
import { RoomWatcher, type RoomWatcherOptions } from '../../src/room/watcher.js';
import { told } from './told.js';

export type WatchOptions = Partial<Omit<RoomWatcherOptions, 'address' | 'onEntry'>>;

/** How a Room without a PIN is watched. */
export const USUAL = {
  credentials: null,
  role: null,
  heartbeatMs: 15_000,
  wait: false,
  reconnect: true,
  takeover: false,
} as const;

/** A watcher that runs, with everything that it told; waits for what a test needs, never for a time. */
export class Watch {
  readonly entries: Entry[] = [];
  readonly notices: Notice[] = [];
  readonly monitor = new Monitor();
  readonly watcher: RoomWatcher;
  readonly signal: AbortSignal;
  /** Resolves when the watch has ended: with its error, or `null` where it was stopped. */
  readonly ended: Promise<unknown>;
  /** Called with each entry, as it comes. */
  onEntry: (entry: Entry) => void = () => {};
  readonly #stop = new AbortController();
  #hasEnded = false;
  readonly #news = new EventEmitter().setMaxListeners(0);

  constructor(url: string, options: WatchOptions = {}) {
    this.watcher = new RoomWatcher({
      address: parseAddress(url),
      ...USUAL,
      random: () => 0,
      ...options,
      onEntry: (entry) => this.#take(entry),
    });
    this.signal = this.#stop.signal;
    this.ended = this.watcher
      .run(this.signal)
      .then(
        () => null,
        (error: unknown) => error,
      )
      .finally(() => {
        this.#hasEnded = true;
        this.#news.emit('news');
      });
  }

  /** States of the link so far, in order. */
  get states(): readonly Link['state'][] {
    return this.links.map(({ state }) => state);
  }

  get links(): readonly Link[] {
    return this.entries.flatMap((entry) => (entry.kind === 'link' ? [entry.link] : []));
  }

  /** Codes of the warnings so far, before any throttling. */
  get warnings(): readonly string[] {
    return this.notices.flatMap((notice) => (notice.kind === 'warning' ? [notice.code] : []));
  }

  /** What the ledger told so far, each change in a line. */
  get told(): readonly string[] {
    return this.notices.flatMap((notice) => (isChange(notice) ? [told(notice)] : []));
  }

  /** Waits until it holds; it is tried after each entry. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#hasEnded) throw new Error(`The watch ended before that: ${JSON.stringify(this.links)}`);
      await once(this.#news, 'news');
    }
  }

  /** Waits until the link has been in a state so many times. */
  reached(state: Link['state'], times = 1): Promise<void> {
    return this.until(() => this.states.filter((one) => one === state).length >= times);
  }

  async stop(): Promise<unknown> {
    this.#stop.abort();
    return this.ended;
  }

  #take(entry: Entry): void {
    this.entries.push(entry);
    this.notices.push(...this.monitor.feed(entry));
    this.onEntry(entry);
    this.#news.emit('news');
  }
}

interface Closable {
  close(): Promise<unknown>;
}

/** Watches, and what they watch, that end with the test they were made in. */
export function useWatches() {
  const watches: Watch[] = [];
  const others: Closable[] = [];

  afterEach(async () => {
    await Promise.all(watches.splice(0).map((watch) => watch.stop()));
    await Promise.all(others.splice(0).map((other) => other.close()));
  });

  return {
    watch(url: string, options: WatchOptions = {}): Watch {
      const watch = new Watch(url, options);
      watches.push(watch);
      return watch;
    },
    async use<T extends Closable>(starting: Promise<T>): Promise<T> {
      const started = await starting;
      others.push(started);
      return started;
    },
  };
}
