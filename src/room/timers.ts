/** Time, as heartbeats, deadlines, backoff and leases see it. Tests give a clock that they move. */
export interface Clock {
  /** Milliseconds that never go back, and are no time of day. */
  now(): number;
  /** Does something once. Returns what cancels it. */
  after(ms: number, act: () => void): () => void;
  /** Does something each interval. Returns what ends it. */
  every(ms: number, act: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, act) => {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  },
};

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function delay(ms: number, signal: AbortSignal, clock: Clock = SYSTEM_CLOCK): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Rejects with the signal's reason when it is aborted; never resolves. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** What a promise gives within a time; `undefined` where it takes longer. Its rejection is passed on. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Does something for each, in order and so many at a time. */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
}

/** A deadline that stands still while reading is paused, and then begins anew. */
export class Deadline {
  readonly #ms: number;
  readonly #onPassed: () => void;
  readonly #clock: Clock;
  #cancel = () => {};

  constructor(ms: number, onPassed: () => void, clock: Clock = SYSTEM_CLOCK) {
    this.#ms = ms;
    this.#onPassed = onPassed;
    this.#clock = clock;
    this.start();
  }

  start(): void {
    this.stop();
    this.#cancel = this.#clock.after(this.#ms, this.#onPassed);
  }

  stop(): void {
    this.#cancel();
  }
}

/**
 * How long to wait before the next try: exponential, with full jitter, so that many watchers of a Room that comes
 * back do not all dial at once.
 * @param failures tries that failed in a row, from 1
 * @param random from 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, MAX_DOUBLINGS));
  return Math.round(ceiling * random);
}

/** A link that was live for so long counts as good: the next loss begins with short waits again. */
export const STABLE_MS = 10_000;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const MAX_DOUBLINGS = 16;

/** Lets work pass while it is open, as it is at first. */
export class Gate {
  readonly #waiting = new Set<() => void>();
  #isShut = false;

  get isShut(): boolean {
    return this.#isShut;
  }

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    for (const go of this.#waiting) go();
  }

  /** Resolves as soon as it is open; rejects with the signal's reason as soon as that is aborted. */
  async passed(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#isShut) await called(this.#waiting, signal);
  }
}

/** Resolves once the function that it puts among those waiting is called; rejects with the signal's reason. */
function called(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      waiting.delete(go);
      signal?.removeEventListener('abort', onAbort);
    };
    const go = () => {
      end();
      resolve();
    };
    const onAbort = () => {
      end();
      reject(signal?.reason);
    };
    waiting.add(go);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Lets only `most` things go on at a time, in the order in which they came. One that takes longer than `longestMs` gives
 * its place up and goes on, so that it holds up no others for long.
 */
export class Turns {
  readonly #most: number;
  readonly #longestMs: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(most: number, longestMs: number) {
    this.#most = most;
    this.#longestMs = longestMs;
  }

  /** Does it once its turn comes. Rejects as it does, or with the signal's reason where that is aborted before. */
  async take<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#taken < this.#most) this.#taken++;
    else await called(this.#waiting, signal);
    let hasPlace = true;
    const giveUp = () => {
      clearTimeout(limit);
      if (!hasPlace) return;
      hasPlace = false;
      const [next] = this.#waiting;
      if (next === undefined) this.#taken--;
      else next();
    };
    const limit = setTimeout(giveUp, this.#longestMs);
    try {
      return await act();
    } finally {
      giveUp();
    }
  }
}

/** What a heartbeat asks of its owner. */
export interface HeartbeatOwner {
  /** When anything last came from the Room, by its clock. Asked when it matters, not told for each piece. */
  heardAt(): number;
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
  readonly #clock: Clock;
  /** When the silence began that is measured. */
  #aliveAt: number;
  #cancel = () => {};
  #step = 0;

  constructor(owner: HeartbeatOwner, intervalMs: number, clock: Clock = SYSTEM_CLOCK) {
    this.#owner = owner;
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#aliveAt = clock.now();
    this.#arm();
  }

  resume(): void {
    this.#beginAt(this.#clock.now());
    this.#arm();
  }

  /** For good, or until `resume`. */
  stop(): void {
    this.#cancel();
  }

  #arm(): void {
    const dueMs = (STEPS[this.#step] ?? GIVE_UP_AFTER) * this.#intervalMs;
    const inMs = dueMs - (this.#clock.now() - this.#aliveAt);
    this.#cancel();
    this.#cancel = this.#clock.after(Math.max(1, inMs), () => this.#check());
  }

  #beginAt(at: number): void {
    this.#aliveAt = at;
    this.#step = 0;
  }

  #check(): void {
    const heardAt = this.#owner.heardAt();
    if (heardAt > this.#aliveAt) this.#beginAt(heardAt);
    const silentMs = this.#clock.now() - this.#aliveAt;
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
