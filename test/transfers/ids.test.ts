import { expect, it } from 'vitest';
import { findId, idFault, meansId } from '../../src/transfers/ids.js';

const UUID = '6c0e20a7-3c79-470d';
const IDS = [UUID, '6c0e20a8-1', 'Mixed-Case', '12', '12345678', '\x1b[2J]abc', 'half-\ud800'];

it.each([
  ['a whole id', UUID, UUID],
  ['a whole number that another begins with', '12', '12'],
  ['a prefix of just one', '6c0e20a7', UUID],
  ['a prefix of six characters', '\x1b[2J]a', '\x1b[2J]abc'],
  ['a prefix of five', 'Mixed', null],
  ['a prefix in capitals and braces', '{6C0E20A7-3C79', UUID],
  ['a whole id in capitals and braces', '{6C0E20A7-3C79-470D}', UUID],
  ['a whole id in another case', 'mixed-case', 'Mixed-Case'],
  ['a whole number in braces', '{12}', '12'],
  ['a brace inside an id', 'Mixed{-Case', null],
  ['a closing brace inside an id', 'Mixed}-Case', null],
  ['a number that another begins with', '123456', null],
  ['a short number that another begins with', '1', null],
  ['a whole id with half a character, as a record shows it', 'half-\ufffd', 'half-\ud800'],
  ['the prefix of none', '7777777', null],
])('%s', (_, given, id) => {
  expect(findId(given, IDS)).toBe(id);
  expect(IDS.filter((one) => meansId(given, one))).toEqual(id === null ? [] : [id]);
});

it('takes a prefix only of the ids that it may stand for, and any whole id', () => {
  const waiting = ['6c0e20a8-1'];
  expect(findId('6c0e20a7', IDS, waiting)).toBeNull();
  expect(findId('6c0e20a', IDS, waiting)).toBe('6c0e20a8-1');
  expect(findId(UUID, IDS, waiting)).toBe(UUID);
});

it('takes a whole id before one that differs in case, or begins with it', () => {
  expect(findId('request-1', ['Request-1', 'request-1'])).toBe('request-1');
  expect(findId('REQUEST-1', ['request-12', 'request-1'])).toBe('request-1');
});

it('never guesses which of several is meant', () => {
  expect(() => findId('6c0e20a', IDS)).toThrow(
    `"6c0e20a" is the beginning of 2 requests: ${UUID}, 6c0e20a8-1.`,
  );
});

it('names all three of those that begin alike', () => {
  expect(() => findId('request', ['request1', 'request2', 'request3'])).toThrow(
    '"request" is the beginning of 3 requests: request1, request2, request3.',
  );
});

it('names three of those that begin alike, and counts the rest', () => {
  const ids = [1, 2, 3, 4, 5].map((n) => `request${n}`);
  expect(() => findId('request', ids)).toThrow(
    '"request" is the beginning of 5 requests: request1, request2, request3 and 2 more.',
  );
});

it.each([
  ['', 'The id is empty (an unset variable?).'],
  [' {} ', 'The id is empty (an unset variable?).'],
  ['null', '"null" is not an id.'],
  ['NULL', '"NULL" is not an id.'],
  ['undefined', '"undefined" is not an id.'],
  ['nullable', null],
  ['0', null],
])('%j: %s', (given, fault) => {
  expect(idFault(given)).toBe(fault);
});
