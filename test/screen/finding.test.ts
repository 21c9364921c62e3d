import { describe, expect, it, test } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { foldText, parseQuery, splitByMatch } from '../../src/screen/find.js';
import { view } from '../../src/screen/view.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { TableDoor } from '../support/table-door.js';
import { changeOf, inStatus, makeTransfer, NOW } from './sample.js';
import { modelWith } from './sample-model.js';

const named = (...names: readonly string[]): TableDoor =>
  new TableDoor(modelWith(names.map((name, at) => inStatus('waiting', at, { id: `id-${at}`, name }))));

describe('a search finds what is shown', () => {
  const transfers: readonly Transfer[] = [
    inStatus('waiting', 5, { id: 'w', name: 'a.pdf', conferenceId: '0000@some.server#vcs' }),
    inStatus('complete', 700, { id: 'c', name: 'done.bin', size: 5_046_586_573 }),
    makeTransfer({
      id: 's',
      name: 'slow.bin',
      progressAt: NOW - 90_000,
      path: [{ status: 'processing', at: NOW - 99_000 }],
    }),
    inStatus('waiting', 5, { id: 'e', name: 'evil\u202egnp.exe', peer: null }),
    inStatus('waiting', 5, { id: 'n', name: '', peer: null, direction: 'outbound' }),
  ];

  it.each([
    ['conf 0000', ['a.pdf']],
    ['anna in conf', ['a.pdf']],
    ['4.7 GiB', ['done.bin']],
    ['11:48', ['done.bin']],
    ['stalled', ['slow.bin']],
    ['48%', ['slow.bin']],
    ['\\u202e', ['evil\\u202egnp.exe']],
    ['outbound', ['(no']],
    ['bin !done', ['slow.bin']],
    ['!bin !pdf', ['(no', 'evil\\u202egnp.exe']],
    ['bin ANNA', ['slow.bin', 'done.bin']],
    ['nothing-like-this', []],
  ])('/%s', (text, names) => {
    const door = new TableDoor(modelWith(transfers));
    door.search(text);
    expect(door.names()).toEqual(names);
  });

  it('also what comes to match while time goes on', () => {
    const door = new TableDoor(modelWith([makeTransfer({ name: 'moving.bin' })]));
    door.search('stalled');
    expect(door.names()).toEqual([]);
    door.wait(60_000);
    expect(door.names()).toEqual(['moving.bin']);
    door.show({
      kind: 'progress',
      at: NOW + 60_000,
      transfer: makeTransfer({ name: 'moving.bin', progressAt: NOW + 60_000 }),
    });
    door.wait(1_000);
    expect(door.names()).toEqual([]);
  });
});

test.each([
  ['über', 'U\u0308bersicht.pdf'],
  ['uber', 'Übersicht.pdf'],
  ['чайк', 'Чаи\u0306ковский.mp3'],
  ['елка', 'ёлка.png'],
  ['파일', '\u1111\u1161\u110b\u1175\u11af목록.hwp'],
  ['re\u0301su', 'Résumé.doc'],
  ['straße', 'STRASSE.txt'],
  ['istanbul', 'İstanbul.pdf'],
  ['προσ', 'Προσφορά.pdf'],
  ['ΟΔΟΣ', 'οδος.txt'],
])('/%s finds %s', (text, name) => {
  const door = named('other.txt', name);
  door.search(text);
  expect(door.names()).toHaveLength(1);
});

// A dead key that nothing follows types one; as an empty word it would be found without end.
test.each([
  ['\u0301', 2],
  ['!\u0301', 2],
  ['other \u0308', 1],
])('an accent alone is no word: /%s finds %d', (text, count) => {
  expect(parseQuery(text).wanted).not.toContain('');
  const door = named('other.txt', 'plan.docx');
  door.search(text);
  expect(door.names()).toHaveLength(count);
});

test('folding keeps the marks that make other letters of other scripts', () => {
  expect(foldText('हिन्दी')).not.toBe(foldText('हनद'));
  expect(foldText('が')).not.toBe(foldText('か'));
});

test('what was found is marked in names, whatever its case and form', () => {
  const parts = (text: string, query: string) =>
    splitByMatch(text, parseQuery(query)).map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part));
  expect(parts('My ÜBER Report', 'über rep').join('')).toBe('My [ÜBER] [Rep]ort');
  expect(parts('STRASSE straße', 'straße').join('')).toBe('[STRASSE] [straße]');
  expect(parts('ΟΔΟΣ οδός', 'οδος').join('')).toBe('[ΟΔΟΣ] [οδός]');
  expect(parts('abc', '!b').join('')).toBe('abc');
});

