import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatEta,
  formatRate,
  MAX_TEXT_UNITS,
  safeText,
} from '../../src/output/text.js';
import { EMOJI } from '../support/emoji.js';

const ESC = '\x1b';

describe('text that is safe stays as it is', () => {
  it.each([
    '',
    '2.jpg',
    'C:\\dir\\file.txt',
    'report (1).pdf',
    'Ünïcödé',
    'отчёт.pdf',
    '報告書.pdf',
    'قائمة.txt',
    'e\u0301',
    '🙂',
    '👨‍👩‍👧‍👦',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '🇩🇪',
    '❤️',
    '1️⃣',
    '👍🏽',
    '©',
    '\u00a0',
    '\\',
    '\\xZZ',
    '\\X1b',
    '\\u12',
  ])('%j', (text) => {
    expect(safeText(text)).toBe(text);
  });
});

describe('text that a terminal would obey, or that hides or forges, becomes visible', () => {
  it.each([
    ['a colour', `${ESC}[31mred`, '\\x1b[31mred'],
    ['a clipboard', `${ESC}]52;c;ZXZpbA==\x07`, '\\x1b]52;c;ZXZpbA==\\x07'],
    ['a line feed', 'a\nb', 'a\\x0ab'],
    ['a carriage return', 'a\rb', 'a\\x0db'],
    ['a tab', 'a\tb', 'a\\x09b'],
    ['NUL', '\0', '\\x00'],
    ['DEL', '\x7f', '\\x7f'],
    ['NEL', '\x85', '\\x85'],
    ['an 8-bit CSI', '\x9b2J', '\\x9b2J'],
    ['a soft hyphen', 'a\xadb', 'a\\xadb'],
    ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a right-to-left override', 'gpj\u202eexe.txt', 'gpj\\u202eexe.txt'],
    ['isolates', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['a mark of direction', 'a\u061cb\u200e', 'a\\u061cb\\u200e'],
    ['zero width', 'a\u200bb\u200dc\ufeffd\u2060e', 'a\\u200bb\\u200dc\\ufeffd\\u2060e'],
    ['fillers', '\u3164\u115f\uffa0', '\\u3164\\u115f\\uffa0'],
    ['a lone surrogate', 'a\ud83d', 'a\\ud83d'],
    ['a lone trailing surrogate', '\ude42a', '\\ude42a'],
    ['tags outside a flag', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a selector outside an emoji', 'a\ufe0f', 'a\\ufe0f'],
    ['a joiner after an emoji', '🙂\u200d', '🙂\\u200d'],
    ['a text that looks like an escape', '\\x1b', '\\\\x1b'],
    ['a text that looks like a long escape', '\\u202e \\u{e0041}', '\\\\u202e \\\\u{e0041}'],
    ['a backslash before an escape', `\\${ESC}`, '\\\\\\x1b'],
    ['two backslashes before what looks like one', '\\\\x1b', '\\\\\\\\x1b'],
  ])('%s', (_, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });
});

describe('joiners that belong to what they stand in', () => {
  it.each([
    ['Persian', 'می\u200cخواهم.pdf'],
    ['Hindi', 'क्\u200dष.pdf'],
    ['Malayalam', 'സദ്\u200cവാർത്ത.pdf'],
    ['Sinhala', 'ශ්\u200dරී.pdf'],
    ['an emoji as phones write it', '🏳\u200d🌈🤷\u200d♂❤\u200d🔥.png'],
    ['a heart as text', '❤\ufe0e.txt'],
  ])('are kept: %s', (_, text) => {
    expect(safeText(text)).toBe(text);
  });

  it.each([
    ['between Latin letters', 'a\u200cb', 'a\\u200cb'],
    ['after an Arabic letter that joins nothing', 'د\u200cخ', 'د\\u200cخ'],
    ['before a dot', 'می\u200c.pdf', 'می\\u200c.pdf'],
    ['twice', 'می\u200c\u200cخ', 'می\\u200c\\u200cخ'],
    ['after an emoji alone', '👨\u200d.png', '👨\\u200d.png'],
    ['a soft hyphen', 'Donau\u00addampf', 'Donau\\xaddampf'],
  ])('are shown elsewhere: %s', (_, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });
});

it('a letter has 8 combining marks at most', () => {
  expect(safeText(`a${'\u0301'.repeat(900)}b`)).toBe(`a${'\u0301'.repeat(8)}…b`);
  expect(safeText(`a${'\u0301'.repeat(8)}b`)).toBe(`a${'\u0301'.repeat(8)}b`);
});

describe('text that is too long', () => {
  it('is cut', () => {
    expect(safeText('x'.repeat(MAX_TEXT_UNITS))).toBe('x'.repeat(MAX_TEXT_UNITS));
    expect(safeText('x'.repeat(MAX_TEXT_UNITS + 1))).toBe(`${'x'.repeat(MAX_TEXT_UNITS)}…`);
    expect(safeText('abcdef', 3)).toBe('abc…');
  });

  it('is not cut inside a character', () => {
    expect(safeText('a🙂b', 2)).toBe('a…');
  });

  it('is quick, even where all of it is escaped', () => {
    for (const unit of [ESC, '\\', '👨‍👩‍👧‍👦', '\n']) {
      expect(safeText(unit.repeat(5_000_000 / unit.length)).length).toBeLessThan(10 * MAX_TEXT_UNITS);
    }
  });
});

describe('any text', () => {
  const nasty = fc.constantFrom(
    ...[
      '\\',
      'x',
      'u',
      '{',
      '}',
      '0',
      '1',
      'b',
      '9',
      'e',
      ESC,
      '\n',
      '\u202e',
      '\u200d',
      '\ufe0f',
      '🙂',
      '👨',
      '\ud83d',
    ],
    ...['\x9b', '\u{e0041}', '\\x1b', '\\u202e', '\\u{e0041}', ' ', '©', '❤'],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(nasty, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

  it('comes out without what is dangerous, emoji apart', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(safeText(given).replace(EMOJI, '')).not.toMatch(DANGEROUS);
      }),
      { numRuns: 5_000 },
    );
  });

  it('can be read back, so that no two texts are shown alike', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(readBack(safeText(given, Number.POSITIVE_INFINITY))).toBe(given);
      }),
      { numRuns: 20_000 },
    );
  });
});

