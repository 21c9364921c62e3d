import type { Notice } from '../monitor/monitor.js';
import { safeText } from '../output/text.js';
import type { Problem, RelayCounts } from '../relay/inspection.js';
import type { Entry } from '../room/entry.js';
import { keyAmongRooms } from '../transfers/transfer.js';
import { RoomTally } from './room-tally.js';
import { Usage } from './usage.js';

/** What is known of a NATS server. */
export interface ServerTally {
  /** Why it is not there; `null` where it is. */
  reason: string | null;
  reconnects: number;
  /** Messages that were no records. */
  refused: number;
  wasUp: boolean;
}

/**
 * All that is counted, and what is up or down. Pure: takes notices and entries, and is read for each scrape.
 */
export class Tally {
  /** By the value of their label. */
  readonly rooms = new Map<string, RoomTally>();
  /** By what the user gave as their address. */
  readonly servers = new Map<string, ServerTally>();
  /** How often each problem has begun, by reason. */
  readonly problemCounts = new Map<string, number>();
  #problems: readonly Problem[] = [];
  /** What is counted of all Rooms together. */
  readonly usage = new Usage();
  readonly #own = new Map<string, RoomTally>();
  readonly #maxTold: number;
  #told = 0;
  #relay: () => RelayCounts = () => NOTHING_RELAYED;

  /** @param maxTold Rooms held by others that have a label of their own */
  constructor(maxTold = MAX_TOLD_ROOMS) {
    this.#maxTold = maxTold;
  }

  /** The Rooms whose links this process answers for, by what the user gave as their address. */
  get own(): ReadonlyMap<string, RoomTally> {
    return this.#own;
  }

  /** Something happened at a Room of this process. */
  entry(entry: Entry, room: string): void {
    if (isRefusal(entry)) this.#ownRoom(room).framesRefused++;
    if (entry.kind === 'received' && 'event' in entry.message) this.#ownRoom(room).event(entry.message);
  }

  /** A notice of a Room of this process. */
  notice(notice: Notice, room: string): void {
    this.#ownRoom(room).take(notice);
  }

  /** A notice of a Room that another process holds: strangers choose its name, and how many there are. */
  toldNotice(notice: Notice, room: string): void {
    const label = labelOf(room);
    const known = this.rooms.get(label);
    if (known !== undefined) known.take(notice);
    else if (this.#told < this.#maxTold) {
      this.#told++;
      this.#make(label).take(notice);
    } else this.#toldOfOther(notice, room);
  }

  /** Another process holds the Room now. */
  release(room: string): void {
    this.#own.get(room)?.release();
    this.#own.delete(room);
  }

  /** @param reason why the server is not there, a sentence; `null` where it is */
  server(server: string, reason: string | null): void {
    const tally = this.#serverOf(server);
    tally.reason = reason;
    if (reason !== null) return;
    if (tally.wasUp) tally.reconnects++;
    tally.wasUp = true;
  }

  /** Problems there are now. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  set problems(problems: readonly Problem[]) {
    for (const { reason } of problems) {
      if (this.#problems.some((known) => known.reason === reason)) continue;
      this.problemCounts.set(reason, (this.problemCounts.get(reason) ?? 0) + 1);
    }
    this.#problems = problems;
  }

  recordRefused(server: string): void {
    this.#serverOf(server).refused++;
  }

  /** Says where the relay's own counts are. */
  countRelay(counts: () => RelayCounts): void {
    this.#relay = counts;
  }

  get relayCounts(): RelayCounts {
    return this.#relay();
  }

  /** Keys are a Room's own, and the links of many are no state. */
  #toldOfOther(notice: Notice, room: string): void {
    const others = this.rooms.get(OTHER_ROOMS) ?? this.#make(OTHER_ROOMS);
    if (notice.kind === 'transfer' || notice.kind === 'progress') {
      const { transfer } = notice;
      others.take({ ...notice, transfer: { ...transfer, key: keyAmongRooms(room, transfer.key) } });
    } else if (notice.kind === 'removed') others.take({ ...notice, key: keyAmongRooms(room, notice.key) });
  }

  #ownRoom(room: string): RoomTally {
    const known = this.#own.get(room);
    if (known !== undefined) return known;
    const label = labelOf(room);
    const tally = this.rooms.get(label) ?? this.#make(label);
    this.#own.set(room, tally);
    return tally;
  }

  #make(label: string): RoomTally {
    const tally = new RoomTally(this.usage);
    this.rooms.set(label, tally);
    return tally;
  }

  #serverOf(server: string): ServerTally {
    const known = this.servers.get(server);
    if (known !== undefined) return known;
    const tally: ServerTally = { reason: 'not reached yet', reconnects: 0, refused: 0, wasUp: false };
    this.servers.set(server, tally);
    return tally;
  }
}

function labelOf(room: string): string {
  return safeText(room, MAX_LABEL_UNITS);
}

function isRefusal(entry: Entry): boolean {
  if (entry.kind === 'received') return entry.message.kind === 'unreadable';
  return entry.kind === 'warning' && (entry.code === 'binary-frame' || entry.code === 'frame-too-large');
}

/** Each Room has some 25 series, which Prometheus has to store. */
const MAX_TOLD_ROOMS = 1_000;
/** Stands for all further Rooms; no address of a Room looks like it. */
export const OTHER_ROOMS = '(other)';
const MAX_LABEL_UNITS = 200;
const NOTHING_RELAYED: RelayCounts = {
  published: 0,
  waiting: 0,
  leftOut: 0,
  cut: 0,
  dropped: 0,
  held: 0,
};
