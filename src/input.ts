import { constants, createReadStream, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * Opens a file to be read. A FIFO into which nothing writes would block an ordinary open, and with it even the end of
 * the process: it is opened without waiting, and read like a socket.
 * @throws the system's error, here or while it is read
 */
export async function openInput(path: string): Promise<Readable> {
  const isFifo = (await stat(path)).isFIFO();
  if (!isFifo) return createReadStream(path);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** What is read is longer than it may be. */
class TooLongError extends Error {
  constructor(maxBytes: number) {
    super(`it is longer than ${maxBytes} bytes`);
  }
}

/**
 * Reads an input to its end.
 * @throws TooLongError; the signal's reason as soon as it is aborted, also where nothing comes; the system's error
 */
export async function readInput(input: Readable, signal: AbortSignal, maxBytes: number): Promise<Buffer> {
  const stop = () => input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    signal.throwIfAborted();
    for await (const chunk of input) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > maxBytes) throw new TooLongError(maxBytes);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    input.destroy();
  }
}

/** Reads a file to its end, as `openInput` and `readInput` do. */
export async function readInputFile(path: string, signal: AbortSignal, maxBytes: number): Promise<Buffer> {
  return readInput(await openInput(path), signal, maxBytes);
}
