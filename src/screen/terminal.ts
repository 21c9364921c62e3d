import type { Input } from '../terminal/input.js';
import { type InputSource, KEYBOARD_BACK, PLAIN_KEYBOARD, readInputs } from '../terminal/reader.js';
import type { Size } from './model.js';
import { buildPatch } from './patch.js';

/** A place on the screen, from 0. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** Where a terminal does not say its size. */
const DEFAULT_SIZE: Size = { width: 80, height: 24 };

/**
 * A terminal in the hands of the screen: taken by `enter`, given back by `restore`. Between the two it is in its
 * alternate screen, without cursor and line wrap, and keys come one by one.
 */
export class Terminal {
  readonly #stdout: ScreenOutput;
  readonly #stdin: InputSource;
  readonly #onInputs: (inputs: readonly Input[]) => void;
  readonly #onDrain: () => void;
  readonly #onWide: (() => void) | null;
  /** Whether the terminal was asked how wide it draws, and whether it has answered. */
  #wasAsked = false;
  /** When the terminal was taken for the first time. */
  #enteredAt: number | null = null;
  #isMeasured = false;
  #entered = false;
  #blocked = false;
  /** As it was set last; `null` while the window has its own. */
  #title: string | null = null;
  #stopReading: (() => void) | null = null;
  #cursor: Cursor | null = null;
  /** What is on the screen, where that is known. */
  #lines: readonly string[] | null = null;

