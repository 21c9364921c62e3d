import { describe, expect, it } from 'vitest';
import { RoomSimulator } from '../../src/simulator/index.js';
import { TestClock } from '../support/clock.js';
import { useWatches } from '../support/watch.js';

const { watch, use } = useWatches();

describe('a pause', () => {
  it('leaves what comes in the network, and loses nothing', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.url);
    await watched.reached('live');
    watched.watcher.pause();
    const before = watched.entries.length;
    for (let i = 0; i < 2_000; i++) room.receive({ id: `${i}` });
    // The Room hears this, and its frames would have been read by now.
    const asked = room.requests.length;
    watched.watcher.request({ method: 'getAppState' }).catch(() => {});
    await expect.poll(() => room.requests.length).toBeGreaterThan(asked);
    expect(watched.entries.slice(before).filter(({ kind }) => kind === 'received')).toEqual([]);
    watched.watcher.resume();
    await watched.until(() => watched.monitor.ledger.size === 2_000);
  });

  it('during which nothing is heard, outlasts heartbeat and deadlines', async () => {
    const room = await use(RoomSimulator.start());
    const clock = new TestClock();
    const watched = watch(room.url, { clock });
    await watched.reached('live');
    watched.watcher.pause();
    const request = watched.watcher.request({ method: 'getAppState' });
    // The first is asked once all is listed.
    await expect.poll(() => room.requests.filter(({ method }) => method === 'getAppState').length).toBe(2);
    await clock.pass(10 * 60_000);
    expect(watched.states.at(-1)).toBe('live');
    watched.watcher.resume();
    expect(await request).toMatchObject({ result: true });
  });

  it('from before the link is there holds once all is listed', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.url, { heartbeatMs: 30 });
    watched.watcher.pause();
    await watched.reached('live');
    const listed = watched.entries.length;
    room.receive({ id: 'later' });
    const other = watch((await use(RoomSimulator.start())).url);
    await other.reached('live');
    expect(watched.entries.slice(listed).filter(({ kind }) => kind === 'received')).toEqual([]);
    watched.watcher.resume();
    await watched.until(() => watched.monitor.ledger.size === 1);
  });

  it('of a link that is lost while paused keeps it from reconnecting', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.url);
    await watched.reached('live');
    room.dropClients();
    watched.onEntry = (entry) => {
      if (entry.kind === 'link' && entry.link.state === 'waiting') watched.watcher.pause();
    };
    await watched.reached('waiting');
    const other = watch((await use(RoomSimulator.start())).url);
    await other.reached('live');
    expect(watched.states.at(-1)).toBe('waiting');
    watched.watcher.resume();
    await watched.reached('live', 2);
  });

  it('while it waits to try again ends when it is stopped', async () => {
    const room = await RoomSimulator.start();
    const watched = watch(room.url);
    await watched.reached('live');
    watched.onEntry = (entry) => {
      if (entry.kind === 'link' && entry.link.state === 'waiting') watched.watcher.pause();
    };
    await room.close();
    await watched.reached('waiting');
    expect(await watched.stop()).toBeNull();
  });
});

describe('a request', () => {
  it('goes over the live link', async () => {
    const room = await use(RoomSimulator.start());
    const { id } = room.receive();
    const watched = watch(room.url);
    await watched.reached('live');
    const answer = await watched.watcher.request({ method: 'acceptIncomingFileRequest', fileRequestId: id });
    expect(answer.result).toBe(true);
    await watched.until(() => watched.monitor.ledger.get(id)?.status === 'processing');
  });

  it('without a live link is an error that says so', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.url);
    await expect(watched.watcher.request({ method: 'getAppState' })).rejects.toMatchObject({ code: 'lost' });
    await watched.reached('live');
    await watched.stop();
    await expect(watched.watcher.request({ method: 'getAppState' })).rejects.toMatchObject({ code: 'lost' });
  });
});
