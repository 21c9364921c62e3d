import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { displayWidth, fitWidth, middleEllipsis, wrap } from '../../src/output/width.js';

const FAMILY = '👨‍👩‍👧‍👦';

describe('fitWidth', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['abcd', 1, '…'],
    ['abcd', 0, ''],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    [`${FAMILY}${FAMILY}`, 3, `${FAMILY}…`],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ])('%s in %i columns is %s', (text, width, expected) => {
    expect(fitWidth(text, width)).toBe(expected);
  });

  test('uses the ellipsis it is given, and none where it has no room', () => {
    expect(fitWidth('abcdef', 5, '...')).toBe('ab...');
    expect(fitWidth('abcdef', 2, '...')).toBe('ab');
  });
});

describe('middleEllipsis', () => {
  test.each([
    ['short.pdf', 9, 'short.pdf'],
    ['quarterly-report-2024-final.pdf', 19, 'quarterly-…inal.pdf'],
    ['noextensionatallhere', 9, 'noexte…re'],
    ['archive.tar.gz', 10, 'arch…ar.gz'],
    ['.bashrc-of-someone', 8, '.bash…ne'],
    ['a-very-long-name.pdf', 5, 'a-ve…'],
    ['日本語の長い名前.txt', 12, '日本…前.txt'],
    [`${FAMILY}${FAMILY}${FAMILY}${FAMILY}.png`, 9, `${FAMILY}…${FAMILY}.png`],
  ])('%s in %i columns is %s', (name, width, expected) => {
    expect(middleEllipsis(name, width)).toBe(expected);
  });
});

test('what is measured the quick way is measured as string-width does it', () => {
  for (let code = 0; code < 0x3000; code += 1) {
    const character = String.fromCharCode(code);
    expect([code, displayWidth(`a${character}b`)]).toEqual([code, stringWidth(`a${character}b`)]);
  }
});

test('wrap breaks between graphemes and loses nothing', () => {
  expect(wrap('日本語abc', 4)).toEqual(['日本', '語ab', 'c']);
  expect(wrap('', 4)).toEqual(['']);
  expect(wrap('日', 1)).toEqual(['?']);
});

test.each<[string, number, string[]]>([
  ['no transfers yet; last sign of life', 17, ['no transfers yet;', 'last sign of life']],
  ['no transfers yet; last sign of life', 20, ['no transfers yet;', 'last sign of life']],
  ['a bc-defgh-ijklm', 8, ['a bc-def', 'gh-ijklm']],
  ['one two', 7, ['one two']],
  ['word \u0301word', 7, ['word \u0301wo', 'rd']],
])('wrap breaks %j in %i columns between words, unless that wastes the line', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

test('whatever the text, nothing is wider than asked and no grapheme is split', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  const segmenter = new Intl.Segmenter('en');
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 40 }), (name, width) => {
      const graphemes = new Set([...segmenter.segment(name)].map((s) => s.segment));
      for (const cut of [fitWidth(name, width), middleEllipsis(name, width)]) {
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        const [before = '', after = ''] = cut === name ? [cut] : cut.split('…');
        for (const { segment } of [...segmenter.segment(before), ...segmenter.segment(after)]) {
          expect(cut === name || graphemes.has(segment)).toBe(true);
        }
      }
    }),
  );
});
