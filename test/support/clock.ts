import type { Clock } from '../../src/room/timers.js';

interface Timer {
  dueAt: number;
  readonly everyMs: number | null;
  act(): void;
}

/** Time passes when the test says so. */
export class TestClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    return this.#add({ dueAt: this.#now + ms, everyMs: null, act });
  }

  every(ms: number, act: () => void): () => void {
    return this.#add({ dueAt: this.#now + ms, everyMs: ms, act });
  }

  /** Lets time pass: all that is due happens at its time, and with it what follows from it at once. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.dueAt);
      this.#fire(next);
      await new Promise(setImmediate);
    }
    this.#now = end;
    await new Promise(setImmediate);
  }

  /** Time passes while the process sleeps: no timer is in time. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ dueAt }) => dueAt <= end);
    return due.sort((one, other) => one.dueAt - other.dueAt)[0];
  }

  #fire(timer: Timer): void {
    if (timer.everyMs === null) this.#timers.delete(timer);
    else timer.dueAt = this.#now + timer.everyMs;
    timer.act();
  }
}
