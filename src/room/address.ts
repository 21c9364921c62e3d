import { TrueConfFilesError } from '../errors.js';
import type { Role } from '../protocol/requests.js';
import { Secret } from '../protocol/secrets.js';

/** Where a Room is: its web page, from which the WebSocket port is discovered, or its WebSocket itself. */
export type RoomAddress =
  | {
      readonly kind: 'web';
      /** What the user gave, without a PIN, a query or anything else that may be secret; shown as the Room's name. */
      readonly label: string;
      /** `http://host[:port]`, without a path. */
      readonly origin: string;
      /** Host for a URL: IPv6 in brackets. */
      readonly host: string;
      /** Name of the Room's folder: several Rooms on one host ("twins") have one each. */
      readonly folder: string;
      /**
       * The last part of the address, if it can be a PIN: a Room with a PIN shows `http://HOST:PORT/PIN` on its screen.
       * As long as `folder` is the same text, only the host can tell which of the two it is (`isUnsettled`).
       */
      readonly pin: Secret | null;
    }
  | { readonly kind: 'socket'; readonly label: string; readonly url: string };

export type WebAddress = Extract<RoomAddress, { kind: 'web' }>;

/**
 * Reads `host`, `host:port`, `http://host[:port]` (the Room's web port), or `ws://host:port`, `wss://host:port`.
 * `http://host/NAME` means the twin NAME on that host, or the PIN of the Room there; `http://host/public/NAME` always
 * means the twin.
 * @throws TrueConfFilesError `usage` where it is none of these, or carries credentials. Nothing but the host is quoted.
 */
export function parseAddress(given: string): RoomAddress {
  const text = given.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  // Nothing that belongs into an address has an @, and what stands before one may be a password, however garbled.
  if (text.includes('@')) {
    throw new TrueConfFilesError(
      'usage',
      'The address of the Room carries credentials, which every user of this machine could read.',
      'Leave them out, and use --credentials-file FILE or TRUECONF_FILES_CREDENTIALS.',
    );
  }
  if (text === '') throw wrong('The address of the Room is empty (an unset variable?).');
  refuseScheme(scheme, text);
  refuseHost(text);
  const { url, zone } = toUrl(scheme === undefined ? `http://${bracketed(text)}` : text, text);
  if (scheme === 'ws' || scheme === 'wss') return toSocket(url, zone, text);
  return toWeb(url, zone, text);
}

/** Where a socket goes: a URL can't hold the zone of a link-local IPv6 address, so that these are texts. */
export interface SocketPlace {
  /** Without the zone. */
  readonly url: URL;
  /** Host for a socket: IPv6 without brackets, with its zone. */
  readonly host: string;
}

/** @param text a URL, in which an IPv6 address may have a zone: `ws://[fe80::1%eth0]:8765` */
export function readUrl(text: string): SocketPlace {
  const [, zone = ''] = ZONE.exec(text) ?? [];
  const url = new URL(text.replace(ZONE, ''));
  return { url, host: `${url.hostname.replace(/^\[|\]$/g, '')}${zone}` };
}

/** A host as a URL has it: IPv6 in brackets, numbers of IPv4 written out; `null` where the text is not a host. */
export function readHost(text: string): string | null {
  const host = bracketed(text);
  if (!HOST.test(host) || !URL.canParse(`ws://${host}`)) return null;
  const { hostname } = new URL(`ws://${host}`);
  return isTooLong(hostname) ? null : hostname;
}

/** Whether a host, as a URL has it, is a wildcard or a loopback address: each machine has it, and means itself. */
export function isOfAnyMachine(hostname: string): boolean {
  return OF_ANY_MACHINE.test(hostname.replace(/\.$/, ''));
}

/** Whether only the host can tell if the last part of the address is a Room's name or a PIN. */
export function isUnsettled({ pin, folder }: WebAddress): boolean {
  return pin !== null && folder !== DEFAULT_FOLDER;
}

/** Whether the address of a WebSocket has a path or a query, which its label leaves out. */
export function isHidden({ url }: Extract<RoomAddress, { kind: 'socket' }>): boolean {
  return !isPlain(url);
}

/** The address once the host has told that its last part names a Room. */
export function asFolder(address: WebAddress): WebAddress {
  return { ...address, label: `${address.label}/${address.folder}`, pin: null };
}

/** The address whose last part turned out to be the PIN, as the host has no Room of that name. */
export function asPin(address: WebAddress): WebAddress {
  return { ...address, folder: DEFAULT_FOLDER };
}

function toSocket(url: URL, zone: string, text: string): RoomAddress {
  url.hash = '';
  return { kind: 'socket', label: isPlain(text) ? text : shown(text), url: withZone(url.href, zone) };
}

