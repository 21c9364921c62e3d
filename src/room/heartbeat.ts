/** What a heartbeat asks of its owner. */
export interface HeartbeatOwner {
  /** Send a protocol ping. */
  ping(): void;
  /** Send a request of the API: it works where a proxy eats pings. */
  ask(): void;
  /** No sign of life for two intervals: give the link up. */
  giveUp(silentMs: number): void;
}

/**
 * Proves a link alive. After an interval without a sign of life it pings, after half an interval more it asks, and
 * after two intervals it gives up. While reading is paused by ourselves nothing is proved and nothing given up; and a
 * check that comes far too late shows that it was this process that slept (`SIGSTOP`, a suspended laptop).
 */
export class Heartbeat {
  readonly #owner: HeartbeatOwner;
  readonly #intervalMs: number;
  #aliveAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #step = 0;

  constructor(owner: HeartbeatOwner, intervalMs: number) {
    this.#owner = owner;
    this.#intervalMs = intervalMs;
    this.#arm();
  }

  /** Anything came from the Room. Cheap, as it is called for each piece. */
  alive(): void {
    this.#aliveAt = performance.now();
    this.#step = 0;
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.alive();
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const dueMs = (STEPS[this.#step] ?? GIVE_UP_AFTER) * this.#intervalMs;
    const inMs = dueMs - (performance.now() - this.#aliveAt);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), Math.max(1, inMs));
  }

  #check(): void {
    const silentMs = performance.now() - this.#aliveAt;
    const dueMs = (STEPS[this.#step] ?? GIVE_UP_AFTER) * this.#intervalMs;
    if (silentMs - dueMs > this.#intervalMs) {
      this.resume();
      return;
    }
    // Where a sign of life came since the timer was set, the timer is only set anew.
    if (silentMs + TIMER_SLACK_MS >= dueMs) {
      this.#step++;
      if (this.#step > STEPS.length) {
        this.#owner.giveUp(silentMs);
        return;
      }
      if (this.#step === 1) this.#owner.ping();
      else this.#owner.ask();
    }
    this.#arm();
  }
}

/** Ping after one interval of silence, ask after one and a half. */
const STEPS: readonly number[] = [1, 1.5];
const GIVE_UP_AFTER = 2;
/** Timers may fire a little early. */
const TIMER_SLACK_MS = 2;
