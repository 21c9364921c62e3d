import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByAge, Forgotten } from '../../src/transfers/memory.js';
import { STATUSES } from '../../src/transfers/transfer.js';

const step = fc.oneof(
  fc.record({ act: fc.constant('add' as const), id: fc.nat(9).map(String) }),
  fc.record({ act: fc.constant('delete' as const), id: fc.nat(9).map(String) }),
  fc.record({ act: fc.constant('take' as const) }),
);

test('whatever comes and goes, the oldest of those that are there is the next', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const ids = new ByAge<string>();
      const expected: string[] = [];
      for (const one of steps) {
        if (one.act === 'take') expect(ids.takeOldest()).toBe(expected.shift() ?? null);
        else if (one.act === 'delete') {
          ids.delete(one.id);
          if (expected.includes(one.id)) expected.splice(expected.indexOf(one.id), 1);
        } else {
          ids.add(one.id);
          if (!expected.includes(one.id)) expected.push(one.id);
        }
        expect([...ids]).toEqual(expected);
        expect(ids.size).toBe(expected.length);
      }
    }),
  );
});

const fate = fc.record({
  act: fc.constantFrom('add' as const, 'take' as const, 'remove' as const),
  id: fc.oneof(fc.nat(40).map(String), fc.uuid(), fc.string({ unit: 'binary', maxLength: 3 })),
  status: fc.constantFrom(...STATUSES),
});

test('of the newest that were forgotten all is known, and of others nothing wrong', () => {
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (steps, limit) => {
      const forgotten = new Forgotten(limit);
      // Ids in the order in which something was last noted of them.
      const fates = new Map<string, string | null>();
      for (const { act, id, status } of steps) {
        const known = fates.get(id);
        if (act !== 'take' || known != null) fates.delete(id);
        if (act === 'add') forgotten.add(id, status);
        else if (act === 'remove') forgotten.remove(id);
        else forgotten.take(id);
        if (act !== 'take') fates.set(id, act === 'add' ? status : 'removed');
        else if (known != null) fates.set(id, null);
      }
      const newest = new Set([...fates.keys()].slice(-limit));
      for (const [id, expected] of fates) {
        const told = forgotten.isRemoved(id) ? 'removed' : forgotten.get(id);
        if (newest.has(id)) expect(told).toBe(expected);
        else expect([expected, null]).toContain(told);
      }
    }),
  );
});

test('a table of fates grows with what is in it', () => {
  const forgotten = new Forgotten();
  for (let id = 0; id < 10_000; id++) forgotten.add(`id ${id}`, id % 2 === 0 ? 'complete' : 'failed');
  const told = Array.from({ length: 10_000 }, (_, id) => forgotten.get(`id ${id}`));
  expect(told.filter((status, id) => status !== (id % 2 === 0 ? 'complete' : 'failed'))).toEqual([]);
  expect(forgotten.get('id 10000')).toBeNull();
});
