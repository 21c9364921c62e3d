import { describeFault } from '../faults.js';
import { MonitoredRoom, type MonitoredRoomOptions } from '../monitor/monitored-room.js';
import type { Decision } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import type { Outcome } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import type { Feed, FeedHandlers } from './feed.js';

export interface RoomFeedOptions
  extends Omit<MonitoredRoomOptions, 'beats' | 'onEntry' | 'onNotice' | 'onListed'> {
  /** Sees each entry before what follows from it is shown: for recordings and for debugging. */
  readonly onEntry: (entry: Entry, room: string, redactor: Redactor) => void;
}

/** A Room as a source of notices. */
export class RoomFeed implements Feed {
  readonly label: string;
  readonly #room: MonitoredRoom;

  constructor(options: RoomFeedOptions, handlers: FeedHandlers) {
    const { label } = options.address;
    this.label = label;
    this.#room = new MonitoredRoom({
      ...options,
      beats: true,
      onEntry: (entry, redactor) => options.onEntry(entry, label, redactor),
      onNotice: (notice) => handlers.onNotice(notice, label),
      onListed: (isWhole) => handlers.onListed(isWhole),
    });
  }

  run(signal: AbortSignal): Promise<void> {
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
