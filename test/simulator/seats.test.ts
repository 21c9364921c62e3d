import { beforeEach, describe, expect, it } from 'vitest';
import { readRequest } from '../../src/simulator/request.js';
import { type Credentials, Seats } from '../../src/simulator/seats.js';

const NOTHING: Credentials = { pin: null, password: null };
const PIN: Credentials = { pin: 'Ab12', password: null };
const PASSWORD: Credentials = { pin: null, password: 'Secret' };
const BOTH: Credentials = { pin: 'Ab12', password: 'Secret' };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type Fields = Readonly<Record<string, unknown>>;

function auth(fields: Fields) {
  const request = readRequest(JSON.stringify({ method: 'auth', ...fields }));
  if (request === null) throw new Error('not a request');
  return request;
}

describe('which seat a sign-in takes', () => {
  const pin = { type: 'secured', credentials: 'aB12' };
  const password = { type: 'secured', credentials: 'Secret' };
  const unsecured = { type: 'unsecured' };

  it.each<[string, Credentials, Fields, 'admin' | 'user' | null]>([
    ['nothing set, unsecured', NOTHING, unsecured, 'admin'],
    ['nothing set, as admin', NOTHING, { ...unsecured, role: 'admin' }, 'admin'],
    ['nothing set, as user', NOTHING, { ...unsecured, role: 'user' }, 'user'],
    ['nothing set, some credentials', NOTHING, pin, null],
    ['no such role', NOTHING, { ...unsecured, role: 'operator' }, null],
    ['a role that is no string', NOTHING, { ...unsecured, role: 1 }, null],
    ['no such type', NOTHING, { type: 'open' }, null],
    ['a PIN set, unsecured', PIN, unsecured, null],
    ['a PIN set, unsecured as user', PIN, { ...unsecured, role: 'user' }, null],
    ['the PIN in another case', PIN, pin, 'user'],
    ['the PIN alone, as admin', PIN, { ...pin, role: 'admin' }, 'admin'],
    ['a wrong PIN', PIN, { ...pin, credentials: 'AB13' }, null],
    ['an empty PIN', PIN, { ...pin, credentials: '' }, null],
    ['no credentials', PIN, { type: 'secured' }, null],
    ['credentials that are no string', PIN, { type: 'secured', credentials: 12 }, null],
    ['a password set, unsecured', PASSWORD, unsecured, null],
    ['the password', PASSWORD, password, 'admin'],
    ['the password in another case', PASSWORD, { ...password, credentials: 'secret' }, null],
    ['the password, as user', PASSWORD, { ...password, role: 'user' }, null],
    ['both set, the PIN', BOTH, pin, 'user'],
    ['both set, the PIN as admin', BOTH, { ...pin, role: 'admin' }, null],
    ['both set, the password', BOTH, password, 'admin'],
  ])('%s', (_, credentials, fields, mode) => {
    const seats = new Seats<object>(credentials, () => 'x');
    expect(seats.signIn({}, auth(fields), 0)?.mode ?? null).toBe(mode);
  });
});

