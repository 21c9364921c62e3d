import type { Size } from './model.js';
import { buildPatch } from './patch.js';

/** Where a terminal does not say its size. */
const DEFAULT_SIZE: Size = { width: 80, height: 24 };

/**
 * A terminal in the hands of the screen: taken by `enter`, given back by `restore`. Between the two it is in its
 * alternate screen, without cursor and line wrap, and keys come one by one.
 */
export class Terminal {
  readonly #stdout: ScreenOutput;
  readonly #stdin: ScreenInput;
  readonly #onData: (chunk: Uint8Array | string) => void;
  readonly #onDrain: () => void;
  #entered = false;
  #blocked = false;
  /** As it was set last; `null` while the window has its own. */
  #title: string | null = null;
  /** What is on the screen, where that is known. */
  #lines: readonly string[] | null = null;

  constructor(
    stdout: ScreenOutput,
    stdin: ScreenInput,
    onData: (chunk: Uint8Array | string) => void,
    onDrain: () => void,
  ) {
    this.#stdout = stdout;
    this.#stdin = stdin;
    this.#onData = onData;
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
    this.#stdout.on('drain', this.#onDrain);
    // First of all, as this is what stops a program in the background: before it has drawn over the shell.
    if (this.#stdin.isTTY) this.#stdin.setRawMode?.(true);
    this.#write(ENTER);
    if (!this.#stdin.isTTY) return;
    this.#stdin.on('data', this.#onData);
    this.#stdin.resume();
  }

  /** Gives the terminal back at once: nothing is awaited, so an `exit` handler may call it. Safe to call twice. */
  restore(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#stdout.off('drain', this.#onDrain);
    this.#stdout.write((this.#title === null ? '' : TITLE_BACK) + LEAVE);
    this.#title = null;
    if (!this.#stdin.isTTY) return;
    this.#stdin.off('data', this.#onData);
    this.#stdin.pause();
    this.#stdin.setRawMode?.(false);
  }

  /** What is on the screen is no longer known: the next frame writes every line. */
  invalidate(): void {
    this.#lines = null;
  }

  /** Writes what changed as one frame; gives the bytes written, 0 where nothing changed. */
  draw(lines: readonly string[]): number {
    const patch = buildPatch(this.#lines, lines);
    this.#lines = lines;
    if (patch === '') return 0;
    const frame = BEGIN_FRAME + patch + END_FRAME;
    this.#write(frame);
    return Buffer.byteLength(frame);
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
/** Alternate screen on, cursor off, line wrap off, pasted text marked as such. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h';
/** The title onto the terminal's stack, and back; it is emptied first for terminals that have none. */
const KEEP_TITLE = '\x1b[22;2t';
const TITLE_BACK = '\x1b]2;\x07\x1b[23;2t';
/** All of it back, also where a frame was cut short. */
const LEAVE = `${END_FRAME}\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l`;

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

/** Where keys come from: the part of a terminal's `tty.ReadStream` that is used. */
export interface ScreenInput {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
}
