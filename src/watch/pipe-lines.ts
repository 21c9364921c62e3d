import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { codeOf } from '../faults.js';
import { Sink } from '../output/sink.js';
import type { LineFileHandlers, LineWriter } from '../recording/line-file.js';

/** The reader of a pipe took nothing, and the end would not wait for it. */
export class UntakenError extends Error {
  constructor(lines: number) {
    super(`${lines === 1 ? '1 line was' : `${lines} lines were`} not written, as its reader took nothing`);
  }
}

/** Lines on their way through a pipe of their own, or through one that has other lines as well. */
export class PipeLines implements LineWriter {
  isBroken = false;
  readonly #sink: Sink;
  readonly #output: WriteStream | Socket;
  readonly #handlers: LineFileHandlers;

  constructor(output: WriteStream | Socket, handlers: LineFileHandlers) {
    this.#output = output;
    this.#handlers = handlers;
    const { onFull, onDrain } = handlers;
    const onError = (error: Error) => this.#break(error);
    this.#sink = new Sink(output, {
      onFull,
      onDrain,
      onError,
      onGone: () => onError(new Error('its reader went away')),
    });
  }

  write(line: string): void {
    this.#sink.write(line);
  }

  async close(): Promise<void> {
    await this.#sink.flush(AbortSignal.abort());
    this.#sink.dispose();
    const { left } = this.#sink;
    if (left > 0 && !this.isBroken) this.#break(new UntakenError(left));
    const isOwn = !('fd' in this.#output);
    if (isOwn) this.#output.destroy();
  }

  /** A pipe may take long: the end does not wait for it. */
  flushNow(): void {}

  #break(error: Error): void {
    this.isBroken = true;
    this.#handlers.onFault(error);
  }
}

/** Lines that go where a watch writes: it waits for them, and ends as that ends. */
export class SharedLines implements LineWriter {
  readonly isBroken = false;
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(line: string): void {
    this.#sink.write(line);
  }

  async close(): Promise<void> {}

  flushNow(): void {}
}

/**
 * Opens a FIFO to be written, and waits for a reader as a shell does: opened as other files are, one without would block
 * even the end of the process.
 * @throws the system's error; the signal's reason
 */
export async function openFifo(path: string, signal: AbortSignal, onWait: () => void): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return new Socket({ fd, readable: false, writable: true });
    } catch (error) {
      if (codeOf(error) !== 'ENXIO') throw error;
    }
    if (tries === PATIENT_TRIES) onWait();
    await delay(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const RETRY_MS = 50;
/** Before it is said that there is no reader. */
const PATIENT_TRIES = 10;
