import { CONFERENCE_ID, ODD_NAMES, PEERS, PLAIN_NAMES, type Random } from './names.js';
import type { NewRequest, RoomEvent, RoomState, SimulatedTransfer } from './room-state.js';

/** Requests waiting or under way that the traffic aims at. */
const FEW_ACTIVE = 5;
const MANY_ACTIVE = 10;

/** What is kept after it has ended before some of it is deleted now and then. */
const ENDED_KEPT = 40;

/** Files left on the disk before deleted requests always take theirs along. */
const MAX_FILES = 100;

/** Tries at finding something that moves, before a step gives up. */
const TRIES = 12;

/**
 * Lively traffic, one step at a time: requests come, are accepted or not, move at their own pace, end, are deleted.
 * The same seed and the same steps give the same events.
 */
export class Traffic {
  readonly #random: Random;
  readonly #maxTransfers: number;
  readonly #newRequestId: () => string;
  /** Percent a step, by request id. */
  readonly #paces = new Map<string, number>();
  /** Exact progress, by request id; the wire has whole percents. */
  readonly #exact = new Map<string, number>();

  /** @param maxTransfers held at once; beyond it, old ended ones are deleted */
  constructor(random: Random, maxTransfers: number, newRequestId: () => string = random.uuid) {
    this.#random = random;
    this.#maxTransfers = maxTransfers;
    this.#newRequestId = newRequestId;
  }

  /** Fills an empty Room with what happened before anyone looked. */
  furnish(state: RoomState, now: number): void {
    for (const status of [3, 3, 0, 2, 2, 1] as const) {
      const minutesAgo = this.#random.int(1, 90);
      const request = this.#request(now - minutesAgo * 60_000);
      this.#begin(state, request);
      if (status !== 1) state.setStatus(request.id, status);
      if (status === 2) this.#moveTo(state, request.id, this.#random.int(5, 60));
    }
  }

  /**
   * Lets one thing happen; most steps give one event, some two.
   * @param now milliseconds since 1970
   * @param others requests that proceed by themselves, and are left alone
   */
  step(state: RoomState, now: number, others: ReadonlySet<string>): readonly RoomEvent[] {
    this.#forgetGone(state);
    const { transfers } = state;
    const ended = transfers.filter((one) => !isActive(one));
    const oldest = ended[0];
    const isFull = transfers.length >= this.#maxTransfers;
    if (oldest !== undefined && (isFull || (ended.length > ENDED_KEPT && this.#random.chance(0.05)))) {
      const removedFromDisk = this.#random.chance(0.3) || state.files.length > MAX_FILES;
      return state.delete(oldest.id, removedFromDisk);
    }
    const active = transfers.filter(isActive);
    if (!isFull && this.#random.chance(startChance(active.length)))
      return this.#begin(state, this.#request(now));

    const [first, ...rest] = active.filter((one) => !others.has(one.id));
    if (first === undefined) return isFull ? [] : this.#begin(state, this.#request(now));
    for (let tries = 0; tries < TRIES; tries += 1) {
      const events = this.#advance(state, this.#random.pick([first, ...rest]));
      if (events.length > 0) return events;
    }
    return [];
  }

  #request(now: number): TrafficRequest {
    const random = this.#random;
    const peer = random.pick(PEERS);
    const inConference = random.chance(0.25);
    const isOutbound = random.chance(0.4);
    const toAll = isOutbound && inConference;
    return {
      isOutbound,
      id: this.#newRequestId(),
      name: random.pick(random.chance(0.3) ? ODD_NAMES : PLAIN_NAMES),
      size: this.#size(),
      peerId: toAll ? null : peer.id,
      peerName: toAll ? null : peer.name,
      conferenceId: inConference ? CONFERENCE_ID : null,
      createdAt: now,
    };
  }

  #begin(state: RoomState, { isOutbound, ...request }: TrafficRequest): readonly RoomEvent[] {
    this.#paces.set(request.id, this.#pace(request.size));
    if (!isOutbound) return state.receive(request);
    return state.send(request, state.store(request.name, request.size).fileId);
  }

  #advance(state: RoomState, transfer: SimulatedTransfer): readonly RoomEvent[] {
    const chance = this.#random.next();
    if (transfer.status === 1) {
      const isInbound = transfer.direction === 'inbound';
      if (chance < 0.35) return isInbound ? state.accept(transfer.id) : state.setStatus(transfer.id, 2);
      if (chance < 0.4) return isInbound ? state.reject(transfer.id) : state.setStatus(transfer.id, 0);
      return [];
    }
    if (chance < 0.006) return state.setStatus(transfer.id, 0);
    const before = this.#exact.get(transfer.id) ?? transfer.percent;
    const pace = this.#paces.get(transfer.id) ?? this.#pace(transfer.size);
    return this.#moveTo(state, transfer.id, before + pace * (0.5 + this.#random.next()));
  }

  #moveTo(state: RoomState, id: string, percent: number): readonly RoomEvent[] {
    const exact = Math.min(100, percent);
    this.#exact.set(id, exact);
    const whole = Math.floor(exact);
    if (whole === state.get(id).percent) return [];
    const moved = state.progress(id, whole);
    return whole < 100 ? moved : [...moved, ...state.setStatus(id, 3)];
  }

  /** Bytes: unknown, small, everyday or big. */
  #size(): number {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.06) return 0;
    if (kind < 0.35) return random.int(1, 200_000);
    if (kind < 0.8) return random.int(200_000, 80_000_000);
    return random.int(80_000_000, 12_000_000_000);
  }

  #pace(size: number): number {
    const random = this.#random;
    if (size < 200_000) return random.int(20, 70);
    return size < 80_000_000 ? random.int(5, 18) : random.int(1, 4);
  }

  /** Requests also go by commands, and nothing may be kept of them. */
  #forgetGone(state: RoomState): void {
    for (const known of [this.#paces, this.#exact]) {
      for (const id of known.keys()) if (state.find(id) === undefined) known.delete(id);
    }
  }
}

interface TrafficRequest extends NewRequest {
  readonly isOutbound: boolean;
}

function isActive(transfer: SimulatedTransfer): boolean {
  return transfer.status === 1 || transfer.status === 2;
}

function startChance(active: number): number {
  if (active < FEW_ACTIVE) return 0.6;
  return active < MANY_ACTIVE ? 0.1 : 0;
}

/** No timer ticks more often; faster rates do more in a tick. */
const SHORTEST_TICK_MS = 10;

/**
 * Calls `act` so many times a second until the signal aborts.
 * @param rate a second, above 0
 */
export function startTicking(rate: number, act: () => void, signal: AbortSignal): void {
  const tickMs = Math.max(SHORTEST_TICK_MS, 1_000 / rate);
  const perTick = (rate * tickMs) / 1_000;
  let due = 0;
  const timer = setInterval(() => {
    for (due += perTick; due >= 1; due -= 1) act();
  }, tickMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
