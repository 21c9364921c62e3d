import type { Notice } from '../../monitor/notice.js';
import type { View } from '../view.js';

/** What the screen writes to: the part of a terminal's `tty.WriteStream` that is used. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
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

/** What keys ask of the program around the screen. */
export interface ScreenActions {
  /** `q` was pressed. */
  quit(): void;
  /** Ctrl-C was pressed: in raw mode the terminal sends no SIGINT. */
  interrupt(): void;
  /** Accepts a waiting inbound request; gives a sentence that says what came of it. */
  accept(room: string, id: string): Promise<string>;
  reject(room: string, id: string): Promise<string>;
}

export interface ScreenOptions {
  readonly stdout: ScreenOutput;
  readonly stdin: ScreenInput;
  readonly color: boolean;
  readonly unicode: boolean;
  /** Milliseconds since 1970. */
  now(): number;
  /** Ended transfers kept in the table, 10,000 if not given; active ones are always kept. */
  readonly keepEnded?: number;
  /** Closes the screen when aborted. */
  readonly signal?: AbortSignal;
  readonly actions: ScreenActions;
  /** Stops the process until SIGCONT, after the terminal was given back. */
  readonly suspend?: () => void;
}

/** The live table on a terminal: alternate screen, keys, and a summary on the normal screen afterwards. */
export class ScreenView implements View {
  constructor(_options: ScreenOptions) {}

  show(_notice: Notice, _room: string): void {}

  /** Gives the terminal back and prints the summary. Safe to call twice. */
  async close(): Promise<void> {}

  /** Gives the terminal back at once, without a summary: for an `exit` handler, where nothing can be awaited. */
  restore(): void {}
}
