import { closeSync, constants, fstatSync, ftruncateSync, openSync, write, writeSync } from 'node:fs';
import { sep } from 'node:path';
import { promisify } from 'node:util';
import { NULL_DEVICE } from './names.js';

/** What lines are written to. */
export interface LineWriter {
  write(line: string): void;
  /** Writes what is left, for as long as that is not held up. */
  close(): Promise<void>;
  /** Writes what is left before the process ends at once. */
  flushNow(): void;
  /** Whether lines were lost. */
  readonly isBroken: boolean;
}

export interface LineFileHandlers {
  /** The disk is slower than what comes: what feeds the file should stop until `onDrain`. */
  readonly onFull: () => void;
  readonly onDrain: () => void;
  /** The file can't be written any more. Said once; what comes after is dropped. */
  readonly onFault: (error: unknown) => void;
}

/** A file that did not exist before, made for its owner alone, or a device. */
export interface NewFile {
  readonly fd: number;
  readonly isDevice: boolean;
  /** Gives how many bytes the system took. */
  write(bytes: Buffer, offset: number, length: number): Promise<number>;
}

/**
 * Makes a file, to which is only ever appended: where another program empties it, it goes on from its beginning.
 * @throws the system's error; `EEXIST` where there is such a file, `EISDIR` where its name ends as only a folder's does
 */
export function createFile(path: string): NewFile {
  // Linux says so by itself; Windows says that the folder of such a name is missing.
  if (path.endsWith('/') || path.endsWith(sep)) throw Object.assign(new Error(path), { code: 'EISDIR' });
  return newFile(openSync(path, 'ax', OWNER_ONLY), false);
}

/** Opens a device such as `/dev/null`. */
export function openDevice(path: string): NewFile {
  const isNull = process.platform === 'win32' && NULL_DEVICE.test(path);
  return newFile(openSync(isNull ? '\\\\.\\NUL' : path, constants.O_WRONLY), true);
}

function newFile(fd: number, isDevice: boolean): NewFile {
  const write = async (bytes: Buffer, offset: number, length: number) =>
    (await writeBytes(fd, bytes, offset, length, null)).bytesWritten;
  return { fd, isDevice, write };
}

const writeBytes = promisify(write);

/**
 * Lines on their way to a file: written as they come, in order, and only ever whole. Where the disk is full, the
 * part of a line that it took is taken back.
 */
export class LineFile implements LineWriter {
  readonly #file: NewFile;
  readonly #handlers: LineFileHandlers;
  #held: string[] = [];
  #heldUnits = 0;
  /** Bytes that the system is writing now. */
  #inFlight = 0;
  /** Bytes that it has taken. */
  #written = 0;
  #writing: Promise<void> | null = null;
  #isFull = false;
  #isClosed = false;
  #isBroken = false;

  constructor(file: NewFile, handlers: LineFileHandlers) {
    this.#file = file;
    this.#handlers = handlers;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  write(line: string): void {
    if (this.#isClosed) return;
    this.#held.push(line);
    this.#heldUnits += line.length;
    this.#writing ??= this.#writeHeld();
    if (this.#isFull || this.#heldUnits < FULL_UNITS) return;
    this.#isFull = true;
    this.#handlers.onFull();
  }

  async close(): Promise<void> {
    if (!(await within(this.#writing, LINGER_MS))) return this.#break(0, new TookNothingError());
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      closeSync(this.#file.fd);
    } catch (error) {
      this.#isBroken = true;
      this.#handlers.onFault(error);
    }
  }

  /** For where nothing can be awaited. Where that could take long, the end is not held up. */
  flushNow(): void {
    if (this.#isClosed || this.#isFull || this.#file.isDevice) return;
    this.#isClosed = true;
    const { fd } = this.#file;
    try {
      // The system is at it by itself; what follows must come after.
      const soon = performance.now() + FLUSH_MS;
      while (fstatSync(fd).size < this.#written + this.#inFlight && performance.now() < soon) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
      const rest = Buffer.from(this.#held.join(''));
      for (let at = 0; at < rest.length; ) at += writeSync(fd, rest, at);
    } catch {
      // There is no one left to report it to.
    }
  }

  async #writeHeld(): Promise<void> {
    // Lines of one turn of the event loop go together.
    await new Promise(setImmediate);
    while (this.#held.length > 0 && !this.#isClosed) {
      const lines = Buffer.from(this.#held.join(''));
      this.#held = [];
      this.#heldUnits = 0;
      if (this.#isFull) {
        this.#isFull = false;
        this.#handlers.onDrain();
      }
      await this.#writeWhole(lines);
    }
    this.#writing = null;
  }

  async #writeWhole(lines: Buffer): Promise<void> {
    let written = 0;
    try {
      while (written < lines.length && !this.#isClosed) {
        this.#inFlight = lines.length - written;
        const taken = await this.#file.write(lines, written, this.#inFlight);
        written += taken;
        this.#written += taken;
        this.#inFlight = 0;
      }
    } catch (error) {
      const whole = written === 0 ? 0 : lines.lastIndexOf(LINE_END, written - 1) + 1;
      this.#break(written - whole, error);
    }
  }

  /** @param torn bytes at the end that are no whole line */
  #break(torn: number, error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isBroken = true;
    this.#held = [];
    const { fd, isDevice } = this.#file;
    try {
      if (!isDevice) ftruncateSync(fd, Math.max(0, fstatSync(fd).size - torn));
      closeSync(fd);
    } catch {
      // What broke it is reported.
    }
    if (this.#isFull) this.#handlers.onDrain();
    this.#handlers.onFault(error);
  }
}

/** The disk or device was stuck when the recording ended. */
class TookNothingError extends Error {
  constructor() {
    super(`it took nothing for ${LINGER_MS / 1_000} s`);
  }
}

/** Gives whether it settled in time. */
async function within(work: Promise<void> | null, ms: number): Promise<boolean> {
  if (work === null) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isInTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}

const OWNER_ONLY = 0o600;
const LINE_END = 0x0a;
/** What may wait in memory, UTF-16 units. */
const FULL_UNITS = 1_024 * 1_024;
/** How long a stuck disk may hold up an end, as a stuck reader may. */
const LINGER_MS = 3_000;
/** How long what the system writes by itself may hold up an end at once. */
const FLUSH_MS = 300;
