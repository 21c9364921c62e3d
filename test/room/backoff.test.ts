import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/room/timers.js';
import { createRandom } from '../../src/simulator/names.js';

describe('the backoff', () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [6, 16_000],
    [7, 30_000],
    [1_000_000, 30_000],
  ])('after %d failures waits up to %d ms', (failures, ceiling) => {
    expect(backoffMs(failures, 1)).toBe(ceiling);
    expect(backoffMs(failures, 0.5)).toBe(ceiling / 2);
    expect(backoffMs(failures, 0)).toBe(0);
  });

  it('is a whole number of milliseconds, never over 30 s, and never shrinks with failures', () => {
    const random = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1 }), random, (failures, jitter) => {
        const ms = backoffMs(failures, jitter);
        expect(Number.isInteger(ms) && ms >= 0 && ms <= 30_000).toBe(true);
        expect(backoffMs(failures + 1, jitter)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });

  it('tries a Room that hangs up at once fewer than 15 times in 15 s', () => {
    for (let seed = 1; seed <= 10_000; seed++) {
      const random = createRandom(seed);
      let tries = 1;
      for (let ms = 0; ms <= 15_000; tries++) ms += backoffMs(tries, random.int(0, 1_000_000) / 1_000_000);
      expect(tries).toBeLessThan(15);
    }
  });
});
