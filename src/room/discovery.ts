import { isObject, type JsonObject } from '../protocol/fields.js';
import type { RoomAddress } from './address.js';
import { describeFault } from './faults.js';
import { fetchText } from './http.js';

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
