import { describe, expect, test } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { displayWidth, middleEllipsis } from '../../src/output/width.js';
import { COLUMNS, type Column, type ColumnName, cell } from '../../src/screen/columns.js';
import { buildPatch } from '../../src/screen/patch.js';
import { makeRow } from '../../src/screen/row.js';
import { drawTable, hold, type Sized, shareOut, tableWidth } from '../../src/screen/table.js';
import { view } from '../../src/screen/view.js';
import { ODD_NAMES, PEERS, PLAIN_NAMES } from '../../src/simulator/names.js';
import { STATUSES } from '../../src/transfers/transfer.js';
import { Emulator } from '../support/emulator.js';
import { inStatus, makeTransfer, NOW } from './sample.js';
import { modelWith, PLAIN, screen } from './sample-model.js';

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

const ROOM_COLUMN: ReadonlySet<ColumnName> = new Set(['room']);

/** The table's columns where each has as much to show as `need` says. */
function columnsFor(width: number, need: (column: Column) => number = () => 30): readonly Sized[] {
  return shareOut(width, 'steps', ROOM_COLUMN, need);
}

function draw(
  columns: readonly Sized[],
  rows: readonly (readonly { text: string }[])[],
  look = PLAIN,
): string[] {
  return drawTable(
    columns,
    columns.map(({ column }) => column.title),
    rows,
    look,
  );
}

describe('what comes after a name stands where it belongs', () => {
  test.each(Object.entries(NAMES))('with %s in it', async (_, name) => {
    const columns = columnsFor(100);
    const rows = [NAMES.plain, name, NAMES.plain].map((text) =>
      columns.map(({ column, width }) =>
        column.name === 'name' ? { text: middleEllipsis(text, width) } : { text: 'X'.repeat(width) },
      ),
    );
    const emulator = new Emulator(100, 10);
    await emulator.write(buildPatch(null, draw(columns, rows)));

    const others = emulator.columnsOf('X', 2);
    const expected = columns.filter(({ column }) => column.name !== 'name').map(({ width }) => width);
    expect(others).toHaveLength(expected.reduce((sum, width) => sum + width));
    for (const row of [3, 4]) expect(emulator.columnsOf('X', row)).toEqual(others);
  });
});

test('a name that runs from right to left is isolated from its neighbours', () => {
  const lines = (name: string) =>
    view(modelWith([makeTransfer({ name })]), { width: 80, height: 9 }, NOW, PLAIN).join('\n');
  expect(lines('שלום.pdf')).toContain('\u2068שלום.pdf\u2069');
  expect(lines('файл.pdf')).not.toMatch(/[\u2068\u2069]/);
});

test('what was drawn before changes nothing in what is drawn', () => {
  const look = makeLook({ color: false, unicode: true });
  for (const width of [80, 120, 80, 60, 80]) {
    const columns = columnsFor(width);
    const rows = ['a', '日本'].map((name) =>
      columns.map((sized) => ({ text: middleEllipsis(name, sized.width) })),
    );
    expect(draw(columns, rows, look)).toEqual(draw(columns, rows, makeLook({ color: false, unicode: true })));
  }
});

