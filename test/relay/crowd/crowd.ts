import type { RoomSimulator } from '../../../src/simulator/index.js';
import { BusyRoom } from './busy-room.js';

/** How much happens. */
export interface Bustle {
  /** In each Room, in all. */
  readonly events: number;
  /** In each Room. */
  readonly perSecond: number;
  /** Whether what has ended is deleted now and then; if not given, it is. */
  readonly deletes?: boolean;
}

/** Rooms in which much happens at once, at a pace. What is done to their relay is timed by how much has happened. */
export class Crowd {
  readonly #rooms: readonly BusyRoom[];
  readonly #bustle: Bustle;
  #waiting: { readonly events: number; readonly go: () => void }[] = [];

  constructor(rooms: readonly RoomSimulator[], bustle: Bustle, seed: number) {
    this.#rooms = rooms.map((room, nth) => new BusyRoom(room, seed + nth, bustle.deletes ?? true));
    this.#bustle = bustle;
  }

  /** Lets everything happen, at its pace. */
  async bustle(): Promise<void> {
    const { events, perSecond } = this.#bustle;
    const startedAt = performance.now();
    const timer = setInterval(() => {
      const due = Math.min(events, ((performance.now() - startedAt) * perSecond) / 1_000);
      for (const room of this.#rooms) while (room.told < Math.floor(due)) room.step();
      const [happened, waiting] = [this.#happened, this.#waiting];
      this.#waiting = waiting.filter((one) => one.events > happened);
      for (const one of waiting) if (one.events <= happened) one.go();
    }, TICK_MS);
    try {
      await this.reached(1);
    } finally {
      clearInterval(timer);
    }
  }

  /** Resolves once this share of everything has happened. */
  reached(share: number): Promise<void> {
    const events = Math.floor(share * this.#bustle.events);
    if (this.#happened >= events) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ events, go }));
  }

  /** The status of each transfer that a Room holds now. */
  get held(): ReadonlyMap<string, string> {
    return new Map(this.#rooms.flatMap(({ held }) => [...held]));
  }

  /** What each transfer went through. */
  get steps(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.#rooms.flatMap(({ steps }) => [...steps]));
  }

  /** In each Room. */
  get #happened(): number {
    return this.#rooms[0]?.told ?? 0;
  }
}

const TICK_MS = 10;
