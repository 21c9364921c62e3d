import type { Notice } from '../monitor/monitor.js';
import type { Direction, Peer } from '../protocol/fields.js';
import type { Link } from '../room/entry.js';
import {
  failureAfter,
  type Origin,
  type RemovedChange,
  type RemovedReason,
  type TransferChange,
} from '../transfers/change.js';
import { asHeld } from '../transfers/memory.js';
import { hasEnded, keyOf, keysOf, revisePeer, type Status } from '../transfers/transfer.js';
import { compareTexts, type Known, type Outcome, type OutcomeReason } from './outcome.js';

/** A time in which a Room was not watched, though it had been before. */
export interface Gap {
  readonly room: string;
  readonly from: number;
  /** `null` where the link did not come back. */
  readonly to: number | null;
  /** A sentence or a clause; may quote the Room. */
  readonly why: string;
}

/**
 * One row a transfer, from notices in the order in which they were written. It uses only what records hold, so that a
 * recording, its records and a relay's stream give the same rows. Of each transfer it keeps what its row needs and no more.
 */
export class Rows {
  readonly #rooms = new Map<string, RoomRows>();
  /** Many transfers share a peer: each is held once. */
  readonly #peers = new Map<string, Peer>();
  #size = 0;

  /** How many transfers were seen. */
  get size(): number {
    return this.#size;
  }

  take(notice: Notice, room: string): void {
    if (notice.kind === 'transfer') this.#transfer(this.#roomOf(room), notice);
    else if (notice.kind === 'removed') this.#removed(this.#roomOf(room), notice);
    else if (notice.kind === 'link') this.#roomOf(room).follow(notice.link, notice.at);
    else if (notice.kind === 'warning' && notice.code === LISTING_FAILED) this.#roomOf(room).isListed = false;
  }

  *tracks(): Generator<Track> {
    for (const room of this.#rooms.values()) {
      yield* room.past;
      yield* room.tracks.values();
    }
  }

  /** By Room, in the order of their beginnings. */
  get gaps(): readonly Gap[] {
    return [...this.#rooms.values()].flatMap(({ gaps }) => gaps);
  }

  #transfer(room: RoomRows, { at, transfer, previousStatus, origin }: TransferChange): void {
    const { id, status } = transfer;
    const key = keyOf(transfer, room.tracks);
    let track = room.tracks.get(key);
    if (track !== undefined && isAnother(track, transfer.createdAt)) {
      room.past.push(track);
      track = undefined;
    }
    if (track === undefined) {
      track = newTrack(room, id);
      room.tracks.set(key, track);
      this.#size++;
      if (origin === 'event' && status === 'waiting') track.arrivedAt = at;
    } else if (origin === 'snapshot') {
      // Another watch begins with a listing, which is never newer than an end.
      if (hasEnded(track.status) || track.status === status) {
        this.#learn(track, transfer);
        return;
      }
    }
    this.#learn(track, transfer);
    const isNew = track.seenAt === null;
    track.failure = status === 'failed' ? failureAfter(previousStatus ?? track.status) : null;
    track.seenAt = at;
    track.removed = null;
    track.status = status;
    // What differs from an earlier watch happened between the two.
    track.origin = origin === 'snapshot' && !isNew ? 'resync' : origin;
    if (status === 'processing' && origin === 'event') track.beganAt ??= at;
    track.endedAt = hasEnded(status) && !(isNew && origin === 'snapshot') ? at : null;
  }

  #removed(room: RoomRows, { id, at, reason }: RemovedChange): void {
    // Of one that was never seen there is nothing to report. The record does not have its direction.
    const tracks = keysOf(id).flatMap((key) => room.tracks.get(key) ?? []);
    const ended = tracks.filter(({ status }) => hasEnded(status));
    for (const track of ended.length > 0 ? ended : tracks) {
      track.removed = reason;
      if (!hasEnded(track.status)) track.seenAt = at;
    }
  }

  #learn(track: Track, given: TransferChange['transfer']): void {
    const { direction, name, size, peer, conferenceId, createdAt } = asHeld(given);
    if (direction !== 'unknown') track.direction = direction;
    // An empty name is one, too, but says less than any other.
    track.name = name || (track.name ?? name);
    track.size = size ?? track.size;
    if (peer !== null) track.peer = this.#shared(revisePeer(track.peer, peer) ?? peer);
    track.conferenceId = conferenceId ?? track.conferenceId;
    track.createdAt = createdAt ?? track.createdAt;
  }

  #shared(peer: Peer): Peer {
    const key = `${peer.id ?? ''}\n${peer.name ?? ''}`;
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    this.#peers.set(key, peer);
    return peer;
  }

  #roomOf(name: string): RoomRows {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room = new RoomRows(name);
    this.#rooms.set(name, room);
    return room;
  }
}

/** What is kept of a transfer. There may be millions: a row is made of it only when it is needed. */
export interface Track {
  readonly room: RoomRows;
  readonly id: string;
  direction: Direction;
  status: Status;
  origin: Origin;
  failure: OutcomeReason | null;
  removed: RemovedReason | null;
  name: string | null;
  size: number | null;
  peer: Peer | null;
  conferenceId: string | null;
  createdAt: number | null;
  /** When the request was seen to come. */
  arrivedAt: number | null;
  beganAt: number | null;
  endedAt: number | null;
  /** When its status last changed. */
  seenAt: number | null;
}

