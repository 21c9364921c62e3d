import { Buffer } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import busboy, { type Busboy } from 'busboy';

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
  const form = formOf(request);
  const file = form === null ? null : await fileIn(form, request);
  if (file === null) return { status: 400 };
  const fileId = shelf.store(file.name, file.size, file.hash.digest('hex'));
  return { status: 200, headers: { FileId: String(fileId) } };
}

/** `null` if it is not multipart/form-data. */
function formOf({ headers }: IncomingMessage): Busboy | null {
  if (!/^multipart\/form-data\s*;/i.test(headers['content-type'] ?? '')) return null;
  try {
    return busboy({ headers, preservePath: true, defParamCharset: 'utf8', limits: LIMITS });
  } catch {
    return null;
  }
}

interface ReceivedFile {
  readonly name: string;
  size: number;
  readonly hash: Hash;
}

/** Counts and hashes the part named `file`, and lets others pass; `null` where the form is not whole or has no such part. */
function fileIn(form: Busboy, request: IncomingMessage): Promise<ReceivedFile | null> {
  return new Promise((resolve) => {
    let file: ReceivedFile | null = null;
    let isWhole = false;
    form.on('file', (field, content, { filename }) => {
      content.on('error', () => {});
      if (field !== 'file' || file !== null) {
        content.resume();
        return;
      }
      const taken: ReceivedFile = { name: nameOf(filename), size: 0, hash: createHash('sha256') };
      file = taken;
      content.on('data', (bytes: Buffer) => {
        taken.size += bytes.length;
        taken.hash.update(bytes);
      });
    });
    // It does not end by itself where a header is malformed.
    form.on('error', () => {
      request.unpipe(form);
      form.destroy();
    });
    form.on('finish', () => {
      isWhole = true;
    });
    form.on('close', () => resolve(isWhole ? file : null));
    request.on('close', () => form.destroy());
    request.pipe(form);
  });
}

/** Browsers and fetch write a quote or a line end inside a name in percent. `undefined` where the part has no name. */
function nameOf(given: string | undefined): string {
  return (given ?? '').replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');
}

/** A field that is not a file is not used: little of it is kept. */
const LIMITS = { fields: 10, fieldSize: 1_024, parts: 1_000 };

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
