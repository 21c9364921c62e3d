import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { type ColorFlag, type Environment, makeStyle, wantsColor } from '../../src/output/look.js';
import { STATUSES } from '../../src/transfers/transfer.js';

test.each<[ColorFlag, Environment, boolean, boolean]>([
  ['always', { NO_COLOR: '1', TERM: 'dumb' }, false, true],
  ['never', { FORCE_COLOR: '1' }, true, false],
  ['auto', {}, true, true],
  ['auto', {}, false, false],
  ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['auto', { NO_COLOR: '0' }, true, false],
  ['auto', { NO_COLOR: '' }, true, true],
  ['auto', { FORCE_COLOR: '1', TERM: 'dumb' }, false, true],
  ['auto', { FORCE_COLOR: '0' }, true, false],
  ['auto', { FORCE_COLOR: 'false' }, true, false],
  ['auto', { FORCE_COLOR: 'FALSE' }, true, false],
  ['auto', { FORCE_COLOR: '' }, false, false],
  ['auto', { TERM: 'dumb' }, true, false],
  ['auto', { TERM: 'xterm' }, true, true],
])('--color %s with %o on a terminal: %s gives %s', (flag, env, isTTY, expected) => {
  expect(wantsColor(flag, env, isTTY)).toBe(expected);
});

test('without colour a style changes nothing, with colour it only adds to the text', () => {
  for (const status of STATUSES) {
    expect(makeStyle(false).status(status, 'text')).toBe('text');
    const styled = makeStyle(true).status(status, 'text');
    expect(styled).not.toBe('text');
    expect(stripVTControlCharacters(styled)).toBe('text');
  }
});

test('no status uses a colour that is lost on a light or on a dark background', () => {
  const styled = STATUSES.map((status) => makeStyle(true).status(status, 'x')).join('');
  for (const code of ['30', '33', '34', '37', '90', '93', '97']) expect(styled).not.toContain(`[${code}m`);
});
