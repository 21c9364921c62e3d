import { decode } from '../protocol/decode.js';
import { quote } from '../protocol/fields.js';
import { isObject, type JsonObject, parseJson } from '../protocol/json.js';
import type { Redactor } from '../protocol/secrets.js';
import { isoTime, toLine } from '../records/line.js';
import type { Entry, Link } from '../room/entry.js';

/** Version of the format: fields and kinds may be added within a version, never changed. */
const RECORDING_VERSION = 1;

/** What the first line says. */
export interface RecordingHeader {
  /** When recording began, milliseconds since 1970. */
  readonly time: number;
  /** What made it, for bug reports. */
  readonly program: string;
  /** The Rooms in it, as they were named. */
  readonly rooms: readonly string[];
  readonly part: Part;
}

/** Which part of a recording a file is. */
export interface Part {
  /** The recording's own: the same in all of its parts. */
  readonly id: string;
  /** From 1. */
  readonly number: number;
  /** Lines after the first that only repeat what the parts before show: what was there when this part began. */
  readonly held: number;
}

export function headerLine({ time, program, rooms, part }: RecordingHeader): string {
  const { id, number, held } = part;
  const header = { type: 'recording', v: RECORDING_VERSION, time: isoTime(time), program, rooms };
  return toLine({ ...header, id, part: number, held });
}

/** An entry as a line, without secrets. Of a received frame only the text: the message follows from it. */
export function entryLine(entry: Entry, room: string, redactor: Redactor): string {
  return toLine({ at: isoTime(entry.at), room, kind: entry.kind, ...fieldsOf(entry, redactor) });
}

function fieldsOf(entry: Entry, redactor: Redactor): object {
  switch (entry.kind) {
    case 'received':
    case 'held':
    case 'sent':
      return { text: redactor.redactFrame(entry.text, true) };
    case 'link':
      return { link: entry.link };
    case 'listing-asked':
      return { cause: entry.cause };
    case 'listing-answered':
      return { inbound: entry.inbound, outbound: entry.outbound };
    case 'warning':
      return { code: entry.code, message: entry.message };
    case 'heartbeat':
      return { connected: entry.connected };
  }
}

/** What the first line shows a text to be. */
export type Beginning =
  | {
      readonly kind: 'recording';
      readonly time: number;
      readonly rooms: readonly string[];
      /** Whether the line is the first of a recording; else it is an entry, as a piece of a recording begins with. */
      readonly hasHeader: boolean;
      /** `null` where the first line does not say it. */
      readonly part: Part | null;
    }
  /** A recording of a version that is not known here. */
  | { readonly kind: 'newer'; readonly version: string }
  /** What `--json` wrote: it follows from frames, which are not in it. */
  | { readonly kind: 'records'; readonly time: number }
  /** No recording: messages of a Room, one a line. */
  | { readonly kind: 'messages' };

export function readBeginning(firstLine: string): Beginning {
  const piece = readEntry(firstLine);
  if ('entry' in piece) {
    return { kind: 'recording', time: piece.entry.at, rooms: [piece.room], hasHeader: false, part: null };
  }
  const value = parseJson(firstLine);
  if (!isObject(value) || typeof value['type'] !== 'string') return { kind: 'messages' };
  const { type, v, time, rooms, id, part, held = 0 } = value;
  if (type !== 'recording') {
    return 'v' in value && 'time' in value
      ? { kind: 'records', time: readTime(time) ?? 0 }
      : { kind: 'messages' };
  }
  if (v !== RECORDING_VERSION) return { kind: 'newer', version: quote(v) };
  const names = Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string') : [];
  const isPart = typeof id === 'string' && isCount(part) && isCount(held);
  return {
    kind: 'recording',
    time: readTime(time) ?? 0,
    rooms: names,
    hasHeader: true,
    part: isPart ? { id, number: part, held } : null,
  };
}

/** An entry of a recording and its Room, or what is wrong with the line, in words. */
export type ParsedLine = { readonly room: string; readonly entry: Entry } | { readonly fault: string };

export function readEntry(text: string): ParsedLine {
  const value = parseJson(text);
  if (!isObject(value)) return { fault: 'is not an entry' };
  const at = readTime(value['at']);
  if (at === null) return { fault: `has the time ${quote(value['at'])}` };
  const { room, kind } = value;
  if (typeof room !== 'string') return { fault: `has the Room ${quote(room)}` };
  const reader = typeof kind === 'string' && Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (reader === undefined) return { fault: `has the kind ${quote(kind)}, which is not known` };
  const entry = reader(value, at);
  return entry === null ? { fault: `is not a complete entry of the kind ${quote(kind)}` } : { room, entry };
}

type Reader = (from: JsonObject, at: number) => Entry | null;

const READERS: Readonly<Record<string, Reader>> = {
  received: ({ text }, at) =>
    typeof text === 'string' ? { kind: 'received', at, text, message: decode(text) } : null,
  held: ({ text }, at) =>
    typeof text === 'string' ? { kind: 'held', at, text, message: decode(text) } : null,
  sent: ({ text }, at) => (typeof text === 'string' ? { kind: 'sent', at, text } : null),
  link: ({ link }, at) => {
    const read = isObject(link) ? readLink(link) : null;
    return read === null ? null : { kind: 'link', at, link: read };
  },
  'listing-asked': ({ cause }, at) =>
    cause === 'snapshot' || cause === 'resync' || cause === 'cleared'
      ? { kind: 'listing-asked', at, cause }
      : null,
  'listing-answered': ({ inbound, outbound }, at) =>
    typeof inbound === 'boolean' && typeof outbound === 'boolean'
      ? { kind: 'listing-answered', at, inbound, outbound }
      : null,
  warning: ({ code, message }, at) =>
    typeof code === 'string' && typeof message === 'string' ? { kind: 'warning', at, code, message } : null,
  heartbeat: ({ connected }, at) =>
    typeof connected === 'boolean' ? { kind: 'heartbeat', at, connected } : null,
};

function readLink({ state, attempt, retryInMs, reason, wasLive }: JsonObject): Link | null {
  switch (state) {
    case 'connecting':
    case 'signing-in':
    case 'listing':
    case 'live':
      return typeof attempt === 'number' ? { state, attempt } : null;
    case 'waiting':
      return typeof attempt === 'number' &&
        typeof retryInMs === 'number' &&
        typeof reason === 'string' &&
        typeof wasLive === 'boolean'
        ? { state, attempt, retryInMs, reason, wasLive }
        : null;
    case 'closed':
      return typeof reason === 'string' ? { state, reason } : null;
    default:
      return null;
  }
}

function readTime(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
