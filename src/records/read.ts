import type { WarningNotice } from '../monitor/monitor.js';
import { type Direction, type Peer, quote } from '../protocol/fields.js';
import { isObject, type JsonObject, parseJson } from '../protocol/json.js';
import type { Link } from '../room/entry.js';
import type { Origin, RemovedReason } from '../transfers/change.js';
import { keyOf, STATUSES, type Status, type Transfer } from '../transfers/transfer.js';

interface Base {
  /** When the relay observed it, milliseconds since 1970. */
  readonly at: number;
  readonly room: string;
}

/** A record as it came over NATS, checked field by field. */
export type WireRecord =
  | (Base & {
      readonly type: 'transfer';
      readonly id: string;
      readonly transfer: Transfer;
      readonly previousStatus: Status | null;
      readonly origin: Origin;
      readonly event: string | null;
    })
  | (Base & {
      readonly type: 'progress';
      readonly id: string;
      readonly percent: number | null;
      readonly bytes: number | null;
      readonly bytesPerSecond: number | null;
    })
  | (Base & {
      readonly type: 'removed';
      readonly id: string;
      readonly reason: RemovedReason;
      readonly removedFromDisk: boolean | null;
    })
  | (Base & { readonly type: 'connection'; readonly link: Link })
  | (Base & { readonly type: 'availability' | 'state'; readonly code: number })
  | (Base & { readonly type: 'warning'; readonly notice: WarningNotice });

/** Text that is not a record, with the reason: a sentence that may quote it. */
export interface NoRecord {
  readonly type: 'unreadable';
  readonly reason: string;
}

/** Reads a record. Never throws: what comes from NATS is as untrusted as what comes from a Room. */
export function readRecord(text: string): WireRecord | NoRecord {
  const value = parseJson(text);
  if (value === undefined) return { type: 'unreadable', reason: `${quote(text)} is not JSON` };
  if (!isObject(value)) return { type: 'unreadable', reason: `${quote(value)} is not a JSON object` };
  if (value['v'] !== 1) return { type: 'unreadable', reason: `v is ${quote(value['v'])}, expected 1` };
  const fields = new Fields(value);
  const record = readTyped(value, fields);
  if (record === null)
    return { type: 'unreadable', reason: `type is ${quote(value['type'])}, which is not relayed` };
  return fields.problem === null ? record : { type: 'unreadable', reason: fields.problem };
}

function readTyped(value: JsonObject, fields: Fields): WireRecord | null {
  const base: Base = { at: fields.time('time'), room: fields.text('room') };
  switch (value['type']) {
    case 'transfer':
      return {
        ...base,
        type: 'transfer',
        id: fields.text('id'),
        transfer: readTransfer(fields, base.at),
        previousStatus: fields.oneOrNull('previousStatus', STATUSES),
        origin: fields.one('origin', ORIGINS),
        event: fields.textOrNull('event'),
      };
    case 'progress':
      return {
        ...base,
        type: 'progress',
        id: fields.text('id'),
        percent: fields.numberOrNull('percent', 0, 100),
        bytes: fields.numberOrNull('bytes', 0),
        bytesPerSecond: fields.numberOrNull('bytesPerSecond', 0),
      };
    case 'removed':
      return {
        ...base,
        type: 'removed',
        id: fields.text('id'),
        reason: fields.one('reason', REASONS),
        removedFromDisk: fields.booleanOrNull('removedFromDisk'),
      };
    case 'connection':
      return { ...base, type: 'connection', link: readLink(fields) };
    case 'availability':
    case 'state':
      return { ...base, type: value['type'], code: fields.number('code') };
    case 'warning':
      return { ...base, type: 'warning', notice: readWarning(fields, base.at) };
    default:
      return null;
  }
}

function readTransfer(fields: Fields, at: number): Transfer {
  const id = fields.text('id');
  const direction = fields.one('direction', DIRECTIONS);
  const status = fields.one('status', STATUSES);
  const size = fields.numberOrNull('size', 0);
  const progress = fields.numberOrNull('progress', 0, 100);
  return {
    id,
    key: keyOf({ id, direction }),
    direction,
    status,
    statusCode: fields.numberOrNull('statusCode'),
    name: fields.textOrNull('name'),
    size,
    peer: readPeer(fields),
    conferenceId: fields.textOrNull('conferenceId'),
    fileId: fields.textOrNull('fileId'),
    createdAt: fields.timeOrNull('createdAt'),
    progress,
    bytes: progress === null || size === null ? null : Math.round((size * progress) / 100),
    bytesPerSecond: null,
    progressAt: progress === null ? null : at,
    path: [{ status, at }],
    omittedSteps: 0,
    firstSeenAt: at,
    raw: null,
  };
}