function newTrack(room: RoomRows, id: string): Track {
  return {
    room,
    id,
    direction: 'unknown',
    status: 'unknown',
    origin: 'event',
    failure: null,
    removed: null,
    name: null,
    size: null,
    peer: null,
    conferenceId: null,
    createdAt: null,
    arrivedAt: null,
    beganAt: null,
    endedAt: null,
    seenAt: null,
  };
}

/** The transfers of one Room, and its link. */
class RoomRows {
  readonly name: string;
  readonly tracks = new Map<string, Track>();
  /** Removed ones whose id was given to another transfer since: ids before Room 4.1 are small numbers. */
  readonly past: Track[] = [];
  readonly gaps: Gap[] = [];
  /** Whether the lists came the last time they were asked for. */
  isListed = true;
  /** Why it is not known what became of what was open; `null` while the Room is watched. */
  blind: OutcomeReason | null = null;
  #wasLive = false;

  constructor(name: string) {
    this.name = name;
  }

  follow(link: Link, at: number): void {
    switch (link.state) {
      case 'live':
        this.blind = this.isListed ? null : 'not-listed';
        this.isListed = true;
        this.#wasLive = true;
        this.#end(at);
        return;
      case 'waiting':
        this.#lose('connection-lost', at, link.reason);
        return;
      case 'closed':
        // What was stopped on purpose was watched up to then.
        if (link.reason !== STOPPED) this.#lose('watch-ended', at, link.reason);
        return;
      case 'connecting':
        // A watch that was killed says nothing; the next one begins with this.
        if (this.#wasLive && this.blind === null) this.#lose('watch-ended', at, UNSAID);
        return;
      case 'signing-in':
      case 'listing':
        return;
    }
  }

  #lose(reason: OutcomeReason, at: number, why: string): void {
    if (!this.#wasLive) return;
    const last = this.gaps.at(-1);
    if (last === undefined || last.to !== null) this.gaps.push({ room: this.name, from: at, to: null, why });
    this.blind = reason;
  }

  #end(at: number): void {
    const last = this.gaps.at(-1);
    if (last !== undefined && last.to === null) this.gaps[this.gaps.length - 1] = { ...last, to: at };
  }
}

/** Whether a transfer that was removed is followed by another one with its id. */
function isAnother({ removed, createdAt }: Track, created: number | null): boolean {
  if (removed === null || createdAt === null || created === null) return false;
  // Some messages have the time of one request in whole seconds.
  return Math.abs(createdAt - created) >= SECOND_MS;
}

/** The row of a transfer, as it is known now. */
export function outcomeOf(track: Track): Outcome {
  const { id, direction, name, size, peer, conferenceId, createdAt, arrivedAt, beganAt, endedAt } = track;
  const { status, reason, known } = verdictOf(track);
  const waitedUntil = beganAt ?? (track.origin === 'event' ? endedAt : null);
  const tookMs = track.origin === 'event' ? spanOf(beganAt, endedAt) : null;
  const isMeasured = status === 'complete' && tookMs !== null && tookMs > 0 && size !== null;
  return {
    time: timeOf(track),
    room: track.room.name,
    id,
    direction,
    status,
    reason,
    known,
    name,
    size,
    peer,
    conferenceId,
    createdAt,
    beganAt,
    endedAt,
    waitedMs: spanOf(arrivedAt ?? createdAt, waitedUntil),
    tookMs,
    bytesPerSecond: isMeasured ? Math.round((size * 1_000) / tookMs) : null,
  };
}

/** In the order of their times; the rest only makes the order the same whatever they were read from. */
export function compareTracks(one: Track, other: Track): number {
  return (
    timeOf(one) - timeOf(other) ||
    compareTexts(one.room.name, other.room.name) ||
    compareTexts(one.id, other.id)
  );
}

/** When its status last changed; what was so in the first listing is as old as its request. */
function timeOf({ endedAt, origin, removed, createdAt, seenAt }: Track): number {
  const isFirst = endedAt === null && origin === 'snapshot' && removed === null;
  return (isFirst ? createdAt : null) ?? seenAt ?? 0;
}

/** What became of it, as far as it is known. One that has ended keeps its end, whatever came later. */
function verdictOf({ room: { blind }, status, origin, removed, failure }: Track): {
  readonly status: Status;
  readonly reason: OutcomeReason | null;
  readonly known: Known;
} {
  if (hasEnded(status)) return { status, reason: failure, known: origin };
  if (removed !== null) {
    return { status: 'unknown', reason: removed, known: removed === 'gone' ? 'resync' : 'event' };
  }
  if (blind !== null) return { status: 'unknown', reason: blind, known: 'gap' };
  return { status, reason: status === 'unknown' ? 'unknown-status' : null, known: origin };
}

/** A Room's clock may differ from the watcher's: a time is never less than nothing. */
function spanOf(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}

const SECOND_MS = 1_000;
const LISTING_FAILED = 'listing-failed';
const STOPPED = 'stopped';
const UNSAID = 'the watch ended without saying why';
