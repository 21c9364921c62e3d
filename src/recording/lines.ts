import { StringDecoder } from 'node:string_decoder';

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
 * The lines of a text, in batches as they come: each chunk gives those that end in it. Empty lines are left out.
 * @throws LineTooLongError
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const utf8 = new StringDecoder('utf8');
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
    const parts = utf8.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
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
  const last = line(pieces.join('') + utf8.end(), false);
  if (notEmpty(last)) yield [last];
}

/** The largest frame, 16 MiB, as a JSON string in which every second character is an escape, and more. */
const MAX_LINE_UNITS = 64 * 1_024 * 1_024;
const BYTE_ORDER_MARK = '\ufeff';
