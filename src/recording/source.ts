import { decode } from '../protocol/decode.js';
import type { Entry } from '../room/entry.js';
import type { Line } from './lines.js';
import { type Beginning, readBeginning, readEntry } from './parse.js';

/** What a line of a recording holds. */
export type Item =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly room: string }
  /** A message without a time of its own. */
  | { readonly kind: 'message'; readonly text: string }
  /** A line that can't be played. */
  | { readonly kind: 'fault'; readonly code: 'torn-line' | 'damaged-line'; readonly message: string };

/** A recording, or messages one a line, read as they are asked for. */
export class Source {
  readonly beginning: Beginning;
  readonly #batches: AsyncGenerator<readonly Line[]>;
  #lines: readonly Line[];
  #taken: number;
  #reading: Promise<boolean> | null = null;

  /** @returns `null` where there is no line */
  static async open(batches: AsyncGenerator<readonly Line[]>): Promise<Source | null> {
    const { value, done } = await batches.next();
    return done ? null : new Source(value, batches);
  }

  private constructor(lines: readonly Line[], batches: AsyncGenerator<readonly Line[]>) {
    this.beginning = readBeginning(lines[0]?.text ?? '');
    this.#lines = lines;
    this.#taken = this.beginning.kind === 'recording' ? 1 : 0;
    this.#batches = batches;
  }

  /** What comes next of what has been read; `undefined` where more must be read first. */
  take(): Item | undefined {
    const line = this.#lines[this.#taken];
    if (line === undefined) return undefined;
    this.#taken++;
    return this.beginning.kind === 'recording' ? readRecorded(line) : readMessage(line);
  }

  /** Reads more, once all was taken. Gives whether there was any. */
  more(): Promise<boolean> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#batches.next();
    this.#lines = done ? [] : value;
    this.#taken = 0;
    this.#reading = null;
    return !done;
  }
}

function readRecorded({ text, number, isWhole }: Line): Item {
  const parsed = readEntry(text);
  if ('entry' in parsed) return { kind: 'entry', ...parsed };
  if (!isWhole) return TORN;
  const message = `line ${number} of the recording ${parsed.fault}; it was left out`;
  return { kind: 'fault', code: 'damaged-line', message };
}

function readMessage({ text, isWhole }: Line): Item {
  if (!isWhole && isTorn(text)) return TORN;
  return { kind: 'message', text };
}

function isTorn(text: string): boolean {
  const message = decode(text);
  return message.kind === 'unreadable' && message.code === 'not-json';
}

const TORN: Item = {
  kind: 'fault',
  code: 'torn-line',
  message: 'the last line is cut off; it was left out',
};
