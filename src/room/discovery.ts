import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { decodeText } from '../encoding.js';
import { codeOf, describeFault, HttpStatusError, NoSuchRoomError } from '../faults.js';
import { isObject, type JsonObject, parseJson } from '../protocol/json.js';
import {
  asFolder,
  asPin,
  DEFAULT_FOLDER,
  isOfAnyMachine,
  isUnsettled,
  type RoomAddress,
  readHost,
  readUrl,
  type SocketPlace,
  type WebAddress,
} from './address.js';

/** A host, for a URL (IPv6 in brackets), and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Where a Room's sockets are. */
export interface Endpoint {
  /** Of the WebSocket. */
  readonly url: string;
  /** The built-in HTTP server; `null` where nothing told. */
  readonly http: HostPort | null;
  /** Why the Room's page did not tell, and what is tried instead; `null` where it did. */
  readonly note: string | null;
  /** The fault of the page that `note` is about. */
  readonly pageFault?: unknown;
  /** The address, with what the host's pages say about it. */
  readonly address: RoomAddress;
}

/**
 * Finds the WebSocket of a Room: the port that its page's `config.json` names, or, where that can't be read and no
 * Room was named, the documented default. With a name the default may be the port of another Room: it is not tried.
 * Source: `GET http://HOST:WEBPORT/public/default/config.json` gives
 * `{"config":{"websocket":{"hostname":null,"port":8765},"http":{"hostname":null,"port":8766}}}`; `hostname` `null` means
 * the page's own.
 * @throws NoSuchRoomError where the host has no Room of that name; Error where its page can't be read
 */
export async function discover(given: RoomAddress, signal: AbortSignal): Promise<Endpoint> {
  if (given.kind === 'socket') return { url: given.url, http: null, note: null, address: given };
  try {
    const found = await readPage(given, signal);
    return { ...found, note: null, address: isUnsettled(given) ? asFolder(given) : given };
  } catch (error) {
    signal.throwIfAborted();
    if (given.folder === DEFAULT_FOLDER) return byDefaultPort(given, error);
    const reason = describeFault(error);
    const unread = `the page of that Room at ${given.origin} can't be read (${reason})`;
    if (!isAbsent(error)) throw new Error(unread, { cause: error });
    if (isUnsettled(given)) return byPin(given, signal);
    throw new NoSuchRoomError(given.origin);
  }
}

/** The host has no Room of the name at the end of the address: it is the PIN, if there is a Room without a name. */
async function byPin(given: WebAddress, signal: AbortSignal): Promise<Endpoint> {
  const address = asPin(given);
  try {
    return { ...(await readPage(address, signal)), note: null, address };
  } catch (error) {
    signal.throwIfAborted();
    throw isAbsent(error) ? new NoSuchRoomError(given.origin) : error;
  }
}

function byDefaultPort(address: WebAddress, pageFault: unknown): Endpoint {
  const url = `ws://${address.host}:${DEFAULT_PORT}`;
  const note = `${pageUrl(address)} can't be read (${describeFault(pageFault)}): trying ${url}`;
  return { url, http: null, note, pageFault, address };
}

/** Whether the host has a page, but not the one asked for. Some servers answer any path with their own page. */
function isAbsent(error: unknown): boolean {
  return error instanceof HttpStatusError ? error.status < 500 : error instanceof NoConfigError;
}

/**
 * The address, once it is known whether its last part names a Room; unchanged where there is no such question, or
 * the host does not answer it.
 */
export async function settle(address: RoomAddress, signal: AbortSignal): Promise<RoomAddress> {
  if (address.kind === 'socket' || !isUnsettled(address)) return address;
  try {
    return (await discover(address, signal)).address;
  } catch {
    signal.throwIfAborted();
    return address;
  }
}

async function readPage(address: WebAddress, signal: AbortSignal): Promise<Pick<Endpoint, 'url' | 'http'>> {
  const text = await fetchText(pageUrl(address), {
    signal,
    timeoutMs: DISCOVERY_TIMEOUT_MS,
    maxBytes: MAX_CONFIG_BYTES,
    maxRedirects: MAX_REDIRECTS,
  });
  return readConfig(text, address.host);
}

function pageUrl({ origin, folder }: WebAddress): string {
  return `${origin}/public/${folder}/config.json`;
}

/** What came is not the `config.json` of a Room. */
class NoConfigError extends Error {
  constructor(what: string) {
    super(`it is not the config.json of a Room: ${what}`);
  }
}

function readConfig(text: string, host: string): Pick<Endpoint, 'url' | 'http'> {
  const config = parse(text);
  const socket = readPlace(config['websocket'], host);
  if (socket === null) throw new NoConfigError('it names no WebSocket port');
  if (socket.host === null) throw new Error('its WebSocket hostname is not a host name');
  const http = readPlace(config['http'], host);
  return {
    url: `ws://${socket.host}:${socket.port}`,
    http: http === null ? null : { host: http.host ?? host, port: http.port },
  };
}

