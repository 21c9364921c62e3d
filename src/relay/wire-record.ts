import type { WarningNotice } from '../monitor/notice.js';
import { isObject, type JsonObject, quote } from '../protocol/fields.js';
import type { Direction, Peer } from '../protocol/message.js';
import type { Link } from '../room/link.js';
import type { Origin, RemovedReason } from '../transfers/change.js';
import { STATUSES, type Status, type Transfer } from '../transfers/transfer.js';
import { Fields } from './record-fields.js';

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
  | (Base & { readonly type: 'availability'; readonly code: number })
  | (Base & { readonly type: 'warning'; readonly notice: WarningNotice });

/** Text that is no record, with the reason: a sentence that may quote it. */
export interface NoRecord {
  readonly type: 'unreadable';
  readonly reason: string;
}

/** Reads a record. Never throws: what comes from NATS is as untrusted as what comes from a Room. */
export function readRecord(text: string): WireRecord | NoRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { type: 'unreadable', reason: `${quote(text)} is not JSON` };
  }
  if (!isObject(value)) return { type: 'unreadable', reason: `${quote(value)} is no JSON object` };
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
      return { ...base, type: 'availability', code: fields.number('code') };
    case 'warning':
      return { ...base, type: 'warning', notice: readWarning(fields, base.at) };
    default:
      return null;
  }
}

function readTransfer(fields: Fields, at: number): Transfer {
  const status = fields.one('status', STATUSES);
  const size = fields.numberOrNull('size', 0);
  const progress = fields.numberOrNull('progress', 0, 100);
  return {
    id: fields.text('id'),
    direction: fields.one('direction', DIRECTIONS),
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
