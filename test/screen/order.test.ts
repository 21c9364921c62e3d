import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparator, makeRow, Order, type Row } from '../../src/screen/row.js';
import { inStatus } from './sample.js';

const compare = comparator('newest');
const transfers = Array.from({ length: 50 }, (_, at) => inStatus('waiting', at));
const change = fc.record({ seq: fc.nat(1_500), age: fc.nat(49), remove: fc.boolean() });
const changes = fc.array(change, { minLength: 2_000, maxLength: 3_000, size: 'max' });

test('thousands of rows stay in order, through whatever comes, goes and moves', () => {
  fc.assert(
    fc.property(changes, fc.nat(1_000), fc.nat(2_000), fc.nat(2_000), (all, begun, from, to) => {
      const rows = new Map<number, Row>();
      const put = ({ seq, age }: (typeof all)[number]) => {
        const row = makeRow('room', transfers[age] ?? inStatus('waiting', age), seq, false);
        rows.set(seq, row);
        return row;
      };
      for (const one of all.slice(0, begun)) put(one);
      const order = new Order(compare, rows.values());
      for (const one of all.slice(begun)) {
        const before = rows.get(one.seq);
        if (before === undefined) order.insert(put(one));
        else if (one.remove) {
          order.remove(before);
          rows.delete(one.seq);
        } else order.replace(before, put(one));
      }
      const expected = [...rows.values()].sort(compare);
      expect(order.length).toBe(expected.length);
      expect(order.slice(0, order.length).map(({ seq }) => seq)).toEqual(expected.map(({ seq }) => seq));
      expect(order.slice(from, to)).toEqual(expected.slice(from, to));
      expect(order.at(from)).toBe(expected[from]);
      for (const [at, row] of expected.entries()) if (at % 97 === 0) expect(order.indexOf(row)).toBe(at);
      for (const row of rows.values()) order.remove(row);
      expect(order.length).toBe(0);
      for (const row of expected.slice(0, 3)) order.insert(row);
      expect(order.slice(0, 3)).toEqual(expected.slice(0, 3));
      expect(order.indexOf(makeRow('room', inStatus('waiting', 0), 9_999, false))).toBe(-1);
    }),
    { numRuns: 20 },
  );
});
