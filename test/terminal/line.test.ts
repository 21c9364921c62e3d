import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputDecoder, SEQUENCE_MS } from '../../src/terminal/decoder.js';
import { edit, type Line, lineOf, windowOf } from '../../src/terminal/line.js';

const MAX_UNITS = 100;

/** The line after what a person does, each part a moment after the one before; `|` marks the cursor. */
function typed(...parts: readonly string[]): string {
  const decoder = new InputDecoder();
  let line: Line = lineOf('');
  for (const [index, part] of parts.entries()) {
    const now = index * SEQUENCE_MS;
    for (const input of [...decoder.push(Buffer.from(part), now), ...decoder.settle(now + SEQUENCE_MS / 2)]) {
      line = edit(line, input, MAX_UNITS) ?? line;
    }
  }
  return `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;
}

const LEFT = '\x1b[D';
const RIGHT = '\x1b[C';

describe('a line is edited as in a shell', () => {
  test.each([
    ['Ctrl-W', ['alpha beta', '\x17'], 'alpha |'],
    ['Ctrl-W over a word with signs', ['alpha be-ta ', '\x17'], 'alpha |'],
    ['Ctrl-W in the middle', ['alpha beta', LEFT, LEFT, '\x17'], 'alpha |ta'],
    ['Alt-Backspace', ['alpha be-ta', '\x1b\x7f'], 'alpha be-|'],
    ['Ctrl-H', ['abc', '\b'], 'ab|'],
    ['Left', ['ac', LEFT, 'b'], 'ab|c'],
    ['Left and Right', ['ac', LEFT, LEFT, RIGHT, 'b'], 'ab|c'],
    ['beyond the ends', ['a', RIGHT, LEFT, LEFT, '\x7f'], '|a'],
    ['Ctrl-A and Ctrl-E', ['bc', '\x01', 'a', '\x05', 'd'], 'abcd|'],
    ['Home and End', ['bc', '\x1b[H', 'a', '\x1b[F', 'd'], 'abcd|'],
    ['Ctrl-B and Ctrl-F', ['bc', '\x02', '\x02', '\x06'], 'b|c'],
    ['words to the left', ['alpha beta', '\x1b[1;5D', '\x1bb'], '|alpha beta'],
    ['words to the right', ['alpha beta', '\x01', '\x1b[1;5C'], 'alpha| beta'],
    ['Delete', ['abc', '\x01', '\x1b[3~'], '|bc'],
    ['Delete at the end', ['abc', '\x1b[3~'], 'abc|'],
    ['Ctrl-D', ['abc', LEFT, '\x04'], 'ab|'],
    ['Alt-D', ['alpha beta', '\x01', '\x1bd'], '| beta'],
    ['Ctrl-U to the start', ['alpha beta', LEFT, '\x15'], '|a'],
    ['Ctrl-K to the end', ['alpha beta', '\x01', RIGHT, '\x0b'], 'a|'],
    ['Ctrl-Y gives back', ['alpha beta', '\x17', '\x01', '\x19'], 'beta|alpha '],
    ['Backspace over e and U+0301', ['xe\u0301', '\x7f'], 'x|'],
    ['Backspace over a family', ['x👨‍👩‍👧‍👦', '\x7f'], 'x|'],
    ['Backspace over a flag', ['x🇩🇪', '\x7f'], 'x|'],
    ['Left over Hangul in parts', ['x\u1112\u1161\u11ab', LEFT], 'x|\u1112\u1161\u11ab'],
    ['a paste of two lines', ['\x1b[200~alpha\r\nbeta\r\n\x1b[201~'], 'alpha beta|'],
    ['a paste with controls', ['\x1b[200~al\x07p\x00ha\x1b[201~'], 'alpha|'],
    [
      'Tab, Ctrl-V, F1, Up, focus, a late answer',
      ['a', '\t\x16\x1bOP\x1b[A\x1b[I\x1b]11;rgb:ff\x07', 'b'],
      'ab|',
    ],
  ])('%s', (_, parts, line) => {
    expect(typed(...parts)).toBe(line);
  });

  test('whatever comes, the cursor stays in the text, and the text is one line without controls', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3 }),
      fc.constantFrom(
        '\x7f',
        '\x17',
        '\x15',
        '\x0b',
        '\x19',
        '\x04',
        LEFT,
        RIGHT,
        '\x1bb',
        '\x1bf',
        '\x1b[H',
        '🇩🇪',
      ),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const decoder = new InputDecoder();
        let line = lineOf('start');
        for (const input of decoder
          .push(Buffer.from(parts.join('')), 0)
          .concat(decoder.settle(SEQUENCE_MS))) {
          line = edit(line, input, MAX_UNITS) ?? line;
          expect(line.cursor).toBeGreaterThanOrEqual(0);
          expect(line.cursor).toBeLessThanOrEqual(line.text.length);
          expect(line.text).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });
});

describe('the part of a line that is shown', () => {
  test.each([
    ['all of it', 'abc', '', 10, 'abc', 3],
    ['all of it, the cursor in the middle', 'ab', 'cd', 5, 'abcd', 2],
    ['its end', 'quarterly report', '', 8, '…report', 7],
    ['around the cursor', 'quarterly ', 'report', 8, '…erly r…', 6],
    ['its start', '', 'quarterly report', 8, 'quarter…', 0],
    ['wide characters', '漢字漢字', '', 6, '…漢字', 5],
    ['one column', 'abc', 'd', 1, 'd', 0],
  ])('%s', (_, before, after, width, text, cursorColumn) => {
    expect(windowOf(before, after, width, '…')).toEqual({ text, cursorColumn });
  });
});
