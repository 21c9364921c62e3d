import { describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { TrueConfFilesError } from '../../src/errors.js';
import { RoomSimulator } from '../../src/simulator/index.js';
import { createRandom } from '../../src/simulator/names.js';
import { TestClock } from '../support/clock.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { answer, ignore, type ScriptedRequest, ScriptedRoom } from '../support/scripted-room.js';
import { useWatches, type Watch } from '../support/watch.js';

const { watch, use } = useWatches();

describe('a watch', () => {
  it('goes through its states in order, and says live after the listing', async () => {
    const room = await use(RoomSimulator.start());
    room.receive({ id: 'a' });
    const watched = watch(room.url);
    await watched.reached('live');
    expect(watched.told).toEqual(['a →waiting (snapshot)']);
    room.accept('a');
    await watched.until(() => watched.told.length > 1);
    expect(await watched.stop()).toBeNull();
    expect(watched.states).toEqual(['connecting', 'signing-in', 'listing', 'live', 'closed']);
    expect(watched.told).toEqual(['a →waiting (snapshot)', 'a waiting→processing (event)']);
  });

  it('connects, the first time and each other, once it may', async () => {
    const room = await use(RoomSimulator.start());
    const waiting: (() => void)[] = [];
    const mayTry = (signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const watched = watch(room.url, { mayTry });
    for (const nth of [1, 2]) {
      await vi.waitFor(() => expect(waiting).toHaveLength(nth), { timeout: 20_000 });
      expect(watched.states.filter((state) => state === 'connecting')).toHaveLength(nth - 1);
      waiting.at(-1)?.();
      await watched.reached('live', nth);
      room.dropClients();
    }
  });

  it('asks for the availability, and reports it', async () => {
    const room = await use(RoomSimulator.start());
    room.setAvailability(1);
    const watched = watch(room.webSocketUrl);
    await watched.until(() => watched.told.includes('availability 1'));
  });

  it('speaks with a Room before 4.1 by the old names', async () => {
    const room = await use(RoomSimulator.start({ legacy: true }));
    room.receive({ id: '7' });
    const watched = watch(room.url);
    await watched.reached('live');
    expect(watched.told).toEqual(['7 →waiting (snapshot)']);
    expect(watched.warnings).toEqual([]);
  });

  it('keeps the order of events and listing, where the Room speaks during the listing', async () => {
    const room = await use(RoomSimulator.start());
    for (let i = 0; i < 50; i++) room.receive({ id: `${i}` });
    const watched = watch(room.url);
    watched.onEntry = (entry) => {
      if (entry.kind === 'listing-asked') for (let i = 0; i < 50; i++) room.accept(`${i}`);
    };
    await watched.reached('live');
    for (let i = 0; i < 50; i++) expect(watched.monitor.ledger.get(`${i}`)?.status).toBe('processing');
    expect(watched.told.filter((line) => line.includes('processing→'))).toEqual([]);
  });
});

describe('a Room that is not reached', () => {
  it('ends the watch as unreachable, at the first try', async () => {
    const room = await RoomSimulator.start();
    const { webSocketUrl } = room;
    await room.close();
    const watched = watch(webSocketUrl);
    expect(await watched.ended).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('connection refused'),
      hint: expect.stringContaining('firewall'),
    });
    expect(watched.states).toEqual(['connecting', 'closed']);
  });

  it.each(['hang-up', 'unavailable'] as const)('(%s) ends it, too', async (welcome) => {
    const room = await use(RoomSimulator.start());
    room.welcome = welcome;
    expect(await watch(room.url).ended).toMatchObject({ code: 'unreachable' });
    expect(room.signIns).toBe(0);
  });

  it('is tried again with `wait`, and its first listing is a snapshot', async () => {
    const room = await use(RoomSimulator.start());
    room.receive({ id: 'a' });
    room.welcome = 'unavailable';
    const watched = watch(room.url, { wait: true });
    await watched.reached('waiting', 3);
    expect(watched.links.filter(({ state }) => state === 'waiting')).toMatchObject(
      [1, 2, 3].map((attempt) => ({ attempt, wasLive: false, reason: expect.stringContaining('503') })),
    );
    room.welcome = 'serve';
    await watched.reached('live');
    expect(watched.told).toEqual(['a →waiting (snapshot)']);
  });
});

