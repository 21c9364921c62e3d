import { get } from 'node:http';
import { describeFault } from '../faults.js';
import { isObject, type JsonObject } from '../protocol/fields.js';
import type { RoomAddress } from './address.js';

/** A host, for a URL (IPv6 in brackets), and a port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where a Room's sockets are. */
export interface Endpoint {
  /** Of the WebSocket. */
  readonly url: string;
  /** The built-in HTTP server; `null` where nothing told. */
  readonly http: Place | null;
  /** Why the Room's page did not tell, and what is tried instead; `null` where it did. */
  readonly note: string | null;
}

/**
 * Finds the WebSocket of a Room: the port that its page's `config.json` names, or, where that can't be read, the
 * documented default.
 * Source: `GET http://HOST:WEBPORT/public/default/config.json` gives
 * `{"config":{"websocket":{"hostname":null,"port":8765},"http":{"hostname":null,"port":8766}}}`; `hostname` `null` means
 * the page's own.
 */
export async function discover(address: RoomAddress, signal: AbortSignal): Promise<Endpoint> {
  if (address.kind === 'socket') return { url: address.url, http: null, note: null };
  const page = `${address.origin}/public/${address.folder}/config.json`;
  try {
    const text = await fetchText(page, {
      signal,
      timeoutMs: DISCOVERY_TIMEOUT_MS,
      maxBytes: MAX_CONFIG_BYTES,
      maxRedirects: MAX_REDIRECTS,
    });
    return { ...readConfig(text, address.host), note: null };
  } catch (error) {
    signal.throwIfAborted();
    const url = `ws://${address.host}:${DEFAULT_PORT}`;
    return { url, http: null, note: `${page} can't be read (${describeFault(error)}): trying ${url}` };
  }
}

function readConfig(text: string, host: string): Pick<Endpoint, 'url' | 'http'> {
  const config = parse(text);
  const socket = readPlace(config['websocket'], host);
  if (socket === null) throw new Error('it is no config.json of a Room: it names no WebSocket port');
  if (socket.host === null) throw new Error('its WebSocket hostname is no host name');
  const http = readPlace(config['http'], host);
  return {
    url: `ws://${socket.host}:${socket.port}`,
    http: http === null ? null : { host: http.host ?? host, port: http.port },
  };
}

/** `null` without a port; its `host` is `null` where what is there is none. */
function readPlace(
  value: unknown,
  host: string,
): { readonly host: string | null; readonly port: number } | null {
  const { port, hostname } = isObject(value) ? value : {};
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  if (typeof hostname !== 'string' || hostname === '') return { host, port };
  return { host: /^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(hostname) ? hostname : null, port };
}

function parse(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is no config.json of a Room: it is not JSON');
  }
  const config = isObject(value) ? value['config'] : undefined;
  return isObject(config) ? config : {};
}

const DEFAULT_PORT = 8765;
const DISCOVERY_TIMEOUT_MS = 3_000;
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
  let next = new URL(url);
  try {
    for (let redirects = 0; ; redirects++) {
      const answer = await fetchOnce(next, signal, limits.maxBytes);
      if (answer.location === null) return answer.text;
      const target = new URL(answer.location, next);
      if (redirects >= limits.maxRedirects) throw new Error(`more than ${limits.maxRedirects} redirects`);
      if (target.protocol !== 'http:' || target.hostname !== next.hostname) {
        throw new Error(`it redirects to ${target.origin}`);
      }
      next = target;
    }
  } catch (error) {
    limits.signal.throwIfAborted();
    if (timeout.aborted) throw new Error(`no answer within ${limits.timeoutMs / 1_000} s`, { cause: error });
    throw error;
  }
}

interface HttpAnswer {
  readonly text: string;
  readonly location: string | null;
}

function fetchOnce(url: URL, signal: AbortSignal, maxBytes: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      { signal, agent: false, headers: { accept: 'application/json' } },
      (response) => {
        const { statusCode = 0, headers } = response;
        response.on('error', reject);
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          response.destroy();
          resolve({ text: '', location: headers.location });
          return;
        }
        if (statusCode !== 200) {
          response.destroy();
          reject(new Error(`it answers HTTP ${statusCode}`));
          return;
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= maxBytes) return;
          response.destroy();
          reject(new Error(`the answer is larger than ${maxBytes} bytes`));
        });
        response.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8'), location: null }));
        response.on('close', () => reject(new Error('the answer was cut off')));
      },
    );
    request.on('error', reject);
  });
}
