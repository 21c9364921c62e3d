import type { Tally } from '../metrics/tally.js';
import type { Notice } from '../monitor/notice.js';
import type { Decision } from '../protocol/requests.js';
import type { Outcome } from '../room/ask.js';
import type { Link } from '../room/entry.js';

export interface FeedHandlers {
  /** Called synchronously and in order. `room` is what the user gave as the Room's address. */
  onNotice(notice: Notice, room: string): void;
  /**
   * What was there at the start was told. Said once.
   * @param isWhole `false` where a list did not come: nothing is not the same as nothing known
   */
  onListed(isWhole: boolean): void;
}

/** Where notices come from: a Room, a recording, or a relay that shares what it sees of Rooms. */
export interface Feed {
  /** What the user gave: the Room's name until notices come with names of their own. */
  readonly label: string;
  /**
   * Gives notices until the signal is aborted or there are no more, and then resolves.
   * @throws TrueConfFilesError where it ends otherwise
   */
  run(signal: AbortSignal): Promise<void>;
  /** Whether it tells of this Room; without it, of the one that `label` names. */
  tells?(room: string): boolean;
  /** Stops reading, for as long as what came can't be written. */
  pause(): void;
  resume(): void;
  /** Accepts or rejects a request. Never throws. */
  decide(decision: Decision, room: string, id: string): Promise<Outcome>;
}

/** What can be held back. */
export interface Held {
  pause(): void;
  resume(): void;
}

/** Holds back what feeds several outputs while any of them is full. */
export class Flow {
  readonly #held: Held;
  readonly #full = new Set<object>();

  constructor(held: Held) {
    this.#held = held;
  }

  /** What one output says when it is full, and when it has room again. */
  gate(): { readonly onFull: () => void; readonly onDrain: () => void } {
    const gate = {
      onFull: () => {
        this.#full.add(gate);
        if (this.#full.size === 1) this.#held.pause();
      },
      onDrain: () => {
        if (this.#full.delete(gate) && this.#full.size === 0) this.#held.resume();
      },
    };
    return gate;
  }
}

/** Handlers of a Room's feed that count as well. What is counted does not depend on what is shown. */
export function metered(handlers: FeedHandlers, tally: Tally | null): FeedHandlers {
  if (tally === null) return handlers;
  return {
    ...handlers,
    onNotice(notice, room) {
      tally.notice(notice, room);
      handlers.onNotice(notice, room);
    },
  };
}

/** Handlers of a feed that tells of a NATS server under its address, and of Rooms that relays hold. */
export function meteredRelay(handlers: FeedHandlers, tally: Tally | null, server: string): FeedHandlers {
  if (tally === null) return handlers;
  return {
    ...handlers,
    onNotice(notice, room) {
      if (room !== server) tally.toldNotice(notice, room);
      else if (notice.kind === 'link') tally.server(server, whyDown(notice.link));
      handlers.onNotice(notice, room);
    },
  };
}

function whyDown(link: Link): string | null {
  if (link.state === 'live') return null;
  return 'reason' in link ? link.reason : 'connecting';
}
