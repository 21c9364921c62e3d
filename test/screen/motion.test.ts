import { expect, test } from 'vitest';
import { isStalled, makeRow } from '../../src/screen/row.js';
import { inStatus, makeTransfer, NOW } from './sample.js';

const GIB = 1_024 ** 3;

/** Progress was reported this many seconds ago, at this pace; it began long before. */
function stalls(secondsAgo: number, bytesPerSecond: number | null, size: number | null = 10 * GIB): boolean {
  const transfer = makeTransfer({
    size,
    bytesPerSecond,
    progressAt: NOW - secondsAgo * 1_000,
    path: [{ status: 'processing', at: NOW - 3_600_000 }],
  });
  return isStalled(makeRow('room', transfer, 0, false), NOW);
}

test.each<[string, number, number | null, boolean]>([
  ['a moment ago', 4, GIB, false],
  ['some seconds ago', 5, GIB, true],
  ['while its pace is not known', 5, null, true],
  ['at a standstill', 5, 0, true],
  ['less than two percent ago by its pace', 19, GIB / 100, false],
  ['two percent ago by its pace', 20, GIB / 100, true],
  ['a minute ago, however slow it was', 60, 1, true],
])('progress %s: %i s, %d B/s, stalled: %s', (_, secondsAgo, bytesPerSecond, expected) => {
  expect(stalls(secondsAgo, bytesPerSecond)).toBe(expected);
});

test('of an unknown size only some seconds are waited for', () => {
  expect(stalls(5, GIB / 100, null)).toBe(true);
});

test('only what moves can stall', () => {
  expect(isStalled(makeRow('room', inStatus('waiting', 3_600), 0, false), NOW)).toBe(false);
  expect(
    isStalled(makeRow('room', inStatus('processing', 4, { progressAt: NOW - 90_000 }), 0, false), NOW),
  ).toBe(false);
});
