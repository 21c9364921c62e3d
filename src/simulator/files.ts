import { Buffer } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A file that arrived whole. */
export interface Upload {
  /** The id it was given, for `sendFile`. */
  readonly fileId: number;
  /** As the client named it. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface FileShelf {
  acceptsToken(token: string): boolean;
  /** Keeps the file and gives its id. */
  store(name: string, size: number, sha256: string): number;
}

/**
 * `POST /files/?token=TOKEN_FOR_HTTP_SERVER`, multipart/form-data with one part named `file`; success is 200 with the
 * id in the header `FileId`. The codes of refusals are a guess: 403 for the token, 400 for the body. The content is
 * counted and hashed on its way through, and not kept.
 */
export async function serveFiles(
  request: IncomingMessage,
  response: ServerResponse,
  shelf: FileShelf,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://room');
  let answer: Answer;
  if (url.pathname !== '/files/' && url.pathname !== '/files') answer = { status: 404 };
  else if (request.method !== 'POST') answer = { status: 405 };
  else if (!shelf.acceptsToken(url.searchParams.get('token') ?? '')) answer = { status: 403 };
  else answer = await take(request, shelf);
  // What is left of the body is let through, so that a client still writing gets to read the answer.
  request.resume();
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': 0 }).end();
}

interface Answer {
  readonly status: number;
  readonly headers?: { readonly FileId: string };
}

async function take(request: IncomingMessage, shelf: FileShelf): Promise<Answer> {
  const boundary = boundaryOf(request.headers['content-type']);
  if (boundary === null) return { status: 400 };
  const sink = new FileSink();
  const isWhole = await readMultipart(request, boundary, sink);
  if (!isWhole || sink.name === null) return { status: 400 };
  const fileId = shelf.store(sink.name, sink.size, sink.digest());
  return { status: 200, headers: { FileId: String(fileId) } };
}

/** Counts and hashes the part named `file`, and lets others pass. */
class FileSink {
  name: string | null = null;
  size = 0;
  readonly #hash: Hash = createHash('sha256');
  #isFile = false;

  begin(header: PartHeader): void {
    this.#isFile = header.name === 'file' && this.name === null;
    if (this.#isFile) this.name = header.fileName ?? '';
  }

  content(bytes: Buffer): void {
    if (!this.#isFile) return;
    this.size += bytes.length;
    this.#hash.update(bytes);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

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

export interface Ports {
  readonly webSocket: number;
  readonly http: number;
}

/**
 * The Room's own web page: where its sockets are (`/public/default/config.json`, `introduction/common`), and a page
 * for people. Everything else is not found.
 */
export function servePages(request: IncomingMessage, response: ServerResponse, ports: Ports): void {
  const path = (request.url ?? '/').replace(/[?#].*$/s, '');
  if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, TEXT, '');
  else if (path === '/public/default/config.json') {
    send(response, 200, 'application/json', JSON.stringify(configOf(ports)));
  } else if (path === '/' || path === '/index.html') send(response, 200, HTML, PAGE);
  else send(response, 404, TEXT, 'Not found\n');
}

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated TrueConf Room</title>' +
  '<h1>Simulated TrueConf Room</h1>' +
  '<p>Its ports are in <a href="/public/default/config.json">config.json</a>.</p></html>\n';

/** `hostname` is null in the page's example: clients keep the host they know. */
function configOf(ports: Ports) {
  return {
    config: {
      websocket: { hostname: null, port: ports.webSocket },
      http: { hostname: null, port: ports.http },
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}