/** `null` without a port; its `host` is `null` where what is there is none. People edit this file: text is trimmed. */
function readPlace(
  value: unknown,
  pageHost: string,
): { readonly host: string | null; readonly port: number } | null {
  const { port: given, hostname } = isObject(value) ? value : {};
  const port = typeof given === 'string' && /^\s*\d{1,5}\s*$/.test(given) ? Number(given) : given;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  const name = typeof hostname === 'string' ? hostname.trim() : '';
  const host = name === '' ? pageHost : readHost(name);
  // Seen from another machine it means the one that the page was read from.
  return { host: host !== null && isOfAnyMachine(host) ? pageHost : host, port };
}

function parse(text: string): JsonObject {
  const value = parseJson(text);
  if (value === undefined) throw new NoConfigError('it is not JSON');
  const config = isObject(value) ? value['config'] : undefined;
  return isObject(config) ? config : {};
}

const DEFAULT_PORT = 8765;
/** Time for two addresses of a host, the first of which may not answer. */
const DISCOVERY_TIMEOUT_MS = 5_000;
/** How long each address of a host is tried before the next one; Node gives 250 ms. */
export const ADDRESS_MS = 2_000;
const MAX_CONFIG_BYTES = 64 * 1_024;
const MAX_REDIRECTS = 3;

export interface FetchLimits {
  readonly signal: AbortSignal;
  /** For the whole exchange, redirects included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly maxRedirects: number;
}

/**
 * Gets a small text over HTTP, bounded in time, size and redirects (to the same host only).
 * @throws Error with a sentence that says what came instead
 */
export async function fetchText(url: string, limits: FetchLimits): Promise<string> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([limits.signal, timeout]);
  let next = readUrl(url);
  try {
    for (let redirects = 0; ; redirects++) {
      const answer = await fetchOnce(next, signal, limits.maxBytes);
      if (answer.location === null) return answer.text;
      if (redirects >= limits.maxRedirects) throw new Error(`more than ${limits.maxRedirects} redirects`);
      next = { url: redirected(answer.location, next.url), host: next.host };
    }
  } catch (error) {
    limits.signal.throwIfAborted();
    if (timeout.aborted) throw new Error(`no answer within ${limits.timeoutMs / 1_000} s`, { cause: error });
    throw error;
  }
}

function redirected(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) throw new Error('it redirects to something that is not an address');
  const target = new URL(location, from);
  if (target.protocol === 'http:' && target.hostname === from.hostname) return target;
  throw new Error(`it redirects to ${target.host === '' ? `a ${target.protocol} address` : target.origin}`);
}

interface HttpAnswer {
  readonly text: string;
  readonly location: string | null;
}

function fetchOnce({ url, host }: SocketPlace, signal: AbortSignal, maxBytes: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      signal,
      agent: false,
      hostname: host,
      autoSelectFamilyAttemptTimeout: ADDRESS_MS,
      headers: { accept: 'application/json', host: url.host },
    };
    const request = get(url, options, (response) => {
      readAnswer(response, maxBytes)
        .then(resolve, reject)
        .finally(() => request.destroy());
    });
    refuseUpgrade(request, reject);
    request.on('error', reject);
    // What comes may fit no rule of HTTP: without its socket a request can only have failed.
    request.on('close', () => reject(new Error('the answer was cut off')));
  });
}

/** An answer that turns the connection into something else was not asked for; Node gives no `response` for it. */
export function refuseUpgrade(request: ClientRequest, onRefused: (fault: Error) => void): void {
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    onRefused(new HttpStatusError(response.statusCode ?? 0));
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    return { text: '', location: headers.location };
  }
  if (statusCode !== 200) throw new HttpStatusError(statusCode);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) throw new TooLargeError(maxBytes);
    }
  } catch (error) {
    throw error instanceof TooLargeError ? error : new Error('the answer was cut off', { cause: error });
  }
  return {
    text: decodeText(unpack(Buffer.concat(chunks), headers['content-encoding'], maxBytes)),
    location: null,
  };
}

class TooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
  }
}

/** Some servers compress without being asked to. */
function unpack(bytes: Buffer, encoding: string | undefined, maxBytes: number): Buffer {
  const unpackAs = UNPACKERS.get(encoding?.trim().toLowerCase() ?? '');
  if (unpackAs === undefined) return bytes;
  try {
    return unpackAs(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw new TooLargeError(maxBytes);
    throw new NoConfigError(`its ${encoding} can't be unpacked`);
  }
}

const UNPACKERS: ReadonlyMap<string, typeof gunzipSync> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);
