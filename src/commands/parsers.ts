import { InvalidArgumentError } from 'commander';
import type { ListenAddress } from '../metrics/server.js';
import { isNumericId } from '../protocol/requests.js';
import type { Keep } from '../recording/keeper.js';
import { GROUP_KEYS, type GroupKey } from '../report/summary.js';
import { isZone } from '../rules/zone.js';
import { COLUMNS, type ColumnName } from '../screen/columns.js';
import { idFault } from '../transfers/ids.js';
import { STATUSES, type Status } from '../transfers/transfer.js';
import { GOALS, type Goal } from '../watch/endings.js';

/** `500ms`, `10s`, `5m`, `1h`, `2d`, as milliseconds. */
export function parseDuration(text: string): number {
  const ms = readDuration(text);
  if (ms > MAX_TIMER_MS) throw new InvalidArgumentError('Give at most 24d (576h).');
  return ms;
}

/** How often a link is checked: more often would only keep the Room busy. */
export function parseHeartbeat(text: string): number {
  const ms = parseDuration(text);
  if (ms < SECOND_MS) throw new InvalidArgumentError('Give at least 1s.');
  return ms;
}

/** How long records are kept: no timer runs that long, so it has no upper limit. */
export function parseAge(text: string): number {
  const ms = readDuration(text);
  if (ms < SECOND_MS) throw new InvalidArgumentError('Give at least 1s.');
  return ms;
}

function readDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9}(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError('Give a duration such as 500ms, 10s, 5m, 1h or 2d.');
  return ms;
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const count = readWhole(text);
  if (count === null || count < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return count;
}

/** How many copies NATS is to keep. */
export function parseReplicas(text: string): number {
  const copies = readWhole(text);
  if (copies === null || copies < 1 || copies > MOST_COPIES) {
    throw new InvalidArgumentError(
      `Give a whole number from 1 to ${MOST_COPIES}: NATS keeps no more copies.`,
    );
  }
  return copies;
}

/** A whole number from 0. */
export function parseWhole(text: string): number {
  const whole = readWhole(text);
  if (whole === null) throw new InvalidArgumentError('Give a whole number.');
  return whole;
}

/** Digits, which may be grouped as help writes them: `10,000`. */
function readWhole(text: string): number | null {
  return /^(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})$/.test(text) ? Number(text.replaceAll(',', '')) : null;
}

/** A number of bytes; `512M` and `512MiB` are 512 × 1024 × 1024, `512MB` is 512 million. */
export function parseBytes(text: string): number {
  const [, digits = '', unit = '', base = ''] = /^([\d,]+)(?:([KMGT])(i?B)?)?$/i.exec(text) ?? [];
  const exponent = 'KMGT'.indexOf(unit.toUpperCase()) + (unit === '' ? 0 : 1);
  const bytes = (readWhole(digits) ?? 0) * (base.toUpperCase() === 'B' ? 1_000 : 1_024) ** exponent;
  if (bytes < 1 || bytes > Number.MAX_SAFE_INTEGER) {
    throw new InvalidArgumentError('Give a number of bytes, such as 1073741824, 512M or 4G.');
  }
  return bytes;
}

/** The size of a part of a recording. */
export function parsePartSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes < MIN_PART_BYTES) throw new InvalidArgumentError('Give at least 1K.');
  return bytes;
}

/** Which parts of a recording stay: so many, or those of such an age. */
export function parseKeep(text: string): Keep {
  const count = readWhole(text);
  if (count !== null && count >= 1) return { count };
  if (count === null && /^\d.*(?:ms|s|m|h|d)$/.test(text)) return { ms: parseAge(text) };
  throw new InvalidArgumentError('Give a number of files from 1, or an age such as 12h or 30d.');
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) {
    throw new InvalidArgumentError('Give a port from 0 (any free one) to 65535.');
  }
  return port;
}

