import { describeFault } from '../faults.js';
import { MonitoredRoom, type MonitoredRoomOptions } from '../monitor/monitored-room.js';
import type { Decision } from '../protocol/requests.js';
import type { Outcome } from '../room/ask.js';
import type { Feed, FeedHandlers, Tap } from './feed.js';

export interface RoomFeedOptions
  extends Omit<MonitoredRoomOptions, 'beats' | 'onEntry' | 'onNotice' | 'onListed'> {
  readonly taps: readonly Tap[];
}

/** A Room as a source of notices. */
export class RoomFeed implements Feed {
  readonly label: string;
  readonly #room: MonitoredRoom;
  #handlers: FeedHandlers | null = null;

  constructor(options: RoomFeedOptions) {
    const { taps } = options;
    const { label } = options.address;
    this.label = label;
    this.#room = new MonitoredRoom({
      ...options,
      beats: true,
      onEntry: (entry, redactor) => {
        for (const tap of taps) tap.entry?.(entry, label, redactor);
      },
      onNotice: (notice) => {
        for (const tap of taps) tap.notice?.(notice, label, 'room');
        this.#handlers?.onNotice(notice, label);
      },
      onListed: (isWhole) => this.#handlers?.onListed(isWhole),
    });
  }

  run(handlers: FeedHandlers, signal: AbortSignal): Promise<void> {
    this.#handlers = handlers;
    return this.#room.run(signal);
  }

  pause(): void {
    this.#room.pause();
  }

  resume(): void {
    this.#room.resume();
  }

  async decide(decision: Decision, _room: string, id: string): Promise<Outcome> {
    try {
      return await this.#room.decide(decision, id);
    } catch (error) {
      return { ok: false, reason: describeFault(error) };
    }
  }
}
