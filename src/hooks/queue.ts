export interface QueueOptions {
  /** How many jobs run at once. */
  readonly jobs: number;
  /** More jobs wait than should: what adds them is to be held back until `onDrain`. */
  readonly onFull: () => void;
  readonly onDrain: () => void;
}

/** Work that never fails. */
export type Job = () => Promise<void>;

/** Runs jobs, some at once; those of one key one after the other, in the order in which they were added. */
export class JobQueue {
  readonly #options: QueueOptions;
  /** Jobs that wait, by key. A key that is here and does not run is in `#ready`. */
  readonly #waiting = new Map<string, Job[]>();
  readonly #running = new Set<string>();
  #ready: string[] = [];
  #nextReady = 0;
  #size = 0;
  #isFull = false;
  #onIdle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** How many jobs wait. */
  get size(): number {
    return this.#size;
  }

  add(key: string, job: Job): void {
    const others = this.#waiting.get(key);
    if (others !== undefined) others.push(job);
    else {
      this.#waiting.set(key, [job]);
      if (!this.#running.has(key)) this.#ready.push(key);
    }
    this.#size++;
    this.#start();
    if (this.#isFull || this.#size < FULL_AT) return;
    this.#isFull = true;
    this.#options.onFull();
  }

  /** Drops the jobs that wait. */
  clear(): void {
    this.#waiting.clear();
    this.#ready = [];
    this.#nextReady = 0;
    this.#size = 0;
  }

  /** Resolves once nothing runs and nothing waits. */
  async idle(): Promise<void> {
    if (this.#running.size === 0 && this.#size === 0) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #start(): void {
    while (this.#running.size < this.#options.jobs) {
      const key = this.#takeReady();
      const jobs = key === null ? undefined : this.#waiting.get(key);
      const job = jobs?.shift();
      if (key === null || jobs === undefined || job === undefined) return;
      if (jobs.length === 0) this.#waiting.delete(key);
      this.#size--;
      this.#running.add(key);
      void job().finally(() => this.#ended(key));
    }
  }

  #ended(key: string): void {
    this.#running.delete(key);
    if (this.#waiting.has(key)) this.#ready.push(key);
    this.#start();
    if (this.#isFull && this.#size <= DRAINED_AT) {
      this.#isFull = false;
      this.#options.onDrain();
    }
    if (this.#running.size > 0 || this.#size > 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }

  /** Taking from the front of a long array would cost its length each time. */
  #takeReady(): string | null {
    const key = this.#ready[this.#nextReady];
    if (key === undefined) return null;
    this.#nextReady++;
    if (this.#nextReady >= COMPACT_AT) {
      this.#ready = this.#ready.slice(this.#nextReady);
      this.#nextReady = 0;
    }
    return key;
  }
}

const FULL_AT = 64;
const DRAINED_AT = 16;
const COMPACT_AT = 1_000;
