import type { Host } from '../host.js';
import { formatBytes, formatEta, formatRate, safeText } from '../output/text.js';
import { displayWidth, fitWidth, middleEllipsis } from '../output/width.js';
import { isoTime, RECORD_VERSION } from '../records/line.js';
import { advance, etaSeconds, NO_PACE, type Pace } from '../transfers/rate.js';
import type { PrintOptions } from './command-options.js';
import type { Printer } from './printer.js';

/** One line on a terminal's stderr that is drawn anew. It shows nothing where it would be in the way. */
export class ProgressLine {
  readonly #host: Host;
  readonly #printer: Printer;
  readonly #isDrawn: boolean;
  /** What the next drawing shows; `null` where none is due. */
  #next: ((columns: number) => string) | null = null;
  /** Numbers what is due: lines may have come after one that was cleared. */
  #drawing = 0;
  #takeBack: (() => void) | null = null;

  constructor(printer: Printer, options: PrintOptions, host: Host) {
    this.#host = host;
    this.#printer = printer;
    const { stderr, env } = host;
    const isWanted = !printer.isJson && options.quiet !== true && options.debug !== true;
    this.#isDrawn = isWanted && stderr.isTTY === true && env['TERM'] !== 'dumb';
  }

  /** @param lineOf the line, in at most these columns */
  draw(lineOf: (columns: number) => string): void {
    if (!this.#isDrawn) return;
    const isDue = this.#next !== null;
    this.#next = lineOf;
    // Lines of data that still wait to be written come first: they would end up behind it.
    if (isDue) return;
    const drawing = ++this.#drawing;
    void this.#printer.flush().then(() => {
      if (drawing === this.#drawing) this.#drawNext();
    });
  }

  #drawNext(): void {
    const lineOf = this.#next;
    if (lineOf === null) return;
    this.#next = null;
    const { stderr } = this.#host;
    this.#takeBack ??= this.#host.onLastResort(() => stderr.write(CLEAR));
    // What the terminal draws wider than it is counted here must not go on in a line of its own.
    stderr.write(`${NO_WRAP}\r${lineOf((stderr.columns || 80) - 1)}\x1b[K${WRAP}`);
  }

  /** Takes the line off the terminal. */
  clear(): void {
    this.#next = null;
    if (this.#takeBack === null) return;
    this.#takeBack();
    this.#takeBack = null;
    this.#host.stderr.write(CLEAR);
  }
}

const CLEAR = '\r\x1b[K';
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

/** How far the upload of a file has come: as records, or on the line. */
export class UploadProgress {
  readonly #name: string;
  readonly #size: number;
  readonly #label: string;
  readonly #printer: Printer;
  readonly #line: ProgressLine;
  #pace: Pace = NO_PACE;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** @param name as the line shows it */
  constructor(name: string, size: number, label: string, printer: Printer, line: ProgressLine) {
    this.#name = name;
    this.#size = size;
    this.#label = label;
    this.#printer = printer;
    this.#line = line;
  }

  /** @param bytes handed over so far */
  tell(bytes: number): void {
    const size = this.#size;
    const now = Date.now();
    if (bytes < size && now - this.#toldAt < EVERY_MS) return;
    this.#toldAt = now;
    this.#pace = advance(this.#pace, Math.floor((bytes / size) * 100), bytes, size, now);
    if (this.#printer.isJson) this.#record(now);
    else this.#line.draw((columns) => uploadLine(this.#name, this.#pace, size, columns));
  }

  #record(at: number): void {
    const { progress: percent, bytes, bytesPerSecond } = this.#pace;
    const eta = etaSeconds(this.#pace, this.#size);
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
}

/** Often enough to be seen moving, and seldom enough to be read. */
const EVERY_MS = 500;

/** How far an upload has come, in at most `columns`; the name gives way first. */
function uploadLine(name: string, pace: Pace, size: number, columns: number): string {
  const { progress, bytes, bytesPerSecond } = pace;
  const eta = etaSeconds(pace, size);
  const left = eta === null || bytes === size ? '' : `  ${formatEta(eta)} left`;
  const rate = bytesPerSecond === null ? '' : `  ${formatRate(bytesPerSecond)}`;
  return nameAndFacts(
    name,
    `${progress ?? 0}%  ${formatBytes(bytes)} of ${formatBytes(size)}${rate}${left}`,
    columns,
  );
}

/** In at most `columns`; the name gives way first. */
export function nameAndFacts(name: string, facts: string, columns: number): string {
  const room = columns - displayWidth(facts) - 2;
  return room < 1 ? fitWidth(facts, columns) : `${middleEllipsis(safeText(name), room)}  ${facts}`;
}
