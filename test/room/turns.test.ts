import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Turns } from '../../src/room/timers.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Tasks that begin when their turn comes and end when the test says so. */
function things(turns: Turns) {
  const begun: string[] = [];
  const ends = new Map<string, (fault?: Error) => void>();
  const begin = (name: string, signal = new AbortController().signal): Promise<unknown> => {
    const done = turns.take(() => {
      begun.push(name);
      return new Promise<void>((resolve, reject) => {
        ends.set(name, (fault) => (fault === undefined ? resolve() : reject(fault)));
      });
    }, signal);
    return done.catch((error: unknown) => error);
  };
  return { begun, begin, end: (name: string, fault?: Error) => ends.get(name)?.(fault) };
}

it('lets only so many go on at a time, in their order, also after one that failed', async () => {
  const { begun, begin, end } = things(new Turns(2, 1_000));
  const all = ['a', 'b', 'c', 'd'].map((name) => begin(name));
  await vi.advanceTimersByTimeAsync(10);
  expect(begun).toEqual(['a', 'b']);
  end('b', new Error('no such thing'));
  await vi.advanceTimersByTimeAsync(10);
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) end(name);
  await vi.advanceTimersByTimeAsync(10);
  end('d');
  expect(await Promise.all(all)).toEqual([undefined, new Error('no such thing'), undefined, undefined]);
});

it('gives the place of one that takes long to the next, once', async () => {
  const { begun, begin, end } = things(new Turns(1, 1_000));
  const all = ['a', 'b', 'c'].map((name) => begin(name));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toEqual(['a', 'b']);
  end('a');
  await vi.advanceTimersByTimeAsync(10);
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await vi.advanceTimersByTimeAsync(10);
  end('c');
  await Promise.all(all);
});

it('lets one that is stopped while it waits go, and the next take its turn', async () => {
  const { begun, begin, end } = things(new Turns(1, 1_000));
  const stop = new AbortController();
  const first = begin('a');
  const stopped = begin('b', stop.signal);
  const last = begin('c');
  stop.abort(new Error('stopped'));
  expect(await stopped).toEqual(new Error('stopped'));
  end('a');
  await first;
  await vi.advanceTimersByTimeAsync(10);
  expect(begun).toEqual(['a', 'c']);
  end('c');
  await last;
});
