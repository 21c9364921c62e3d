import { isObject } from '../protocol/fields.js';
import type { RoomAddress } from './address.js';
import { describeFault } from './faults.js';
import { fetchText } from './http.js';

/** Where a Room's WebSocket is. */
export interface Endpoint {
  readonly url: string;
  /** Why the Room's page did not tell, and what is tried instead; `null` where it did. */
  readonly note: string | null;
}

/**
 * Finds the WebSocket of a Room: the port that its page's `config.json` names, or, where that can't be read, the
 * documented default.
 * Source: `GET http://HOST:WEBPORT/public/default/config.json` gives
 * `{"config":{"websocket":{"hostname":null,"port":8765},…}}`; `hostname` `null` means the page's own.
 */
export async function discover(address: RoomAddress, signal: AbortSignal): Promise<Endpoint> {
  if (address.kind === 'socket') return { url: address.url, note: null };
  const page = `${address.origin}/public/${address.folder}/config.json`;
  try {
    const text = await fetchText(page, {
      signal,
      timeoutMs: DISCOVERY_TIMEOUT_MS,
      maxBytes: MAX_CONFIG_BYTES,
      maxRedirects: MAX_REDIRECTS,
    });
    return { url: readConfig(text, address.host), note: null };
  } catch (error) {
    signal.throwIfAborted();
    const url = `ws://${address.host}:${DEFAULT_PORT}`;
    return { url, note: `${page} can't be read (${describeFault(error)}): trying ${url}` };
  }
}

function readConfig(text: string, host: string): string {
  const socket = readSocket(text);
  const port = isObject(socket) ? socket['port'] : undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error('it is no config.json of a Room: it names no WebSocket port');
  }
  const hostname = isObject(socket) ? socket['hostname'] : null;
  if (typeof hostname !== 'string' || hostname === '') return `ws://${host}:${port}`;
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(hostname))
    throw new Error('its WebSocket hostname is no host name');
  return `ws://${hostname}:${port}`;
}

function readSocket(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is no config.json of a Room: it is not JSON');
  }
  const config = isObject(value) ? value['config'] : undefined;
  return isObject(config) ? config['websocket'] : undefined;
}

const DEFAULT_PORT = 8765;
const DISCOVERY_TIMEOUT_MS = 3_000;
const MAX_CONFIG_BYTES = 64 * 1_024;
const MAX_REDIRECTS = 3;
