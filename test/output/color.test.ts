import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { COLORS, type ColorFlag, type Environment, makeStyle, wantsColor } from '../../src/output/look.js';
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
    expect(makeStyle(false).status[status]('text')).toBe('text');
    const styled = makeStyle(true).status[status]('text');
    expect(styled).not.toBe('text');
    expect(stripVTControlCharacters(styled)).toBe('text');
  }
});

/** Backgrounds of common terminals' themes: VS Code, Windows Terminal, Solarized, GNOME, One Half, plain black and white. */
const BACKGROUNDS = [
  'ffffff',
  'fafafa',
  'fdf6e3',
  '000000',
  '1e1e1e',
  '0c0c0c',
  '002b36',
  '171421',
  '282c34',
];

/** A colour of the cube of 216, or a grey, as every terminal with 256 colours has them: red, green and blue. */
function rgbOf(index: number): readonly number[] {
  if (index >= 232) return Array<number>(3).fill(8 + 10 * (index - 232));
  const levels = [0, 95, 135, 175, 215, 255];
  return [36, 6, 1].map((part) => levels[Math.floor((index - 16) / part) % 6] ?? 0);
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each(Object.entries(COLORS))('%s has a contrast of 3:1 on light and on dark backgrounds', (_, index) => {
  const color = luminance(rgbOf(index));
  for (const background of BACKGROUNDS) {
    const paper = luminance([0, 2, 4].map((at) => Number.parseInt(background.slice(at, at + 2), 16)));
    const contrast = (Math.max(color, paper) + 0.05) / (Math.min(color, paper) + 0.05);
    expect(contrast, background).toBeGreaterThanOrEqual(3);
  }
});
