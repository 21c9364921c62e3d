import { setMaxListeners } from 'node:events';
import { DEFAULTS } from '../defaults.js';
import { TrueConfFilesError } from '../errors.js';
import type { Role } from '../protocol/requests.js';
import { MAX_CREDENTIALS_UNITS, Secret } from '../protocol/secrets.js';
import { parseAddress } from '../room/address.js';
import type { RoomWatcherOptions } from '../room/watcher.js';
import type { FilterOptions } from '../rules/filter.js';
import { type Visit, visitRoom } from '../visit/visit.js';

/** How to sign in to a Room, and how to keep the link. */
export interface ConnectOptions {
  /** Aborting it ends everything at once: sockets, timers, and whatever is awaited, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * PIN, administrator's password or token; without it the sign-in is unsecured. It appears in no record and no error.
   * Source: `commands/auth`, field `credentials`.
   */
  readonly credentials?: string | Secret | undefined;
  /**
   * The mode to sign in in. A Room has one seat per mode, and signing in takes it from its holder. Left out, the
   * Room decides. Source: `commands/auth`, field `role`.
   */
  readonly role?: Role | undefined;
  /**
   * How often the link is proved alive, milliseconds; default 15,000. After twice as long without a sign of life it is
   * given up.
   */
  readonly heartbeatMs?: number | undefined;
}

/** What a watch adds: when to try again. */
export interface RetryOptions {
  /** Keep trying while the Room has not been reached yet; default false. */
  readonly wait?: boolean | undefined;
  /** Try again after a link was lost; default true. */
  readonly reconnect?: boolean | undefined;
  /** Take the seat back when another client takes it, at most once a minute; default false. */
  readonly takeover?: boolean | undefined;
}

/** @throws TrueConfFilesError `usage` where the address or an option is wrong */
export function toWatcherOptions(
  address: string,
  options: ConnectOptions & RetryOptions,
): Omit<RoomWatcherOptions, 'onEntry'> {
  const { credentials, role, heartbeatMs = DEFAULTS.heartbeatMs } = options;
  const { wait = false, reconnect = true, takeover = false, signal } = options;
  if (typeof address !== 'string') throw wrong('The address', address, 'a string such as "10.0.0.5"');
  if (role !== undefined && !ROLES.has(role)) throw wrong('The option role', role, '"admin" or "user"');
  if (!(typeof heartbeatMs === 'number' && heartbeatMs >= 1 && heartbeatMs <= MAX_TIMER_MS)) {
    throw wrong('The option heartbeatMs', heartbeatMs, `a number from 1 to ${MAX_TIMER_MS}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw wrong('The option signal', signal, 'an AbortSignal');
  }
  // Many Rooms may share one signal, which Node would take for a leak.
  if (signal !== undefined) setMaxListeners(0, signal);
  return {
    address: parseAddress(address),
    credentials: readCredentials(credentials),
    role: role ?? null,
    heartbeatMs,
    wait,
    reconnect,
    takeover,
  };
}

/**
 * The filter, if each of its fields is one that is known and has its form: what is not applied would let through more
 * than was asked for, and a program may accept that.
 * @throws TrueConfFilesError `usage`
 */
export function readFilter(filter: FilterOptions | undefined): FilterOptions {
  for (const [field, value] of Object.entries(filter ?? {})) {
    const form = FILTER_FORMS.get(field);
    if (form === undefined) {
      const known = [...FILTER_FORMS.keys()].join(', ');
      throw new TrueConfFilesError(
        'usage',
        `The filter has no field "${field}".`,
        `Its fields are ${known}.`,
      );
    }
    const texts = form === 'a list of strings' ? value : [value];
    const isFit = Array.isArray(texts) && texts.every((text) => typeof text === 'string');
    if (value !== undefined && !isFit) throw wrong(`The option filter.${field}`, value, form);
  }
  return filter ?? {};
}

/** @throws TrueConfFilesError `usage` if it can be no transfer's id */
export function checkId(id: unknown): void {
  if (typeof id !== 'string' || id === '')
    throw wrong('The id', id, 'the id that the records of a transfer have');
}

function readCredentials(given: string | Secret | undefined): Secret | null {
  if (given === undefined) return null;
  const value: unknown = given instanceof Secret ? given.reveal() : given;
  const isFit = typeof value === 'string' && value !== '' && value.length <= MAX_CREDENTIALS_UNITS;
  if (isFit) return new Secret(value);
  // What was given may be the secret in a wrong shape: it is not shown.
  throw new TrueConfFilesError(
    'usage',
    'The option credentials has the wrong form.',
    `Give a string of 1 to ${MAX_CREDENTIALS_UNITS} characters, or a Secret; leave it out to sign in unsecured.`,
  );
}

function wrong(what: string, got: unknown, expected: string): TrueConfFilesError {
  const shown = typeof got === 'string' ? JSON.stringify(got) : String(got);
  return new TrueConfFilesError('usage', `${what} is ${shown}.`, `Give ${expected}.`);
}

const FILTER_FORMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    direction: 'a string',
    statuses: 'a list of strings',
    peer: 'a string',
    name: 'a string',
    conference: 'a string',
    ids: 'a list of strings',
    where: 'a string',
  } satisfies Record<keyof FilterOptions, string>),
);
const ROLES: ReadonlySet<unknown> = new Set(['admin', 'user']);
/** Timers hold no more than this. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * What Node's own iterators and promises end with on an abort (`events.on`, `timers/promises`): `name` is `AbortError`,
 * `code` is `ABORT_ERR`, and `cause` is the signal's reason.
 */
export class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';

  static {
    // Node shows an error by the name of its class, which the bundle shortens.
    Object.defineProperty(AbortError, 'name', { value: 'AbortError' });
  }

  constructor(reason: unknown) {
    super('The operation was aborted', { cause: reason });
  }
}

/**
 * Signs in to a Room, does one thing, and disconnects.
 * @throws TrueConfFilesError; AbortError where the signal is aborted
 */
export async function atRoom<T>(
  address: string,
  options: ConnectOptions,
  act: (visit: Visit) => Promise<T>,
): Promise<T> {
  const settled = toWatcherOptions(address, options);
  const { signal = new AbortController().signal } = options;
  try {
    return await visitRoom(settled, act, signal);
  } catch (error) {
    throw signal.aborted ? new AbortError(signal.reason) : error;
  }
}
