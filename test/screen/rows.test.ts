import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparator, SORT_NAMES } from '../../src/screen/row.js';
import { DEFAULT_ARRANGEMENT, Rows } from '../../src/screen/rows.js';
import {
  hasEnded,
  keyAmongRooms,
  STATUSES,
  type Status,
  type Transfer,
} from '../../src/transfers/transfer.js';
import { changeOf, inStatus } from './sample.js';

const step = fc.record({
  room: fc.constantFrom('one', 'two'),
  id: fc.nat(7).map(String),
  status: fc.constantFrom(...STATUSES),
  secondsAgo: fc.nat(9),
  size: fc.option(fc.nat(5)),
  origin: fc.constantFrom('event', 'snapshot'),
  act: fc.constantFrom('change', 'change', 'progress', 'remove'),
  sort: fc.option(fc.constantFrom(...SORT_NAMES), { freq: 4 }),
  isReversed: fc.boolean(),
  hideEnded: fc.boolean(),
  /** Whether a frame is drawn after it: many changes may come between two. */
  isDrawn: fc.boolean(),
});

test('whatever happens, what is shown is what sorting and filtering everything would give', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [rows, always] = [new Rows(1_000), new Rows(1_000)];
      const told = new Map<string, Transfer>();
      for (const { room, id, status, secondsAgo, size, origin, act, sort, hideEnded, isDrawn } of steps) {
        const key = keyAmongRooms(room, id);
        const known = told.get(key);
        const transfer =
          act === 'progress' && known
            ? { ...known, progress: secondsAgo }
            : inStatus(status, secondsAgo, { id, size });
        const change = changeOf(transfer, { origin, previousStatus: known?.status ?? null });
        if (act === 'remove') told.delete(key);
        else if (act === 'change' || known) told.set(key, transfer);
        for (const each of [rows, always]) {
          if (sort !== null) each.arrange({ ...DEFAULT_ARRANGEMENT, sort, hideEnded });
          if (act === 'remove') each.remove(room, { ...REMOVAL, id, key: id });
          else if (act === 'progress') each.progress(room, transfer);
          else each.change(room, change);
        }
        check(always, told);
        if (isDrawn) expect(faceOf(rows)).toEqual(faceOf(always));
      }
      expect(faceOf(rows)).toEqual(faceOf(always));
    }),
  );
});

test('however seldom a frame is drawn, the same ended rows are dropped', () => {
  const ended = fc.constantFrom('complete', 'failed', 'rejected');
  const seldom = fc.nat(19).map((number) => number === 0);
  const way = fc.record({ id: fc.nat(9).map(String), end: ended, isDrawn: seldom });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(way, { maxLength: 60 }), (keep, steps) => {
      const [rows, always] = [new Rows(keep), new Rows(keep)];
      const statuses = new Map<string, Status>();
      for (const { id, end, isDrawn } of steps) {
        const previousStatus = statuses.get(id) ?? null;
        if (previousStatus !== null && hasEnded(previousStatus)) continue;
        const status =
          previousStatus === null ? 'waiting' : previousStatus === 'waiting' ? 'processing' : end;
        statuses.set(id, status);
        const change = changeOf(inStatus(status, 1, { id }), { previousStatus });
        for (const each of [rows, always]) each.change('one', change);
        faceOf(always);
        if (isDrawn) expect(faceOf(rows)).toEqual(faceOf(always));
      }
      expect(faceOf(rows)).toEqual(faceOf(always));
    }),
  );
});

test('between two frames, too, the one that ended first is the oldest', () => {
  const rows = new Rows(1);
  const tell = (id: string, status: Status) => rows.change('one', changeOf(inStatus(status, 1, { id })));
  tell('a', 'waiting');
  tell('b', 'waiting');
  tell('b', 'failed');
  tell('a', 'failed');
  expect(rows.shown.slice(0, 2).map(({ transfer }) => transfer.id)).toEqual(['a']);
  expect(rows.tally.problems.map(({ row }) => row.transfer.id)).toEqual(['b', 'a']);
});

test('one that was seen before it ended has not ended unseen, whatever tells first that it has', () => {
  const rows = new Rows(10);
  rows.change('one', changeOf(inStatus('waiting', 2, { id: 'a' })));
  const listed = { origin: 'snapshot', previousStatus: 'waiting', event: null } as const;
  rows.change('one', changeOf(inStatus('complete', 1, { id: 'a' }), listed));
  expect([rows.tally.watched.complete, rows.tally.unseen.complete]).toEqual([1, 0]);
});

const REMOVAL = { kind: 'removed', at: 0, transfer: null, reason: 'deleted', removedFromDisk: null } as const;

/** Holds rows against what was reported of each transfer. */
function check(rows: Rows, told: ReadonlyMap<string, Transfer>): void {
  const { shown, arrangement } = rows;
  const actual = shown.slice(0, shown.length);
  expect(actual).toEqual([...actual].sort(comparator(arrangement.sort)));
  const expected = [...told].filter(([, { status }]) => !arrangement.hideEnded || !hasEnded(status));
  expect(new Map(actual.map(({ key, transfer }) => [key, transfer]))).toEqual(new Map(expected));
  for (const name of STATUSES) {
    expect(rows.count(name)).toBe([...told.values()].filter(({ status }) => status === name).length);
  }
}

/** All that a frame shows of rows. */
function faceOf(rows: Rows) {
  const { tally, shown } = rows;
  const { watched, unseen, completedBytes, problems } = tally;
  return {
    // The number itself says nothing: what it is for is the order.
    rows: shown.slice(0, shown.length).map(({ seq: _, ...row }) => row),
    size: rows.size,
    counts: STATUSES.map((status) => rows.count(status)),
    ends: { watched, unseen, completedBytes, problems: problems.map(({ row, event }) => [row.key, event]) },
  };
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

test('between two frames the last report of a transfer counts, and its end is not forgotten', () => {
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
  rows.remove('room', { ...removal, id: 'a', key: 'a' });
  expect(rows.size).toBe(1);
  expect(rows.live(keyAmongRooms('room', 'b'))?.transfer.progress).toBe(50);
  expect(rows.tally.watched.complete).toBe(1);
  expect(rows.tally.completedBytes).toBe(5);
});
