import { backoffMs, type Clock, delay, eachOf } from '../room/timers.js';
import { describeNatsFault } from './faults.js';
import type { NatsLink } from './nats-link.js';
import type { Outbox } from './outbox.js';

/** A Room's part in coming back. */
export interface Reconciled {
  reconcile(isNew: boolean, signal: AbortSignal): Promise<void>;
}

export interface RecoveryOptions {
  readonly clock: Clock;
  readonly link: Pick<NatsLink, 'isUp' | 'listen'>;
  readonly outbox: Outbox;
  readonly confirmLeases: () => Promise<void>;
  /** Gives when the stream was made, which tells one that was made anew. */
  readonly ensureStream: () => Promise<string>;
  readonly rooms: () => readonly Reconciled[];
  readonly created: string;
  readonly note: (text: string) => void;
}

/**
 * Brings the relay back after anything went wrong with NATS, by one way: nothing goes out until the stream is there,
 * the leases are confirmed and each Room has compared what the stream holds.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  #created: string;
  #isNew = false;
  #isWanted = false;
  #failures = 0;
  #publishedAt = 0;
  #reason: string | null = null;
  /** Reasons that were said: several may come by turns for as long as NATS is in trouble. */
  readonly #said = new Set<string>();
  #wake: () => void = () => {};

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#created = options.created;
  }

  /** Something went wrong: begin, after a wait that grows while nothing gets through. */
  trouble(error: unknown): void {
    if (this.#options.link.isUp) this.tell(error);
    this.begin();
  }

  /** Stops sending, and comes back as soon as NATS is there. */
  begin(): void {
    this.#options.outbox.suspend();
    this.#isWanted = true;
    this.#wake();
  }

  /** Whether this is the stream that was found last, and no other of its name. */
  isOf({ created }: { readonly created: string }): boolean {
    return created === this.#created;
  }

  /** Says what is wrong, each thing once until all is over. */
  tell(error: unknown): void {
    const reason = describeNatsFault(error);
    this.#reason = reason;
    if (this.#said.has(reason)) return;
    this.#said.add(reason);
    this.#options.outbox.expect();
    this.#options.note(`NATS: ${reason}; trying again`);
  }

  /** What is wrong; `null` where nothing is. */
  get reason(): string | null {
    return this.#reason;
  }

  /** A record was stored: whatever was wrong is over. */
  stored(): void {
    if (this.#reason === null) return;
    this.#reason = null;
    this.#said.clear();
    this.#options.note('NATS: connected again');
  }

  /** Recovers whenever it is wanted, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const stopListening = this.#options.link.listen({
      onDown: (reason) => {
        this.tell(new Error(reason));
        this.begin();
      },
      onUp: () => this.begin(),
    });
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        if (this.#isWanted && this.#options.link.isUp) await this.#recover(signal);
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
      stopListening();
    }
  }

  async #recover(signal: AbortSignal): Promise<void> {
    const { clock, outbox, confirmLeases, ensureStream, rooms, link } = this.#options;
    this.#isWanted = false;
    try {
      if (outbox.published > this.#publishedAt) this.#failures = 0;
      this.#publishedAt = outbox.published;
      if (this.#failures++ > 0)
        await delay(Math.max(MIN_WAIT_MS, backoffMs(this.#failures, 1) / 4), signal, clock);
      await outbox.settled();
      const created = await ensureStream();
      this.#isNew ||= created !== this.#created;
      this.#created = created;
      await confirmLeases();
      await eachOf(rooms(), PARALLEL, (room) => room.reconcile(this.#isNew, signal));
      signal.throwIfAborted();
      // The connection may have been lost again.
      if (this.#isWanted || !link.isUp) return;
      this.#isNew = false;
      const isDone = outbox.waiting === 0;
      outbox.resume();
      // What waits may be refused again.
      if (isDone) this.stored();
    } catch (error) {
      if (signal.aborted) return;
      this.#isWanted = true;
      this.tell(error);
      await delay(MIN_WAIT_MS, signal, clock).catch(() => {});
    }
  }
}

const MIN_WAIT_MS = 250;
/** A relay may hold hundreds of Rooms. */
const PARALLEL = 8;

/** How far a stream reaches, and how long it keeps what it holds. */
export interface StreamReach {
  /** Sequence numbers of the first and the last record. */
  readonly first: number;
  readonly last: number;
  /** Milliseconds; 0 for without limit. */
  readonly maxAgeMs: number;
}

export interface UpkeepOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  /** `null` while there is nothing to publish again. */
  readonly look: () => Promise<StreamReach | null>;
  readonly rooms: () => readonly { refresh(before: number): void }[];
  readonly onFault: (error: unknown) => void;
}

/**
 * Keeps what is true in the stream. Age, size or an operator takes the oldest records away, and with them a Room that
 * has been quiet for long. Whenever some have gone, each Room publishes again what stands in the older half.
 */
export async function keepPresent(options: UpkeepOptions, signal: AbortSignal): Promise<void> {
  const { clock, everyMs, look, rooms, onFault } = options;
  let known: number | null = null;
  while (!signal.aborted) {
    let waitMs = everyMs;
    try {
      const stream = await look();
      if (stream !== null) {
        const { last, maxAgeMs } = stream;
        if (maxAgeMs > 0) waitMs = Math.min(everyMs, maxAgeMs / LOOKS_PER_AGE);
        // An empty stream begins at 0, though its first record will be 1.
        const first = Math.max(1, stream.first);
        if (known !== null && first !== known) {
          const middle = Math.max(first, first + Math.floor((last - first) / 2));
          for (const room of rooms()) room.refresh(middle);
        }
        known = first;
      }
    } catch (error) {
      if (!signal.aborted) onFault(error);
    }
    await delay(waitMs, signal, clock).catch(() => {});
  }
}

const LOOKS_PER_AGE = 4;
