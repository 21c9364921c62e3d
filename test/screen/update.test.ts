import { describe, expect, test } from 'vitest';
import { applyNotice, layoutOf, type Model, settle } from '../../src/screen/model.js';
import { type Effect, pressKey } from '../../src/screen/update.js';
import { cursorOf, notShown, reachOf, view, wasShown } from '../../src/screen/view.js';
import type { Input, KeyName } from '../../src/terminal/input.js';
import { changeOf, inStatus, makeTransfer, NOW } from './sample.js';
import { modelWith, PLAIN, ROOM, screen } from './sample-model.js';

const SIZE = { width: 100, height: 15 };
/** Long enough to read a question. */
const READ_MS = 300;
const REACH = { page: 10, lastTop: 0, matches: [] };
const NAMED: Readonly<Record<string, KeyName>> = {
  '<up>': 'up',
  '<down>': 'down',
  '<left>': 'left',
  '<pgdn>': 'page-down',
  '<end>': 'end',
  '<enter>': 'enter',
  '<esc>': 'escape',
  '<bs>': 'backspace',
  '<c-c>': 'ctrl-c',
  '<c-z>': 'ctrl-z',
};

/** Presses keys such as `j`, `<enter>`; gives the model as it was drawn some time ago, and the effects. */
function press(start: Model, ...keys: readonly string[]): { model: Model; effects: Effect[] } {
  const effects: Effect[] = [];
  let model = settle(start, layoutOf(SIZE));
  for (const pressed of keys) {
    const name = NAMED[pressed];
    const key: Input = name === undefined ? { kind: 'text', text: pressed } : { kind: 'key', key: name };
    const update = pressKey(model, key, reachOf(model, SIZE, NOW, PLAIN), NOW);
    if (update.effect !== null) effects.push(update.effect);
    model = wasShown(settle(update.model, layoutOf(SIZE)), NOW - READ_MS);
  }
  return { model, effects };
}

function selectedId(model: Model): string | undefined {
  return model.rows.shown.at(model.rows.indexOf(model.selected ?? ''))?.transfer.id;
}

function shownIds(model: Model): string[] {
  return model.rows.shown.slice(0, 100).map(({ transfer }) => transfer.id);
}

/** `w0` (the newest) to `w29`, waiting. */
function thirty(): Model {
  return modelWith(
    Array.from({ length: 30 }, (_, at) => inStatus('waiting', at, { id: `w${at}`, name: `file-${at}.txt` })),
  );
}

describe('moving', () => {
  test.each([
    [['j'], 'w0'],
    [['j', 'j'], 'w1'],
    [['<down>', '<down>', 'k'], 'w0'],
    [['k'], 'w0'],
    [['G'], 'w29'],
    [['<end>', 'g'], 'w0'],
    [['j', '<pgdn>'], 'w10'],
    [['j', ' ', '<pgdn>', '<pgdn>', '<pgdn>'], 'w29'],
  ])('%j selects %s', (keys, id) => {
    expect(selectedId(press(thirty(), ...keys).model)).toBe(id);
  });

  test('the selection stays with its transfer when others come before it', () => {
    const { model } = press(thirty(), 'j', 'j', 'j');
    const later = applyNotice(model, changeOf(makeTransfer({ id: 'new' })), ROOM);
    expect(selectedId(settle(later, layoutOf(SIZE)))).toBe('w2');
    expect(shownIds(later)[0]).toBe('new');
  });

  test('where its transfer is removed the selection goes to the next one', () => {
    const { model } = press(thirty(), 'j', 'j', 'j');
    const removal = {
      kind: 'removed',
      at: NOW,
      id: 'w2',
      key: 'w2',
      transfer: null,
      reason: 'deleted',
      removedFromDisk: null,
    } as const;
    const later = settle(applyNotice(model, removal, ROOM), layoutOf(SIZE));
    expect(selectedId(later)).toBe('w3');
  });

  test('the selected row is always on the screen', () => {
    expect(screen(press(thirty(), 'G').model, SIZE)).toContain('▸○ waiting  ↓  file-29.txt');
    expect(screen(press(thirty(), 'G').model, SIZE)).toContain('20 above');
  });

  test('Esc takes the selection away and shows the top again', () => {
    const { model } = press(thirty(), 'G', '<esc>');
    expect(model.selected).toBeNull();
    expect(screen(model, SIZE)).toContain('+20 more');
  });
});

