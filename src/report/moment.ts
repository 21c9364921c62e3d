import { PlacedError } from '../errors.js';
import type { Zone } from './zone.js';

/** What a moment is read by. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly zone: Zone;
}

/**
 * A moment as a person gives it: RFC 3339, a day, a day and a time, `today`, `yesterday`, `now`, or `-24h`. Without an
 * offset it is what the clocks of the zone show; a day is its beginning.
 * @param which of two moments, where clocks that are put back show the time twice
 * @returns milliseconds since 1970
 * @throws PlacedError
 */
export function readMoment(text: string, { now, zone }: Clock, which: 'first' | 'last'): number {
  if (text === 'now') return now;
  if (text.startsWith('-')) return now - readAgo(text);
  const [word = ''] = /^[a-z]*/.exec(text) ?? [];
  const days = Object.hasOwn(DAYS, word) ? DAYS[word] : undefined;
  if (days !== undefined) {
    return zone.instantOf(zone.dayOf(now, days) + readRest(text, word.length, false).ms, which);
  }
  const [day = ''] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? [];
  if (day === '')
    throw new PlacedError(`"${text}" is not a time.`, FORMS, text, { start: 0, end: text.length });
  const { ms, offsetMs } = readRest(text, day.length, true);
  const local = readDay(text) + ms;
  return offsetMs === null ? zone.instantOf(local, which) : local - offsetMs;
}

/** The day at the beginning of the text, as if it were UTC. */
function readDay(text: string): number {
  const [year = 0, month = 0, day = 0] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number);
  within(text, 5, month, 1, 12, 'a month is from 01 to 12');
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  within(text, 8, day, 1, last, `that month has ${last} days`);
  return Date.UTC(year, month - 1, day);
}

/** The time behind the day, since its beginning, and the offset behind the time. */
function readRest(
  text: string,
  start: number,
  mayHaveOffset: boolean,
): { readonly ms: number; readonly offsetMs: number | null } {
  if (start === text.length) return { ms: 0, offsetMs: null };
  const [time = '', hours = '', minutes = '', seconds, fraction] =
    /^[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?/i.exec(text.slice(start)) ?? [];
  if (time === '') throw unread(text, start);
  within(text, start + 1, Number(hours), 0, 23, 'an hour is from 00 to 23');
  within(text, start + 4, Number(minutes), 0, 59, 'a minute is from 00 to 59');
  within(text, start + 7, Number(seconds ?? 0), 0, 59, 'a second is from 00 to 59');
  const wholeMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds ?? 0) * 1_000;
  const ms = wholeMs + Math.floor(Number(`0${fraction ?? ''}`) * 1_000);
  const at = start + time.length;
  if (at === text.length) return { ms, offsetMs: null };
  const [offset = '', zulu, sign, ahead = '', further = ''] =
    /^(?:(Z)|([+-])(\d\d):(\d\d))/i.exec(text.slice(at)) ?? [];
  if (!mayHaveOffset || offset === '' || at + offset.length < text.length) {
    throw unread(text, mayHaveOffset ? at + offset.length : at);
  }
  if (zulu !== undefined) return { ms, offsetMs: 0 };
  within(text, at + 1, Number(ahead), 0, 23, 'an offset is less than 24 hours');
  within(text, at + 4, Number(further), 0, 59, 'a minute is from 00 to 59');
  const size = (Number(ahead) * 60 + Number(further)) * MINUTE_MS;
  return { ms, offsetMs: sign === '-' ? -size : size };
}

/** `-24h` as a length of time, milliseconds. */
function readAgo(text: string): number {
  const [, digits = '', unit = ''] = /^-(\d{0,9})(.*)$/s.exec(text) ?? [];
  if (digits === '') throw unread(text, 1);
  const unitMs = UNITS_MS.get(unit);
  if (unitMs !== undefined) return Number(digits) * unitMs;
  const start = 1 + digits.length;
  const message = unit === '' ? `"${text}" has no unit.` : `"${unit}" is not a unit of time.`;
  const end = Math.max(text.length, start + 1);
  throw new PlacedError(message, `Write one of ${[...UNITS_MS.keys()].join(', ')}, as in -24h.`, text, {
    start,
    end,
  });
}

function within(text: string, start: number, value: number, min: number, max: number, rule: string): void {
  if (value >= min && value <= max) return;
  const place = { start, end: start + 2 };
  throw new PlacedError(`"${text}" is not a time: ${rule}.`, FORMS, text, place);
}

function unread(text: string, start: number): PlacedError {
  const end = Math.max(text.length, start + 1);
  return new PlacedError(`"${text}" is not a time from here on.`, FORMS, text, { start, end });
}

const FORMS =
  "Give a day (2026-11-28, today, yesterday), a day and a time ('2026-11-28 22:00', 'yesterday 18:00'), RFC 3339 (2026-11-28T22:00:00+03:00), or how long ago (-24h, -7d).";
const MINUTE_MS = 60_000;
const DAYS: Readonly<Record<string, number>> = { today: 0, yesterday: -1 };
const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', MINUTE_MS],
  ['h', 60 * MINUTE_MS],
  ['d', 24 * 60 * MINUTE_MS],
  ['w', 7 * 24 * 60 * MINUTE_MS],
]);
