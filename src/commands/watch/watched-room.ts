import { Monitor } from '../../monitor/monitor.js';
import type { Notice } from '../../monitor/notice.js';
import type { Entry } from '../../room/entry.js';
import type { Link } from '../../room/link.js';
import { RoomWatcher, type RoomWatcherOptions } from '../../room/watcher.js';

export interface WatchedRoomHandlers {
  /** Each entry, before what follows from it is shown. */
  onEntry(entry: Entry, room: WatchedRoom): void;
  onNotice(notice: Notice, room: WatchedRoom): void;
  /** All that follows from one entry has been shown. */
  onSettled(room: WatchedRoom): void;
}

/** One Room of a watch: its link and what is known of its transfers. */
export class WatchedRoom {
  readonly label: string;
  readonly watcher: RoomWatcher;
  readonly monitor = new Monitor();
  readonly #handlers: WatchedRoomHandlers;
  #state: Link['state'] = 'connecting';
  #isListed = false;
  /** When something was last shown, by a clock that never goes back. */
  lastShownAt = performance.now();

  constructor(options: Omit<RoomWatcherOptions, 'onEntry'>, handlers: WatchedRoomHandlers) {
    this.label = options.address.label;
    this.#handlers = handlers;
    this.watcher = new RoomWatcher({ ...options, onEntry: (entry) => this.feed(entry) });
  }

  get state(): Link['state'] {
    return this.#state;
  }

  /** Whether the Room has been signed in to and listed once. */
  get isListed(): boolean {
    return this.#isListed;
  }

  feed(entry: Entry): void {
    if (entry.kind === 'link') {
      this.#state = entry.link.state;
      if (this.#state === 'live') this.#isListed = true;
    }
    this.#handlers.onEntry(entry, this);
    for (const notice of this.monitor.feed(entry)) this.#handlers.onNotice(notice, this);
    this.#handlers.onSettled(this);
  }

  /** Writes a heartbeat where nothing else was shown for an interval. */
  beat(intervalMs: number): void {
    if (performance.now() - this.lastShownAt < intervalMs) return;
    this.feed({ kind: 'heartbeat', at: Date.now(), connected: this.#state === 'live' });
  }
}