describe('filter', () => {
  test('narrows as one types, by name, peer, id or status, and Enter keeps it', () => {
    const { model } = press(thirty(), '/', '2', '9', '<enter>');
    expect(shownIds(model)).toEqual(['w29']);
    expect(screen(model, SIZE)).toContain('filter "29"');
    expect(shownIds(press(thirty(), '/', ...'ANNA waiting w7').model)).toEqual(['w7']);
  });

  test('letters that are keys elsewhere are text, and Esc goes back to what was before', () => {
    const { model, effects } = press(thirty(), '/', '1', '<enter>', '/', 'q', 's', '<esc>');
    expect(effects).toEqual([]);
    expect(model.rows.arrangement.filter).toBe('1');
  });

  test('keeps up with changes', () => {
    const { model } = press(thirty(), '/', ...'complete', '<enter>');
    expect(shownIds(model)).toEqual([]);
    const ended = applyNotice(model, changeOf(inStatus('complete', 0, { id: 'w3' })), ROOM);
    expect(shownIds(ended)).toEqual(['w3']);
  });

  test('says so where nothing matches', () => {
    expect(screen(press(thirty(), '/', 'z', 'z').model, SIZE)).toContain(
      'No transfers that match "zz"; 30 hidden.',
    );
  });

  test('is edited in place, and shows where', () => {
    const { model } = press(thirty(), '/', 'x', 'z', '<left>', 'y');
    expect(model.rows.arrangement.filter).toBe('xyz');
    expect(screen(model, SIZE)).toContain('/xyz_  0 found (Enter keeps, Esc leaves)');
    expect(cursorOf(model, SIZE, PLAIN)).toEqual({ row: SIZE.height - 2, column: 3 });
    expect(cursorOf(press(model, '<enter>').model, SIZE, PLAIN)).toBeNull();
  });

  test.each([20, 40, 80])('shows the end of what is typed on a screen of %i columns', (width) => {
    const { model } = press(thirty(), '/', ...'quarterly report '.repeat(8), ...'END');
    const size = { width, height: 10 };
    const last = screen(model, size).split('\n').at(-1) ?? '';
    expect(last).toMatch(/^\/….*END_/);
    expect(cursorOf(model, size, PLAIN)?.column).toBe(last.indexOf('_'));
  });

  test('keeps to the selection while the cursor is moved', () => {
    const { model } = press(thirty(), 'G', '/', '<left>');
    expect(selectedId(model)).toBe('w29');
  });

  test('takes a paste as text of one line', () => {
    const { model } = press(thirty(), '/');
    const key = { kind: 'paste', text: 'w1\r\n2' } as const;
    const pasted = pressKey(model, key, REACH, NOW).model;
    expect(pasted.rows.arrangement.filter).toBe('w1 2');
  });
});

describe('several characters at once', () => {
  const burst = (model: Model, text: string) => pressKey(model, { kind: 'burst', text }, REACH, NOW);

  test('move, as where a key is held down', () => {
    expect(selectedId(burst(thirty(), 'jjj').model)).toBe('w2');
    expect(selectedId(burst(thirty(), 'Gkg').model)).toBe('w0');
    const help = press(thirty(), '?').model;
    const reach = { page: 5, lastTop: 9, matches: [] };
    expect(pressKey(help, { kind: 'burst', text: 'jjj' }, reach, NOW).model.mode).toMatchObject({ top: 3 });
  });

  test('begin a filter, as where a slow link delivers them late', () => {
    const { model } = burst(thirty(), '/29');
    expect(shownIds(model)).toEqual(['w29']);
    expect(model.mode.kind).toBe('filter');
  });

  test('do nothing else: they may be a paste', () => {
    const { model } = press(thirty(), 'j');
    for (const text of ['Please reply', 'aa', 'qq', 'jja', 'cs', 'https://x', 'a/y']) {
      expect(burst(model, text)).toEqual({ model, effect: null });
    }
    const help = press(model, '?').model;
    expect(burst(help, 'qq')).toEqual({ model: help, effect: null });
  });
});

describe('order', () => {
  const model = (): Model =>
    modelWith([
      inStatus('complete', 50, { id: 'big', name: 'c', size: 900 }),
      inStatus('failed', 60, { id: 'failed', name: 'b', size: 5, peer: { id: null, name: 'zoe' } }),
      makeTransfer({ id: 'active', name: 'a', size: 100 }),
    ]);

  test.each([
    [0, ['active', 'big', 'failed']],
    [1, ['active', 'big', 'failed']],
    [2, ['failed', 'active', 'big']],
    [3, ['active', 'failed', 'big']],
    [4, ['active', 'big', 'failed']],
    [5, ['big', 'active', 'failed']],
    [6, ['active', 'big', 'failed']],
  ])('after s was pressed %i times', (times, ids) => {
    expect(shownIds(press(model(), ...Array<string>(times).fill('s')).model)).toEqual(ids);
  });

  test('c hides ended ones and shows them again', () => {
    expect(shownIds(press(model(), 'c').model)).toEqual(['active']);
    expect(shownIds(press(model(), 'c', 'c').model)).toHaveLength(3);
  });
});

