import { constants, ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Redactor } from '../protocol/secrets.js';
import type { Entry } from '../room/entry.js';
import { entryLine, headerLine, type RecordingHeader } from './format.js';

/** Writes what happens at Rooms into a file, as it happens and without secrets. */
export class Recorder {
  /** Entries taken so far. */
  taken = 0;
  readonly #file: LineFile;
  readonly #header: string;
  #hasBegun = false;

  constructor(file: NewFile, header: RecordingHeader, handlers: LineFileHandlers) {
    this.#file = new LineFile(file, handlers);
    this.#header = headerLine(header);
  }

  take(entry: Entry, room: string, redactor: Redactor): void {
    this.#begin();
    this.taken++;
    this.#file.write(entryLine(entry, room, redactor));
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#begin();
    await this.#file.close();
  }

  /** Writes what is left before the process ends at once. */
  flushNow(): void {
    this.#file.flushNow();
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#file.write(this.#header);
  }
}

export interface LineFileHandlers {
  /** The disk is slower than what comes: what feeds the file should stop until `onDrain`. */
  readonly onFull: () => void;
  readonly onDrain: () => void;
  /** The file can't be written any more. Said once; what comes after is dropped. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Why a file of this name would be trouble on Windows, in words; `null` where it would not. Node makes files by their
 * whole path, also with names that Windows keeps for devices: such a file can hardly be opened or deleted again.
 * @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
export function windowsNameFault(path: string): string | null {
  if (NULL_DEVICE.test(path)) return null;
  const [, rest = ''] = /^(?:[\\/]{2}[?.][\\/])?(?:[a-z]:)?(.*)$/is.exec(path) ?? [];
  if (rest.includes(':')) return 'a colon in its name would make a hidden stream of another file';
  const [, name = ''] = /([^\\/.]*)[^\\/]*$/.exec(rest) ?? [];
  return DEVICES.test(name.trimEnd()) ? 'Windows keeps that name for a device' : null;
}

const NULL_DEVICE = /^nul$/i;
const DEVICES =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$/i;

/** A file that did not exist before, made for its owner alone, or a device. */
export interface NewFile {
  readonly handle: FileHandle;
  readonly isDevice: boolean;
}

/**
 * Makes a file. What exists is never written over, apart from devices such as `/dev/null`.
 * @throws the system's error; `EEXIST` where there is such a file
 */
export async function createFile(path: string): Promise<NewFile> {
  if (process.platform === 'win32' && NULL_DEVICE.test(path)) {
    return { handle: await open('\\\\.\\NUL', constants.O_WRONLY), isDevice: true };
  }
  try {
    return { handle: await open(path, 'wx', OWNER_ONLY), isDevice: false };
  } catch (error) {
    const isDevice = await stat(path).then(
      (stats) => stats.isCharacterDevice(),
      () => false,
    );
    if (!isDevice) throw error;
    return { handle: await open(path, constants.O_WRONLY), isDevice };
  }
}

/**
 * Lines on their way to a file: written as they come, in order, and only ever whole. Where the disk is full, the
 * part of a line that it took is taken back.
 */
export class LineFile {
  readonly #file: NewFile;
  readonly #handlers: LineFileHandlers;
  #held: string[] = [];
  #heldUnits = 0;
  /** What the system is writing now. */
  #inFlight: Buffer | null = null;
  /** Where the next byte goes: lines before it are whole. */
  #position = 0;
  #writing: Promise<void> | null = null;
  #isFull = false;
  #isBroken = false;

  constructor(file: NewFile, handlers: LineFileHandlers) {
    this.#file = file;
    this.#handlers = handlers;
  }

  write(line: string): void {
    if (this.#isBroken) return;
    this.#held.push(line);
    this.#heldUnits += line.length;
    this.#writing ??= this.#writeHeld();
    if (this.#isFull || this.#heldUnits < FULL_UNITS) return;
    this.#isFull = true;
    this.#handlers.onFull();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#isBroken) return;
    this.#isBroken = true;
    try {
      await this.#file.handle.close();
    } catch (error) {
      this.#handlers.onFault(error);
    }
  }

  /**
   * For where nothing can be awaited: writes at once what is left, also what the system may not have taken yet. Where
   * that could take long, the end is not held up.
   */
  flushNow(): void {
    if (this.#isBroken || this.#isFull || this.#file.isDevice) return;
    this.#isBroken = true;
    const { fd } = this.#file.handle;
    try {
      const rest = Buffer.concat([this.#inFlight ?? Buffer.alloc(0), Buffer.from(this.#held.join(''))]);
      for (let at = 0; at < rest.length; ) {
        at += writeSync(fd, rest, at, rest.length - at, this.#placeOf(at));
      }
    } catch {
      // Nobody is left to be told.
    }
  }

  async #writeHeld(): Promise<void> {
    // Lines of one turn of the event loop go together.
    await new Promise(setImmediate);
    while (this.#held.length > 0 && !this.#isBroken) {
      const lines = Buffer.from(this.#held.join(''));
      this.#held = [];
      this.#heldUnits = 0;
      this.#inFlight = lines;
      if (this.#isFull) {
        this.#isFull = false;
        this.#handlers.onDrain();
      }
      await this.#writeWhole(lines);
      this.#inFlight = null;
    }
    this.#writing = null;
  }

  async #writeWhole(lines: Buffer): Promise<void> {
    const { handle } = this.#file;
    let written = 0;
    try {
      while (written < lines.length && !this.#isBroken) {
        const left = lines.length - written;
        written += (await handle.write(lines, written, left, this.#placeOf(written))).bytesWritten;
      }
      this.#position += written;
    } catch (error) {
      const whole = written === 0 ? 0 : lines.lastIndexOf(LINE_END, written - 1) + 1;
      await this.#break(this.#position + whole, error);
    }
  }

  async #break(length: number, error: unknown): Promise<void> {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#held = [];
    const { handle, isDevice } = this.#file;
    try {
      if (!isDevice) ftruncateSync(handle.fd, length);
      await handle.close();
    } catch {
      // What broke it is told.
    }
    if (this.#isFull) this.#handlers.onDrain();
    this.#handlers.onFault(error);
  }

  /** A device has no places. */
  #placeOf(offset: number): number | null {
    return this.#file.isDevice ? null : this.#position + offset;
  }
}

const OWNER_ONLY = 0o600;
const LINE_END = 0x0a;
/** What may wait in memory, UTF-16 units. */
const FULL_UNITS = 1_024 * 1_024;
