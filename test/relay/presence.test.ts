import { describe, expect, it } from 'vitest';
import { Presence } from '../../src/relay/book.js';
import { keepPresent } from '../../src/relay/recovery.js';
import { encodeToken } from '../../src/relay/subjects.js';
import type { Link } from '../../src/room/entry.js';
import { SYSTEM_CLOCK } from '../../src/room/timers.js';

const LIVE: Link = { state: 'live', attempt: 1 };
const CLOSED: Link = { state: 'closed', reason: 'stopped' };
const GONE = expect.objectContaining({ state: 'waiting', reason: 'its relay is down' });
const held = (...rooms: readonly string[]) => new Set(rooms.map(encodeToken));

describe('what a watcher knows of the relays', () => {
  it('a Room is gone after two looks without a lease, and back with one', () => {
    const presence = new Presence();
    presence.looked(held('10.0.0.5'));
    expect(presence.told('10.0.0.5', LIVE, true)).toEqual(LIVE);
    expect(presence.looked(held())).toEqual([]);
    expect(presence.looked(held())).toEqual([{ room: '10.0.0.5', link: GONE }]);
    expect(presence.looked(held())).toEqual([]);
    expect(presence.looked(held('10.0.0.5'))).toEqual([{ room: '10.0.0.5', link: LIVE }]);
  });

  it('a Room without a lease at the start is gone from the start, unless its relay said goodbye', () => {
    const presence = new Presence();
    presence.looked(held());
    expect(presence.told('a', LIVE, true)).toEqual(GONE);
    expect(presence.told('b', CLOSED, true)).toEqual(CLOSED);
    expect([presence.looked(held()), presence.looked(held())]).toEqual([[], []]);
    expect(presence.told('a', LIVE, false)).toEqual(LIVE);
  });

  it('what is reported again is not news', () => {
    const presence = new Presence();
    expect(presence.told('a', LIVE, true)).toEqual(LIVE);
    expect(presence.told('a', { ...LIVE }, false)).toBeNull();
    expect(presence.told('a', { ...LIVE, attempt: 2 }, false)).toEqual({ ...LIVE, attempt: 2 });
  });

  it('looks while NATS was away count for nothing', () => {
    const presence = new Presence();
    presence.told('a', LIVE, true);
    presence.looked(held());
    presence.forgive();
    expect(presence.looked(held())).toEqual([]);
    expect(presence.looked(held('a'))).toEqual([]);
  });
});

describe('what is true stays in the stream', () => {
  /** Looks at a stream as it changes, and what Rooms are asked to tell again. */
  async function refreshed(...looks: readonly (readonly [first: number, last: number] | null)[]) {
    const stop = new AbortController();
    const asked: number[] = [];
    const left = [...looks];
    await keepPresent(
      {
        clock: SYSTEM_CLOCK,
        everyMs: 1,
        look: async () => {
          const look = left.shift();
          if (left.length === 0) stop.abort();
          return look === null || look === undefined ? null : { first: look[0], last: look[1], maxAgeMs: 0 };
        },
        rooms: () => [{ refresh: (before) => asked.push(before) }],
        onFault: () => {},
      },
      stop.signal,
    );
    return asked;
  }

  it('while nothing expires, nothing is reported', async () => {
    expect(await refreshed([1, 10], [1, 50], null, [1, 90])).toEqual([]);
  });

  it('once the oldest have expired, the older half is reported again', async () => {
    expect(await refreshed([1, 100], [41, 140], [41, 150], [60, 160])).toEqual([90, 110]);
  });

  it('once all have gone, all is', async () => {
    expect(await refreshed([1, 10], [11, 10])).toEqual([11]);
  });

  it('an empty stream that is filled has lost nothing', async () => {
    expect(await refreshed([0, 0], [1, 10])).toEqual([]);
  });
});
