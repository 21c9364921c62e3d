import { expect, it } from 'vitest';
import { History } from '../../src/screen/history.js';
import { changeOf, inStatus, makeTransfer, NOW } from './sample.js';
import { modelWith, ROOM } from './sample-model.js';

const ids = (history: History, count: number): string[] =>
  history
    .modelAt(count, modelWith([]))
    .rows.shown.slice(0, 9)
    .map(({ transfer }) => `${transfer.id} ${transfer.status} ${transfer.progress}`);

it('shows what there was before the last change, and after the next', () => {
  const history = new History();
  const moving = makeTransfer({ id: 'a', progress: 10 });
  history.add(changeOf(inStatus('waiting', 9, { id: 'a' })), ROOM);
  history.add(changeOf(moving), ROOM);
  history.add({ kind: 'progress', at: NOW, transfer: { ...moving, progress: 50 } }, ROOM);
  history.add(changeOf(inStatus('waiting', 0, { id: 'b' }), { at: NOW + 5 }), ROOM);
  const before = history.before(history.length);
  expect(before).toBe(3);
  expect(ids(history, before ?? 0)).toEqual(['a processing 50']);
  expect(history.before(3)).toBe(1);
  expect(ids(history, 1)).toEqual(['a waiting null']);
  expect(history.before(0)).toBeNull();
  expect(history.after(1)).toBe(2);
  expect(history.after(2)).toBe(4);
  expect(history.timeAt(4)).toBe(NOW + 5);
});

it('keeps of a long recording what its older half came to', () => {
  const history = new History();
  history.add(changeOf(makeTransfer({ id: 'kept', progress: 1 })), ROOM);
  history.add(changeOf(makeTransfer({ id: 'gone' })), ROOM);
  const removal = { at: NOW, transfer: null, reason: 'deleted', removedFromDisk: null } as const;
  history.add({ kind: 'removed', id: 'gone', key: 'gone', ...removal }, ROOM);
  for (let at = 0; at < 25_000; at += 1) {
    history.add(
      { kind: 'progress', at: NOW, transfer: makeTransfer({ id: 'kept', progress: at % 100 }) },
      ROOM,
    );
  }
  expect(history.length).toBeLessThan(20_001);
  expect(ids(history, history.length)).toEqual(['kept processing 99']);
});