/** The text that was shown so: an odd number of backslashes before the look of an escape makes it one. */
function readBack(shown: string): string {
  return shown.replace(
    /(\\+)(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]+)\}|(u\{))/g,
    (match, slashes: string, latin?: string, unit?: string, point?: string) => {
      const kept = '\\'.repeat(Math.floor(slashes.length / 2));
      if (slashes.length % 2 === 0) return kept + match.slice(slashes.length);
      const code = latin ?? unit ?? point;
      return code === undefined ? match : kept + String.fromCodePoint(Number.parseInt(code, 16));
    },
  );
}

const KIB = 1_024;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('formatBytes', () => {
  it.each<[number | null, string]>([
    [null, '-'],
    [Number.NaN, '-'],
    [-1, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [0, '0 B'],
    [512, '512 B'],
    [1_023, '1023 B'],
    [1_024, '1.0 KiB'],
    [3_200, '3.1 KiB'],
    [99.96 * KIB, '100 KiB'],
    [1_023 * KIB, '1023 KiB'],
    [KIB * KIB - 1, '1.0 MiB'],
    [31.2 * KIB ** 2, '31.2 MiB'],
    [5 * KIB ** 4, '5.0 TiB'],
    [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
  ])('%s is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatRate', () => {
  it.each<[number | null, string]>([
    [null, '-'],
    [0, '0 B/s'],
    [3_200, '3.1 KiB/s'],
    [-5, '-'],
  ])('%s is %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each<[number | null, string]>([
    [null, '-'],
    [Number.NaN, '-'],
    [-1, '-'],
    [0, '0s'],
    [450, '450ms'],
    [999.9, '999ms'],
    [1_000, '1s'],
    [59_999, '59s'],
    [MINUTE_MS, '1m'],
    [MINUTE_MS + 5_000, '1m 5s'],
    [HOUR_MS + 12 * MINUTE_MS, '1h 12m'],
    [HOUR_MS + 59_000, '1h'],
    [2 * DAY_MS + 3 * HOUR_MS, '2d 3h'],
    [365 * DAY_MS, '>1y'],
    [Number.MAX_SAFE_INTEGER, '>1y'],
  ])('%s ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatEta', () => {
  it.each<[number | null, string]>([
    [null, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [0, '0s'],
    [0.2, '1s'],
    [59.5, '1m'],
    [4_320, '1h 12m'],
    [1e12, '>1y'],
  ])('%s s is %s', (seconds, text) => {
    expect(formatEta(seconds)).toBe(text);
  });
});

describe('formatAge', () => {
  it.each<[number | null, string]>([
    [null, '-'],
    [-5_000, '0s'],
    [999, '0s'],
    [12_345, '12s'],
    [5 * MINUTE_MS + 59_000, '5m'],
    [3.9 * HOUR_MS, '3h'],
    [364 * DAY_MS, '364d'],
    [400 * DAY_MS, '>1y'],
  ])('%s ms is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });
});
