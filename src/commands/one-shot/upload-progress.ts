import { isoTime, RECORD_VERSION } from '../../output/record.js';
import { uploadLine } from '../../output/upload-line.js';
import { advance, etaSeconds, NO_PACE, type Pace } from '../../transfers/rate.js';
import type { SourceFile } from '../../visit/source-file.js';
import type { Host } from '../host.js';
import type { OutputOptions } from '../watch/options.js';
import type { Printer } from './printer.js';

/** Tells how far an upload has come: as records, or as one line that is drawn anew on a terminal's stderr. */
export class UploadProgress {
  readonly #file: SourceFile;
  readonly #label: string;
  readonly #printer: Printer;
  readonly #host: Host;
  readonly #isDrawn: boolean;
  #pace: Pace = NO_PACE;
  #toldAt = Number.NEGATIVE_INFINITY;
  #takeBack: (() => void) | null = null;

  constructor(file: SourceFile, label: string, printer: Printer, options: OutputOptions, host: Host) {
    this.#file = file;
    this.#label = label;
    this.#printer = printer;
    this.#host = host;
    const { stderr, env } = host;
    const isWanted = !printer.isJson && options.quiet !== true && options.debug !== true;
    this.#isDrawn = isWanted && stderr.isTTY === true && env['TERM'] !== 'dumb';
  }

  /** @param bytes handed over so far */
  tell(bytes: number): void {
    const { size } = this.#file;
    const now = Date.now();
    if (bytes < size && now - this.#toldAt < EVERY_MS) return;
    this.#toldAt = now;
    this.#pace = advance(this.#pace, Math.floor((bytes / size) * 100), bytes, size, now);
    if (this.#printer.isJson) this.#record(now);
    else if (this.#isDrawn) this.#draw();
  }

  /** Takes the line off the terminal. */
  clear(): void {
    if (this.#takeBack === null) return;
    this.#takeBack();
    this.#takeBack = null;
    this.#host.stderr.write(CLEAR);
  }

  #record(at: number): void {
    const { progress: percent, bytes, bytesPerSecond } = this.#pace;
    const eta = etaSeconds(this.#pace, this.#file.size);
    this.#printer.record({
      type: 'progress',
      v: RECORD_VERSION,
      time: isoTime(at),
      room: this.#label,
      // The request is made only once the file has arrived.
      id: null,
      percent,
      bytes,
      bytesPerSecond: bytesPerSecond === null ? null : Math.round(bytesPerSecond),
      etaSeconds: eta === null ? null : Math.round(eta),
    });
  }

  #draw(): void {
    const { stderr } = this.#host;
    this.#takeBack ??= this.#host.onLastResort(() => stderr.write(CLEAR));
    const { name, size } = this.#file;
    stderr.write(`\r${uploadLine(name, this.#pace, size, (stderr.columns || 80) - 1)}\x1b[K`);
  }
}

/** Often enough to be seen moving, and seldom enough to be read. */
const EVERY_MS = 500;
const CLEAR = '\r\x1b[K';
