import { expect, it } from 'vitest';
import { Trail } from '../../src/relay/trail.js';

it('knows each of the newest records by number and id', () => {
  const trail = new Trail();
  expect([trail.oldest, trail.has(1, 'a')]).toEqual([0, false]);
  trail.add(3, 'c');
  trail.add(5, 'e');
  expect([trail.oldest, trail.has(3, 'c'), trail.has(5, 'other'), trail.has(4, 'c')]).toEqual([
    3,
    true,
    false,
    false,
  ]);
  trail.clear();
  expect([trail.oldest, trail.has(3, 'c')]).toEqual([0, false]);
});

it('knows a record by its id alone, where that stands under another number now', () => {
  const trail = new Trail();
  trail.add(3, 'c');
  trail.add(4, '');
  expect([trail.knows(9, 'c'), trail.has(9, 'c'), trail.knows(9, 'd')]).toEqual([true, false, false]);
  expect([trail.knows(4, ''), trail.knows(5, '')]).toEqual([true, false]);
});

it('knows each of them while they are read again, under other numbers too', () => {
  const trail = new Trail();
  for (let nth = 1; nth <= 8_000; nth++) trail.add(nth, `id-${nth}`);
  const unknown: number[] = [];
  for (let nth = 1; nth <= 8_000; nth++) {
    if (!trail.knows(nth + 1, `id-${nth}`)) unknown.push(nth);
    trail.add(nth + 1, `id-${nth}`);
  }
  expect([unknown, trail.oldest, trail.has(8_001, 'id-8000')]).toEqual([[], 2, true]);
});

it('is bounded, and says how far it goes back', () => {
  const trail = new Trail();
  for (let sequence = 1; sequence <= 100_000; sequence++) trail.add(sequence, `id-${sequence}`);
  expect([trail.oldest > 80_000, trail.oldest <= 95_001]).toEqual([true, true]);
  for (const sequence of [trail.oldest, 100_000]) expect(trail.has(sequence, `id-${sequence}`)).toBe(true);
  expect(trail.has(trail.oldest - 1, `id-${trail.oldest - 1}`)).toBe(false);
});
