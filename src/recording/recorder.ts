import type { Redactor } from '../protocol/redactor.js';
import type { Entry } from '../room/entry.js';
import { entryLine, headerLine, type RecordingHeader } from './format.js';
import { LineFile, type LineFileHandlers, type NewFile } from './line-file.js';

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
