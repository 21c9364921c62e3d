/** Times as fast as it happened, or as fast as it can be shown. */
export type Speed = Playback['speed'];

/**
 * The clock of a recording. It says when it is time for what was seen at a moment, and what time it is in the
 * recording; it can be paused, stepped, and held while what was played can't be written.
 */
export class Player {
  /** Told of every change. */
  onPlayback: (playback: Playback) => void = () => {};
  #speed: Speed;
  /** Where the clock stands before the first moment; `null` where what is played happens only now. */
  readonly #startsAt: number | null;
  /** The last moment of the recording; `null` where that is not known. */
  readonly #endsAt: number | null;
  #state: Playback['state'] = 'playing';
  #isStepping = false;
  #isHeld = false;
  /** The latest moment that was played, milliseconds since 1970; `null` before the first. */
  #playedAt: number | null = null;
  /** A moment of the recording, and when it was played by the process's own clock. */
  #anchor = { at: 0, playedAt: 0 };
  #wake = () => {};
  #turnBeganAt = performance.now();

  constructor(speed: Speed, startsAt: number | null, endsAt: number | null = null) {
    this.#speed = startsAt === null ? 'max' : speed;
    this.#startsAt = startsAt;
    this.#endsAt = endsAt;
  }

  get playback(): Playback {
    return { state: this.#state, speed: this.#speed, startsAt: this.#startsAt, endsAt: this.#endsAt };
  }

  /** The time in the recording, milliseconds since 1970. */
  now(): number {
    if (this.#startsAt === null && this.#isRunning) return Date.now();
    const playedAt = this.#playedAt ?? this.#startsAt ?? Date.now();
    if (this.#playedAt === null || !this.#isRunning || this.#speed === 'max') return playedAt;
    return Math.max(playedAt, this.#runningTo(this.#speed));
  }

  /**
   * Resolves when it is time for what was seen at `at`.
   * @returns whether it is to be played: not where the signal has ended it
   */
  async until(at: number, signal: AbortSignal): Promise<boolean> {
    if (this.#playedAt === null || at < this.#playedAt) this.#anchorAt(at);
    while (!signal.aborted) {
      const leftMs = this.#leftMs(at);
      if (leftMs !== null && leftMs < SLACK_MS) break;
      await this.#sleep(leftMs, signal);
      this.#turnBeganAt = performance.now();
    }
    if (performance.now() - this.#turnBeganAt > TURN_MS) await this.#giveWay();
    if (signal.aborted) return false;
    this.#playedAt = at;
    return true;
  }

  /** What was played changed what is shown: a step ends with it. */
  changed(): void {
    this.#isStepping = false;
  }

  /** Nothing more is to be played. */
  end(): void {
    this.#isStepping = false;
    this.#become('ended');
  }

  togglePause(): void {
    if (this.#state === 'ended') return;
    const at = this.now();
    this.#become(this.#state === 'playing' ? 'paused' : 'playing');
    this.#anchorAt(at);
  }

  /** Stands still where it plays. */
  pause(): void {
    if (this.#state === 'playing') this.togglePause();
  }

  /** Plays at the next speed up or down; messages without times have none. */
  changeSpeed(by: 1 | -1): void {
    if (this.#startsAt === null || this.#state === 'ended') return;
    const at = this.now();
    this.#speed = nextSpeed(this.#speed, by);
    this.#anchorAt(at);
    this.#become(this.#state);
  }

  /** Plays on to the next change at once, and pauses there. */
  step(): void {
    if (this.#state === 'ended') return;
    this.#isStepping = true;
    this.#become('paused');
  }

  /** Stands still, for as long as what was played can't be written. */
  hold(): void {
    this.#anchorAt(this.now());
    this.#isHeld = true;
  }

  release(): void {
    this.#anchorAt(this.now());
    this.#isHeld = false;
    this.#wake();
  }

  get #isRunning(): boolean {
    return this.#state === 'playing' && !this.#isHeld;
  }

  #become(state: Playback['state']): void {
    this.#state = state;
    this.#wake();
    this.onPlayback(this.playback);
  }

  /** How long until it is time: `null` for as long as it stands still. */
  #leftMs(at: number): number | null {
    if (this.#isHeld) return null;
    if (this.#isStepping) return 0;
    if (this.#state === 'paused') return null;
    if (this.#speed === 'max') return 0;
    return (at - this.#runningTo(this.#speed)) / this.#speed;
  }

  #runningTo(speed: number): number {
    return this.#anchor.at + (performance.now() - this.#anchor.playedAt) * speed;
  }

  #anchorAt(at: number): void {
    this.#playedAt = at;
    this.#anchor = { at, playedAt: performance.now() };
  }

  #sleep(ms: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // A timer of the system can't be longer; the loop around this sleeps again.
      const timer = ms === null ? undefined : setTimeout(() => this.#wake(), Math.min(ms, MAX_TIMER_MS));
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wake = () => {};
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets what was played be written, and keys and signals come through. */
  async #giveWay(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnBeganAt = performance.now();
  }
}

const SPEEDS: readonly number[] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** The next of the usual speeds; above the fastest of them there is none but as fast as can be. */
function nextSpeed(speed: Speed, by: 1 | -1): Speed {
  if (speed === 'max') return by > 0 ? speed : (SPEEDS.at(-1) ?? speed);
  if (by > 0) return SPEEDS.find((one) => one > speed) ?? 'max';
  return SPEEDS.findLast((one) => one < speed) ?? speed;
}

const TURN_MS = 8;
/** No timer is more exact. */
const SLACK_MS = 0.5;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How a recording is being played: so many times as fast as it happened, or as fast as it can be shown. */
export interface Playback {
  readonly state: 'playing' | 'paused' | 'ended';
  readonly speed: number | 'max';
  /** The first and the last moment of the recording, milliseconds since 1970; `null` where it is not known. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
}
