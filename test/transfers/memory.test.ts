import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByAge } from '../../src/transfers/memory.js';

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