  /**
   * @param onWide called where the terminal answers that ambiguous characters are two columns wide; without it, it is not
   *   asked. It is asked once, and nothing waits for the answer.
   */
  constructor(
    stdout: ScreenOutput,
    stdin: InputSource,
    onInputs: (inputs: readonly Input[]) => void,
    onDrain: () => void,
    onWide: (() => void) | null = null,
  ) {
    this.#stdout = stdout;
    this.#stdin = stdin;
    this.#onInputs = onInputs;
    this.#onWide = onWide;
    this.#onDrain = () => {
      this.#blocked = false;
      onDrain();
    };
  }

  get size(): Size {
    const { columns, rows } = this.#stdout;
    return { width: columns || DEFAULT_SIZE.width, height: rows || DEFAULT_SIZE.height };
  }

  /** Whether a frame would reach the screen now: not while it is given back or still busy with the last frame. */
  get isReady(): boolean {
    return this.#entered && !this.#blocked;
  }

  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    this.#blocked = false;
    this.#lines = null;
    this.#cursor = null;
    this.#stdout.on('drain', this.#onDrain);
    // First of all, as this is what stops a program in the background: before it has drawn over the shell.
    if (this.#stdin.isTTY) this.#stdin.setRawMode?.(true);
    this.#write(ENTER);
    this.#enteredAt ??= performance.now();
    if (this.#stdin.isTTY) this.#stopReading = readInputs(this.#stdin, (inputs) => this.#take(inputs));
  }

  #take(inputs: readonly Input[]): void {
    if (this.#wasAsked && !this.#isMeasured) {
      const answer = inputs.find((input) => input.kind === 'report' && WIDTH_ANSWER.test(input.body));
      this.#isMeasured = answer !== undefined;
      if (answer?.kind === 'report' && answer.body === WIDE) this.#onWide?.();
    }
    this.#onInputs(inputs);
  }

  /** Gives the terminal back at once: nothing is awaited, so an `exit` handler may call it. Safe to call twice. */
  restore(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#stdout.off('drain', this.#onDrain);
    this.#stdout.write((this.#title === null ? '' : TITLE_BACK) + LEAVE);
    this.#title = null;
    this.#stopReading?.();
    if (this.#stdin.isTTY) this.#stdin.setRawMode?.(false);
  }

  /** What is on the screen is no longer known: the next frame writes every line. */
  invalidate(): void {
    this.#lines = null;
  }

  /**
   * Writes what changed as one frame; gives the bytes written, 0 where nothing changed.
   *
   * @param cursor where the cursor is seen; `null` where it is not
   */
  draw(lines: readonly string[], cursor: Cursor | null = null): number {
    const asks = this.#isDueToAsk;
    // The picture is drawn over the letter that asks, within one frame.
    const patch = (asks ? ASK_WIDTH : '') + buildPatch(asks ? null : this.#lines, lines);
    const isMoved = cursor?.row !== this.#cursor?.row || cursor?.column !== this.#cursor?.column;
    if (patch === '' && !isMoved) return 0;
    const before = this.#cursor === null ? '' : HIDE_CURSOR;
    const after = cursor === null ? '' : `\x1b[${cursor.row + 1};${cursor.column + 1}H${SHOW_CURSOR}`;
    this.#lines = lines;
    this.#cursor = cursor;
    this.#wasAsked ||= asks;
    const frame = BEGIN_FRAME + before + patch + after + END_FRAME;
    this.#write(frame);
    return Buffer.byteLength(frame);
  }

  get #isDueToAsk(): boolean {
    if (this.#wasAsked || this.#onWide === null || this.#stdin.isTTY !== true) return false;
    return this.#enteredAt !== null && performance.now() >= this.#enteredAt + ASK_AFTER_MS;
  }

  /** Names the terminal's window; its own title comes back with `restore`. */
  setTitle(title: string): void {
    if (!this.#entered || title === this.#title) return;
    this.#write(`${this.#title === null ? KEEP_TITLE : ''}\x1b]2;${title}\x07`);
    this.#title = title;
  }

  /** Writes what the terminal draws nothing of, such as a bell. */
  signal(sequence: string): void {
    if (this.isReady) this.#write(sequence);
  }

  /** Puts text into the terminal's clipboard, where the terminal lets a program do that. */
  copy(text: string): void {
    this.#write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
  }

  #write(text: string): void {
    if (!this.#stdout.write(text)) this.#blocked = true;
  }
}

/** Synchronized output: the terminal shows all of a frame at once. Others ignore it. */
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** Alternate screen on, cursor off, line wrap off, pasted text marked as such. */
const ENTER = `\x1b[?1049h${HIDE_CURSOR}\x1b[?7l\x1b[?2004h${PLAIN_KEYBOARD}`;
/** A letter of ambiguous width, so that a locale without signs can show it; the first frame overwrites it. */
export const AMBIGUOUS = 'Я';
/** Where the table is left sooner, as with `--once`, a slow link's answer would be typed into the shell. */
const ASK_AFTER_MS = 500;
/** Asks where the cursor is behind it. In the second line, as an answer from the first looks like F3. */
const ASK_WIDTH = `\x1b[2;1H${AMBIGUOUS}\x1b[6n`;
const WIDTH_ANSWER = /^\[2;[23]R$/;
const WIDE = '[2;3R';
/** The title onto the terminal's stack, and back; it is emptied first for terminals that have none. */
const KEEP_TITLE = '\x1b[22;2t';
const TITLE_BACK = '\x1b]2;\x07\x1b[23;2t';
/**
 * All of it back, also where a frame was cut short. Where there is no alternate screen the picture stays: what
 * follows begins on the last line, which is below it.
 */
const LEAVE = `${END_FRAME}${KEYBOARD_BACK}\x1b[0m\x1b[999;1H\x1b[J\x1b[?2004l\x1b[?7h${SHOW_CURSOR}\x1b[?1049l`;

/** What the screen writes to: the part of a terminal's `tty.WriteStream` that is used. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  /**
   * Gives `false` where nothing more should be written before `drain`.
   * @param done called once the text is written, or never can be
   */
  write(text: string, done?: () => void): boolean;
  on(event: 'resize' | 'drain', listener: () => void): unknown;
  off(event: 'resize' | 'drain', listener: () => void): unknown;
}
