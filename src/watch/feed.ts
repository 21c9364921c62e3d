import { describeFault } from '../faults.js';
import type { Tally } from '../metrics/tally.js';
import type { Notice, Standing } from '../monitor/monitor.js';
import { MonitoredRoom, type MonitoredRoomOptions } from '../monitor/monitored-room.js';
import type { Decision } from '../protocol/requests.js';
import type { Redactor, Secret } from '../protocol/secrets.js';
import { SameRoomError } from '../room/address.js';
import type { Outcome } from '../room/ask.js';
import type { Entry, Link } from '../room/entry.js';

/** Something to watch: a Room, a NATS server where relays share Rooms, or a recording. */
export interface Target {
  /** What the user gave as its address. */
  readonly label: string;
  feed(context: FeedContext): Feed;
}

/** What a feed gets from the watch that it is part of. */
export interface FeedContext {
  readonly taps: readonly Tap[];
  /** Asks the user for the credentials of a Room; `null` if they gave none, or can't be asked. */
  ask(room: string, signal: AbortSignal): Promise<Secret | null>;
}

/** Sees what a feed takes in, before any of it is shown: metrics, a recording, debugging. */
export interface Tap {
  /** Before the first entry of a Room to which this process connects: what will be known of it, whenever it is asked. */
  room?(room: string, standing: () => Standing): void;
  /** Something happened at a Room to which this process is connected, or in a recording of one. */
  entry?(entry: Entry, room: string, redactor: Redactor): void;
  /** @param origin who reports it: a Room of this process, a relay, or the link to the NATS server `room` itself */
  notice?(notice: Notice, room: string, origin: 'room' | 'relay' | 'server'): void;
  /** A message from a NATS server was dropped, as it is not a record. */
  refused?(server: string): void;
}

/** Where notices come from. */
export interface Feed {
  /** What the user gave: the Room's name until notices come with names of their own. */
  readonly label: string;
  /**
   * Reports notices until the signal is aborted or there are no more, and then resolves.
   * @throws TrueConfFilesError where it ends otherwise
   */
  run(handlers: FeedHandlers, signal: AbortSignal): Promise<void>;
  /** Whether it reports on this Room; without it, on the one that `label` names. */
  covers?(room: string): boolean;
  /** Stops reading while the output is full. */
  pause(): void;
  resume(): void;
  /** Accepts or rejects a request. Never throws. */
  decide(decision: Decision, room: string, id: string): Promise<Outcome>;
}

export interface FeedHandlers {
  /** Called synchronously and in order. `room` is what the user gave as the Room's address. */
  onNotice(notice: Notice, room: string): void;
  /**
   * Everything that was there at the start has been reported. Called once.
   * @param isWhole `false` if a list is missing, so that nothing listed does not mean nothing there
   */
  onListed(isWhole: boolean): void;
}

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
    for (const tap of taps) tap.room?.(label, () => this.#room.standing);
  }

  async run(handlers: FeedHandlers, signal: AbortSignal): Promise<void> {
    this.#handlers = handlers;
    try {
      await this.#room.run(signal);
    } catch (error) {
      if (!(error instanceof SameRoomError)) throw error;
      const { message } = error;
      const code = 'same-room';
      handlers.onNotice({ kind: 'warning', at: Date.now(), code, message, count: 1, id: null }, this.label);
      // What there is at its start is what the other reports.
      handlers.onListed(true);
    }
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

/** Counts what a watch sees. What is counted does not depend on what is shown. */
export function metricsTap(tally: Tally): Tap {
  return {
    entry: (entry, room) => tally.entry(entry, room),
    notice: (notice, room, origin) => {
      if (origin === 'room') tally.notice(notice, room);
      else if (origin === 'relay') tally.toldNotice(notice, room);
      else if (notice.kind === 'link') tally.server(room, whyDown(notice.link));
    },
    refused: (server) => tally.recordRefused(server),
  };
}

function whyDown(link: Link): string | null {
  if (link.state === 'live') return null;
  return 'reason' in link ? link.reason : 'connecting';
}

/**
 * A link of which a relay or a recording tells, as it is shown. Why it ended is to be said then: of its own links this
 * process says so as it ends.
 */
export function fromElsewhere(link: Link): Link {
  return link.state === 'closed' ? { ...link, wasElsewhere: true } : link;
}

/** What can be paused. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** Pauses what feeds several outputs while any of them is full. */
export class Flow {
  readonly #source: Pausable;
  readonly #full = new Set<object>();

  constructor(source: Pausable) {
    this.#source = source;
  }

  /** For one output: what to call when it is full, and when it has drained. */
  gate(): { readonly onFull: () => void; readonly onDrain: () => void } {
    const gate = {
      onFull: () => {
        this.#full.add(gate);
        if (this.#full.size === 1) this.#source.pause();
      },
      onDrain: () => {
        if (this.#full.delete(gate) && this.#full.size === 0) this.#source.resume();
      },
    };
    return gate;
  }
}