/** `HOST:PORT`, IPv6 in brackets, or a port alone, which only this machine can reach. */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits = ''] =
    /^(?:(?:\[([^[\]\s]+)\]|([^[\]:/@\s]+)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = digits === '' ? -1 : Number(digits);
  if (port < 0 || port > 65_535) {
    throw new InvalidArgumentError(
      'Give HOST:PORT, [IPv6]:PORT, or a port alone for 127.0.0.1; 0 is any free port.',
    );
  }
  return { host: bracketed ?? plain ?? '127.0.0.1', port };
}

/** Events per second; 0 for none. */
export function parseRate(text: string): number {
  const rate = /^\d+\.\d+$/.test(text) ? Number(text) : readWhole(text);
  if (rate === null || rate > MAX_RATE)
    throw new InvalidArgumentError(`Give a number from 0 to ${MAX_RATE}.`);
  return rate;
}

/** How many times as fast, such as 1, 10 or 0.5, or `max`. */
export function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return text;
  const speed = /^\d+(?:\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : 0;
  if (speed < MIN_SPEED || speed > MAX_SPEED) {
    throw new InvalidArgumentError(
      `Give max, or a number from ${MIN_SPEED} to ${MAX_SPEED}, such as 1 or 10.`,
    );
  }
  return speed;
}

/** Statuses, separated by commas. */
export function parseStatuses(text: string): readonly Status[] {
  return parseList(text, STATUSES);
}

/** What transfers are counted by, separated by commas; each once. */
export function parseGroupKeys(text: string): readonly GroupKey[] {
  return [...new Set(parseList(text, GROUP_KEYS))];
}

function parseList<T extends string>(text: string, words: readonly T[]): readonly T[] {
  return text.split(',').map((given) => {
    const word = words.find((known) => known === given.trim());
    if (word === undefined) throw new InvalidArgumentError(`Give one or more of ${words.join(', ')}.`);
    return word;
  });
}

/** `utc`, `local`, `ago`, or the IANA name of a time zone. */
export function parseTimeZone(text: string): string {
  if (['utc', 'local', 'ago'].includes(text) || isZone(text)) return text;
  throw new InvalidArgumentError('Give utc, local, ago, or a time zone such as Europe/Berlin.');
}

/** Names of columns, separated by commas; each once. */
export function parseColumns(text: string): readonly ColumnName[] {
  return [...new Set(parseList(text, COLUMN_NAMES))];
}

export function parseGoal(text: string): Goal {
  const goal = GOALS.find((known) => known === text);
  if (goal === undefined) throw new InvalidArgumentError(`Give one of ${GOALS.join(', ')}.`);
  return goal;
}

export function parseId(id: string): string {
  const fault = idFault(id);
  if (fault !== null) throw new InvalidArgumentError(fault);
  return id;
}

/** Collects the ids of an option that can be repeated. */
export function collectIds(id: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), parseId(id)];
}

/** Collects ids of files on a Room's HTTP server: whole numbers, of which every digit counts. */
export function collectFileIds(id: string, before: readonly string[] | undefined): readonly string[] {
  if (!isNumericId(parseId(id)))
    throw new InvalidArgumentError(
      `Give a number, such as 260618251: 'trueconf-files files' shows them. The Room is named with --room.`,
    );
  return [...(before ?? []), id];
}

/** A text that an unset variable has not left empty. */
export function parseText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty (an unset variable?).');
  return text;
}

/** The name of a stream, as NATS allows it. */
export function parseStream(text: string): string {
  if (!/[\s.*>/\\]/.test(parseText(text))) return text;
  throw new InvalidArgumentError('A stream has a name without spaces, dots, stars, ">" and slashes.');
}

/** Collects the texts of an option that can be repeated. */
export function collectTexts(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Of the table. */
export const COLUMN_NAMES: readonly ColumnName[] = COLUMNS.map(({ name }) => name);

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
};
/** A first line alone is some 200 bytes. */
const MIN_PART_BYTES = 1_024;
/** No timer of Node's can be longer. */
const MAX_TIMER_MS = 24 * DAY_MS;
const MIN_SPEED = 0.01;
const MAX_SPEED = 10_000;
const MAX_RATE = 100_000;
/** Of a stream, in NATS itself. */
const MOST_COPIES = 5;
