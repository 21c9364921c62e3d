import { Buffer } from 'node:buffer';

/** What is told about a part before its content. */
export interface PartHeader {
  readonly name: string;
  /** `null` for a part that is no file. */
  readonly fileName: string | null;
}

export interface PartSink {
  /** A part begins; its content follows in order. */
  begin(header: PartHeader): void;
  /** A piece of the present part. The bytes are only lent: use them before returning. */
  content(bytes: Buffer): void;
}

/** The longest block of headers that is read, bytes. */
const MAX_HEADER_BYTES = 16_384;

const CRLF = Buffer.from('\r\n');
const BLANK_LINE = Buffer.from('\r\n\r\n');

/**
 * Reads multipart/form-data (RFC 7578) piece by piece, holding no more than one piece and one delimiter at a time.
 * @returns whether the body ended as it should, with its closing delimiter
 */
export async function readMultipart(
  source: AsyncIterable<Buffer>,
  boundary: string,
  sink: PartSink,
): Promise<boolean> {
  const reader = new MultipartReader(boundary, sink);
  let isSound = true;
  // A malformed body is read to its end all the same: leaving the loop would end the connection unanswered.
  for await (const chunk of source) isSound &&= reader.push(chunk);
  return isSound && reader.ended;
}

/** The boundary in a `Content-Type` header; `null` where it is no multipart/form-data. */
export function boundaryOf(contentType: string | undefined): string | null {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) return null;
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

type Place = 'preamble' | 'delimiter' | 'headers' | 'content' | 'end';

class MultipartReader {
  readonly #delimiter: Buffer;
  readonly #sink: PartSink;
  /** The first delimiter has no line before it; with this one before it, all are alike. */
  #held: Buffer = CRLF;
  #place: Place = 'preamble';

  constructor(boundary: string, sink: PartSink) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#sink = sink;
  }

  get ended(): boolean {
    return this.#place === 'end';
  }

  /** @returns `false` where the body is malformed */
  push(chunk: Buffer): boolean {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#step()) {
      // Goes on as long as what is held takes it further.
    }
    return this.#held.length <= Math.max(MAX_HEADER_BYTES, this.#delimiter.length);
  }

  /** @returns whether it got anywhere */
  #step(): boolean {
    switch (this.#place) {
      case 'preamble':
      case 'content':
        return this.#toDelimiter();
      case 'delimiter':
        return this.#afterDelimiter();
      case 'headers':
        return this.#headers();
      case 'end':
        this.#held = Buffer.alloc(0);
        return false;
    }
  }

  #toDelimiter(): boolean {
    const at = this.#held.indexOf(this.#delimiter);
    // Without a delimiter in sight, all but what may be the start of one is content.
    const end = at < 0 ? Math.max(0, this.#held.length - this.#delimiter.length + 1) : at;
    if (this.#place === 'content' && end > 0) this.#sink.content(this.#held.subarray(0, end));
    this.#held = this.#held.subarray(at < 0 ? end : at + this.#delimiter.length);
    if (at < 0) return false;
    this.#place = 'delimiter';
    return true;
  }

  #afterDelimiter(): boolean {
    if (this.#held.length < 2) return false;
    if (this.#held.toString('latin1', 0, 2) === '--') {
      this.#place = 'end';
      return true;
    }
    // White space may pad the line; its end stays, so that headers always follow a line's end.
    const at = this.#held.indexOf(CRLF);
    if (at < 0) return false;
    this.#held = this.#held.subarray(at);
    this.#place = 'headers';
    return true;
  }

  #headers(): boolean {
    const at = this.#held.indexOf(BLANK_LINE);
    if (at < 0) return false;
    this.#sink.begin(partHeader(this.#held.toString('utf8', 0, at)));
    this.#held = this.#held.subarray(at + BLANK_LINE.length);
    this.#place = 'content';
    return true;
  }
}

function partHeader(text: string): PartHeader {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(text)?.[1] ?? '';
  const encoded = /(?:^|;)\s*filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  return {
    name: quoted('name', disposition) ?? '',
    fileName: encoded === undefined ? quoted('filename', disposition) : decoded(encoded),
  };
}

/** Clients write a quote inside a name as `%22` (browsers, fetch) or as `\"` (curl before 7.81). */
function quoted(parameter: string, disposition: string): string | null {
  const pattern = new RegExp(`(?:^|;)\\s*${parameter}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i');
  const match = pattern.exec(disposition);
  if (match === null) return null;
  return (match[1] ?? match[2] ?? '')
    .replace(/\\(["\\])/g, '$1')
    .replace(/%22/g, '"')
    .replace(/%0D/gi, '\r')
    .replace(/%0A/gi, '\n');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
