import type { Notice } from '../monitor/monitor.js';
import type { Direction } from '../protocol/fields.js';
import type { Event } from '../protocol/message.js';
import { countedName } from '../protocol/other-events.js';
import type { Link } from '../room/entry.js';
import type { ProgressChange, TransferChange } from '../transfers/change.js';
import { hasEnded, type Status, type Transfer } from '../transfers/transfer.js';
import { type FailureReason, failureReason, MAX_BYTES, type Usage } from './usage.js';

/** The link as the records name it. */
export const LINK_STATES = ['connecting', 'connected', 'disconnected', 'closed'] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** What is counted of one Room. Nothing in it grows with the number of transfers that have ended. Pure. */
export class RoomTally {
  /** How often a transfer came into a status since the start, by direction and status. */
  readonly changes = new Map<Direction, Map<Status, number>>();
  /** Bytes moved since the start. */
  readonly bytes = new Map<Direction, number>();
  /** How often a transfer did not arrive since the start, by the reason. */
  readonly failures = new Map<FailureReason, number>();
  /** Frames that came from the Room and could not be read. */
  framesRefused = 0;
  /** Events that came, by name; all that are not documented under `other`. */
  readonly events = new Map<string, number>();
  /** `appState`; `null` until it is known. */
  state: number | null = null;
  /** How often the link came back. */
  reconnects = 0;
  /** `null` if it was not reported, or another relay holds the Room. */
  link: Link | null = null;
  #wasLive = false;
  readonly #active = new Map<string, Active>();
  readonly #usage: Usage;

  /** @param usage what is counted of all Rooms together */
  constructor(usage: Usage) {
    this.#usage = usage;
  }

  event(message: Event): void {
    const name = countedName(message);
    this.events.set(name, (this.events.get(name) ?? 0) + 1);
  }

  take(notice: Notice): void {
    switch (notice.kind) {
      case 'transfer':
        this.#transfer(notice);
        return;
      case 'progress':
        this.#progress(notice);
        return;
      case 'removed':
        if (this.#active.delete(notice.key)) this.#fail('removed');
        return;
      case 'link':
        this.#setLink(notice.link);
        return;
      case 'state':
        this.state = notice.code;
        return;
      case 'availability':
      case 'warning':
      case 'heartbeat':
        return;
    }
  }

  /** Transfers that have not ended. */
  get active(): ReadonlyMap<Direction, number> {
    const active = new Map<Direction, number>();
    for (const { direction } of this.#active.values())
      active.set(direction, (active.get(direction) ?? 0) + 1);
    return active;
  }

  get linkState(): LinkState | null {
    return this.link === null ? null : stateOf(this.link);
  }

  /** Another relay holds the Room now: what was counted stays, what is there now is for the other to tell. */
  release(): void {
    this.link = null;
    this.state = null;
    this.#wasLive = false;
    this.#active.clear();
  }

  #transfer({ at, transfer, origin, previousStatus }: TransferChange): void {
    const { key, direction, status } = transfer;
    const since = this.#active.get(key)?.since ?? null;
    this.#follow(transfer, origin !== 'snapshot', origin === 'event');
    // The first listing does not count: it happened before this process.
    if (origin === 'snapshot') return;
    if (hasEnded(status)) {
      // When a listed transfer ended is not known.
      this.#usage.ended(transfer, status, origin === 'event' && since !== null ? at - since : null);
      const reason = failureReason(status, previousStatus);
      if (reason !== null) this.#fail(reason);
    }
    const statuses = this.changes.get(direction) ?? new Map<Status, number>();
    this.changes.set(direction, statuses.set(status, (statuses.get(status) ?? 0) + 1));
  }

  #progress({ transfer }: ProgressChange): void {
    // A late report says nothing of a transfer that has ended.
    if (!hasEnded(transfer.status)) this.#follow(transfer, true, false);
  }

  #fail(reason: FailureReason): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }

  /** @param isNew whether one that was not known before has just been requested */
  #follow(transfer: Transfer, counts: boolean, isNew: boolean): void {
    const { key, direction, status, createdAt, firstSeenAt } = transfer;
    const known = this.#active.get(key);
    const before = known?.moved ?? 0;
    // By our own clock where it was seen, as that of the Room may be wrong.
    const sawRequest = isNew && status === 'waiting';
    const since = known === undefined ? (sawRequest ? firstSeenAt : createdAt) : known.since;
    const moved = Math.max(before, bytesMoved(transfer));
    if (counts) this.bytes.set(direction, (this.bytes.get(direction) ?? 0) + moved - before);
    if (hasEnded(transfer.status)) this.#active.delete(key);
    else this.#active.set(key, { direction, moved, since });
  }

  #setLink(link: Link): void {
    this.link = link;
    if (link.state !== 'live') return;
    if (this.#wasLive) this.reconnects++;
    this.#wasLive = true;
  }
}

function stateOf({ state }: Link): LinkState {
  switch (state) {
    case 'connecting':
    case 'signing-in':
    case 'listing':
      return 'connecting';
    case 'live':
      return 'connected';
    case 'waiting':
      return 'disconnected';
    case 'closed':
      return 'closed';
  }
}

/** Strangers choose the numbers: none may make the sum useless. */
function bytesMoved({ status, size, bytes }: Transfer): number {
  const told = status === 'complete' ? (size ?? bytes ?? 0) : (bytes ?? 0);
  return Math.max(0, Math.min(told, size ?? MAX_BYTES, MAX_BYTES));
}

/** A transfer that has not ended. */
interface Active {
  readonly direction: Direction;
  readonly moved: number;
  /** When it was requested, milliseconds since 1970; `null` where that is not known. */
  readonly since: number | null;
}
