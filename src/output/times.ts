import { isoTime } from '../records/line.js';
import { formatAge, UNKNOWN } from './text.js';

/** How times are shown: `utc`, `local`, `ago` or an IANA time zone; `undefined` where nothing was asked for. */
export type TimeChoice = string | undefined;

/** Times as a person asked for them. Times come and go as milliseconds since 1970. */
export interface Times {
  /** RFC 3339 with milliseconds in the zone that was asked for, else UTC; `5m ago` where that was. */
  full(at: number, now?: number): string;
  /** The same, and RFC 3339 in UTC for `ago`: a log is read later. */
  exact(at: number): string;
  /** Little room: `16:17:03`, `16:17`, `30 Jul`, `Jul 2021`, by the machine's zone where none was asked for; `5m`. */
  clock(at: number, now: number, precision: Precision): string;
  /** Which of them a column of times shows of what goes on: how long ago it was requested, or the time of that. */
  readonly showsAges: boolean;
  /** Whether even what is over shows as how long ago it was. */
  readonly isAgo: boolean;
}

export type Precision = 'minutes' | 'seconds';

export function makeTimes(choice: TimeChoice): Times {
  const isAgo = choice === 'ago';
  const zone = choice === undefined || isAgo ? 'utc' : choice;
  const offset = offsetOf(zone);
  const clockOffset = choice === undefined ? offsetOf('local') : offset;
  const exact = (at: number) => (isKnown(at) ? rfc3339(at, zone === 'utc' ? null : offset(at)) : UNKNOWN);
  return {
    isAgo,
    showsAges: choice === undefined || isAgo,
    exact,
    full: isAgo ? (at, now = Date.now()) => (isKnown(at) ? `${formatAge(now - at)} ago` : UNKNOWN) : exact,
    clock: isAgo
      ? (at, now) => formatAge(now - at)
      : (at, now, precision) =>
          isKnown(at) ? clock(at + clockOffset(at), now + clockOffset(now), precision) : UNKNOWN,
  };
}

/** Puts its time before a note on stderr. */
export type Stamp = (note: string, at?: number) => string;

/** The one place that decides how notes on stderr get their time; without times a note stays as it is. */
export function noteStamp({
  timestamps = true,
  time,
}: {
  readonly timestamps?: boolean | undefined;
  readonly time?: TimeChoice;
}): Stamp {
  if (!timestamps) return (note) => note;
  const { exact } = makeTimes(time);
  return (note, at = Date.now()) => `${exact(at)}  ${note}`;
}

/** How far the clocks of a zone are ahead of UTC, milliseconds. */
export type Offset = (at: number) => number;

/** @throws RangeError if there is no such zone */
export function offsetOf(zone: string): Offset {
  if (zone === 'utc') return () => 0;
  if (zone === 'local') return (at) => -new Date(at).getTimezoneOffset() * MINUTE_MS;
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    timeZoneName: 'longOffset',
    hour: 'numeric',
  });
  // By quarters of an hour, within which no zone changes its offset.
  const offsets = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
    if (offsets.size >= MAX_OFFSETS) offsets.clear();
    offsets.set(quarter, offset);
    return offset;
  };
}

/** @param offset `null` for UTC, which is written `Z` */
function rfc3339(at: number, offset: number | null): string {
  if (offset === null) return isoTime(at);
  const minutes = Math.abs(offset) / MINUTE_MS;
  const digits = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${digits(minutes / 60)}:${digits(minutes % 60)}`;
  return `${isoTime(at + offset).slice(0, -1)}${zone}`;
}

/** Both times with their offsets added. */
function clock(at: number, now: number, precision: Precision): string {
  const [date, today] = [new Date(at), new Date(now)];
  const day = date.toISOString();
  if (day.slice(0, DATE_UNITS) === isoDay(today)) {
    return day.slice(DATE_UNITS + 1).slice(0, precision === 'minutes' ? 'HH:MM'.length : 'HH:MM:SS'.length);
  }
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const year = date.getUTCFullYear();
  return year === today.getUTCFullYear() ? `${date.getUTCDate()} ${month}` : `${month} ${year}`;
}

function isoDay(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, DATE_UNITS);
}

/** Whether a calendar knows the time, in every zone. */
function isKnown(at: number): boolean {
  return Math.abs(at) <= MAX_TIME_MS;
}

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
/** Of some three years. */
const MAX_OFFSETS = 100_000;
/** Of `Date`, less a day for the zones. */
const MAX_TIME_MS = 8.64e15 - 86_400_000;
const DATE_UNITS = 'YYYY-MM-DD'.length;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
