import { InvalidArgumentError } from 'commander';
import type { ListenAddress } from '../metrics/server.js';
import { STATUSES, type Status } from '../transfers/transfer.js';
import { GOALS, type Goal } from '../watch/endings.js';

/** `500ms`, `10s`, `5m`, `1h`, as milliseconds. */
export function parseDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError('Give a duration such as 500ms, 10s, 5m or 1h.');
  if (ms > MAX_DURATION_MS) throw new InvalidArgumentError('Give at most 24 days (576h).');
  return ms;
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return count;
}

/** A whole number from 0. */
export function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535)
    throw new InvalidArgumentError('Give a port from 0 (any free one) to 65535.');
  return port;
}

/** `HOST:PORT`, IPv6 in brackets, or a port alone: then nobody else than this machine can reach it. */
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

/** A number of events a second; 0 for none. */
export function parseRate(text: string): number {
  const rate = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : -1;
  if (rate < 0 || rate > MAX_RATE) throw new InvalidArgumentError(`Give a number from 0 to ${MAX_RATE}.`);
  return rate;
}

/** How many times as fast as it happened, such as 1, 10 or 0.5, or `max`. */
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

/** Statuses, with commas between. */
export function parseStatuses(text: string): readonly Status[] {
  return text.split(',').map((name) => {
    const status = STATUSES.find((known) => known === name.trim());
    if (status === undefined) throw new InvalidArgumentError(`Give one or more of ${STATUSES.join(', ')}.`);
    return status;
  });
}

export function parseGoal(text: string): Goal {
  const goal = GOALS.find((known) => known === text);
  if (goal === undefined) throw new InvalidArgumentError(`Give one of ${GOALS.join(', ')}.`);
  return goal;
}

/** Gathers an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Timers of the system hold no more than this. */
const MAX_DURATION_MS = 24 * 24 * 3_600_000;
const MIN_SPEED = 0.01;
const MAX_SPEED = 10_000;
const MAX_RATE = 100_000;