describe('pause', () => {
  test('the table stands still while counting goes on', () => {
    const paused = press(thirty(), 'p').model;
    const later = applyNotice(paused, changeOf(makeTransfer({ id: 'new', name: 'new.txt' })), ROOM);
    expect(screen(later, SIZE)).not.toContain('new.txt');
    expect(screen(later, SIZE)).toContain('●1');
    expect(screen(later, SIZE)).toContain('PAUSED');
    expect(screen(press(later, 'p').model, SIZE)).toContain('new.txt');
  });
});

describe('accept and reject', () => {
  const waiting = (): Model => modelWith([inStatus('waiting', 5, { id: 'w', name: 'x.pdf' })]);

  test('ask first, and y sends', () => {
    const asked = press(waiting(), 'j', 'a');
    expect(screen(asked.model, SIZE)).toContain('Accept? y/n  x.pdf (32.0 MiB) from Anna');
    expect(press(asked.model, 'y').effects).toEqual([
      { kind: 'decide', decision: 'accept', room: ROOM, id: 'w' },
    ]);
    expect(press(waiting(), 'j', 'r', 'y').effects).toEqual([
      { kind: 'decide', decision: 'reject', room: ROOM, id: 'w' },
    ]);
  });

  test('the question always names who sends it, also from within a conference', () => {
    const transfer = inStatus('waiting', 5, {
      id: 'w',
      name: `${'long'.repeat(50)}.pdf`,
      conferenceId: '7@x',
    });
    const asked = press(modelWith([transfer]), 'j', 'a').model;
    expect(screen(asked, SIZE)).toMatch(/Accept\? y\/n {2}long.*\.pdf \(32\.0 MiB\) from Anna in conf 7@x$/);
  });

  test.each([
    ['שלום', 'Anna', '\u2068שלום\u2069 (32.0 MiB) from Anna'],
    ['x.pdf', 'مريم 7', 'x.pdf (32.0 MiB) from \u2068مريم 7\u2069'],
    ['файл', '7 Anna', 'файл (32.0 MiB) from 7 Anna'],
  ])('the question leaves the size in its place: %s from %s', (name, peer, said) => {
    const transfer = inStatus('waiting', 5, { id: 'w', name, peer: { id: null, name: peer } });
    const asked = press(modelWith([transfer]), 'j', 'a').model;
    expect(view(asked, SIZE, NOW, PLAIN).at(-1)).toBe(`Accept? y/n  ${said}`);
  });

  test.each([2, 3])('the question is seen on a screen of %i rows, too', (height) => {
    const lines = screen(press(waiting(), 'j', 'a').model, { width: 80, height }).split('\n');
    expect(lines).toHaveLength(height - 1);
    expect(lines.at(-1)).toContain('Accept? y/n  x.pdf');
  });

  test.each(['n', '<esc>'])('%s sends nothing', (key) => {
    const { model, effects } = press(waiting(), 'j', 'a', key, 'y');
    expect(effects).toEqual([]);
    expect(model.mode.kind).toBe('table');
  });

  test.each<[string, Input]>([
    ['another character', { kind: 'text', text: 'x' }],
    ['the key that quits elsewhere', { kind: 'text', text: 'q' }],
    ['several characters at once', { kind: 'burst', text: 'y' }],
    ['a paste', { kind: 'paste', text: 'y' }],
  ])('%s is no answer, and takes the question back', (_, input) => {
    const asked = press(waiting(), 'j', 'a').model;
    const { model, effect } = pressKey(asked, input, REACH, NOW);
    expect(effect).toBeNull();
    expect(model.mode.kind).toBe('table');
    expect(screen(model, SIZE)).toContain('Nothing was sent: that was not y.');
  });

  test.each<Input>([
    { kind: 'key', key: 'down' },
    { kind: 'key', key: 'enter' },
    { kind: 'focus', hasFocus: true },
    { kind: 'mouse' },
    { kind: 'report', body: '[0;0R' },
  ])('%j leaves the question as it is', (input) => {
    const asked = press(waiting(), 'j', 'a').model;
    expect(pressKey(asked, input, REACH, NOW)).toEqual({ model: asked, effect: null });
  });

  test('y counts only once the question was on the screen long enough to be read', () => {
    const y = { kind: 'text', text: 'y' } as const;
    const asked = pressKey(press(waiting(), 'j').model, { kind: 'text', text: 'a' }, REACH, NOW).model;
    expect(pressKey(asked, y, REACH, NOW + 10 * READ_MS)).toEqual({ model: asked, effect: null });
    const shown = wasShown(asked, NOW);
    expect(pressKey(shown, y, REACH, NOW + READ_MS - 1)).toEqual({ model: shown, effect: null });
    expect(pressKey(shown, y, REACH, NOW + READ_MS).effect).toMatchObject({ kind: 'decide' });
    const later = wasShown(notShown(shown), NOW + READ_MS);
    expect(pressKey(later, y, REACH, NOW + READ_MS).effect).toBeNull();
  });

  test('nothing is sent for what is no longer waiting', () => {
    const asked = press(waiting(), 'j', 'a').model;
    const taken = applyNotice(asked, changeOf(makeTransfer({ id: 'w' })), ROOM);
    const { model, effects } = press(taken, 'y');
    expect(effects).toEqual([]);
    expect(screen(model, SIZE)).toContain('no longer waiting');
  });

  test.each([
    ['outbound', inStatus('waiting', 5, { direction: 'outbound' })],
    ['moving', makeTransfer()],
  ])('an %s one can not be answered', (_, transfer) => {
    const { model, effects } = press(modelWith([transfer]), 'j', 'a', 'y');
    expect(effects).toEqual([]);
    expect(screen(model, SIZE)).toContain('Only a waiting inbound request can be accepted.');
  });
});

