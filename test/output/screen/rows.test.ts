import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isActive, rowKey } from '../../../src/output/screen/row.js';
import { Rows } from '../../../src/output/screen/rows.js';
import { comparator, SORT_NAMES } from '../../../src/output/screen/sort.js';
import { STATUSES } from '../../../src/transfers/transfer.js';
import { changeOf, inStatus } from './sample.js';

const step = fc.record({
  id: fc.nat(15).map(String),
  status: fc.constantFrom(...STATUSES),
  secondsAgo: fc.nat(9),
  size: fc.option(fc.nat(5)),
  act: fc.constantFrom('change', 'change', 'progress', 'remove'),
  sort: fc.option(fc.constantFrom(...SORT_NAMES), { freq: 4 }),
  hideEnded: fc.boolean(),
  /** Whether a frame is drawn after it: many changes may come between two. */
  isDrawn: fc.boolean(),
});

test('whatever happens, what is shown is what sorting and filtering everything would give', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rows = new Rows(1_000);
      for (const { id, status, secondsAgo, size, act, sort, hideEnded, isDrawn } of steps) {
        if (sort !== null) rows.arrange({ sort, hideEnded, filter: '' });
        const transfer = inStatus(status, secondsAgo, { id, size });
        if (act === 'remove') {
          const removal = {
            kind: 'removed',
            at: 0,
            transfer: null,
            reason: 'deleted',
            removedFromDisk: null,
          } as const;
          rows.remove('room', { ...removal, id });
        } else if (act === 'progress') rows.progress('room', transfer);
        else rows.change('room', changeOf(transfer));
        if (isDrawn) check(rows);
      }
      check(rows);
    }),
  );
});

function check(rows: Rows): void {
  const { shown, arrangement } = rows;
  const actual = shown.slice(0, shown.length);
  expect(actual).toEqual([...actual].sort(comparator(arrangement.sort)));
  const all = Array.from({ length: 16 }, (_, at) => rows.live(rowKey('room', String(at))));
  const expected = all.filter((row) => row !== undefined && (!arrangement.hideEnded || isActive(row)));
  expect(new Set(actual)).toEqual(new Set(expected));
  for (const name of STATUSES) {
    expect(rows.count(name)).toBe(all.filter((row) => row?.transfer.status === name).length);
  }
}

test('while drawing is paused the rows stay as they were then, with what had come since the last frame', () => {
  const rows = new Rows(10);
  rows.change('room', changeOf(inStatus('waiting', 2, { id: 'a' })));
  rows.freeze();
  rows.change('room', changeOf(inStatus('complete', 1, { id: 'a' })));
  rows.change('room', changeOf(inStatus('waiting', 1, { id: 'b' })));
  const shown = () => rows.shown.slice(0, 10).map(({ transfer }) => `${transfer.id} ${transfer.status}`);
  expect(shown()).toEqual(['a waiting']);
  rows.thaw();
  expect(shown()).toEqual(['b waiting', 'a complete']);
});

test('of ended ones the oldest are dropped, active ones never', () => {
  const rows = new Rows(3);
  for (let at = 0; at < 5; at += 1)
    rows.change('room', changeOf(inStatus('waiting', 900, { id: `active-${at}` })));
  for (let at = 0; at < 5; at += 1)
    rows.change('room', changeOf(inStatus('complete', 100 - at, { id: `ended-${at}` })));
  const ids = rows.shown.slice(0, 100).map(({ transfer }) => transfer.id);
  expect(ids.filter((id) => id.startsWith('active'))).toHaveLength(5);
  expect(ids.filter((id) => id.startsWith('ended'))).toEqual(['ended-4', 'ended-3', 'ended-2']);
  expect(rows.tally.watched.complete).toBe(5);
});

test('two Rooms may use the same id', () => {
  const rows = new Rows(10);
  rows.change('a', changeOf(inStatus('waiting', 1)));
  rows.change('b', changeOf(inStatus('waiting', 1)));
  expect(rows.size).toBe(2);
});

test('between two frames the last that was told of a transfer counts, and its end is not forgotten', () => {
  const rows = new Rows(10);
  rows.change('room', changeOf(inStatus('waiting', 3, { id: 'a' })));
  rows.change('room', changeOf(inStatus('complete', 2, { id: 'a', size: 5 })));
  rows.change('room', changeOf(inStatus('processing', 3, { id: 'b' })));
  rows.progress('room', inStatus('processing', 3, { id: 'b', progress: 50 }));
  rows.progress('room', inStatus('processing', 3, { id: 'never seen' }));
  const removal = {
    kind: 'removed',
    at: 0,
    transfer: null,
    reason: 'deleted',
    removedFromDisk: null,
  } as const;
  rows.remove('room', { ...removal, id: 'a' });
  expect(rows.size).toBe(1);
  expect(rows.live(rowKey('room', 'b'))?.transfer.progress).toBe(50);
  expect(rows.tally.watched.complete).toBe(1);
  expect(rows.tally.completedBytes).toBe(5);
});
