/** The part of a writable stream that a sink uses. */
export interface Output {
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'drain', listener: () => void): unknown;
  off(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
}

export interface SinkHandlers {
  /** The stream is full: what feeds the sink should stop until `onDrain`. */
  onFull?: () => void;
  onDrain?: () => void;
  /** The reader went away (`EPIPE`): an ordinary ending. */
  onGone?: () => void;
  /** Any other fault of the stream, such as a full disk. */
  onError?: (error: Error) => void;
}

/**
 * Lines on their way to a stream: written once per turn of the event loop, or as soon as there are enough for a write
 * of their own, and held while the stream is full.
 */
export class Sink {
  /** Lines taken so far. */
  taken = 0;
  readonly #output: Output;
  readonly #handlers: SinkHandlers;
  #held: string[] = [];
  #heldUnits = 0;
  #isScheduled = false;
  #isFull = false;
  #isBroken = false;
  #onFlushed: (() => void)[] = [];
  #unwritten = 0;

  constructor(output: Output, handlers: SinkHandlers = {}) {
    this.#output = output;
    this.#handlers = handlers;
    output.on('error', this.#onError);
    output.on('drain', this.#onDrain);
  }

  write(line: string): void {
    if (this.#isBroken) return;
    this.taken++;
    this.#held.push(line);
    this.#heldUnits += line.length;
    if (this.#isFull) return;
    if (this.#heldUnits >= ENOUGH_UNITS) this.#writeHeld();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#writeInTurn);
    }
  }

  /** Resolves when all lines have reached the system, or never can. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFlushed.push(resolve);
      this.#settle();
    });
  }

  /** Takes the listeners off the stream; faults after this are nobody's. */
  dispose(): void {
    this.#output.off('drain', this.#onDrain);
  }

  readonly #writeInTurn = (): void => {
    this.#isScheduled = false;
    this.#writeHeld();
  };

  #writeHeld(): void {
    if (this.#isFull || this.#isBroken || this.#held.length === 0) return;
    const text = this.#held.join('');
    this.#held = [];
    this.#heldUnits = 0;
    this.#unwritten++;
    const hasRoom = this.#output.write(text, this.#onWritten);
    if (hasRoom || this.#isBroken) return;
    this.#isFull = true;
    this.#handlers.onFull?.();
  }

  readonly #onWritten = (error?: Error | null): void => {
    this.#unwritten--;
    // The stream's own event follows, but whoever waits for the flush must know of the fault by then.
    if (error) this.#onError(error);
    else this.#settle();
  };

  readonly #onDrain = (): void => {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#writeHeld();
    if (!this.#isFull) this.#handlers.onDrain?.();
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#held = [];
    this.#settle();
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') this.#handlers.onGone?.();
    else this.#handlers.onError?.(error);
  };

  #settle(): void {
    if (!this.#isBroken && (this.#held.length > 0 || this.#unwritten > 0)) return;
    const waiting = this.#onFlushed;
    this.#onFlushed = [];
    for (const resolve of waiting) resolve();
  }
}

/** What a pipe takes at once. In one turn many times as much may come: held until its end, it would outlive its use. */
const ENOUGH_UNITS = 65_536;
