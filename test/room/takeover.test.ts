import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/protocol/secrets.js';
import { RoomSimulator } from '../../src/simulator/index.js';
import { TestClock } from '../support/clock.js';
import { answer, ScriptedRoom } from '../support/scripted-room.js';
import { useWatches } from '../support/watch.js';

const { watch, use } = useWatches();
const takenOver = JSON.stringify({ method: 'event', event: 'authorizationNeeded', cause: 1 });

describe('a takeover by another client', () => {
  it('ends the watch, which does not sign in again', async () => {
    const room = await use(RoomSimulator.start());
    const first = watch(room.url);
    await first.reached('live');
    const second = watch(room.url);
    expect(await first.ended).toMatchObject({
      code: 'taken-over',
      message: expect.stringContaining('another client signed in in this mode'),
      hint: expect.stringContaining('--takeover'),
    });
    await second.reached('live');
    expect(room.signIns).toBe(2);
  });

  it('ends it also where it comes together with the answer to the sign-in', async () => {
    const room = await use(
      ScriptedRoom.start({
        auth: (request, socket) => {
          socket.send(answer(request));
          socket.send(takenOver);
        },
      }),
    );
    expect(await watch(room.url).ended).toMatchObject({ code: 'taken-over' });
    expect(room.requests.map(({ method }) => method)).toEqual(['auth']);
  });

  it('before the sign-in is no takeover', async () => {
    const room = await use(ScriptedRoom.start({ open: (_, socket) => socket.send(takenOver) }));
    await watch(room.url).reached('live');
  });

  it('is answered with `takeover`: at once the first time, then not before a minute has passed', async () => {
    const room = await use(RoomSimulator.start());
    const clock = new TestClock();
    const watched = watch(room.url, { takeover: true, clock });
    await watched.reached('live');
    room.endSessions(1);
    await watched.reached('waiting');
    await clock.pass(0);
    await watched.reached('live', 2);
    for (const times of [2, 3]) {
      room.endSessions(1);
      await watched.reached('waiting', times);
      await clock.pass(59_999);
      expect(watched.states.at(-1)).toBe('waiting');
      await clock.pass(1);
      await watched.reached('live', times + 1);
    }
    expect(room.signIns).toBe(4);
  });
});

describe('a session that ends for another cause', () => {
  it.each([2, 8, 99])('(%d) is begun again', async (cause) => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.url);
    await watched.reached('live');
    room.endSessions(cause);
    await watched.reached('live', 2);
    expect(room.signIns).toBe(2);
    expect(watched.links.find(({ state }) => state === 'waiting')).toMatchObject({
      reason: expect.stringContaining('the Room ended the session'),
    });
  });

  it('and whose credentials are changed is not tried again and again', async () => {
    const room = await use(
      ScriptedRoom.start({
        auth: (request, socket) =>
          socket.send(answer(request, { result: room.requests.length === 1, error: 'access denied' })),
      }),
    );
    const watched = watch(room.url, { credentials: new Secret('geheim'), takeover: true });
    await watched.reached('live');
    room.send(JSON.stringify({ method: 'event', event: 'authorizationNeeded', cause: 3 }));
    expect(await watched.ended).toMatchObject({ code: 'refused' });
    // Once with the token, once with the credentials.
    expect(room.requests.filter(({ method }) => method === 'auth')).toHaveLength(3);
  });
});
