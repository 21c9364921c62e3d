import { EventEmitter, once } from 'node:events';
import { TrueConfFilesError } from '../../errors.js';
import { Monitor } from '../../monitor/monitor.js';
import type { Notice } from '../../monitor/notice.js';
import type { Redactor } from '../../protocol/redactor.js';
import type { Entry } from '../../room/entry.js';
import { NoAnswerError } from '../../room/no-answer.js';
import { RoomWatcher, type RoomWatcherOptions } from '../../room/watcher.js';
import type { Ledger } from '../../transfers/ledger.js';

export interface StayOptions
  extends Pick<RoomWatcherOptions, 'address' | 'credentials' | 'role' | 'askCredentials'> {
  readonly onEntry: (entry: Entry, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice) => void;
}

/** One stay at a Room, from dialling to leaving: it lets us in and lists what it holds, something is done, and that is all. */
export class Stay {
  readonly room: RoomWatcher;
  /** Why a list did not come, a sentence for each that did not. */
  readonly listingFaults: string[] = [];
  readonly #options: StayOptions;
  readonly #monitor = new Monitor({ keep: Number.MAX_SAFE_INTEGER });
  readonly #heard = new EventEmitter();
  #isListed = false;

  constructor(options: StayOptions) {
    this.#options = options;
    this.room = new RoomWatcher({
      ...options,
      heartbeatMs: HEARTBEAT_MS,
      wait: false,
      reconnect: false,
      takeover: false,
      onEntry: (entry) => this.#feed(entry),
    });
  }

  get ledger(): Ledger {
    return this.#monitor.ledger;
  }

  /**
   * @param act is given a signal that is aborted with the link's end, too
   * @throws TrueConfFilesError; the signal's reason
   */
  async run<T>(act: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const stop = new AbortController();
    const over = new AbortController();
    const ended = this.room.run(AbortSignal.any([signal, stop.signal])).then(
      () => over.abort(signal.reason),
      (error: unknown) => over.abort(error),
    );
    try {
      while (!this.#isListed && !over.signal.aborted) await Promise.race([ended, once(this.#heard, 'entry')]);
      over.signal.throwIfAborted();
      return await act(AbortSignal.any([signal, over.signal]));
    } catch (error) {
      if (error instanceof TrueConfFilesError) throw error;
      // What the end of the link cut short fails by that: the link itself tells the cause.
      if (!this.room.isLive) await ended;
      over.signal.throwIfAborted();
      throw error instanceof NoAnswerError ? unanswered(error, this.#options.address.label) : error;
    } finally {
      stop.abort();
      await ended;
    }
  }

  /** What `find` gives once it gives something, tried whenever the Room says something; `null` after a while. */
  async hears<T>(find: () => T | null): Promise<T | null> {
    const patience = AbortSignal.timeout(HEARING_MS);
    for (;;) {
      const found = find();
      if (found !== null || patience.aborted) return found;
      await once(this.#heard, 'entry', { signal: patience }).catch(() => {});
    }
  }

  #feed(entry: Entry): void {
    const { onEntry, onNotice } = this.#options;
    onEntry(entry, this.room.redactor);
    for (const notice of this.#monitor.feed(entry)) onNotice(notice);
    if (entry.kind === 'warning' && entry.code === LISTING_FAILED) this.listingFaults.push(entry.message);
    if (entry.kind === 'link' && entry.link.state === 'live') this.#isListed = true;
    this.#heard.emit('entry');
  }
}

function unanswered(error: NoAnswerError, label: string): TrueConfFilesError {
  const hint = 'Try again; a Room that is older than the request may not know it.';
  return new TrueConfFilesError('unreachable', `No answer from ${label}: ${error.message}.`, hint);
}

/** The warning's code; what it means is for each command to say. */
export const LISTING_FAILED = 'listing-failed';
const HEARTBEAT_MS = 15_000;
/** What follows from a request follows at once, or not at all. */
const HEARING_MS = 1_000;