function readPeer(fields: Fields): Peer | null {
  const peer = fields.objectOrNull('peer');
  if (peer === null) return null;
  return { id: peer.textOrNull('id'), name: peer.textOrNull('name') };
}

function readLink(fields: Fields): Link {
  const state = fields.one('state', STATES);
  const attempt = fields.numberOrNull('attempt', 0) ?? 0;
  const reason = fields.textOrNull('reason') ?? '';
  switch (state) {
    case 'connecting':
      return { state: 'connecting', attempt };
    case 'connected':
      return { state: 'live', attempt };
    case 'disconnected': {
      const retryInMs = fields.numberOrNull('retryInMs', 0) ?? 0;
      return { state: 'waiting', attempt, retryInMs, reason, wasLive: attempt === 0 };
    }
    case 'closed':
      return { state: 'closed', reason };
  }
}

function readWarning(fields: Fields, at: number): WarningNotice {
  return {
    kind: 'warning',
    at,
    code: fields.text('code'),
    message: fields.text('message'),
    count: fields.number('count', 0),
    id: fields.textOrNull('id'),
  };
}

const DIRECTIONS: readonly Direction[] = ['unknown', 'inbound', 'outbound'];
const ORIGINS: readonly Origin[] = ['event', 'snapshot', 'resync'];
const REASONS: readonly RemovedReason[] = ['gone', 'deleted', 'cleared'];
const STATES = ['closed', 'connecting', 'connected', 'disconnected'] as const;

/**
 * Reads the fields of a record strictly. What is wrong is noted, once, and something harmless is given in its place:
 * the caller asks for `problem` at the end.
 */
class Fields {
  readonly #from: JsonObject;
  readonly #parent: Fields | null;
  readonly #name: string;
  #problem: string | null = null;

  constructor(from: JsonObject, parent: Fields | null = null, name = '') {
    this.#from = from;
    this.#parent = parent;
    this.#name = name;
  }

  /** The first field that was wrong, as a sentence. */
  get problem(): string | null {
    return this.#problem;
  }

  /** A string that is not empty. */
  text(field: string): string {
    const value = this.#from[field];
    return typeof value === 'string' && value !== '' ? value : this.#wrong(field, 'a string', '');
  }

  textOrNull(field: string): string | null {
    const value = this.#from[field];
    return typeof value === 'string' || value === null ? value : this.#wrong(field, 'a string or null', null);
  }

  number(field: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
    const value = this.#from[field];
    return isWithin(value, min, max) ? value : this.#wrong(field, 'a number in its range', min);
  }

  numberOrNull(field: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number | null {
    return this.#from[field] === null ? null : this.number(field, min, max);
  }

  booleanOrNull(field: string): boolean | null {
    const value = this.#from[field];
    if (typeof value === 'boolean' || value === null) return value;
    return this.#wrong(field, 'true, false or null', null);
  }

  /** A time in RFC 3339 as milliseconds since 1970. */
  time(field: string): number {
    const value = this.#from[field];
    const at = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? this.#wrong(field, 'a time', 0) : at;
  }

  timeOrNull(field: string): number | null {
    return this.#from[field] === null ? null : this.time(field);
  }

  /** One of the values; the first of them stands in for what is wrong. */
  one<Value extends string>(field: string, values: readonly Value[]): Value {
    const value = this.#from[field];
    const found = values.find((known) => known === value);
    if (found !== undefined) return found;
    const [first] = values;
    if (first === undefined) throw new Error('a field without values');
    return this.#wrong(field, `one of ${values.join(', ')}`, first);
  }

  oneOrNull<Value extends string>(field: string, values: readonly Value[]): Value | null {
    return this.#from[field] === null ? null : this.one(field, values);
  }

  objectOrNull(field: string): Fields | null {
    const value = this.#from[field];
    if (value === null) return null;
    if (isObject(value)) return new Fields(value, this, field);
    return this.#wrong(field, 'an object or null', null);
  }

  #wrong<Value>(field: string, expected: string, harmless: Value): Value {
    const got = this.#from[field];
    if (this.#parent === null) this.#problem ??= `${field} is ${quote(got)}, expected ${expected}`;
    else this.#parent.#wrong(this.#name, `one whose ${field} is ${expected}`, null);
    return harmless;
  }
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

const RFC_3339 = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
