import { Duration } from '@marcbachmann/cel-js/evaluator';
import type { Origin } from '../transfers/change.js';
import { hasStalled } from '../transfers/rate.js';
import { bornAt, hasEnded, STATUSES, type Status, statusAt, type Transfer } from '../transfers/transfer.js';

/** What an expression is evaluated for: one transfer at one moment, and the change that made it so. */
export interface Facts {
  /** Milliseconds since 1970; `null` where the moment is not known. */
  readonly at: number | null;
  /** The Room's label. */
  readonly room: string | null;
  readonly transfer: Transfer;
  readonly kind: 'transfer' | 'progress' | 'removed';
  readonly previousStatus: Status | null;
  readonly origin: Origin | null;
  readonly event: string | null;
}

/** A transfer at a moment, without a change. */
export function factsOf(
  transfer: Transfer,
  at: number | null,
  room: string | null,
  change: Partial<Pick<Facts, 'kind' | 'previousStatus' | 'origin' | 'event'>> = {},
): Facts {
  const { kind = 'transfer', previousStatus = null, origin = null, event = null } = change;
  return { at, room, transfer, kind, previousStatus, origin, event };
}

type FieldType = 'string' | 'int' | 'double' | 'bool' | 'timestamp' | 'duration' | 'peer';

/** A field of expressions. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Whether it can be `null`. */
  readonly isOptional: boolean;
  /** Whether it says what a transfer is, rather than how far it has come. */
  readonly isLasting: boolean;
  /** The texts that it may have, where they are known. */
  readonly values: readonly string[] | null;
  readonly read: (facts: Facts) => unknown;
}

/** The fields of the `transfer` record, and what follows from them. CEL's integers are `bigint`. */
export const FIELDS: readonly Field[] = [
  field('time', 'timestamp', ({ at }) => dateOf(at), { isOptional: true }),
  field('room', 'string', ({ room }) => room, { isOptional: true, isLasting: true }),
  field('id', 'string', ({ transfer }) => transfer.id, { isLasting: true }),
  field('direction', 'string', ({ transfer }) => transfer.direction, {
    isLasting: true,
    values: ['inbound', 'outbound', 'unknown'],
  }),
  field('status', 'string', ({ transfer }) => transfer.status, { values: STATUSES }),
  field('statusCode', 'int', ({ transfer }) => integerOf(transfer.statusCode), { isOptional: true }),
  field('previousStatus', 'string', ({ previousStatus }) => previousStatus, {
    isOptional: true,
    values: STATUSES,
  }),
  field('name', 'string', ({ transfer }) => transfer.name, { isOptional: true, isLasting: true }),
  field('size', 'int', ({ transfer }) => integerOf(transfer.size), { isOptional: true, isLasting: true }),
  field('peer', 'peer', ({ transfer }) => transfer.peer, { isOptional: true, isLasting: true }),
  field('conferenceId', 'string', ({ transfer }) => transfer.conferenceId, {
    isOptional: true,
    isLasting: true,
  }),
  field('fileId', 'string', ({ transfer }) => transfer.fileId, { isOptional: true }),
  field('createdAt', 'timestamp', ({ transfer }) => dateOf(transfer.createdAt), {
    isOptional: true,
    isLasting: true,
  }),
  field('progress', 'double', ({ transfer }) => transfer.progress, { isOptional: true }),
  field('origin', 'string', ({ origin }) => origin, {
    isOptional: true,
    values: ['snapshot', 'event', 'resync'],
  }),
  field('event', 'string', ({ event }) => event, { isOptional: true }),
  field('age', 'duration', (facts) => lengthOf(ageMs(facts)), { isOptional: true }),
  field('duration', 'duration', (facts) => lengthOf(durationMs(facts)), { isOptional: true }),
  field('rate', 'double', ({ transfer }) => transfer.bytesPerSecond, { isOptional: true }),
  field('stalled', 'bool', isStalledNow),
  field('ended', 'bool', ({ transfer }) => hasEnded(transfer.status)),
];

/** Sizes in bytes, by name. */
export const UNITS: readonly (readonly [name: string, bytes: bigint])[] = [
  ['KB', 1_000n],
  ['MB', 1_000_000n],
  ['GB', 1_000_000_000n],
  ['KiB', 1_024n],
  ['MiB', 1_048_576n],
  ['GiB', 1_073_741_824n],
];

/** A transfer of which only the id is known, as of one that was removed and never seen. */
export function unknownTransfer(id: string): Transfer {
  return {
    id,
    key: id,
    direction: 'unknown',
    status: 'unknown',
    statusCode: null,
    name: null,
    size: null,
    peer: null,
    conferenceId: null,
    fileId: null,
    createdAt: null,
    progress: null,
    bytes: null,
    bytesPerSecond: null,
    progressAt: null,
    path: [],
    omittedSteps: 0,
    firstSeenAt: 0,
    raw: null,
  };
}

function field(
  name: string,
  type: FieldType,
  read: Field['read'],
  rest: Partial<Pick<Field, 'isOptional' | 'isLasting' | 'values'>> = {},
): Field {
  return { name, type, read, isOptional: false, isLasting: false, values: null, ...rest };
}

function dateOf(at: number | null): Date | null {
  return at === null || Math.abs(at) > MAX_TIME_MS ? null : new Date(at);
}

function integerOf(value: number | null): bigint | null {
  return value === null || !Number.isFinite(value) ? null : BigInt(Math.trunc(value));
}

function lengthOf(ms: number | null): Duration | null {
  return ms === null || !(ms <= MAX_TIME_MS) ? null : Duration.fromMilliseconds(Math.max(0, ms));
}

/** Of a `Date`: what is further away is no time. */
const MAX_TIME_MS = 8.64e15;

/** Since the request was made. */
function ageMs({ at, transfer }: Facts): number | null {
  return at === null ? null : at - bornAt(transfer);
}

/** From the request to its end, or to now; `null` where it had ended before it was first seen. */
function durationMs(facts: Facts): number | null {
  const { at, transfer, kind, previousStatus } = facts;
  if (!hasEnded(transfer.status)) return ageMs(facts);
  const sawEnd = transfer.path.length > 1 ? (transfer.path.at(-1)?.at ?? null) : null;
  const endedAt = sawEnd ?? (kind === 'transfer' && previousStatus !== null ? at : null);
  return endedAt === null ? null : endedAt - bornAt(transfer);
}

function isStalledNow({ at, transfer }: Facts): boolean {
  if (at === null || transfer.status !== 'processing') return false;
  return hasStalled(transfer, statusAt(transfer), at);
}