function isPlain(url: string): boolean {
  return /^\w+:\/\/[^/?#]*\/?$/.test(url);
}

function toWeb(url: URL, zone: string, text: string): WebAddress {
  const { pathname } = url;
  const [origin, host] = [withZone(url.origin, zone), withZone(url.hostname, zone)];
  const label = text.slice(0, hostEnd(text));
  const web = { kind: 'web', label, origin, host, folder: DEFAULT_FOLDER, pin: null } as const;
  const [, prefix, folder] = /^\/(public\/)?(?:([\w.-]+)\/?(?:config\.json)?)?$/.exec(pathname) ?? [];
  if (folder === undefined) {
    if (pathname === '/') return web;
    throw invalid(text, 'has a path that is not the name of a Room');
  }
  if (folder === DEFAULT_FOLDER) return web;
  if (prefix === undefined && PIN.test(folder)) return { ...web, folder, pin: new Secret(folder) };
  return { ...web, label: `${label}/${folder}`, folder };
}

function refuseScheme(scheme: string | undefined, text: string): void {
  const [, bare] = /^(https?|wss?):(?!\/\/|\d+(?:\/|$))/i.exec(text) ?? [];
  if (bare !== undefined) throw invalid(text, `lacks the two slashes after ${bare}:`);
  if (scheme === undefined || SCHEMES.has(scheme)) return;
  if (scheme !== 'https') throw invalid(text, `begins with ${scheme}://`);
  const host = visible(text).slice('https://'.length);
  throw wrong(
    `The address "${shown(text)}" begins with https://, but a Room's page is plain HTTP.`,
    `Give http://${host === '' ? 'HOST' : host}, or wss://HOST:PORT where a proxy encrypts.`,
  );
}

/** What a URL's parser only calls invalid. */
function refuseHost(text: string): void {
  const authority = text.slice(/^\w+:\/\//.exec(text)?.[0].length ?? 0, hostEnd(text));
  if (/\s/.test(text)) throw invalid(text, 'contains a blank');
  if (authority === '') throw invalid(text, 'names no host');
  const [, port] = /:(\d+)$/.exec(authority) ?? [];
  const isBare = bracketed(authority) !== authority && !authority.includes('%');
  if (text.includes('://') && isBare) {
    const [, address = authority, last] = /^(.*::?[\da-f]+):(\d{2,5})$/i.exec(authority) ?? [];
    throw wrong(
      `The address "${shown(text)}" has an IPv6 address without brackets.`,
      `Put the IPv6 address into brackets: ${text.slice(0, text.indexOf('://'))}://[${address}]${last === undefined ? '' : `:${last}`}`,
    );
  }
  if (!isBare && port !== undefined && (Number(port) > MAX_PORT || Number(port) === 0)) {
    throw wrong(`The address "${shown(text)}" has the port ${port}.`, `The port must be 1 to ${MAX_PORT}.`);
  }
  if (/^\[?fe[89ab][\da-f]:[^%]*$/i.test(authority)) {
    throw wrong(
      `The address "${shown(text)}" is a link-local address, which needs its interface.`,
      `Give it with the interface after a percent sign, as in ${authority.replace(/^\[|\].*$/g, '')}%eth0.`,
    );
  }
  if (visible(text) !== text.slice(0, hostEnd(text))) throw invalid(text, 'is not an address');
}

function toUrl(url: string, text: string): { readonly url: URL; readonly zone: string } {
  const [, zone = ''] = ZONE.exec(url) ?? [];
  try {
    const read = new URL(url.replace(ZONE, ''));
    if (isTooLong(read.hostname)) throw invalid(text, 'has a host name that is too long');
    // In a URL the percent sign may be written as %25 (RFC 6874).
    return { url: read, zone: zone.replace(/^%25(?=[a-z])/i, '%') };
  } catch (error) {
    throw error instanceof TrueConfFilesError ? error : invalid(text, 'is not an address');
  }
}

/** Source: RFC 1035, 2.3.4. */
function isTooLong(hostname: string): boolean {
  return hostname.length > 253 || hostname.split('.').some(({ length }) => length > 63);
}

function withZone(text: string, zone: string): string {
  return zone === '' ? text : text.replace(']', `${zone}]`);
}

/** A bare IPv6 address has at least two colons and no brackets. */
function bracketed(text: string): string {
  return BARE_IP6.test(text) ? `[${text}]` : text;
}

/** Where scheme, host and port end: what comes after them may be secret. */
function hostEnd(text: string): number {
  return /^(?:\w[\w+.-]*:\/\/)?[^/\\?#]*/.exec(text)?.[0].length ?? 0;
}

/** An address as it may be shown, also where it is wrong: nothing after the host, as that may be secret. */
export function showAddress(given: string): string {
  const text = given.trim();
  return text.includes('@') ? '***' : shown(text);
}

/**
 * What is the same for two addresses of one Room: `ws://H` and `WS://h/`, `localhost` and `127.0.0.1`, `H` and
 * `http://h:80`.
 */
export function identityOf(address: RoomAddress): string {
  const place = readUrl(address.kind === 'web' ? address.origin : address.url);
  const { url } = place;
  const host = isOfAnyMachine(url.hostname) ? 'localhost' : place.host.replace(/\.$/, '');
  const last = address.kind === 'web' ? address.folder : `${url.pathname}${url.search}`;
  return `${url.protocol}//${host}:${url.port}/${last}`;
}

/** A Room was named twice, under addresses that only its page shows to be the same. */
export class SameRoomError extends Error {
  constructor(label: string, other: string) {
    super(`${label} is the same Room as ${other}, which is watched already`);
  }
}

/** The endpoints that this process connects to: a Room that was named twice must not be its own rival for the seat. */
export class Endpoints {
  /** By Room, the endpoint and the seat. */
  readonly #claims = new Map<string, string>();

  /**
   * Called before each sign-in.
   * @param label what the user gave as the Room's address
   * @param url of its WebSocket
   * @param role the seat; a Room may be watched from two of them
   * @throws SameRoomError where another address leads to the same seat
   */
  claim(label: string, url: string, role: Role | null): void {
    const claim = `${identityOf({ kind: 'socket', label, url })} ${role ?? ''}`;
    for (const [other, claimed] of this.#claims) {
      if (other !== label && claimed === claim) throw new SameRoomError(label, other);
    }
    this.#claims.set(label, claim);
  }

  release(label: string): void {
    this.#claims.delete(label);
  }
}

function shown(text: string): string {
  const known = visible(text);
  const [odd = ''] = /./su.exec(text.slice(known.length)) ?? [];
  if (odd === '' || text === `${known}/`) return known;
  if (/[/\\?#]/.test(odd)) return `${known}/…`;
  // What is after the mark may be a PIN with the wrong sign before it.
  return `${known}${/[\p{L}\p{N}]/u.test(odd) ? '' : odd}…`;
}

/** Scheme, host and port, as far as they are ones. */
function visible(text: string): string {
  const [scheme = ''] = /^[a-z][a-z\d+.-]*:\/\//i.exec(text) ?? [];
  const rest = text.slice(scheme.length);
  const [ip6 = ''] = LEADING_IP6.exec(rest) ?? [];
  const [place = ''] = PLACE.exec(rest) ?? [];
  return `${scheme}${ip6 === '' ? place : ip6}`;
}

function invalid(text: string, what: string): TrueConfFilesError {
  return wrong(`The address "${shown(text)}" ${what}.`);
}

function wrong(message: string, hint: string = HINT): TrueConfFilesError {
  return new TrueConfFilesError('usage', message, hint);
}

const HINT = 'Give the Room as HOST, HOST:PORT or http://HOST[:PORT] (its web port), or as ws://HOST:PORT.';
const SCHEMES: ReadonlySet<string> = new Set(['http', 'ws', 'wss']);
/** The folder of a Room that has its host to itself. */
export const DEFAULT_FOLDER = 'default';
/** Source: the page on signing in; PINs are short, in letters and digits. */
const PIN = /^[a-z\d]{1,8}$/i;
/** The interface of a link-local address. */
const ZONE = /(?<=\[fe[89ab][\da-f]:[\da-f:.]*)(%[\w.-]+)(?=\])/i;
const OF_ANY_MACHINE =
  /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::(?:1|ffff:(?:0:0|7f[\da-f]{2}:[\da-f]+))?\])$/i;
/** Of the name of a host, without what a URL would read as something else. */
const SIGN = String.raw`(?:[\w.-]|[^\p{ASCII}\p{C}\p{Z}]|[\u200c\u200d])`;
const IP6 = String.raw`[\da-f]*:[\da-f]*:[\da-f:.]*(?:%[\w.-]+)?`;
const HOST = new RegExp(String.raw`^(?:\[[\da-f:.]+\]|${SIGN}+)$`, 'iu');
const PLACE = new RegExp(String.raw`^(?:\[[\da-f:.]*(?:%[\w.-]+)?\]?|${SIGN})+(?::\d*)?`, 'iu');
const BARE_IP6 = new RegExp(`^${IP6}$`, 'i');
const LEADING_IP6 = new RegExp(String.raw`^${IP6}(?=[/\\?#]|$)`, 'i');
const MAX_PORT = 65_535;
