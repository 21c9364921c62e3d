import { expect, it } from 'vitest';
import { takerOf } from '../../src/relay/taker.js';
import { TestClock } from '../support/clock.js';

const LIFE_MS = 15_000;

/** Asks who took a Room, while leases are in doubt until a time. */
function asked(inDoubtUntil: number, faultsUntil = 0) {
  const clock = new TestClock();
  const begunAt = clock.now();
  const at = () => clock.now() - begunAt;
  const taker = takerOf(
    { wasOvertaken: async () => false },
    {
      clock,
      link: { isUp: true },
      onTrouble: () => {},
      leases: {
        lifeMs: LIFE_MS,
        doubt: () => {},
        confirm: async () => {
          if (at() < faultsUntil) throw new Error('no leader');
        },
        get areInDoubt() {
          return at() < inDoubtUntil;
        },
      },
    },
    new AbortController().signal,
  );
  return { clock, at, taker };
}

it.each([
  { what: 'no doubt', until: 0, faults: 0, is: 'a person', after: 0 },
  { what: 'a doubt that ends', until: 8_000, faults: 8_000, is: 'unknown', after: 8_000 },
  { what: 'servers that contradict each other', until: Infinity, faults: 0, is: 'unknown', after: LIFE_MS },
  { what: 'the same after a while', until: Infinity, faults: 20_000, is: 'unknown', after: 20_000 + LIFE_MS },
])('who took a Room is known after $after ms, with $what: $is', async ({ until, faults, is, after }) => {
  const { clock, at, taker } = asked(until, faults);
  let found: string | null = null;
  void taker.then((who) => {
    found = who;
  });
  await clock.pass(0);
  while (found === null) await clock.pass(500);
  expect(found).toBe(is);
  expect([at() >= after, at() <= after + 1_000]).toEqual([true, true]);
});
