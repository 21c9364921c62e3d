import type { JsonObject } from './json.js';

/** As the Room sees it: `inbound` comes to the Room, `outbound` is sent by it. */
export type Direction = 'inbound' | 'outbound' | 'unknown';

/** The other side of a transfer. */
export interface Peer {
  /** TrueConf ID, such as `user@server`. */
  readonly id: string | null;
  /** Display name: `peerDn` or `peerDisplayName` on the wire. Chosen by a stranger. */
  readonly name: string | null;
}

/** What one message says about one file request; `null` if it does not say. */
export interface FileFacts {
  /** `fileRequestId`: a UUID in every example, but any non-empty string is taken. */
  readonly id: string;
  /** `directionType`, or what the message's own name tells; `unknown` where neither does. */
  readonly direction: Direction;
  /** Chosen by a stranger. */
  readonly name: string | null;
  /** Bytes: `fileSize` in events, `size` in lists. */
  readonly size: number | null;
  /** `null` if the message names no peer, as for a file sent to a whole conference. */
  readonly peer: Peer | null;
  /** `confId`; an empty one on the wire means the same as none. */
  readonly conferenceId: string | null;
  /** Id on the built-in HTTP server: a number in events, a string in `getFileList`. */
  readonly fileId: string | null;
  /** When the request was made, milliseconds since 1970 (the wire has seconds or milliseconds). */
  readonly createdAt: number | null;
}

/** Where a reader notes what it could not read. Made only when needed, as nearly every message is whole. */
export class Problems {
  #list: string[] | undefined;

  add(field: string, got: unknown, expected: string): void {
    this.#list ??= [];
    if (this.#list.length < MAX_PROBLEMS) this.#list.push(`${field} is ${quote(got)}, expected ${expected}`);
  }

  get list(): readonly string[] {
    return this.#list ?? NONE;
  }
}

/** A string; `null` where the field is absent, `null` or empty. */
function readText(from: JsonObject, field: string, problems: Problems): string | null {
  const value = from[field];
  if (typeof value === 'string') return value === '' ? null : value;
  if (value === undefined || value === null) return null;
  problems.add(field, value, 'a string');
  return null;
}

/** An id: a string, or a number as text. `null` where the field is absent or empty. */
export function readId(from: JsonObject, field: string, problems: Problems): string | null {
  const value = from[field];
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const text = readText(from, field, problems);
  if (text === null || text.length <= MAX_ID_UNITS) return text;
  problems.add(field, text, `an id of at most ${MAX_ID_UNITS} characters`);
  return null;
}

/** A finite number, also written as a string of digits. `null` where absent. */
export function readNumber(from: JsonObject, field: string, problems: Problems): number | null {
  const value = from[field];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && DECIMAL.test(value)) return Number(value);
  problems.add(field, value, 'a number');
  return null;
}

/** A number of bytes: whole, not negative, and no larger than can be counted exactly (9 PB). */
export function readBytes(from: JsonObject, field: string, problems: Problems): number | null {
  const value = readNumber(from, field, problems);
  if (value === null || (value >= 0 && Number.isSafeInteger(value))) return value;
  problems.add(field, value, 'a number of bytes');
  return null;
}

/**
 * A time in milliseconds since 1970. The wire has milliseconds in inbound messages and seconds in outbound ones,
 * and no page says so: the magnitude decides.
 */
function readTime(from: JsonObject, field: string, problems: Problems): number | null {
  const value = readNumber(from, field, problems);
  if (value === null || value === 0) return null;
  const ms = value < FIRST_MILLISECONDS ? value * 1_000 : value;
  if (ms > 0 && ms <= LAST_DATE_MS) return ms;
  problems.add(field, value, 'a time in seconds or milliseconds');
  return null;
}

/** Also written as 1 and 0, or as text. */
export function readBoolean(from: JsonObject, field: string, problems: Problems): boolean | null {
  const value = from[field];
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 'true' || value === '1') return true;
  if (value === 0 || value === 'false' || value === '0') return false;
  if (value === undefined || value === null) return null;
  problems.add(field, value, 'true or false');
  return null;
}

/** A short rendering of a value for a sentence. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, QUOTED_UNITS));
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return value === undefined ? 'missing' : String(value);
}

/** Ids are held for long, and are UUIDs and numbers. */
const MAX_ID_UNITS = 1_024;
const MAX_PROBLEMS = 8;
const NONE: readonly string[] = [];
const DECIMAL = /^\d{1,16}(?:\.\d{1,16})?$/;
/** Smaller numbers are seconds: as milliseconds they would lie in March 1973, as seconds in the year 5138. */
export const FIRST_MILLISECONDS = 1e11;
/** The end of the year 9999, the last that RFC 3339 can write. */
const LAST_DATE_MS = 253_402_300_799_999;
const QUOTED_UNITS = 40;

/** What an object on the wire says about a file request; `null` where it has no id. */
export function readFile(from: JsonObject, direction: Direction, problems: Problems): FileFacts | null {
  const id = readRequestId(from, problems);
  if (id === null) return null;
  return {
    id,
    direction,
    name: readName(from, problems),
    size: readSize(from, problems),
    peer: readPeer(from, problems),
    conferenceId: readId(from, 'confId', problems),
    fileId: readId(from, 'fileId', problems),
    createdAt: readTime(from, 'timestamp', problems),
  };
}

/** A file's name: an empty one is a name, too. */
export function readName(from: JsonObject, problems: Problems): string | null {
  const name = readText(from, 'fileName', problems) ?? readText(from, 'name', problems);
  return name === null && (from['fileName'] === '' || from['name'] === '') ? '' : name;
}

/** `fileRequestId`, or `id` before 4.1. */
export function readRequestId(from: JsonObject, problems: Problems): string | null {
  return readId(from, 'fileRequestId', problems) ?? readId(from, 'id', problems);
}

/** `directionType`: 0 inbound, 1 outbound. */
export function readDirection(from: JsonObject, problems: Problems): Direction {
  const code = readNumber(from, 'directionType', problems);
  if (code === 0) return 'inbound';
  if (code === 1) return 'outbound';
  if (code !== null) problems.add('directionType', code, '0 or 1');
  return 'unknown';
}

/** `fileSize` in events, `size` in lists, `totalSize` before 4.1. */
function readSize(from: JsonObject, problems: Problems): number | null {
  return (
    readBytes(from, 'fileSize', problems) ??
    readBytes(from, 'size', problems) ??
    readBytes(from, 'totalSize', problems)
  );
}

/** A name is `peerDn` in some messages and `peerDisplayName` in others. */
function readPeer(from: JsonObject, problems: Problems): Peer | null {
  const id = readId(from, 'peerId', problems);
  const name = readText(from, 'peerDn', problems) ?? readText(from, 'peerDisplayName', problems);
  return id === null && name === null ? null : { id, name };
}
