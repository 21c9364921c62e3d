import { faultReport, TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Shown } from '../monitor/monitor.js';
import { changeLine, toLine } from '../records/line.js';
import { shownRecord } from '../records/record.js';
import { safeText } from './text.js';

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
  /** Lines that have not reached the system. */
  left = 0;
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
    this.left++;
    this.#held.push(line);
    this.#heldUnits += line.length;
    if (this.#isFull) return;
    if (this.#heldUnits >= ENOUGH_UNITS) this.#writeHeld();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#writeInTurn);
    }
  }

  /**
   * Resolves when all lines have reached the system, or never can. The one place that decides how long output may hold
   * up an end: a few seconds once `hurry` is aborted.
   */
  flush(hurry: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let limit: NodeJS.Timeout | undefined;
      const onHurry = () => {
        limit = setTimeout(done, LINGER_MS);
      };
      const done = () => {
        clearTimeout(limit);
        hurry.removeEventListener('abort', onHurry);
        resolve();
      };
      this.#onFlushed.push(done);
      hurry.addEventListener('abort', onHurry, { once: true });
      if (hurry.aborted) onHurry();
      this.#settle();
    });
  }

  /** Takes the listeners off the stream; later faults are ignored. */
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
    const lines = this.#held.length;
    this.#held = [];
    this.#heldUnits = 0;
    this.#unwritten++;
    const hasRoom = this.#output.write(text, (error) => this.#written(lines, error));
    if (hasRoom || this.#isBroken) return;
    this.#isFull = true;
    this.#handlers.onFull?.();
  }

  #written(lines: number, error?: Error | null): void {
    this.#unwritten--;
    // The stream's own event comes later, and a flush that ends here must know of the fault.
    if (error) this.#onError(error);
    else {
      this.left -= lines;
      this.#settle();
    }
  }

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
    // Nothing more is written, so what was paused may go on.
    if (this.#isFull) this.#handlers.onDrain?.();
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

/** How long a reader that takes nothing may hold up an end. */
const LINGER_MS = 3_000;

/** Lines that a reader did not take in time. */
export function linesLost(left: number): TrueConfFilesError {
  const what = left === 1 ? '1 line was' : `${left} lines were`;
  return new TrueConfFilesError(
    'output',
    `${what} not written: the reader of stdout took nothing for ${LINGER_MS / 1_000} s.`,
  );
}

/** What a pipe takes at once. In one turn many times as much may come: held until its end, it would outlive its use. */
const ENOUGH_UNITS = 65_536;

/** Where notices go: a table, lines or records. A view never talks to a Room. */
export interface View {
  /** `room` is what the user gave as the Room's address; `null` for a warning that concerns no Room. */
  show(notice: Shown, room: string | null): void;
  /**
   * Keeps the terminal free for a question, until the function that it gives is called; `null` where the view has
   * the terminal already. Views without it never take the terminal.
   */
  hold?(): (() => void) | null;
  /** Gives the terminal back. Safe to call twice. */
  close(): Promise<void>;
}

/** One record per line (NDJSON). */
export class JsonView implements View {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  show(...[notice, room]: Parameters<View['show']>): void {
    if ((notice.kind === 'transfer' || notice.kind === 'progress') && room !== null) {
      this.#sink.write(changeLine(notice, room));
      return;
    }
    const record = shownRecord(notice, room);
    if (record !== null) this.#sink.write(toLine(record));
  }

  async close(): Promise<void> {}
}

/** A stream that can't be written, as the ending it is. */
export function outputFault(error: Error): TrueConfFilesError {
  return new TrueConfFilesError('output', `stdout can't be written: ${fileFault(error)}.`);
}

/** Why one of several feeds ended, for a person. */
export function endingOf(error: unknown): string {
  if (error instanceof TrueConfFilesError) {
    return safeText(error.hint === null ? error.message : `${error.message} ${error.hint}`);
  }
  return faultReport(error)
    .map((line) => safeText(line))
    .join('\n');
}
