import { describeFault } from '../faults.js';
import { Monitor, type MonitorOptions } from '../monitor/monitor.js';
import type { Decision } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import { decide, type Outcome } from '../room/ask.js';
import type { Entry, Link } from '../room/entry.js';
import { RoomWatcher, type RoomWatcherOptions } from '../room/watcher.js';
import type { Feed, FeedHandlers } from './feed.js';

export interface RoomFeedOptions extends Omit<RoomWatcherOptions, 'onEntry'> {
  readonly monitor: MonitorOptions;
  /** Sees each entry before what follows from it is shown: for recordings and for debugging. */
  readonly onEntry: (entry: Entry, room: string, redactor: Redactor) => void;
}

/** A Room as a source of notices: its link, what is known of its transfers, and a regular heartbeat. */
export class RoomFeed implements Feed {
  readonly label: string;
  readonly #options: RoomFeedOptions;
  readonly #handlers: FeedHandlers;
  readonly #watcher: RoomWatcher;
  readonly #monitor: Monitor;
  #state: Link['state'] = 'connecting';
  #isListed = false;
  #isWhole = false;
  #isPaused = false;

  constructor(options: RoomFeedOptions, handlers: FeedHandlers) {
    this.label = options.address.label;
    this.#options = options;
    this.#handlers = handlers;
    this.#monitor = new Monitor(options.monitor);
    this.#watcher = new RoomWatcher({ ...options, onEntry: (entry) => this.#feed(entry) });
  }

  async run(signal: AbortSignal): Promise<void> {
    const beat = setInterval(() => this.#beat(), this.#options.heartbeatMs);
    try {
      await this.#watcher.run(signal);
    } finally {
      clearInterval(beat);
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#watcher.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#watcher.resume();
  }

  async decide(decision: Decision, _room: string, id: string): Promise<Outcome> {
    try {
      return await decide(this.#watcher, decision, id);
    } catch (error) {
      return { ok: false, reason: describeFault(error) };
    }
  }

  #feed(entry: Entry): void {
    if (entry.kind === 'link') this.#state = entry.link.state;
    if (entry.kind === 'listing-answered') this.#isWhole = entry.inbound && entry.outbound;
    this.#options.onEntry(entry, this.label, this.#watcher.redactor);
    for (const notice of this.#monitor.feed(entry)) this.#handlers.onNotice(notice, this.label);
    if (this.#isListed || this.#state !== 'live') return;
    this.#isListed = true;
    this.#handlers.onListed(this.#isWhole);
  }

  /** While the output is full nothing can be told anyway. */
  #beat(): void {
    if (this.#isPaused) return;
    this.#feed({ kind: 'heartbeat', at: Date.now(), connected: this.#state === 'live' });
  }
}
