import type { Link } from '../room/link.js';
import { encodeToken } from './token.js';

/** The link of a Room as it should be shown. */
export interface ShownLink {
  readonly room: string;
  readonly link: Link;
}

/**
 * What a watcher knows of the relays: the link that each Room's relay told last, and whether anybody still holds the
 * Room. A relay that was killed says nothing any more, and its lease expires. Pure.
 */
export class Presence {
  readonly #rooms = new Map<string, RoomPresence>();
  #held: ReadonlySet<string> | null = null;

  /** A relay told of a Room's link. Gives what to show; `null` where that is shown already. */
  told(room: string, link: Link, isSnapshot: boolean): Link | null {
    const known = this.#rooms.get(room);
    const token = known?.token ?? encodeToken(room);
    const isGone = isSnapshot && link.state !== 'closed' && this.#held !== null && !this.#held.has(token);
    this.#rooms.set(room, { token, link, missed: 0, isGone });
    const isShown = known !== undefined && known.isGone === isGone && (isGone || isSame(known.link, link));
    return isShown ? null : isGone ? GONE : link;
  }

  /** The leases were looked up. Gives the Rooms whose relay came or went since. */
  looked(held: ReadonlySet<string>): readonly ShownLink[] {
    this.#held = held;
    const shown: ShownLink[] = [];
    for (const [room, presence] of this.#rooms) {
      if (held.has(presence.token)) {
        if (presence.isGone) shown.push({ room, link: presence.link });
        presence.missed = 0;
        presence.isGone = false;
      } else if (presence.link.state !== 'closed' && !presence.isGone && ++presence.missed >= MISSED_LOOKS) {
        presence.isGone = true;
        shown.push({ room, link: GONE });
      }
    }
    return shown;
  }

  /** NATS was away: leases could not be renewed meanwhile. */
  forgive(): void {
    this.#held = null;
    for (const presence of this.#rooms.values()) presence.missed = 0;
  }
}

/** A link is a value of plain fields, told in one order. */
function isSame(one: Link, other: Link): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

interface RoomPresence {
  readonly token: string;
  /** As its relay told it last. */
  readonly link: Link;
  missed: number;
  isGone: boolean;
}

/** One look may fall between the end of a lease and its next holder. */
const MISSED_LOOKS = 2;

const GONE: Link = {
  state: 'waiting',
  attempt: 0,
  retryInMs: 5_000,
  reason: 'its relay is gone',
  wasLive: true,
};
