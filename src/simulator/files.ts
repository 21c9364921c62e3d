import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { boundaryOf, type PartHeader, readMultipart } from './multipart.js';

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
