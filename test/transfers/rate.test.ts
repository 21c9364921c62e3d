import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, etaSeconds, hasStalled, NO_PACE, type Pace } from '../../src/transfers/rate.js';

type Report = readonly [at: number, percent: number];

function pace(size: number | null, reports: readonly Report[]): Pace {
  return reports.reduce((before, [at, percent]) => advance(before, percent, null, size, at), NO_PACE);
}

describe('the pace', () => {
  it.each<[name: string, size: number | null, reports: readonly Report[], pace: Partial<Pace>]>([
    ['of one report has no rate', 1_000, [[0, 10]], { progress: 10, bytes: 100, bytesPerSecond: null }],
    [
      'of two has one',
      1_000,
      [
        [0, 10],
        [1_000, 20],
      ],
      { bytes: 200, bytesPerSecond: 100, progressAt: 1_000 },
    ],
    [
      'of an unknown size knows the percentage only',
      null,
      [
        [0, 10],
        [1_000, 20],
      ],
      {
        progress: 20,
        bytes: null,
        bytesPerSecond: null,
      },
    ],
    [
      'of an empty file is nothing',
      0,
      [
        [0, 10],
        [1_000, 20],
      ],
      { bytes: 0, bytesPerSecond: 0 },
    ],
    [
      'keeps its rate where two reports share a moment',
      1_000,
      [
        [0, 10],
        [1_000, 20],
        [1_000, 30],
      ],
      {
        progress: 30,
        bytes: 300,
        bytesPerSecond: 100,
      },
    ],
    [
      'keeps its rate where the clock goes back',
      1_000,
      [
        [9_000, 10],
        [10_000, 20],
        [5_000, 30],
      ],
      {
        bytesPerSecond: 100,
        progressAt: 5_000,
      },
    ],
    [
      'goes on from there',
      1_000,
      [
        [9_000, 10],
        [10_000, 20],
        [5_000, 30],
        [6_000, 40],
      ],
      {
        bytesPerSecond: 100,
        progressAt: 6_000,
      },
    ],
    [
      'starts anew where progress goes back',
      1_000,
      [
        [0, 10],
        [1_000, 50],
        [2_000, 20],
      ],
      {
        progress: 20,
        bytes: 200,
        bytesPerSecond: null,
      },
    ],
  ])('%s', (_, size, reports, expected) => {
    expect(pace(size, reports)).toMatchObject(expected);
  });

  it('believes the bytes that the Room tells over the percentage', () => {
    const before = advance(NO_PACE, 10, 123, 1_000, 0);
    expect(advance(before, 10, 223, 1_000, 1_000)).toMatchObject({ bytes: 223, bytesPerSecond: 100 });
  });

  it.each<[name: string, before: Pace, size: number | null]>([
    ['the size is learned only now', advance(NO_PACE, 10, null, null, 0), 1_000],
    ['the size is known no more', advance(NO_PACE, 0, 0, 1_000, 0), null],
    ['it is not known when the bytes were counted', { ...NO_PACE, progress: 10, bytes: 100 }, 1_000],
  ])('has no rate where %s', (_, before, size) => {
    expect(advance(before, 20, null, size, 1_000)).toMatchObject({ progress: 20, bytesPerSecond: null });
  });

  it('is smoothed: a jump changes the rate by part of it', () => {
    const { bytesPerSecond } = pace(1_000, [
      [0, 0],
      [1_000, 10],
      [2_000, 60],
    ]);
    // After a fifth of the time in which an old rate fades, the new one of 500 counts for 1 - 1/e^0.2 of the change.
    expect(bytesPerSecond).toBeCloseTo(100 + 400 * 0.18127, 2);
  });

  it('is never negative, infinite or no number', () => {
    const report = fc.tuple(fc.integer(), fc.double({ min: 0, max: 100, noNaN: true }));
    const size = fc.option(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(size, fc.array(report), (bytes, reports) => {
        const now = pace(bytes, reports);
        const eta = etaSeconds(now, bytes);
        for (const value of [now.bytes, now.bytesPerSecond, eta]) {
          expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
      }),
    );
  });
});

describe('the time left', () => {
  it.each<
    [name: string, bytes: number | null, rate: number | null, size: number | null, seconds: number | null]
  >([
    ['is what remains by the rate', 200, 100, 1_000, 8],
    ['is nothing at the end', 1_000, 100, 1_000, 0],
    ['is nothing where more came than there was', 2_000, 100, 1_000, 0],
    ['of an empty file is unknown without a rate', 0, 0, 0, null],
    ['is unknown without a rate', 200, null, 1_000, null],
    ['is unknown at a standstill', 200, 0, 1_000, null],
    ['is unknown without a size', 200, 100, null, null],
    ['is unknown without a count of bytes', null, 100, 1_000, null],
    ['of a year is told', 0, 1, 365 * 86_400, 365 * 86_400],
    ['over a year is not', 0, 1, 365 * 86_400 + 1, null],
  ])('%s', (_, bytes, bytesPerSecond, size, seconds) => {
    expect(etaSeconds({ bytes, bytesPerSecond }, size)).toBe(seconds);
  });
});

describe('a running transfer', () => {
  const SECOND = 1_000;
  it.each<
    [name: string, size: number | null, rate: number | null, progressAt: number | null, patience: number]
  >([
    ['without a rate has stalled after 5 s', 1_000_000, null, null, 5],
    ['without a size has stalled after 5 s', null, 100, null, 5],
    ['at a standstill has stalled after 5 s', 1_000_000, 0, null, 5],
    ['that takes 1 s for a percent has stalled after 5 s', 10_000, 100, null, 5],
    ['that takes 10 s for a percent has stalled after 20 s', 100_000, 100, null, 20],
    ['that takes 100 s for a percent has stalled after 60 s', 1_000_000, 100, null, 60],
    ['that moved since has stalled that much later', 100_000, 100, 130 * SECOND, 50],
    ['that moved before its status began has not stalled earlier', 100_000, 100, 70 * SECOND, 20],
  ])('%s', (_, size, bytesPerSecond, progressAt, patience) => {
    const since = 100 * SECOND;
    const stallsAt = since + patience * SECOND;
    const stalled = (now: number) => hasStalled({ size, bytesPerSecond, progressAt }, since, now);
    expect(stalled(stallsAt - 1)).toBe(false);
    expect(stalled(stallsAt)).toBe(true);
  });
});
