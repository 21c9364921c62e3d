import { StringDecoder } from 'node:string_decoder';
import { decode } from '../protocol/decode.js';
import type { Entry } from '../room/entry.js';
import { type Beginning, readBeginning, readEntry } from './format.js';

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
    this.#taken = this.beginning.kind === 'recording' && this.beginning.hasHeader ? 1 : 0;
    this.#batches = batches;
  }

  /** Whether any of the lines that came first is JSON: a text of something else has none. */
  get isJson(): boolean {
    return this.#lines.some(({ text }) => !isTorn(text));
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

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Whether a line's end followed: the last line of a file that was cut has none. */
  readonly isWhole: boolean;
}

/** A line is longer than any frame can be: this is no text of lines. */
export class LineTooLongError extends Error {
  readonly number: number;

  constructor(number: number) {
    super(`line ${number} is longer than ${MAX_LINE_UNITS / 1_048_576} Mi characters`);
    this.number = number;
  }
}

/**
 * The lines of a text, in batches as they come: each chunk gives those that end in it. Empty lines are left out. It is
 * UTF-8, or UTF-16 as PowerShell's `>` writes it.
 * @throws LineTooLongError
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  let decoder: StringDecoder | undefined;
  let number = 0;
  /** Pieces of a line whose end has not come. */
  let pieces: string[] = [];
  let units = 0;
  const line = (text: string, isWhole: boolean): Line => {
    number++;
    // What some editors put before the first line belongs to none.
    return { text: number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, number, isWhole };
  };
  const notEmpty = ({ text }: Line) => !/^\s*$/.test(text);
  for await (const chunk of chunks) {
    decoder ??= new StringDecoder(chunk[0] === FIRST_OF_UTF16 ? 'utf16le' : 'utf8');
    const parts = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    const rest = parts.pop() ?? '';
    const batch = parts.map((part) => {
      const text = pieces.length === 0 ? part : pieces.join('') + part;
      pieces = [];
      units = 0;
      return line(text, true);
    });
    if (rest !== '') pieces.push(rest);
    units += rest.length;
    if (units > MAX_LINE_UNITS) throw new LineTooLongError(number + 1);
    const lines = batch.filter(notEmpty);
    if (lines.length > 0) yield lines;
  }
  const last = line(pieces.join('') + (decoder?.end() ?? ''), false);
  if (notEmpty(last)) yield [last];
}

/** The largest frame, 64 MiB, as a JSON string in which every second character is an escape, and more. */
const MAX_LINE_UNITS = 160 * 1_024 * 1_024;
/** Of a byte order mark in UTF-16, little end first. In UTF-8 it stands nowhere. */
const FIRST_OF_UTF16 = 0xff;
const BYTE_ORDER_MARK = '\ufeff';
