import { EventEmitter } from 'node:events';
import type { ScreenInput, ScreenOutput } from '../../src/output/screen/streams.js';

/** The output side of a terminal that remembers what was written, and can be full. */
export class FakeOutput extends EventEmitter implements ScreenOutput {
  columns: number;
  rows: number;
  /** While set, `write` asks to wait for `drain`. */
  isFull = false;
  readonly writes: string[] = [];

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

  write(text: string): boolean {
    this.writes.push(text);
    return !this.isFull;
  }

  drain(): void {
    this.isFull = false;
    this.emit('drain');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** The input side of a terminal: keys are pressed by `press`. */
export class FakeInput extends EventEmitter implements ScreenInput {
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
