import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RoomSimulator } from '../../src/simulator/index.js';
import { held, settles } from '../support/held.js';
import { blackHole, closedPort, type Place } from '../support/places.js';
import { ignore, ScriptedRoom } from '../support/scripted-room.js';
import { Watch } from '../support/watch.js';

describe('a watch that is stopped leaves nothing behind', () => {
  it.each<[name: string, start: () => Promise<Place>, until: (watch: Watch) => Promise<void>]>([
    ['before it began', () => blackHole('ws'), async () => {}],
    ['while it looks for the port', () => blackHole('http'), (watch) => watch.reached('connecting')],
    ['in the handshake', () => blackHole('ws'), (watch) => watch.reached('connecting')],
    [
      'while the Room does not answer the sign-in',
      () => ScriptedRoom.start({ auth: ignore }),
      (watch) => watch.until(() => watch.entries.some(({ kind }) => kind === 'sent')),
    ],
    ['before the first request', () => RoomSimulator.start(), (watch) => watch.reached('signing-in')],
    [
      'while the Room does not list',
      () => ScriptedRoom.start({ getIncomingFilesRequests: ignore, getOutgoingFilesRequests: ignore }),
      (watch) => watch.until(() => watch.entries.filter(({ kind }) => kind === 'sent').length === 3),
    ],
    ['live', () => RoomSimulator.start(), (watch) => watch.reached('live')],
    ['while it waits for the next try', closedPort, (watch) => watch.reached('waiting')],
    [
      'paused',
      () => RoomSimulator.start(),
      async (watch) => {
        await watch.reached('live');
        watch.watcher.pause();
      },
    ],
  ])('%s', async (_, start, until) => {
    const before = held();
    const place = await start();
    const watch = new Watch(place.url, { wait: true, random: () => 1 });
    // Where the connecting has begun, the socket does too, a turn later.
    await until(watch);
    await new Promise(setImmediate);
    expect(await watch.stop()).toBeNull();
    expect(watch.states.at(-1)).toBe('closed');
    expect(watch.links.at(-1)).toMatchObject({ reason: 'stopped' });
    expect(getEventListeners(watch.signal, 'abort')).toEqual([]);
    const told = watch.entries.length;
    await place.close();
    await settles(before);
    expect(watch.entries).toHaveLength(told);
  });

  it('with a Room that does not say goodbye', async () => {
    const room = await RoomSimulator.start();
    const watch = new Watch(room.url);
    await watch.reached('live');
    room.freeze();
    expect(await watch.stop()).toBeNull();
    await room.close();
  });

  it('or ends by itself', async () => {
    const before = held();
    const room = await RoomSimulator.start({ pin: '1234' });
    const watch = new Watch(room.url);
    expect(await watch.ended).toMatchObject({ code: 'refused' });
    expect(watch.links.at(-1)).toMatchObject({
      state: 'closed',
      reason: expect.stringContaining('refused the sign-in'),
    });
    await room.close();
    await settles(before);
  });
});
