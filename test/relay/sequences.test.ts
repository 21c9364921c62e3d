import { expect, it } from 'vitest';
import { Sequences } from '../../src/relay/stream-memory.js';

it('sequence numbers are known of the newest subjects, however many there were', () => {
  const sequences = new Sequences();
  sequences.reset(new Map([['before', 3]]));
  expect([sequences.get('before'), sequences.get('never')]).toEqual([3, 0]);
  for (let nth = 1; nth <= 50_000; nth++) sequences.set(`${nth}`, nth);
  expect([sequences.get('before'), sequences.get('1')]).toEqual([0, 0]);
  expect([sequences.get('40000'), sequences.get('50000')]).toEqual([40_000, 50_000]);
  sequences.reset(new Map());
  expect(sequences.get('50000')).toBe(0);
});
