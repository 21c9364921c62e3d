import { isObject, type JsonObject } from '../protocol/json.js';
import { type Deviation, deviations, type Path, typeOf, type ValueType } from '../protocol/shape.js';
import { shapeOf } from '../protocol/wire.js';
import type { Entry } from '../room/entry.js';
import { parseFrame, Unanswered } from './unanswered.js';

export type MessageKind = 'event' | 'answer';

/** What came in a field as values of one type. */
export interface TypeTally {
  count: number;
  /** Characters of a text, digits of a number, rows of a list, fields of an object; 0 for other types. */
  least: number;
  most: number;
}

/** Messages of one name. */
export interface MessageTally {
  readonly kind: MessageKind;
  readonly name: string;
  readonly isDocumented: boolean;
  count: number;
  /** Of these a recording keeps only the size. */
  omitted: number;
  readonly fields: Map<string, { readonly path: Path; readonly types: Map<ValueType, TypeTally> }>;
  readonly deviations: Map<string, Deviation & { count: number }>;
  /** Refusals, by the Room's words and its number. */
  readonly refusals: Map<string, { readonly words: string | null; readonly code: unknown; count: number }>;
}

/** Counts what came from a Room, and holds it against the documented wire. It keeps no value. */
export class Census {
  /** Frames that came. */
  frames = 0;
  /** When the first and the last thing was seen, milliseconds since 1970. */
  from: number | null = null;
  to: number | null = null;
  /** By kind and name. */
  readonly messages = new Map<string, MessageTally>();
  /** Frames that are no message, by the code of their warning. */
  readonly refusedFrames = new Map<string, number>();
  readonly #unanswered = new Unanswered();

  /** A message without a time. */
  takeMessage(text: string): void {
    this.#received(text, '');
  }

  /** Listening ended: what was asked long enough before, and not answered, will not be. */
  end(at: number): void {
    if (this.from !== null) this.to = at;
  }

  take(entry: Entry, room: string): void {
    this.from ??= entry.at;
    this.to = entry.at;
    switch (entry.kind) {
      case 'received':
        this.#received(entry.text, room);
        return;
      case 'sent':
        this.#unanswered.sent(entry.text, entry.at, room);
        return;
      case 'link':
        if (!LINK_IS_UP.has(entry.link.state)) this.#unanswered.lost(room, entry.at);
        return;
      case 'warning':
        if (FRAME_WARNINGS.has(entry.code)) this.#refuseFrame(entry.code);
        return;
      // What a part of a recording repeats did not come from the Room.
      case 'held':
      case 'listing-asked':
      case 'listing-answered':
      case 'heartbeat':
        return;
    }
  }

  /** How often a method was asked without an answer, although there was time for one. */
  get unanswered(): ReadonlyMap<string, number> {
    return this.#unanswered.until(this.to ?? 0);
  }

  #received(text: string, room: string): void {
    const value = parseFrame(text);
    if (!isObject(value)) {
      this.#refuseFrame(value === undefined ? 'not-json' : 'not-an-object');
      return;
    }
    const { event, method } = value;
    if (typeof event === 'string' && (method === 'event' || method === undefined)) {
      this.#message('event', event, value);
    } else if (typeof method === 'string' && method !== 'event') {
      this.#unanswered.answered(method, value['requestId'], room);
      this.#message('answer', method, value);
    } else this.#refuseFrame('unknown-message');
  }

  #message(kind: MessageKind, name: string, from: JsonObject): void {
    const shape = shapeOf(kind, name, from);
    const tally = this.#tallyOf(kind, name, shape !== null);
    this.frames++;
    tally.count++;
    const isRefusal = kind === 'answer' && from['result'] === false;
    if (isRefusal) countRefusal(tally, from);
    if (typeof from['omittedBytes'] === 'number') {
      tally.omitted++;
      return;
    }
    countFields(tally, from);
    if (shape === null) return;
    for (const deviation of deviations(from, shape, !isRefusal)) countDeviation(tally, deviation);
  }

  #tallyOf(kind: MessageKind, name: string, isDocumented: boolean): MessageTally {
    const isOneTooMany = !isDocumented && this.messages.size >= MAX_NAMES;
    const key = `${kind} ${isOneTooMany ? FURTHER : name}`;
    const known = this.messages.get(key);
    if (known !== undefined) return known;
    const tally: MessageTally = {
      kind,
      name: isOneTooMany ? FURTHER : name,
      isDocumented,
      count: 0,
      omitted: 0,
      fields: new Map(),
      deviations: new Map(),
      refusals: new Map(),
    };
    this.messages.set(key, tally);
    return tally;
  }

  #refuseFrame(code: string): void {
    this.frames++;
    this.refusedFrames.set(code, (this.refusedFrames.get(code) ?? 0) + 1);
  }
}

function countRefusal({ refusals }: MessageTally, from: JsonObject): void {
  const { error, resultCode: code = null } = from;
  const words = typeof error === 'string' ? error : null;
  const key = refusals.size < MAX_VARIANTS ? JSON.stringify([words, code]) : FURTHER;
  const refusal = refusals.get(key) ?? { words: key === FURTHER ? FURTHER : words, code, count: 0 };
  refusal.count++;
  refusals.set(key, refusal);
}

function countDeviation({ deviations }: MessageTally, deviation: Deviation): void {
  const { finding, path, expected, got } = deviation;
  const key = JSON.stringify([finding, path, expected, got]);
  const known = deviations.get(key);
  if (known !== undefined) known.count++;
  else if (deviations.size < MAX_FIELDS) deviations.set(key, { ...deviation, count: 1 });
}

function countFields(tally: MessageTally, from: JsonObject): void {
  visit(from, [], (path, value) => {
    const key = JSON.stringify(path);
    const field = tally.fields.get(key) ?? { path, types: new Map<ValueType, TypeTally>() };
    if (!tally.fields.has(key)) {
      if (tally.fields.size >= MAX_FIELDS) return;
      tally.fields.set(key, field);
    }
    const type = typeOf(value);
    const size = sizeOf(value);
    const known = field.types.get(type) ?? { count: 0, least: size, most: size };
    known.count++;
    known.least = Math.min(known.least, size);
    known.most = Math.max(known.most, size);
    field.types.set(type, known);
  });
}

/** Every field of an object, and those in its objects and lists. */
function visit(value: unknown, path: Path, see: (path: Path, value: unknown) => void): void {
  if (path.length > 0) see(path, value);
  if (path.length >= MAX_DEPTH) return;
  if (Array.isArray(value)) for (const row of value) visit(row, [...path, null], see);
  else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      const isName = path.length === 0 && (name === 'method' || name === 'event');
      if (!isName) visit(inner, [...path, name], see);
    }
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value === '***' ? 0 : value.length;
  if (typeof value === 'number') return String(Math.trunc(Math.abs(value))).length;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 0;
}

const LINK_IS_UP: ReadonlySet<string> = new Set(['signing-in', 'listing', 'live']);
const FRAME_WARNINGS: ReadonlySet<string> = new Set(['binary-frame', 'frame-too-large']);
/** Strangers choose names and fields: what is beyond these limits is counted, and not named. */
const MAX_NAMES = 1_000;
const MAX_FIELDS = 300;
const MAX_VARIANTS = 20;
const MAX_DEPTH = 8;
export const FURTHER = '(further)';
