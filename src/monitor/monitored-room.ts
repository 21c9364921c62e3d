import { ProgramFault } from '../errors.js';
import type { Decision } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import { decide, type Outcome } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import { SYSTEM_CLOCK } from '../room/timers.js';
import { RoomWatcher, type RoomWatcherOptions } from '../room/watcher.js';
import type { Ledger } from '../transfers/ledger.js';
import type { Transfer } from '../transfers/transfer.js';
import { Monitor, type MonitorOptions, type Notice, type Standing } from './monitor.js';

export interface MonitoredRoomOptions extends Omit<RoomWatcherOptions, 'onEntry'>, MonitorOptions {
  /** Whether a heartbeat is emitted each interval, as long as reading is not paused. */
  readonly beats: boolean;
  /** Each entry, before the notices that follow from it. */
  readonly onEntry?: (entry: Entry, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice) => void;
  /**
   * The first listing is done, and its notices were emitted. Called once.
   * @param isWhole `false` where one of the lists did not come
   */
  readonly onListed?: (isWhole: boolean) => void;
}

/** A live Room: its link, what is known of its transfers, heartbeats, and accepting and rejecting on the same link. */
export class MonitoredRoom {
  readonly label: string;
  readonly watcher: RoomWatcher;
  readonly #options: MonitoredRoomOptions;
  readonly #monitor: Monitor;
  #isRestored = false;
  #isListed = false;
  #isWhole = false;
  #isPaused = false;
  /** Aborted by what was thrown while an entry was taken in: it ends this Room, and no other. */
  readonly #fault = new AbortController();

  constructor(options: MonitoredRoomOptions) {
    this.label = options.address.label;
    this.#options = options;
    this.#monitor = new Monitor(options);
    this.watcher = new RoomWatcher({ ...options, onEntry: (entry) => this.#feed(entry) });
  }

  get ledger(): Ledger {
    return this.#monitor.ledger;
  }

  /** What is known now; during `onEntry`, what was known before that entry. */
  get standing(): Standing {
    return this.#monitor.standing;
  }

  /** Takes in a transfer as it was known before the first link: the first listing then reports only differences. */
  restore(transfer: Transfer): void {
    this.#isRestored = true;
    this.ledger.restore(transfer);
  }

  /**
   * Watches until the signal is aborted, and then resolves.
   * @throws TrueConfFilesError as `RoomWatcher.run` does; what `onEntry`, `onNotice` or `onListed` threw
   */
  async run(signal: AbortSignal): Promise<void> {
    const { beats, heartbeatMs, clock = SYSTEM_CLOCK } = this.#options;
    const endBeats = beats ? clock.every(heartbeatMs, () => this.#beat()) : () => {};
    try {
      await this.watcher.run(AbortSignal.any([signal, this.#fault.signal]));
    } finally {
      endBeats();
    }
    const { aborted, reason } = this.#fault.signal;
    if (aborted) throw reason instanceof ProgramFault ? reason.cause : reason;
  }

  pause(): void {
    this.#isPaused = true;
    this.watcher.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.watcher.resume();
  }

  /**
   * Accepts or rejects a request.
   * @throws NoAnswerError; TrueConfFilesError `lost` where there is no live link
   */
  decide(decision: Decision, id: string): Promise<Outcome> {
    return decide(this.watcher, decision, id);
  }

  #beat(): void {
    if (this.#isPaused) return;
    this.#feed({ kind: 'heartbeat', at: Date.now(), connected: this.watcher.isLive });
  }

  #feed(entry: Entry): void {
    try {
      this.#take(entry);
    } catch (error) {
      this.#fault.abort(new ProgramFault(error));
    }
  }

  #take(entry: Entry): void {
    const { onEntry, onNotice, onListed } = this.#options;
    onEntry?.(entry, this.watcher.redactor);
    for (const notice of this.#monitor.feed(this.#compared(entry))) onNotice(notice);
    if (entry.kind === 'listing-answered') this.#isWhole = entry.inbound && entry.outbound;
    if (this.#isListed || entry.kind !== 'link' || entry.link.state !== 'live') return;
    this.#isListed = true;
    onListed?.(this.#isWhole);
  }

  /** Where transfers were restored, the first listing is a comparison, as after a lost link. */
  #compared(entry: Entry): Entry {
    const isFirst = entry.kind === 'listing-asked' && entry.cause === 'snapshot';
    return isFirst && this.#isRestored ? { ...entry, cause: 'resync' } : entry;
  }
}
