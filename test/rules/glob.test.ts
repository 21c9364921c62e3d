import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlacedError } from '../../src/errors.js';
import { compileGlob, fold } from '../../src/rules/glob.js';

describe('a glob', () => {
  it.each<[pattern: string, text: string, matches: boolean]>([
    ['*.jpg', '2.jpg', true],
    ['*.jpg', '2.JPG', true],
    ['*.JPG', '2.jpg', true],
    ['*.jpg', '2.jpeg', false],
    ['*', '', true],
    ['*', '.hidden', true],
    ['2', '2.jpg', false],
    ['?.jpg', '2.jpg', true],
    ['?.jpg', '22.jpg', false],
    ['?', '🙂', true],
    ['??', '🙂', false],
    ['[🙂🙃].png', '🙃.png', true],
    ['[😀-😂]', '😁', true],
    ['[12].jpg', '2.jpg', true],
    ['[12].jpg', '3.jpg', false],
    ['[12].jpg', '[12].jpg', true],
    ['[!a]*', 'abc', false],
    ['[!a]*', 'bcd', true],
    ['[^a]*', 'abc', false],
    ['[!A]*', 'abc', false],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-c]x', 'Bx', true],
    ['[A-C]x', 'bx', true],
    ['[a-]', '-', true],
    ['[\\]]', ']', true],
    ['[[:digit:]]*', '7up', true],
    ['[[:digit:]]*', 'up', false],
    ['[![:digit:]x]', 'x', false],
    ['[[:alpha:]]', 'ж', true],
    ['*.{jpg,png}', 'a.png', true],
    ['*.{jpg,png}', 'a.gif', false],
    ['{a,b{c,d*}}x', 'bdzzx', true],
    ['{a,b{c,d}}x', 'bx', false],
    ['a{,b}', 'a', true],
    ['{a}', '{a}', true],
    ['{a}', 'a', false],
    ['{[ab],c}', 'b', true],
    ['a}', 'a}', true],
    ['a,b', 'a,b', true],
    ['!*.jpg', 'a.png', true],
    ['!*.jpg', 'a.jpg', false],
    ['!', '!', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['\\!a', '!a', true],
    ['*.jpg', 'folder/2.jpg', true],
    ['a?b', 'a/b', true],
    ['a?b', 'a\nb', true],
    ['*(1).pdf', 'report (1).pdf', true],
    ['(', '(', true],
    ['a+b*', 'a+b.txt', true],
    ['Ä*', 'äpfel.txt', true],
    ['ДОКУМЕНТ*', 'документ.doc', true],
    ['й*', 'и\u0306од', true],
    ['и\u0306*', 'йод', true],
    ['?', 'и\u0306', true],
    ['caf{é,e}', 'cafe\u0301', true],
    ['STRASSE', 'straße', true],
    ['stra?e', 'straße', true],
    ['ΟΔΟΣ', 'οδος', true],
    ['K', '\u212a', true],
  ])('%j on %j: %s', (pattern, text, matches) => {
    expect(compileGlob(pattern)(text)).toBe(matches);
  });

  it.each<[pattern: string, message: string, start: number, end: number, hint: string]>([
    ['', 'empty', 0, 0, 'write * for every text'],
    ['a[', '"[" is never closed', 1, 2, 'Close it with ]'],
    ['[', '"[" is never closed', 0, 1, 'Close it with ]'],
    ['[]', '"[" is never closed', 0, 1, 'Close it with ]'],
    ['*.{jpg', '"{" is never closed', 2, 3, 'Close it with }'],
    ['{a,{b,c}', '"{" is never closed', 0, 1, 'Close it with }'],
    ['a\\', 'last backslash', 1, 2, 'Write \\\\ for'],
    ['x[z-a]', 'goes backwards', 2, 5, 'Write a-z.'],
    ['[[:digits:]]', '"[:digits:]"', 1, 11, '[:digit:]'],
    ['a{1..3}', '"{1..3}" is not supported', 1, 7, 'with commas between'],
    [`${'{'.repeat(30)}a`, 'nested too deeply', 20, 21, 'a simpler one'],
  ])('%j can not be used', (pattern, message, start, end, hint) => {
    const compile = () => compileGlob(pattern);
    expect(compile).toThrow(message);
    expect(compile).toThrow(
      expect.objectContaining({
        source: pattern,
        place: { start, end },
        hint: expect.stringContaining(hint),
      }),
    );
    expect(compile).toThrow(PlacedError);
  });

  it('that is too long can not be used', () => {
    const [message, hint] = ['longer than 4000 steps', expect.stringContaining('a simpler one')];
    expect(() => compileGlob('a'.repeat(5_000))).toThrow(message);
    expect(() => compileGlob('a'.repeat(5_000))).toThrow(expect.objectContaining({ hint }));
  });

  it('ends on a name that a backtracking matcher would never finish', () => {
    const matches = compileGlob(`${'*a'.repeat(30)}b`);
    expect(matches('a'.repeat(20_000))).toBe(false);
    expect(matches(`${'a'.repeat(20_000)}b`)).toBe(true);
    expect(compileGlob('{a,a}'.repeat(60))('a'.repeat(61))).toBe(false);
  });
});

/** What a glob is made of, and the same as a regular expression: slow for some patterns, and plain to read. */
const piece = fc.oneof(
  fc.constantFrom('a', 'b', 'é', '🙂').map((text) => ({ glob: text, expression: text })),
  fc.constant({ glob: '*', expression: '[^]*' }),
  fc.constant({ glob: '?', expression: '[^]' }),
  fc.constant({ glob: '[ab]', expression: '[ab]' }),
  fc.constant({ glob: '[!ab]', expression: '[^ab]' }),
  fc.constant({ glob: '[a-c🙂]', expression: '[a-c🙂]' }),
);
const pieces = fc.array(piece, { maxLength: 4 }).map((parts) => ({
  glob: parts.map(({ glob }) => glob).join(''),
  expression: parts.map(({ expression }) => expression).join(''),
}));
const braces = fc.array(pieces, { minLength: 2, maxLength: 3 }).map((branches) => ({
  glob: `{${branches.map(({ glob }) => glob).join(',')}}`,
  expression: `(?:${branches.map(({ expression }) => expression).join('|')})`,
}));
const whole = fc.array(fc.oneof(piece, braces), { minLength: 1, maxLength: 5 }).map((parts) => ({
  glob: parts.map(({ glob }) => glob).join(''),
  expression: parts.map(({ expression }) => expression).join(''),
}));
const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '🙂'), maxLength: 8 });

it('any glob matches what its regular expression matches', () => {
  fc.assert(
    fc.property(whole, letters, ({ glob, expression }, text) => {
      const isMatch = new RegExp(`^(?:${expression})$`, 'u').test(text) || text === glob;
      expect(compileGlob(glob)(text)).toBe(isMatch);
    }),
    { numRuns: 2_000 },
  );
});

it('folding makes case and composition equal, and nothing else', () => {
  expect(fold('Straße')).toBe(fold('STRASSE'));
  expect(fold('\u00c5ngström')).toBe(fold('A\u030aNGSTRO\u0308M'));
  expect(fold('ΟΔΟΣ')).toBe(fold('οδοσ'));
  expect(fold('a')).not.toBe(fold('á'));
});