describe('a Room that lets in and does not answer its lists', () => {
  const silent = { getIncomingFilesRequests: ignore, getOutgoingFilesRequests: ignore };

  it('was reached: it is tried again', async () => {
    const room = await use(
      ScriptedRoom.start({ ...silent, getFileRequests: ignore, getFileUploads: ignore }),
    );
    const watched = watch(room.url, { answerMs: 100 });
    await watched.reached('waiting', 2);
    expect(watched.links.find(({ state }) => state === 'waiting')).toMatchObject({
      reason: 'the Room did not answer "getIncomingFilesRequests" within 0.1 s',
    });
  });

  it.each([
    ['stays silent', ignore],
    ['hangs up', (_: ScriptedRequest, socket: WebSocket) => socket.terminate()],
  ])('is lost without `reconnect`: it %s', async (_, act) => {
    const lists = { getIncomingFilesRequests: act, getOutgoingFilesRequests: act };
    const room = await use(ScriptedRoom.start({ ...lists, getFileRequests: act, getFileUploads: act }));
    const { ended } = watch(room.url, { answerMs: 100, reconnect: false });
    expect(await ended).toMatchObject({ code: 'lost', message: expect.stringContaining('was lost: the') });
  });
});

describe('an answer to "auth" that comes before the question', () => {
  const early = (_: ScriptedRequest, socket: WebSocket) => {
    for (const requestId of ['1', '']) {
      socket.send(JSON.stringify({ method: 'auth', requestId, token: 'early', result: true, resultCode: 0 }));
    }
    socket.send(JSON.stringify({ method: 'event', event: 'authorizationNeeded', cause: 1 }));
  };

  it('is ignored, and the sign-in goes on', async () => {
    const room = await use(ScriptedRoom.start({ open: early }));
    const watched = watch(room.url);
    await watched.reached('live');
    expect(room.requests[0]).toMatchObject({ method: 'auth', type: 'unsecured' });
    expect(watched.states).not.toContain('waiting');
  });

  it('lets nothing in that is refused afterwards', async () => {
    const refuse = (asked: ScriptedRequest, socket: WebSocket) =>
      socket.send(answer(asked, { result: false, resultCode: 3 }));
    const room = await use(ScriptedRoom.start({ open: early, auth: refuse }));
    expect(await watch(room.url).ended).toMatchObject({ code: 'refused' });
  });
});

it('a listing of 100,000 rows is read', async () => {
  const rows = Array.from({ length: 100_000 }, (_, nth) => ({
    fileRequestId: `00000000-0000-4000-8000-${nth}`,
    fileName: `a rather long name, so that the list is longer than the 16 MiB of other limits ${nth}`,
    peerId: '820_1@some.server',
    size: 1,
    status: 1,
    timestamp: 1_659_284_222_850,
  }));
  const list = (asked: ScriptedRequest, socket: WebSocket) =>
    socket.send(answer(asked, { incomingFilesRequests: rows }));
  const room = await use(ScriptedRoom.start({ getIncomingFilesRequests: list }));
  const watched = watch(room.url);
  await watched.reached('live');
  expect(watched.monitor.ledger.size).toBe(rows.length);
});