describe('a cell', () => {
  const look = makeLook({ color: false, unicode: false });
  const column = (name: ColumnName): Column => {
    const found = COLUMNS.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no column ${name}`);
    return found;
  };
  const rows = [
    inStatus('processing', 1, { size: 1e12, bytes: 1, bytesPerSecond: 1e5, progressAt: NOW }),
    inStatus('complete', 400 * 86_400, { name: '日本語の資料と中文한국어.docx' }),
    makeTransfer({ peer: null, conferenceId: 'c'.repeat(90) }),
  ].map((transfer, seq) => makeRow('ws://some.server:8765', transfer, seq, false));

  test.each(COLUMNS.map(({ name }) => name))('of the column %s is never wider than its column', (name) => {
    for (const row of rows) {
      for (let width = 1; width <= 64; width += 1) {
        const { text } = cell(row, column(name), width, { now: NOW, stale: false, look });
        expect(displayWidth(text)).toBeLessThanOrEqual(width);
      }
    }
  });

  test('of what takes months has its place in ASCII, too', () => {
    const [row = makeRow('', makeTransfer(), 0, false)] = rows;
    const { text } = cell(row, column('left'), 7, { now: NOW, stale: false, look });
    expect(text).toMatch(/^115d/);
    expect(text).toMatch(/^[ -~]+$/);
  });

  test.each<[string, number, string, string]>([
    ['today', 600, '11:50:00', '11:50'],
    ['on another day', 2 * 86_400, '29 Apr', '29 Apr'],
    ['in another year', 400 * 86_400, 'Mar 2023', 'Mar 20...'],
  ])('says when a transfer ended: %s', (_, secondsAgo, wide, narrow) => {
    const row = makeRow('', inStatus('complete', secondsAgo), 0, false);
    const text = (width: number) => cell(row, column('time'), width, { now: NOW, stale: false, look }).text;
    expect(text(8)).toBe(wide);
    expect(text(wide.length > 6 && narrow.length > 6 ? 8 : 6)).toBe(narrow.length > 6 ? wide : narrow);
  });
});

describe('names come first', () => {
  const NAMES_OF_DEMO = [...PLAIN_NAMES, ...ODD_NAMES];
  const transfers = STATUSES.flatMap((status) =>
    PEERS.map((peer, at) =>
      inStatus(status, at * 7, {
        id: `${status}${at}`,
        peer,
        size: 1_023 * 1_024 ** 2,
        progress: 48,
        bytes: 500 * 1_024 ** 2,
        bytesPerSecond: 1_023 * 1_024,
        progressAt: NOW,
      }),
    ),
  );

  test.each([
    [80, 24],
    [120, 36],
    [200, 64],
  ])('at %i columns none of the demo up to %i is cut', (width, uncut) => {
    for (const name of NAMES_OF_DEMO.filter((one) => displayWidth(PLAIN.text(one)) <= uncut)) {
      const drawn = screen(modelWith([makeTransfer({ name }), ...transfers]), { width, height: 60 });
      expect(drawn).toContain(PLAIN.text(name));
    }
  });
});

describe('columns', () => {
  test('a wider table never has fewer of them, and none is wider than the screen', () => {
    let before: string[] = [];
    for (let width = 20; width <= 300; width += 1) {
      const columns = columnsFor(width);
      const names = columns.map(({ column }) => column.name as string);
      expect(names).toEqual(expect.arrayContaining(before));
      expect(tableWidth(columns)).toBeLessThanOrEqual(width);
      before = names;
    }
    expect(before).toEqual(
      COLUMNS.filter(({ name, steps }) => steps.length > 0 && name !== 'room').map(({ name }) => name),
    );
  });

  test('are as wide as what they hold, and the rest goes to others', () => {
    const width = (name: ColumnName, needOfPeer: number) =>
      columnsFor(80, (column) => (column.name === 'peer' ? needOfPeer : 30)).find(
        ({ column }) => column.name === name,
      )?.width ?? 0;
    expect(width('peer', 5)).toBe(5);
    expect(width('name', 5)).toBeGreaterThanOrEqual(width('name', 12));
    expect(width('peer', 12)).toBe(12);
  });

  test('a Room has one only among others', () => {
    const [head] = screen(modelWith([makeTransfer()]), { width: 200, height: 9 })
      .split('\n')
      .slice(1);
    expect(head).not.toContain('Room');
  });

  test('stay as wide as they were for some seconds after what needed it has gone', () => {
    const needs = (width: number) => new Map<ColumnName, number>([['peer', width]]);
    const first = hold(new Map(), needs(20), NOW);
    const widthAt = (ms: number) => hold(first, needs(5), NOW + ms).get('peer')?.width;
    expect(widthAt(9_999)).toBe(20);
    expect(widthAt(10_000)).toBe(5);
    expect(hold(first, needs(30), NOW + 1).get('peer')?.width).toBe(30);
  });
});
