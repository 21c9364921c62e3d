/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
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

/** A deadline that stands still while reading is paused, and then begins anew. */
export class Deadline {
  readonly #ms: number;
  readonly #onPassed: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onPassed: () => void) {
    this.#ms = ms;
    this.#onPassed = onPassed;
    this.start();
  }

  start(): void {
    this.stop();
    this.#timer = setTimeout(this.#onPassed, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
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
  /** When anything last came from the Room, by `performance.now()`. Asked when it matters, not told for each piece. */
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
  /** When the silence began that is measured. */
  #aliveAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #step = 0;

  constructor(owner: HeartbeatOwner, intervalMs: number) {
    this.#owner = owner;
    this.#intervalMs = intervalMs;
    this.#arm();
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.#beginAt(performance.now());
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

  #beginAt(at: number): void {
    this.#aliveAt = at;
    this.#step = 0;
  }

  #check(): void {
    const heardAt = this.#owner.heardAt();
    if (heardAt > this.#aliveAt) this.#beginAt(heardAt);
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