test('what was said to a key stays until another one does something', () => {
  const { model } = press(thirty(), 'a', 'x');
  expect(screen(model, SIZE)).toContain('Select a request to accept first.');
  expect(screen(press(model, 'j').model, SIZE)).not.toContain('Select a request');
});

describe('panes', () => {
  test('Enter shows all of a transfer, and Esc goes back', () => {
    const transfer = makeTransfer({ name: `${'long-'.repeat(40)}.pdf`, raw: '{"evil":"\x1b[2J"}' });
    const { model } = press(modelWith([transfer]), 'j', '<enter>');
    const drawn = screen(model, { width: 100, height: 40 });
    expect(drawn.replace(/\n +/g, '')).toContain(transfer.name);
    expect(drawn).toContain('waiting 12s → processing 3s');
    expect(drawn).toContain('{"evil":"\\x1b[2J"}');
    expect(press(model, '<esc>').model.mode.kind).toBe('table');
  });

  test('what does not move has no rate', () => {
    const transfer = makeTransfer({
      progressAt: NOW - 60_000,
      path: [{ status: 'processing', at: NOW - 90_000 }],
    });
    const drawn = screen(press(modelWith([transfer]), '<enter>').model, SIZE);
    expect(drawn).toMatch(/Rate +-\n Left +stalled/);
  });

  test('a pane scrolls to its end and not beyond', () => {
    const { model } = press(modelWith([makeTransfer()]), '<enter>', 'G', 'j', 'j');
    expect(screen(model, SIZE)).toContain('Message');
    expect(screen(press(model, 'k').model, SIZE)).not.toContain('Message');
  });

  test('a removed transfer stays readable', () => {
    const { model } = press(modelWith([makeTransfer()]), '<enter>');
    const removal = {
      kind: 'removed',
      at: NOW,
      id: 'id-1',
      key: 'id-1',
      transfer: null,
      reason: 'deleted',
      removedFromDisk: true,
    } as const;
    expect(screen(applyNotice(model, removal, ROOM), SIZE)).toContain('processing (2), removed');
  });

  test('? shows the keys', () => {
    expect(screen(press(thirty(), '?').model, SIZE)).toContain('accept or reject');
  });
});

test.each<[string, Effect['kind']]>([
  ['q', 'quit'],
  ['<c-c>', 'interrupt'],
  ['<c-z>', 'suspend'],
])('%s asks to %s', (key, kind) => {
  expect(press(thirty(), key).effects).toEqual([{ kind }]);
});

test('a mistaken key does nothing', () => {
  const model = settle(thirty(), layoutOf(SIZE));
  for (const text of 'xyzXQ1~ж') {
    expect(pressKey(model, { kind: 'text', text }, REACH, NOW)).toEqual({
      model,
      effect: null,
    });
  }
  const paste = { kind: 'paste', text: 'q' } as const;
  expect(pressKey(model, paste, REACH, NOW)).toEqual({ model, effect: null });
});
