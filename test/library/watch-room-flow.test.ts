import { afterEach, describe, expect, it } from 'vitest';
import { watchRoom } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { ignore, type Script, ScriptedRoom } from '../support/scripted-room.js';
import { isConnected, told, until } from './records.js';

const { room: simulated } = useRooms();

const rooms: ScriptedRoom[] = [];
afterEach(() => Promise.all(rooms.splice(0).map((room) => room.close())));

async function scripted(script?: Script): Promise<ScriptedRoom> {
  const room = await ScriptedRoom.start(script);
  rooms.push(room);
  return room;
}

/** Lets some time pass: what another watch takes to begin so many times. */
async function pass(times: number): Promise<void> {
  const room = await simulated();
  for (let i = 0; i < times; i++)
    for await (const record of watchRoom(room.url)) if (isConnected(record)) break;
}

describe('a slow reader', () => {
  it('keeps the socket from being read, and gets everything in the end', async () => {
    const room = await scripted();
    const watch = watchRoom(room.url);
    await until(watch, isConnected);
    // More than the network's own buffers hold.
    const fileName = 'x'.repeat(10_000);
    const ids = Array.from({ length: 4_000 }, (_, i) => `${i}`);
    for (const fileRequestId of ids) {
      room.send(JSON.stringify({ method: 'event', event: 'receivedFileRequest', fileRequestId, fileName }));
    }
    await pass(3);
    expect(room.unsent).toBeGreaterThan(1_000_000);
    const got: string[] = [];
    for await (const record of watch) {
      if (record.type === 'transfer') got.push(record.id);
      if (got.length === ids.length) break;
    }
    expect(got).toEqual(ids);
    expect(room.unsent).toBe(0);
  });

  it('gets the answers to its requests, though more records wait than are read ahead', async () => {
    const room = await simulated();
    for (let i = 0; i < 3_000; i++) room.receive({ id: `${i}` });
    const statuses: string[] = [];
    const watch = watchRoom(room.url);
    for await (const record of watch) {
      if (record.type !== 'transfer') continue;
      if (record.id === '0' && record.status === 'waiting') await watch.accept('0');
      if (record.id === '0') statuses.push(told(record));
      if (record.status === 'processing') break;
    }
    expect(statuses).toEqual(['0 waiting (snapshot)', '0 processing (event)']);
  });

  it('gets no heartbeat while there is something to read', async () => {
    const room = await simulated();
    const watch = watchRoom(room.url, { heartbeatMs: 200 });
    await until(watch, isConnected);
    for (let i = 0; i < 1_500; i++) room.receive({ id: `${i}` });
    await pass(2);
    const records = await until(watch, (record) => told(record) === '1499 waiting (event)');
    expect(records.filter(({ type }) => type === 'heartbeat')).toEqual([]);
    await watch.return();
  });
});

describe('accepting and rejecting', () => {
  it('goes over the link of the watch, from the first record on', async () => {
    const room = await simulated();
    room.receive({ id: 'small', size: 10 });
    room.receive({ id: 'big', size: 10_000 });
    const watch = watchRoom(room.url);
    const ended: string[] = [];
    for await (const record of watch) {
      if (record.type !== 'transfer') continue;
      if (record.status !== 'waiting') ended.push(told(record));
      else if ((record.size ?? 0) > 1_000) await watch.reject(record.id);
      else await watch.accept(record.id);
      if (ended.length === 2) break;
    }
    expect(ended.sort()).toEqual(['big rejected (event)', 'small processing (event)']);
    expect(room.signIns).toBe(1);
  });

  it('speaks with a Room before 4.1 by the old names', async () => {
    const room = await simulated({ legacy: true });
    room.receive({ id: '7' });
    const watch = watchRoom(room.url);
    await until(watch, isConnected);
    await watch.accept('7');
    expect(room.transfers).toMatchObject([{ id: '7', status: 2 }]);
    await watch.return();
  });

  it('tells when the Room says no', async () => {
    const room = await simulated();
    const watch = watchRoom(room.url);
    await until(watch, isConnected);
    await expect(watch.accept('nothing')).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('"nothing"'),
    });
    await watch.return();
  });

  it('waits for a link that was lost to be back', async () => {
    const room = await simulated();
    room.receive({ id: 'a' });
    const watch = watchRoom(room.url);
    await until(watch, isConnected);
    room.dropClients();
    await until(watch, (record) => told(record) === 'disconnected');
    const accepted = watch.accept('a');
    await accepted;
    expect(room.transfers).toMatchObject([{ id: 'a', status: 2 }]);
    await watch.return();
  });

  it('tells that it is not known, where the link is lost before the answer', async () => {
    const room = await scripted({ acceptIncomingFileRequest: (_, socket) => socket.terminate() });
    const watch = watchRoom(room.url);
    await until(watch, isConnected);
    await expect(watch.accept('a')).rejects.toMatchObject({
      code: 'lost',
      message: expect.stringContaining('it is not known whether it did'),
    });
    await watch.return();
  });

  it('ends with the watch', async () => {
    const room = await scripted({ acceptIncomingFileRequest: ignore });
    const controller = new AbortController();
    const watch = watchRoom(room.url, { signal: controller.signal });
    await until(watch, isConnected);
    const accepted = watch.accept('a');
    controller.abort('enough');
    await expect(accepted).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
    await expect(watch.next()).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
  });
});