describe('a link that is lost', () => {
  it.each([
    ['reset', (proxy: FaultProxy) => proxy.cut('reset')],
    ['ended', (proxy: FaultProxy) => proxy.cut('fin')],
    ['half-closed', (proxy: FaultProxy) => proxy.halfClose()],
    ['closed as if all was done', (_: FaultProxy, room: RoomSimulator) => room.closeClients(1000, 'bye')],
  ])('(%s) is reported and retried, and a listing finds what was missed', async (_, fault) => {
    const room = await use(RoomSimulator.start());
    const proxy = await use(FaultProxy.start(room.webSocketUrl));
    for (const id of ['done', 'changed', 'gone', 'same']) room.receive({ id });
    const watched = watch(proxy.url);
    await watched.reached('live');
    const before = watched.told.length;
    watched.onEntry = (entry) => {
      if (entry.kind !== 'link' || entry.link.state !== 'waiting') return;
      room.accept('changed');
      room.setStatus('done', 3);
      room.delete('gone');
      room.receive({ id: 'new' });
    };
    fault(proxy, room);
    await watched.reached('live', 2);
    expect(watched.told.slice(before).filter((line) => !line.startsWith('availability'))).toEqual([
      'done waiting→complete (resync)',
      'changed waiting→processing (resync)',
      'new →waiting (resync)',
      'gone removed (gone)',
    ]);
    expect(watched.links.find(({ state }) => state === 'waiting')).toMatchObject({
      attempt: 0,
      wasLive: true,
    });
    expect(watched.states.slice(4, 9)).toEqual(['waiting', 'connecting', 'signing-in', 'listing', 'live']);
  });

  it('is not tried again without `reconnect`', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.url, { reconnect: false });
    await watched.reached('live');
    room.closeClients(1001, 'going away');
    const error = await watched.ended;
    expect(error).toBeInstanceOf(TrueConfFilesError);
    expect(error).toMatchObject({ code: 'lost', message: expect.stringContaining('code 1001: going away') });
  });

  it('is found again where the Room has moved to another port', async () => {
    const first = await RoomSimulator.start();
    const port = Number(new URL(first.url).port);
    const watched = watch(first.url);
    await watched.reached('live');
    await first.close();
    const second = await use(RoomSimulator.start({ port }));
    await watched.reached('live', 2);
    expect(second.signIns).toBe(1);
  });

  it('to a Room that hangs up each time is tried ever more rarely', async () => {
    const { watched, clock, room } = await watchByClock();
    room.welcome = 'hang-up';
    room.dropClients();
    const waits: number[] = [];
    for (let times = 1; times <= 8; times++) waits.push(await passWait(watched, clock, times));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('(chance %i) is tried fewer than 15 times in 15 s', async (seed) => {
    const chance = createRandom(seed);
    const { watched, clock, room } = await watchByClock(() => chance.next());
    room.welcome = 'hang-up';
    room.dropClients();
    const before = room.connections;
    const lostAt = clock.now();
    for (let times = 1; clock.now() - lostAt <= 15_000; times++) await passWait(watched, clock, times);
    expect(room.connections - before).toBeLessThan(15);
  });

  it('each time as soon as it is live, is tried ever more rarely, too, until one lasts', async () => {
    const { watched, clock, room } = await watchByClock();
    const waits: number[] = [];
    for (let times = 1; times <= 4; times++) {
      await watched.reached('live', times);
      if (times === 4) await clock.pass(10_000);
      room.dropClients();
      waits.push(await passWait(watched, clock, times));
    }
    expect(waits).toEqual([500, 1_000, 2_000, 500]);
  });
});

/** A watch that is live, by a clock that the test moves. */
async function watchByClock(random = () => 1) {
  const room = await use(RoomSimulator.start());
  const clock = new TestClock();
  const watched = watch(room.url, { random, clock });
  await watched.reached('live');
  return { watched, clock, room };
}

/** Lets the time pass until the link is tried again. Gives how long that was. */
async function passWait(watched: Watch, clock: TestClock, times: number): Promise<number> {
  await watched.reached('waiting', times);
  const waits = watched.links.flatMap((link) => (link.state === 'waiting' ? [link.retryInMs] : []));
  const waitMs = waits[times - 1] ?? 0;
  await clock.pass(waitMs);
  return waitMs;
}
