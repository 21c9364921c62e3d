import { TextDecoder } from 'node:util';
import { encodingOf } from '../encoding.js';
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
  /** Whether any of the lines that came first says something. */
  readonly isReadable: boolean;
  readonly #name: string | null;
  readonly #batches: AsyncGenerator<readonly Line[]>;
  #lines: readonly Line[];
  #taken: number;
  #reading: Promise<boolean> | null = null;

  /**
   * Reads until a line says something, or it is clear that none will.
   * @param name what it is, for what is said about its lines; `null` where it is the only one
   * @returns `null` where there is no line
   */
  static async open(
    batches: AsyncGenerator<readonly Line[]>,
    name: string | null = null,
  ): Promise<Source | null> {
    const lines: Line[] = [];
    let [units, isReadable] = [0, false];
    while (!isReadable && units < LOOKED_UNITS) {
      const { value, done } = await batches.next();
      if (done) break;
      lines.push(...value);
      for (const { text } of value) units += text.length;
      isReadable = value.some(({ text }) => saysSomething(text));
    }
    return lines.length === 0 ? null : new Source(name, lines, isReadable, batches);
  }

  private constructor(
    name: string | null,
    lines: readonly Line[],
    isReadable: boolean,
    batches: AsyncGenerator<readonly Line[]>,
  ) {
    this.beginning = readBeginning(lines[0]?.text ?? '');
    this.isReadable = isReadable;
    this.#name = name;
    this.#lines = lines;
    this.#taken = this.beginning.kind === 'recording' && this.beginning.hasHeader ? 1 : 0;
    this.#batches = batches;
  }

  /** Of lines that say nothing: whether any is JSON. */
  get isJson(): boolean {
    return this.#lines.some(({ text }) => !isTorn(text));
  }

  /** Of lines that say nothing: whether they begin an array, as `jq -s` makes one. */
  get isArray(): boolean {
    return this.#lines[0]?.text.trimStart().startsWith('[') === true;
  }

  /** What comes next of what has been read; `undefined` where more must be read first. */
  take(): Item | undefined {
    const line = this.#lines[this.#taken];
    if (line === undefined) return undefined;
    this.#taken++;
    return this.beginning.kind === 'recording' ? this.#readRecorded(line) : this.#readMessage(line);
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

  #readRecorded({ text, number, isWhole }: Line): Item {
    const parsed = readEntry(text);
    if ('entry' in parsed) return { kind: 'entry', ...parsed };
    if (!isWhole) return this.#torn;
    const message = `line ${number} of ${this.#name ?? 'the recording'} ${parsed.fault}; it was left out`;
    return { kind: 'fault', code: 'damaged-line', message };
  }

  #readMessage({ text, isWhole }: Line): Item {
    return !isWhole && isTorn(text) ? this.#torn : { kind: 'message', text };
  }

  get #torn(): Item {
    const message = `the last line ${this.#name === null ? '' : `of ${this.#name} `}is cut off; it was left out`;
    return { kind: 'fault', code: 'torn-line', message };
  }
}

/** Whether a line is of a recording or of records, or a message of a Room, if only a part of one. */
function saysSomething(text: string): boolean {
  if (readBeginning(text).kind !== 'messages') return true;
  const message = decode(text);
  return message.kind !== 'unreadable' || message.code === 'missing-field';
}

function isTorn(text: string): boolean {
  const message = decode(text);
  return message.kind === 'unreadable' && message.code === 'not-json';
}

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Whether a line's end followed: the last line of a file that was cut has none. */
  readonly isWhole: boolean;
}

/** A line is longer than any frame can be: this is not lines of text. */
export class LineTooLongError extends Error {
  readonly number: number;

  constructor(number: number) {
    super(`line ${number} is longer than ${MAX_LINE_UNITS / 1_048_576} Mi characters`);
    this.number = number;
  }
}

/**
 * The lines of a text, in batches as they come: each chunk gives those that end in it. Empty lines are left out. It is
 * UTF-8, or UTF-16 with a byte order mark, as PowerShell's `>` writes it.
 * @throws LineTooLongError
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  let number = 0;
  /** Pieces of a line whose end has not come. */
  let pieces: string[] = [];
  let units = 0;
  const line = (text: string, isWhole: boolean): Line => ({ text, number: ++number, isWhole });
  const notEmpty = ({ text }: Line) => !/^\s*$/.test(text);
  for await (const decoded of decodeChunks(chunks)) {
    const parts = decoded.split('\n');
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
  const last = line(pieces.join(''), false);
  if (notEmpty(last)) yield [last];
}

/** The first bytes decide the encoding, and a byte order mark is left out. */
async function* decodeChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    if (decoder !== null) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < MARK_BYTES) continue;
    decoder = new TextDecoder(encodingOf(head));
    yield decoder.decode(head, { stream: true });
  }
  yield decoder === null ? new TextDecoder().decode(head) : decoder.decode();
}

/** The largest frame, 64 MiB, as a JSON string in which every second character is an escape, and more. */
const MAX_LINE_UNITS = 160 * 1_024 * 1_024;
/** A text of something else is known for it by then. */
const LOOKED_UNITS = 1_048_576;
/** What a byte order mark takes at least. */
const MARK_BYTES = 2;
