import { DEFAULTS } from '../defaults.js';
import type { Notice } from '../monitor/monitor.js';
import type { WireRecord } from '../records/read.js';
import type { Link } from '../room/entry.js';
import { ByAge, HeldSize } from '../transfers/memory.js';
import { hasEnded, isForward, keyOf, keysOf, type Transfer } from '../transfers/transfer.js';
import { encodeToken } from './subjects.js';

/**
 * Turns records back into notices. It keeps what is known of each transfer, as later records only have its id, and
 * never tells a state twice.
 */
export class Book {
  readonly #rooms = new Map<string, RoomPage>();
  readonly #keep: number;

  /** @param keep ended transfers held at most for each Room; the oldest are dropped first */
  constructor(keep = DEFAULTS.keep) {
    this.#keep = keep;
  }

  /** The Rooms that were reported. */
  get rooms(): IterableIterator<string> {
    return this.#rooms.keys();
  }

  /** What the record tells that is not known yet; `null` where that is nothing. */
  take(record: WireRecord, isSnapshot: boolean): Notice | null {
    const page = this.#pageOf(record.room);
    const { at } = record;
    switch (record.type) {
      case 'transfer':
        return this.#transfer(page, record, isSnapshot);
      case 'progress': {
        const known = meant(page, record.id, (one) => !hasEnded(one.status));
        if (known === null || hasEnded(known.status)) return null;
        const { percent, bytes, bytesPerSecond } = record;
        const transfer = { ...known, progress: percent, bytes, bytesPerSecond, progressAt: at };
        this.#put(page, transfer);
        return { kind: 'progress', at, transfer };
      }
      case 'removed': {
        const { id, reason, removedFromDisk } = record;
        const transfer = meant(page, id, (one) => hasEnded(one.status));
        const key = transfer?.key ?? id;
        this.#drop(page, key);
        // What was removed before the first listing is not reported.
        return isSnapshot && transfer === null
          ? null
          : { kind: 'removed', at, id, key, transfer, reason, removedFromDisk };
      }
      case 'availability':
        if (page.availability === record.code) return null;
        page.availability = record.code;
        return { kind: 'availability', at, code: record.code };
      case 'state':
        if (page.state === record.code) return null;
        page.state = record.code;
        return { kind: 'state', at, code: record.code };
      case 'connection':
        return { kind: 'link', at, link: record.link };
      case 'warning':
        return isSnapshot ? null : record.notice;
    }
  }

  #transfer(
    page: RoomPage,
    record: Extract<WireRecord, { type: 'transfer' }>,
    isSnapshot: boolean,
  ): Notice | null {
    const { at, event } = record;
    const key = keyOf(record.transfer, page.transfers);
    const known = page.transfers.get(key);
    // A stream that was set back holds what was true before.
    if (isSnapshot && known !== undefined && !isForward(known.status, record.transfer.status)) return null;
    const transfer = known === undefined ? { ...record.transfer, key } : followed(known, record.transfer);
    this.#put(page, transfer);
    if (known !== undefined && isSameState(known, record.transfer)) return null;
    if (isSnapshot && known === undefined) {
      return { kind: 'transfer', at, transfer, previousStatus: null, origin: 'snapshot', event: null };
    }
    const { origin, previousStatus } = record;
    return { kind: 'transfer', at, transfer, previousStatus, origin, event };
  }

  #put(page: RoomPage, transfer: Transfer): void {
    const { key } = transfer;
    const held = page.size.fit(transfer);
    page.size.replace(page.transfers.get(key), held);
    page.transfers.set(key, held);
    page.ended.delete(key);
    if (hasEnded(transfer.status)) page.ended.add(key);
    while (page.ended.size > this.#keep || page.size.isOver) {
      const oldest = page.ended.takeOldest();
      if (oldest === null) return;
      this.#drop(page, oldest);
    }
  }

  #drop(page: RoomPage, key: string): void {
    page.size.replace(page.transfers.get(key), null);
    page.transfers.delete(key);
    page.ended.delete(key);
  }

  #pageOf(room: string): RoomPage {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const page: RoomPage = {
      transfers: new Map(),
      ended: new ByAge(),
      size: new HeldSize(this.#keep),
      availability: null,
      state: null,
    };
    this.#rooms.set(room, page);
    return page;
  }
}

interface RoomPage {
  /** By key. */
  readonly transfers: Map<string, Transfer>;
  /** Those that have ended, for letting the oldest go. */
  readonly ended: ByAge<string>;
  readonly size: HeldSize;
  availability: number | null;
  state: number | null;
}

/** The transfer of an id, as records of progress and removal do not tell its direction. @param fits which of two is meant */
function meant({ transfers }: RoomPage, id: string, fits: (one: Transfer) => boolean): Transfer | null {
  const held = keysOf(id).flatMap((key) => transfers.get(key) ?? []);
  return held.find(fits) ?? held[0] ?? null;
}

/** The transfer as the record tells it, with the path that led there. */
function followed(known: Transfer, told: Transfer): Transfer {
  const path = isSameState(known, told) ? known.path : [...known.path.slice(-MAX_STEPS), ...told.path];
  const pace = told.progress === known.progress ? paceOf(known) : {};
  return {
    ...told,
    ...pace,
    key: known.key,
    path,
    omittedSteps: known.omittedSteps,
    firstSeenAt: known.firstSeenAt,
  };
}

function paceOf({ bytes, bytesPerSecond, progressAt }: Transfer) {
  return { bytes, bytesPerSecond, progressAt };
}

function isSameState(known: Transfer, told: Transfer): boolean {
  return known.status === told.status && (told.status !== 'unknown' || known.statusCode === told.statusCode);
}

const MAX_STEPS = 15;

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

  /** A relay reported a Room's link. Gives what to show; `null` where that is shown already. */
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

  /** NATS was away: leases could not be renewed until now. */
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
  reason: 'its relay is down',
  wasLive: true,
};
