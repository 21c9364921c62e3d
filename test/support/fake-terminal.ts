import { EventEmitter } from 'node:events';
import type { ScreenOutput } from '../../src/screen/terminal.js';
import type { InputSource } from '../../src/terminal/reader.js';

/** The output side of a terminal that remembers what was written, and can be full. */
export class FakeOutput extends EventEmitter implements ScreenOutput {
  columns: number;
  rows: number;
  /** While set, `write` asks to wait for `drain`. */
  isFull = false;
  /** Once set, nothing can be written any more, as where the terminal's window was closed. */
  isGone = false;
  readonly writes: string[] = [];
  #waiting: (() => void)[] = [];

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  get text(): string {
    return this.writes.join('');
  }

  /** Only what was drawn as frames, one string each. */
  get frames(): string[] {
    return this.writes.filter((text) => text.startsWith('\x1b[?2026h'));
  }

  write(text: string, done: () => void = () => {}): boolean {
    if (!this.isGone) this.writes.push(text);
    if (this.isFull) this.#waiting.push(done);
    else queueMicrotask(done);
    return !this.isFull && !this.isGone;
  }

  drain(): void {
    this.isFull = false;
    for (const done of this.#waiting.splice(0)) done();
    this.emit('drain');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** The input side of a terminal: keys are pressed by `press`. */
export class FakeInput extends EventEmitter implements InputSource {
  readonly isTTY = true;
  isRaw = false;
  isPaused = true;

  setRawMode(on: boolean): void {
    this.isRaw = on;
  }

  resume(): void {
    this.isPaused = false;
  }

  pause(): void {
    this.isPaused = true;
  }

  press(keys: string): void {
    this.emit('data', Buffer.from(keys));
  }
}
