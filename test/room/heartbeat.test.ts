import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../src/room/timers.js';
import { RoomSimulator } from '../../src/simulator/index.js';
import { TestClock } from '../support/clock.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { answer, ignore, ScriptedRoom } from '../support/scripted-room.js';
import { useWatches } from '../support/watch.js';

describe('a heartbeat', () => {
  let did: string[];
  let clock: TestClock;
  let heartbeat: Heartbeat;
  let heardAt: number;

  beforeEach(() => {
    clock = new TestClock();
    did = [];
    heardAt = 0;
    const note = (what: string) => did.push(`${what} ${clock.now()}`);
    heartbeat = new Heartbeat(
      {
        heardAt: () => heardAt,
        ping: () => note('ping'),
        ask: () => note('ask'),
        giveUp: () => note('give up'),
      },
      1_000,
      clock,
    );
  });

  afterEach(() => {
    heartbeat.stop();
    expect(clock.waiting).toBe(0);
  });

  it('pings after an interval of silence, asks after half of one more, gives up after two', async () => {
    await clock.pass(10_000);
    expect(did).toEqual(['ping 1000', 'ask 1500', 'give up 2000']);
  });

  it('does nothing while there are signs of life', async () => {
    for (let ms = 0; ms < 10_000; ms += 100) {
      await clock.pass(100);
      heardAt = clock.now();
    }
    expect(did).toEqual([]);
  });

  it.each([
    ['the ping', 1_200, ['ping 1000', 'ping 2200', 'ask 2700', 'give up 3200']],
    ['the question', 1_700, ['ping 1000', 'ask 1500', 'ping 2700', 'ask 3200', 'give up 3700']],
  ])('begins anew where %s is answered', async (_, atMs, expected) => {
    await clock.pass(atMs);
    heardAt = clock.now();
    await clock.pass(10_000);
    expect(did).toEqual(expected);
  });

  it('judges nothing during a pause, and begins anew after it', async () => {
    await clock.pass(1_200);
    heartbeat.stop();
    await clock.pass(100_000);
    expect(did).toEqual(['ping 1000']);
    heartbeat.resume();
    await clock.pass(2_000);
    expect(did.slice(1)).toEqual(['ping 102200', 'ask 102700', 'give up 103200']);
  });

  it('does not blame the Room where this process slept', async () => {
    clock.sleep(60_000);
    await clock.pass(999);
    expect(did).toEqual([]);
    await clock.pass(1_001);
    expect(did).toEqual(['ping 61000', 'ask 61500', 'give up 62000']);
  });
});

/** Waits for so many questions to have been asked. The intervals are longer than a busy machine is away for. */
const questions = (room: ScriptedRoom, count: number) =>
  vi.waitUntil(() => room.requests.filter(({ method }) => method === 'getAppState').length >= count, {
    timeout: 30_000,
  });

describe('over real sockets', () => {
  const { watch, use } = useWatches();

  it('a frozen Room is given up after about two intervals, and found again', async () => {
    const room = await use(RoomSimulator.start());
    const proxy = await use(FaultProxy.start(room.webSocketUrl));
    const watched = watch(proxy.url, { heartbeatMs: 100 });
    await watched.reached('live');
    proxy.freeze();
    await watched.reached('waiting');
    const silent = watched.links.find((link) => link.state === 'waiting');
    expect(silent).toMatchObject({ reason: expect.stringMatching(/^no sign of life for 0\.[23]/) });
    proxy.heal();
    await watched.reached('live', 2);
  });

  it('a Room that answers pings stays', async () => {
    const room = await use(ScriptedRoom.start({ getAppState: ignore }));
    let pings = 0;
    room.onPing = () => pings++;
    const watched = watch(room.url, { heartbeatMs: 300 });
    await watched.reached('live');
    await vi.waitUntil(() => pings >= 2, { timeout: 30_000 });
    expect(watched.states.at(-1)).toBe('live');
  });

  it('a Room that eats pings but answers questions stays', async () => {
    const room = await use(ScriptedRoom.start({}, { autoPong: false }));
    const watched = watch(room.url, { heartbeatMs: 300 });
    await watched.reached('live');
    await questions(room, 2);
    expect(watched.states.at(-1)).toBe('live');
  });

  it('a Room that refuses questions lives, too', async () => {
    const refuse = { result: false, error: 'unknown method' };
    const room = await use(
      ScriptedRoom.start(
        { getAppState: (request, socket) => socket.send(answer(request, refuse)) },
        { autoPong: false },
      ),
    );
    const watched = watch(room.url, { heartbeatMs: 300 });
    await watched.reached('live');
    await questions(room, 2);
    expect(watched.states.at(-1)).toBe('live');
  });
});
