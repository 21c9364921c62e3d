import { describe, expect, it } from 'vitest';
import { Warnings } from '../../src/monitor/monitor.js';

describe('warnings', () => {
  const admitted = (times: readonly (readonly [at: number, code: string])[]) => {
    const warnings = new Warnings(100);
    return times.map(([at, code]) => warnings.admit(at, code, code)?.count ?? null);
  };

  it.each<[name: string, times: readonly (readonly [number, string])[], counts: (number | null)[]]>([
    ['the first is shown', [[0, 'a']], [1]],
    [
      'one per code and interval',
      [
        [0, 'a'],
        [1, 'a'],
        [99, 'a'],
      ],
      [1, null, null],
    ],
    [
      'the next says how many it stands for',
      [
        [0, 'a'],
        [1, 'a'],
        [99, 'a'],
        [100, 'a'],
      ],
      [1, null, null, 3],
    ],
    [
      'each code for itself',
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'a'],
        [3, 'b'],
      ],
      [1, 1, null, null],
    ],
    [
      'and counting begins anew',
      [
        [0, 'a'],
        [1, 'a'],
        [100, 'a'],
        [101, 'a'],
        [200, 'a'],
      ],
      [1, null, 2, null, 2],
    ],
    [
      'a clock that goes back holds nothing back',
      [
        [1_000, 'a'],
        [0, 'a'],
        [1, 'a'],
      ],
      [1, 1, null],
    ],
  ])('%s', (_, times, counts) => {
    expect(admitted(times)).toEqual(counts);
  });

  it('of one code are a minute apart, if no other interval is given', () => {
    const warnings = new Warnings();
    expect([0, 59_999, 60_000].map((at) => warnings.admit(at, 'a', 'm')?.count)).toEqual([1, undefined, 2]);
  });

  it('that were held back are reported at the end, once, by their code', () => {
    const warnings = new Warnings(100);
    for (const at of [0, 1, 2]) warnings.admit(at, 'a', 'first', 'id');
    warnings.admit(3, 'b', 'only');
    for (const at of [3, 3]) warnings.admit(at, 'c', 'twice');
    expect(warnings.flush(4)).toEqual([
      { kind: 'warning', at: 4, code: 'a', message: '2 more of "a"', count: 2, id: null },
      { kind: 'warning', at: 4, code: 'c', message: '1 more of "c"', count: 1, id: null },
    ]);
    expect(warnings.flush(5)).toEqual([]);
  });

  it('pass on what they say, and the transfer', () => {
    expect(new Warnings().admit(7, 'a', 'sentence', 'id')).toEqual({
      kind: 'warning',
      at: 7,
      code: 'a',
      message: 'sentence',
      count: 1,
      id: 'id',
    });
  });
});