describe('seats and tokens', () => {
  let count = 0;
  const newSecret = () => `s${++count}`;
  const first = { name: 'first' };
  const second = { name: 'second' };
  let seats: Seats<object>;

  beforeEach(() => {
    seats = new Seats<object>(NOTHING, newSecret);
  });

  it('one seat per mode: who comes second displaces who was first', () => {
    seats.signIn(first, auth({ type: 'unsecured' }), 0);
    expect(seats.signIn(second, auth({ type: 'unsecured' }), 0)?.displaced).toBe(first);
    expect(seats.holders).toEqual([second]);
  });

  it('two modes are two seats', () => {
    seats.signIn(first, auth({ type: 'unsecured' }), 0);
    expect(seats.signIn(second, auth({ type: 'unsecured', role: 'user' }), 0)?.displaced).toBeNull();
    expect(seats.holders).toHaveLength(2);
  });

  it('signing in again disconnects no client', () => {
    seats.signIn(first, auth({ type: 'unsecured' }), 0);
    expect(seats.signIn(first, auth({ type: 'unsecured' }), 0)?.displaced).toBeNull();
  });

  it('a refused sign-in disconnects no client', () => {
    seats.signIn(first, auth({ type: 'unsecured' }), 0);
    expect(seats.signIn(second, auth({ type: 'unsecured', role: 'x' }), 0)).toBeNull();
    expect(seats.holders).toEqual([first]);
  });

  it('steps down from administrator to user, and only so', () => {
    expect(seats.signIn(first, auth({ role: 'user' }), 0)).toBeNull();
    seats.signIn(first, auth({ type: 'unsecured' }), 0);
    seats.signIn(second, auth({ type: 'unsecured', role: 'user' }), 0);
    const down = seats.signIn(first, auth({ role: 'user' }), 0);
    expect(down).toMatchObject({ mode: 'user', displaced: second });
    expect(seats.holders).toEqual([first]);
    expect(seats.signIn(first, auth({ role: 'user' }), 0)).toBeNull();
    expect(seats.signIn(first, auth({ role: 'admin' }), 0)).toBeNull();
  });

  it.each<[string, Credentials, Fields, number]>([
    ['unsecured', NOTHING, { type: 'unsecured' }, 30 * DAY_MS],
    ['password', PASSWORD, { type: 'secured', credentials: 'Secret' }, 30 * DAY_MS],
    ['PIN', PIN, { type: 'secured', credentials: 'Ab12' }, DAY_MS],
  ])('a token of a sign-in by %s has its time', (_, credentials, fields, lifeMs) => {
    const room = new Seats<object>(credentials, newSecret);
    const token = room.signIn(first, auth(fields), 0)?.token;
    const again = auth({ type: 'secured', credentials: token });
    const next = room.signIn(second, again, lifeMs - 1)?.token;
    expect(next).toBeTypeOf('string');
    expect(room.signIn(second, again, lifeMs)).toBeNull();
    expect(room.signIn(second, auth({ type: 'secured', credentials: next }), lifeMs), 'inherited').toBeNull();
  });

  it('a token gives the mode it was given for', () => {
    const token = seats.signIn(first, auth({ type: 'unsecured', role: 'user' }), 0)?.token;
    const again = { type: 'secured', credentials: token };
    expect(seats.signIn(second, auth({ ...again, role: 'admin' }), 0)).toBeNull();
    expect(seats.signIn(second, auth(again), 0)?.mode).toBe('user');
  });

  it('an HTTP token lives five minutes, and after a PIN as long as the Room', () => {
    const unsecured = seats.signIn(first, auth({ type: 'unsecured' }), 0)?.tokenForHttpServer ?? '';
    expect(seats.acceptsHttpToken(unsecured, 5 * MINUTE_MS - 1)).toBe(true);
    expect(seats.acceptsHttpToken(unsecured, 5 * MINUTE_MS)).toBe(false);
    const room = new Seats<object>(PIN, newSecret);
    const byPin = room.signIn(first, auth({ type: 'secured', credentials: 'Ab12' }), 0);
    expect(room.acceptsHttpToken(byPin?.tokenForHttpServer ?? '', 365 * DAY_MS)).toBe(true);
  });

  it('who is displaced loses the HTTP token and keeps the other', () => {
    const mine = seats.signIn(first, auth({ type: 'unsecured' }), 0);
    seats.signIn(second, auth({ type: 'unsecured' }), 0);
    expect(seats.acceptsHttpToken(mine?.tokenForHttpServer ?? '', 0)).toBe(false);
    expect(seats.signIn(first, auth({ type: 'secured', credentials: mine?.token }), 0)).not.toBeNull();
  });

  it('no token outlives a restart', () => {
    const mine = seats.signIn(first, auth({ type: 'unsecured' }), 0);
    seats.forgetTokens();
    expect(seats.signIn(first, auth({ type: 'secured', credentials: mine?.token }), 0)).toBeNull();
    expect(seats.acceptsHttpToken(mine?.tokenForHttpServer ?? '', 0)).toBe(false);
  });
});