test('matches are underlined in the table, and a selected row is plain reverse video', () => {
  const look = makeLook({ color: true, unicode: true });
  const model = modelWith([inStatus('waiting', 5, { id: 'w', name: 'report.pdf' })]);
  model.rows.arrange({ ...model.rows.arrangement, filter: 'port' });
  const size = { width: 80, height: 9 };
  const row = (selected: string | null) =>
    view({ ...model, selected }, size, NOW, look)[3]?.replaceAll('\x1b', 'ESC') ?? '';
  expect(row(null)).toMatch(/re(?:ESC\[\d+m)*ESC\[4m(?:ESC\[1m)?port.*ESC\[24m.*\.pdf/);
  const key = model.rows.shown.at(0)?.key ?? '';
  // One code before, one after, and none between.
  expect(row(key)).toMatch(/^ESC\[7m(?!.*ESC\[\d+m.*ESC).*ESC\[27m$/);
});

describe('order', () => {
  it.each([
    [
      ['part10.zip', 'part2.zip', 'part1.zip'],
      ['part1.zip', 'part2.zip', 'part10.zip'],
    ],
    [
      ['Жук.txt', 'Ёлка.txt', 'Еда.txt', 'Арбуз.txt'],
      ['Арбуз.txt', 'Еда.txt', 'Ёлка.txt', 'Жук.txt'],
    ],
    [
      ['Zebra.txt', 'Äpfel.txt', 'Birne.txt', 'apfel.txt'],
      ['apfel.txt', 'Äpfel.txt', 'Birne.txt', 'Zebra.txt'],
    ],
    [
      ['b.txt', 'A.txt', 'a.txt'],
      ['a.txt', 'A.txt', 'b.txt'],
    ],
  ])('by name is %j as %j', (given, ordered) => {
    const door = named(...given);
    const screen = door.press('s', 's', 's');
    expect(door.names()).toEqual(ordered);
    expect(screen).toContain('Name▾');
    expect(door.press('S')).toContain('Name▴');
    expect(door.names()).toEqual([...ordered].reverse());
    expect(door.press('s')).not.toContain('▴');
  });
});

describe('the selection', () => {
  const door = (): TableDoor => {
    const table = new TableDoor(
      modelWith([
        makeTransfer({ id: 'a', name: 'active.bin' }),
        inStatus('complete', 10, { id: 'b', name: 'first.bin' }),
        inStatus('complete', 20, { id: 'c', name: 'second.bin' }),
      ]),
    );
    table.press('j', 'j', 'j');
    return table;
  };

  it('goes to the neighbour where its row is hidden, and comes back with it', () => {
    const table = door();
    expect(table.selected()).toContain('second.bin');
    table.press('c');
    expect(table.selected()).toContain('active.bin');
    table.press('c');
    expect(table.selected()).toContain('second.bin');
    table.search('first');
    expect(table.selected()).toContain('first.bin');
    table.press('<esc>');
    expect(table.selected()).toContain('second.bin');
  });

  it('stays where a person moved it in between', () => {
    const table = door();
    table.press('c', 'k', 'c');
    expect(table.selected()).toContain('active.bin');
  });
});

describe('panes', () => {
  const transfers = [
    inStatus('waiting', 1, { id: 'one', name: 'one.txt' }),
    inStatus('waiting', 2, { id: 'two', name: 'two\n.txt' }),
  ];

  it('J and K show the next transfer and the one before', () => {
    const door = new TableDoor(modelWith(transfers));
    expect(door.press('j', '<enter>')).toContain('one.txt');
    expect(door.press('J')).toContain('two\\x0a.txt');
    expect(door.press('J')).toContain('two\\x0a.txt');
    expect(door.press('K')).toContain('one.txt');
    expect(door.press('<esc>')).toContain('▸○');
  });

  it('n and N go through the matches of a search', () => {
    const door = new TableDoor(modelWith(transfers), { width: 60, height: 9 });
    door.search('waiting');
    const first = (keys: string) => door.press(keys).split('\n')[1];
    door.press('j', '<enter>');
    expect(first('n')).toMatch(/^ Status/);
    expect(door.press('n')).toMatch(/^ Path/m);
    expect(first('N')).toMatch(/^ Status/);
  });

  it('i copies the id and I the name as it is shown, which the last line says', () => {
    const door = new TableDoor(modelWith(transfers));
    expect(door.press('i')).not.toContain('Copied');
    expect(door.press('j', 'j', 'i')).toContain('Copied the id two.');
    expect(door.press('<enter>', 'I')).toContain('Copied the name two\\x0a.txt.');
    expect(door.effects).toEqual([
      { kind: 'copy', text: 'two' },
      { kind: 'copy', text: 'two\\x0a.txt' },
    ]);
  });

  it('l shows what happened with its time, rows that are gone among it', () => {
    const door = new TableDoor(modelWith(transfers), { width: 120, height: 15 });
    const transfer = transfers[0] ?? makeTransfer();
    door.show(
      changeOf(inStatus('complete', 0, { id: 'one', name: 'one.txt' }), { previousStatus: 'waiting' }),
      { kind: 'removed', at: NOW, id: 'one', key: 'one', transfer, reason: 'deleted', removedFromDisk: true },
    );
    const [, ...lines] = door.press('l').split('\n');
    expect(lines[0]).toMatch(/^ 12:00:00 {2}inbound {3}removed.*one\.txt.*\(deleted, also from disk\)$/);
    expect(lines[1]).toMatch(/^ 12:00:00 {2}inbound {3}complete.*one\.txt.*\(was waiting\)$/);
    expect(lines.join('\n')).toMatch(/11:59:57 {2}10\.0\.0\.5: connected/);
    expect(door.press('<esc>')).toContain('two');
  });
});

test('the header says how much of what runs is done and left, and for how long', () => {
  const door = new TableDoor(
    modelWith([makeTransfer(), makeTransfer({ id: 'b' }), inStatus('waiting', 3, { id: 'w' })]),
    {
      width: 150,
      height: 9,
    },
  );
  expect(door.screen().split('\n')[0]).toMatch(/6\.2 MiB\/s {2}30\.7 MiB of 64\.0 MiB, 6s left$/);
  door.show(changeOf(inStatus('complete', 0)), changeOf(inStatus('failed', 0, { id: 'b' })));
  expect(door.screen()).not.toContain(' left');
});
