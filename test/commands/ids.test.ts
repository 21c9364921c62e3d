import { expect, it } from 'vitest';
import { findId } from '../../src/commands/at-room.js';

const IDS = ['6c0e20a7-1', '6c0e20a7-2', '12', '123', '\x1b[2J'];

it.each([
  ['a whole id', '6c0e20a7-1', '6c0e20a7-1'],
  ['a whole id that another begins with', '12', '12'],
  ['the beginning of just one', '\x1b', '\x1b[2J'],
  ['the beginning of none', '7', null],
])('%s', (_, given, id) => {
  expect(findId(given, IDS)).toBe(id);
});

it('never guesses which of several is meant', () => {
  expect(() => findId('1', IDS)).toThrow('"1" is the beginning of 2 requests: 12, 123.');
});

it('names three of those that begin alike, and counts the rest', () => {
  const ids = ['a1', 'a2', 'a3', 'a4', 'a5'];
  expect(() => findId('a', ids)).toThrow('"a" is the beginning of 5 requests: a1, a2, a3 and 2 more.');
});

it('does not take nothing for the beginning of all', () => {
  expect(() => findId('', ['a'])).toThrow('An id is empty.');
});
