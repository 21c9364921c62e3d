import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JobQueue } from '../../src/hooks/queue.js';

const idle = { onFull: () => {}, onDrain: () => {} };

it('runs each job once, in order for each key, and no more at once than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(4) }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (plan, jobs) => {
        const queue = new JobQueue({ jobs, ...idle });
        const done: number[] = [];
        const running = new Set<string>();
        let most = 0;
        plan.forEach(({ key, turns }, at) => {
          queue.add(key, async () => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            most = Math.max(most, running.size);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            running.delete(key);
            done.push(at);
          });
        });
        await queue.idle();
        expect([...done].sort((a, b) => a - b)).toEqual(plan.map((_, at) => at));
        expect(most).toBeLessThanOrEqual(jobs);
        for (const wanted of ['a', 'b', 'c', 'd']) {
          const order = done.filter((at) => plan[at]?.key === wanted);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('holds back what feeds it while too much waits', async () => {
  const told: string[] = [];
  const gates: (() => void)[] = [];
  const queue = new JobQueue({ jobs: 1, onFull: () => told.push('full'), onDrain: () => told.push('drain') });
  for (let at = 0; at < 70; at++) {
    queue.add(String(at), () => new Promise((resolve) => gates.push(resolve)));
  }
  expect(told).toEqual(['full']);
  const isIdle = queue.idle();
  while (queue.size > 20) {
    gates.shift()?.();
    await new Promise(setImmediate);
  }
  expect(told).toEqual(['full']);
  while (queue.size > 0) {
    gates.shift()?.();
    await new Promise(setImmediate);
  }
  expect(told).toEqual(['full', 'drain']);
  gates.shift()?.();
  await isIdle;
});

it('drops what waits, and runs what comes later', async () => {
  const queue = new JobQueue({ jobs: 1, ...idle });
  const done: string[] = [];
  let open = () => {};
  queue.add('a', () => new Promise((resolve) => (open = resolve)));
  queue.add('a', async () => void done.push('dropped'));
  queue.add('b', async () => void done.push('dropped too'));
  queue.clear();
  queue.add('a', async () => void done.push('later'));
  open();
  await queue.idle();
  expect(done).toEqual(['later']);
});
