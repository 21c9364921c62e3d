import { createConnection } from 'node:net';
import { isObject, parseJson } from '../../protocol/json.js';

/** What a server says of itself to everyone who connects. */
export interface Greeting {
  readonly version: string;
  readonly name: string;
  readonly cluster: string;
  readonly wantsSignIn: boolean;
  readonly mustEncrypt: boolean;
  /** Clients have to show a certificate. */
  readonly wantsCertificate: boolean;
}

/** Connects, and reads what the server says first. */
export function greet(server: string, signal: AbortSignal): Promise<Greeting> {
  const socket = createConnection({ ...placeOf(server), signal });
  return new Promise<Greeting>((resolve, reject) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it closed the connection')));
    socket.on('data', (chunk) => {
      text += String(chunk);
      const end = text.indexOf('\r\n');
      if (end >= 0) resolve(readGreeting(text.slice(0, end)));
      else if (text.length > MAX_GREETING_BYTES) reject(new Error(NOT_NATS));
    });
  }).finally(() => socket.destroy());
}

function readGreeting(line: string): Greeting {
  const info = parseJson(line.replace(/^INFO\s+/i, ''));
  if (!isObject(info)) throw new Error(NOT_NATS);
  const { auth_required, tls_required, tls_verify, server_id, server_name } = info;
  return {
    version: String(info['version'] ?? '?'),
    // A server that was given no name has its id for one.
    name: server_name === server_id ? '' : String(server_name ?? ''),
    cluster: String(info['cluster'] ?? ''),
    wantsSignIn: auth_required === true,
    mustEncrypt: tls_required === true,
    wantsCertificate: tls_verify === true,
  };
}

/** A server's `host:port` in parts, IPv6 without brackets. */
export function placeOf(server: string): { readonly host: string; readonly port: number } {
  const at = server.lastIndexOf(':');
  return { host: server.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(server.slice(at + 1)) };
}

/** Whether relays can't use that version. */
export function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 2 || (major === 2 && minor < 9);
}

const MAX_GREETING_BYTES = 1024 * 1024;
const NOT_NATS = 'it does not speak NATS';
