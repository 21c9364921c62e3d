import { describe, expect, test } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { middleEllipsis } from '../../src/output/width.js';
import { cell, columnsFor } from '../../src/screen/columns.js';
import { makeRow } from '../../src/screen/row.js';
import { drawTable } from '../../src/screen/table.js';
import { buildPatch } from '../../src/screen/terminal.js';
import { Emulator } from '../support/emulator.js';
import { inStatus, NOW } from './sample.js';
import { PLAIN } from './sample-model.js';

const NAMES = {
  plain: 'report.pdf',
  'Chinese, Japanese and Korean': '日本語の資料と中文한국어.docx',
  'an emoji family': '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦.heic',
  'combining marks': 'e\u0301te\u0301 \u0301\u0302\u0303 Z\u0351\u036b\u0343.txt',
  'an emoji with a selector': '❤️✔️☎️.png',
  flags: '🇩🇪🇫🇷🇯🇵.png',
  'a script with joined letters': 'क्षि नमस्ते.pdf',
  'right to left': 'שלום-עולם.pdf',
  tildes: 'report~1~~.bin',
  'nothing that is seen': '\u0301',
};

describe('the border stays straight on the screen', () => {
  test.each(Object.entries(NAMES))('with %s in a name', async (_, name) => {
    const columns = columnsFor(100, false);
    const rows = [NAMES.plain, name, NAMES.plain].map((text) =>
      columns.map((column) =>
        column.name === 'name'
          ? { text: middleEllipsis(text, column.width) }
          : { text: 'x'.repeat(column.width) },
      ),
    );
    const emulator = new Emulator(100, 10);
    await emulator.write(buildPatch(null, drawTable(columns, rows, PLAIN)));

    const borders = emulator.columnsOf('│', 0);
    expect(borders).toHaveLength(columns.length - 1);
    for (const row of [2, 3, 4]) expect(emulator.columnsOf('│', row)).toEqual(borders);
    // What stands after the name is untouched by it.
    expect(emulator.lines()[3]?.trimEnd().slice(-11)).toBe('x'.repeat(11));
  });
});

test('what was drawn before changes nothing in what is drawn', () => {
  const look = makeLook({ color: false, unicode: true });
  for (const [width, severalRooms] of [
    [80, false],
    [120, false],
    [80, true],
    [80, false],
  ] as const) {
    const columns = columnsFor(width, severalRooms);
    const rows = ['a', '日本'].map((name) =>
      columns.map((column) => ({ text: middleEllipsis(name, column.width) })),
    );
    expect(drawTable(columns, rows, look)).toEqual(
      drawTable(columns, rows, makeLook({ color: false, unicode: true })),
    );
  }
});

test('what takes months has its place in ASCII, too', () => {
  const column = { name: 'left', title: 'Left', align: 'right', width: 7 } as const;
  const moving = inStatus('processing', 1, { size: 1e12, bytes: 1, bytesPerSecond: 1e5, progressAt: NOW });
  const look = makeLook({ color: false, unicode: false });
  const { text } = cell(makeRow('room', moving, 0, false), column, { now: NOW, stale: false, look });
  expect(text).toMatch(/^115d/);
  expect(text.length).toBeLessThanOrEqual(column.width);
  expect(text).toMatch(/^[ -~]+$/);
});

describe('columns', () => {
  test('a wider table never has fewer columns, and none is wider than the screen', () => {
    let before: string[] = [];
    for (let width = 40; width <= 300; width += 1) {
      const columns = columnsFor(width, true);
      const names = columns.map(({ name }) => name as string);
      expect(names).toEqual(expect.arrayContaining(before));
      expect(columns.reduce((sum, column) => sum + column.width + 3, -1)).toBeLessThanOrEqual(width);
      before = names;
    }
    expect(before).toHaveLength(11);
  });

  test('a Room has a column only among others', () => {
    expect(columnsFor(200, false).map(({ name }) => name)).not.toContain('room');
  });
});
