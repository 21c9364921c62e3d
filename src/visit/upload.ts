import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Secret } from '../protocol/secrets.js';
import { type HostPort, refuseUpgrade } from '../room/discovery.js';
import { Deadline, within } from '../room/timers.js';

/** A Room's built-in HTTP server. */
export interface UploadPlace extends HostPort {
  /** By TLS: as the Room's WebSocket is. */
  readonly isEncrypted: boolean;
}

export interface UploadOptions {
  readonly place: UploadPlace;
  readonly token: Secret;
  /** As the Room is to tell it to others. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Just as many bytes. */
  readonly content: AsyncIterable<Buffer>;
  /** @param bytes handed over to the network so far */
  readonly onProgress: (bytes: number) => void;
  /** How long nothing may move; default 60 s. */
  readonly idleMs?: number | undefined;
}

/** What the Room's HTTP server answers to an upload. */
export interface UploadAnswer {
  /** 200 where it took the file. */
  readonly status: number;
  /** The header `FileId`: by it the file can be sent. */
  readonly fileId: string | null;
  /** How the answer's text begins. */
  readonly text: string;
}

/** The content had more or fewer bytes than it was said to have. */
export class SizeChangedError extends Error {
  constructor() {
    super('it changed while it was read');
  }
}

/** What an upload asks for, without the token. */
export function uploadUrl({ host, port, isEncrypted }: UploadPlace): string {
  return `${isEncrypted ? 'https' : 'http'}://${host}:${port}${PATH}`;
}

/**
 * Uploads a file to a Room's built-in HTTP server, piece by piece. No page describes this: one client of 2020 sends
 * `POST /files/?token=TOKEN_FOR_HTTP_SERVER`, multipart/form-data with one part named `file`, and takes 200 with the
 * header `FileId` for success.
 * @throws SizeChangedError; what the network or the content fails by; the signal's reason where it is aborted
 */
export async function upload(options: UploadOptions, signal: AbortSignal): Promise<UploadAnswer> {
  const { place, token, idleMs = IDLE_MS } = options;
  signal.throwIfAborted();
  const boundary = `-----------------------${randomUUID()}`;
  const [head, tail] = [headOf(boundary, options.name), Buffer.from(`\r\n--${boundary}--\r\n`)];
  const ask = place.isEncrypted ? httpsRequest : httpRequest;
  const request = ask({
    host: place.host.replace(/^\[|\]$/g, ''),
    port: place.port,
    method: 'POST',
    path: `${PATH}?token=${encodeURIComponent(token.reveal())}`,
    agent: false,
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': head.length + options.size + tail.length,
    },
    signal,
    rejectUnauthorized: true,
  });
  // Not a limit of the socket's silence: a server that says again and again that it goes on would never be late.
  const late = new Deadline(idleMs, () =>
    request.destroy(new Error(`nothing moved for ${idleMs / 1_000} s`)),
  );
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    refuseUpgrade(request, reject);
  });
  const moving: UploadOptions = {
    ...options,
    onProgress: (bytes) => {
      late.start();
      options.onProgress(bytes);
    },
  };
  // Who has answered, or is gone, reads no further.
  const enough = new AbortController();
  const written = write(request, moving, [head, tail], answered, enough.signal);
  try {
    const response = await Promise.race([answered, written.then(() => answered)]);
    return {
      status: response.statusCode ?? 0,
      fileId: headerOf(response, 'fileid'),
      text: await beginningOf(response),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    late.stop();
    enough.abort();
    request.destroy();
    await written.catch(() => {});
  }
}

async function write(
  request: ClientRequest,
  { content, size, onProgress }: UploadOptions,
  [head, tail]: readonly [Buffer, Buffer],
  answered: Promise<unknown>,
  enough: AbortSignal,
): Promise<void> {
  // A server that refuses because of the token hangs up, and what is written to it then takes its answer away.
  request.flushHeaders();
  await connected(request, enough);
  await within(answered, HEARING_MS);
  const put = async (bytes: Buffer) => {
    enough.throwIfAborted();
    if (!request.write(bytes)) await once(request, 'drain', { signal: enough });
  };
  await put(head);
  let sent = 0;
  for await (const chunk of content) {
    sent += chunk.length;
    if (sent > size) throw new SizeChangedError();
    await put(chunk);
    onProgress(sent);
  }
  if (sent < size) throw new SizeChangedError();
  await put(tail);
  request.end();
}

async function connected(request: ClientRequest, enough: AbortSignal): Promise<void> {
  const [socket]: Socket[] = await once(request, 'socket', { signal: enough });
  if (socket?.connecting) await once(socket, 'connect', { signal: enough });
}

/** A name as browsers write it: in UTF-8, with what would end it written in percent. */
function headOf(boundary: string, name: string): Buffer {
  const quoted = name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
}

function headerOf(response: IncomingMessage, name: string): string | null {
  const value = response.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = '';
  // Once the head of the answer has come, an error in its body does not matter.
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length >= MAX_TEXT_UNITS) break;
    }
  } catch {}
  return text.slice(0, MAX_TEXT_UNITS).trim();
}

const PATH = '/files/';
/** Longer than an answer takes on its way. */
const HEARING_MS = 250;
const IDLE_MS = 60_000;
const MAX_TEXT_UNITS = 200;
