import type { TrueConfFilesError } from '../errors.js';
import { Monitor, type MonitorOptions, type Notice } from '../monitor/monitor.js';
import { decode } from '../protocol/decode.js';
import { Redactor } from '../protocol/secrets.js';
import type { Recordings } from '../recording/open.js';
import type { Player } from '../recording/player.js';
import type { Item } from '../recording/source.js';
import type { Outcome } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import { type Feed, type FeedHandlers, fromElsewhere, type Tap } from './feed.js';

export interface ReplayFeedOptions {
  /** What is played: shown as the name of a Room where the recording names none. */
  readonly label: string;
  readonly source: Pick<Recordings, 'take' | 'more'>;
  readonly player: Player;
  readonly monitor: MonitorOptions;
  /** Rooms that the recording names; `null` for messages without a time and a Room. */
  readonly rooms: readonly string[] | null;
  /** Whether a notice changes what is shown: a step ends with it. */
  readonly isChange: (notice: Notice, room: string) => boolean;
  /** Whether to stay after the end, until the signal. */
  readonly stays: boolean;
  /** Whether messages count as listed from the start: else at their end. */
  readonly listsFirst: boolean;
  /** What the end of the recording means where it comes before what was waited for; `null` for an ordinary end. */
  readonly endsAs: TrueConfFilesError | null;
  readonly taps: readonly Tap[];
}

/** A recording as a source of notices: the same entries through the same monitors as when it was made. */
export class ReplayFeed implements Feed {
  readonly label: string;
  readonly #options: ReplayFeedOptions;
  readonly #redactor = new Redactor();
  #handlers: FeedHandlers | null = null;
  readonly #monitors = new Map<string, Monitor>();
  readonly #unlisted: Set<string>;
  /** Rooms whose link has not been closed. */
  readonly #open: Set<string>;
  /** Whether every list that was answered came as a whole. */
  #isWhole = true;
  /** When what was played last had happened. */
  #at: number;

  constructor(options: ReplayFeedOptions) {
    this.label = options.label;
    this.#options = options;
    this.#at = options.player.now();
    this.#unlisted = new Set(options.rooms);
    this.#open = new Set(options.rooms ?? [options.label]);
  }

  async run(handlers: FeedHandlers, signal: AbortSignal): Promise<void> {
    this.#handlers = handlers;
    const { stays, endsAs } = this.#options;
    this.#begin();
    const unplayed = await this.#playAll(signal);
    if (!signal.aborted) this.#finish();
    if (stays && !signal.aborted) await unlessAborted(new Promise<void>(() => {}), signal);
    if (signal.aborted) await this.#close(unplayed);
    else if (endsAs !== null) throw endsAs;
  }

  covers(): boolean {
    return true;
  }

  pause(): void {
    this.#options.player.hold();
  }

  resume(): void {
    this.#options.player.release();
  }

  async decide(): Promise<Outcome> {
    return { ok: false, reason: 'this is a recording' };
  }

  #begin(): void {
    const { rooms, listsFirst } = this.#options;
    if (rooms !== null) return;
    this.#give({ kind: 'link', at: this.#at, link: { state: 'live', attempt: 1 } }, this.label);
    if (listsFirst) this.#handlers?.onListed(true);
  }

  /** The end of what there is to play. */
  #finish(): void {
    const { rooms, listsFirst, player } = this.#options;
    if (rooms === null) {
      if (!listsFirst) this.#handlers?.onListed(true);
      const link = { state: 'closed', reason: `${this.label} has ended` } as const;
      this.#give({ kind: 'link', at: Date.now(), link }, this.label);
    }
    player.end();
  }

  /** Plays until the end, or the signal: then gives what was taken and not played. */
  async #playAll(signal: AbortSignal): Promise<Item | null> {
    const { source } = this.#options;
    while (!signal.aborted) {
      const item = source.take();
      if (item === undefined) {
        if (!(await unlessAborted(source.more(), signal))) return null;
      } else if (!(await this.#play(item, signal))) return item;
    }
    return null;
  }

  /** @returns whether it was played: not where a signal came first */
  async #play(item: Item, signal: AbortSignal): Promise<boolean> {
    const { player, rooms } = this.#options;
    const isEntry = item.kind === 'entry';
    const at = isEntry ? item.entry.at : rooms === null ? Date.now() : this.#at;
    if (!(await player.until(at, signal))) return false;
    if (isEntry) this.#giveRecorded(item.entry, item.room);
    else if (item.kind === 'fault') {
      const { code, message } = item;
      this.#give({ kind: 'warning', at, code, message }, rooms?.[0] ?? this.label);
    } else {
      const { text } = item;
      this.#give({ kind: 'received', at, text, message: decode(text) }, this.label);
    }
    return true;
  }

  #giveRecorded(entry: Entry, room: string): void {
    this.#give(entry.kind === 'link' ? { ...entry, link: fromElsewhere(entry.link) } : entry, room);
  }

  #give(entry: Entry, room: string): void {
    const { taps, isChange, player } = this.#options;
    this.#at = entry.at;
    if (entry.kind === 'listing-answered') this.#isWhole &&= entry.inbound && entry.outbound;
    for (const tap of taps) tap.entry?.(entry, room, this.#redactor);
    const monitor = this.#monitors.get(room) ?? new Monitor(this.#options.monitor);
    this.#monitors.set(room, monitor);
    for (const notice of monitor.feed(entry)) {
      this.#handlers?.onNotice(notice, room);
      if (isChange(notice, room)) player.changed();
    }
    if (entry.kind !== 'link') return;
    const { state } = entry.link;
    if (state === 'closed') this.#open.delete(room);
    else this.#open.add(room);
    // A Room that was given up will never be listed.
    if (state === 'live' || state === 'closed') this.#listed(room);
  }

  #listed(room: string): void {
    if (this.#unlisted.delete(room) && this.#unlisted.size === 0) this.#handlers?.onListed(this.#isWhole);
  }

  /**
   * A watch that has done what it was asked for closes its links, and a recording of it ends with that; where the
   * recording goes on, each link is closed here and now.
   */
  async #close(unplayed: Item | null): Promise<void> {
    const { source } = this.#options;
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), LOOK_AHEAD_MS);
    try {
      for (let item = unplayed ?? source.take(); this.#open.size > 0; item = source.take()) {
        if (item === undefined) {
          if (!(await unlessAborted(source.more(), late.signal))) break;
        } else if (goesOn(item)) break;
        else if (item.kind === 'entry') this.#giveRecorded(item.entry, item.room);
      }
    } finally {
      clearTimeout(deadline);
    }
    for (const room of [...this.#open]) {
      this.#give({ kind: 'link', at: this.#at, link: { state: 'closed', reason: 'stopped' } }, room);
    }
  }
}

/** Whether an item shows that the watch that was recorded had not come to its end: then nothing is read any more. */
function goesOn(item: Item): boolean {
  if (item.kind !== 'entry') return item.kind === 'message';
  const { entry } = item;
  return entry.kind === 'received' || (entry.kind === 'link' && BEGINNINGS.has(entry.link.state));
}

/** An ending link may still take a step, but neither begins nor waits for the next. */
const BEGINNINGS: ReadonlySet<string> = new Set(['connecting', 'live', 'waiting']);

/** What a promise gives, or `null` where the signal is aborted first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const LOOK_AHEAD_MS = 1_000;
