import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/library/records.js';

const given = (value: number) => ({ done: false, value });
const done = { done: true, value: undefined };

describe('a queue', () => {
  it('gives each value once and in order, also beyond what it holds at a time', async () => {
    const queue = new Queue<number>(() => {});
    const all = Array.from({ length: 5_000 }, (_, at) => at);
    for (const value of all) queue.push(value);
    for (const value of all) {
      if (value === 3_000) queue.push(5_000);
      expect(await queue.next()).toEqual(given(value));
    }
    expect(await queue.next()).toEqual(given(5_000));
    expect(queue.size).toBe(0);
  });

  it('lets several wait, and serves them in their order', async () => {
    const queue = new Queue<number>(() => {});
    const asked = [queue.next(), queue.next(), queue.next()];
    queue.push(1);
    queue.push(2);
    queue.end();
    expect(await Promise.all(asked)).toEqual([given(1), given(2), done]);
  });

  it('gives what is held before the fault, and tells the fault once', async () => {
    const queue = new Queue<number>(() => {});
    queue.push(1);
    queue.end({ error: new Error('over') });
    queue.push(2);
    expect(await queue.next()).toEqual(given(1));
    await expect(queue.next()).rejects.toThrow('over');
    expect(await queue.next()).toEqual(done);
  });

  it('tells the fault to the first who waits', async () => {
    const queue = new Queue<number>(() => {});
    const asked = [queue.next(), queue.next()];
    queue.end({ error: new Error('over') });
    queue.end();
    await expect(asked[0]).rejects.toThrow('over');
    expect(await asked[1]).toEqual(done);
    expect(await queue.next()).toEqual(done);
  });

  it('says how many it holds', async () => {
    const sizes: number[] = [];
    const queue = new Queue<number>((size) => sizes.push(size));
    const waiting = queue.next();
    queue.push(0);
    await waiting;
    queue.push(1);
    queue.push(2);
    await queue.next();
    queue.clear();
    expect(sizes).toEqual([1, 2, 1, 0]);
    expect(queue.size).toBe(0);
  });
});
