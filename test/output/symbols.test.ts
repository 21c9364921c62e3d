import { expect, test } from 'vitest';
import { ASCII_SYMBOLS, type Environment, supportsUnicode, UNICODE_SYMBOLS } from '../../src/output/look.js';
import { displayWidth } from '../../src/output/width.js';

test.each<[Environment, string, boolean]>([
  [{ LANG: 'en_US.UTF-8' }, 'linux', true],
  [{ LANG: 'de_DE.utf8' }, 'darwin', true],
  [{ LANG: 'C' }, 'linux', false],
  [{}, 'linux', false],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
  [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, 'linux', true],
  [{ LC_CTYPE: 'POSIX', LANG: 'en_US.UTF-8' }, 'linux', false],
  [{ WT_SESSION: 'x' }, 'win32', true],
  [{ TERM_PROGRAM: 'vscode' }, 'win32', true],
  [{}, 'win32', false],
])('%o on %s: %s', (env, platform, expected) => {
  expect(supportsUnicode(env, platform)).toBe(expected);
});

test('the ASCII signs are ASCII, and each sign of a status or direction is one column', () => {
  expect(JSON.stringify(ASCII_SYMBOLS)).toMatch(/^[\x20-\x7e]*$/);
  for (const symbols of [ASCII_SYMBOLS, UNICODE_SYMBOLS]) {
    for (const sign of [...Object.values(symbols.status), ...Object.values(symbols.direction)]) {
      expect(displayWidth(sign)).toBe(1);
    }
  }
});
