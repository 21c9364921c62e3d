import { describe, expect, it } from 'vitest';
import { type RoomSimulator, type TransferRecord, watchRoom } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { closedPort } from '../support/places.js';
import { drain, isConnected, told, until } from './records.js';

const { room: simulated } = useRooms();

describe('a watched Room', () => {
  it('gives what is there, then each change, as typed records', async () => {
    const room = await simulated();
    room.receive({ id: 'a', name: 'plan.pdf', size: 10 });
    const transfers: TransferRecord[] = [];
    const others: string[] = [];
    for await (const record of watchRoom(room.url)) {
      if (record.type === 'transfer') transfers.push(record);
      else others.push(told(record));
      if (isConnected(record)) room.accept('a');
      if (record.type === 'transfer' && record.status === 'processing') break;
    }
    expect(transfers).toMatchObject([
      { v: 1, room: room.url, id: 'a', name: 'plan.pdf', size: 10, status: 'waiting', origin: 'snapshot' },
      { id: 'a', status: 'processing', previousStatus: 'waiting', origin: 'event' },
    ]);
    expect(others.slice(0, 2)).toEqual(['connecting', 'connected']);
  });

  it('begins with the first record asked for', async () => {
    const room = await simulated();
    const watch = watchRoom(room.webSocketUrl);
    await new Promise(setImmediate);
    expect(room.connections).toBe(0);
    await until(watch, isConnected);
    expect(room.signIns).toBe(1);
    expect(await watch.return()).toEqual({ done: true, value: undefined });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('is reported through filters, and without what was there', async () => {
    const room = await simulated();
    room.receive({ id: 'old', name: 'old.pdf' });
    const watch = watchRoom(room.url, { snapshot: false, filter: { name: '*.pdf', statuses: ['failed'] } });
    const before = await until(watch, isConnected);
    room.receive({ id: 'other', name: 'other.txt' });
    room.setStatus('other', 0);
    room.receive({ id: 'new', name: 'new.pdf' });
    room.setStatus('new', 0);
    const after = await until(watch, (record) => record.type === 'transfer');
    await watch.return();
    const transfers = [...before, ...after].filter(({ type }) => type === 'transfer').map(told);
    expect(transfers).toEqual(['new failed (event)']);
  });

  it('that is silent gives heartbeats', async () => {
    const room = await simulated();
    const watch = watchRoom(room.url, { heartbeatMs: 300 });
    await until(watch, isConnected);
    const records = await until(watch, ({ type }) => type === 'heartbeat');
    expect(records.at(-1)).toMatchObject({ type: 'heartbeat', connected: true, room: room.url });
    await watch.return();
  });

  it('that was lost reconnects, and what was missed is reported', async () => {
    const room = await simulated();
    room.receive({ id: 'a' });
    const watch = watchRoom(room.url);
    await until(watch, isConnected);
    room.dropClients();
    await until(watch, (record) => record.type === 'connection' && record.state === 'disconnected');
    room.setStatus('a', 3);
    const records = await until(watch, isConnected);
    expect(records.map(told)).toContain('a complete (resync)');
    await watch.return();
  });

  it('may be watched twice at once, in different modes', async () => {
    const room = await simulated();
    const watches = [watchRoom(room.url, { role: 'admin' }), watchRoom(room.url, { role: 'user' })];
    await Promise.all(watches.map((watch) => until(watch, isConnected)));
    room.receive({ id: 'a' });
    for (const watch of watches) await until(watch, (record) => told(record) === 'a waiting (event)');
    await Promise.all(watches.map((watch) => watch.return()));
  });
});

describe('a watch that ends by itself', () => {
  it.each([
    ['unreachable', {}, closedPort],
    ['refused', {}, () => simulated({ pin: '1234' })],
    ['refused', { credentials: 'geheim', wait: true }, () => simulated({ pin: '1234' })],
  ] as const)('as %s %j gives its records, then the error', async (code, options, start) => {
    const room = await start();
    const { records, error } = await drain(watchRoom(room.url, options));
    expect(records.map(told)).toEqual(['connecting', 'closed']);
    expect(error).toMatchObject({ name: 'TrueConfFilesError', code });
    expect(`${error}${JSON.stringify(records)}`).not.toContain('geheim');
  });

  it.each([
    ['taken-over', {}, (room: RoomSimulator) => room.endSessions(1)],
    ['lost', { reconnect: false }, (room: RoomSimulator) => room.dropClients()],
  ] as const)('as %s gives what came before', async (code, options, end) => {
    const room = await simulated();
    const watch = watchRoom(room.url, options);
    await until(watch, isConnected);
    room.receive({ id: 'a' });
    end(room);
    const { records, error } = await drain(watch);
    if (code === 'taken-over') expect(records.map(told)).toContain('a waiting (event)');
    expect(records.at(-1)).toMatchObject({ type: 'connection', state: 'closed' });
    expect(error).toMatchObject({ name: 'TrueConfFilesError', code });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    await expect(watch.accept('a')).rejects.toBe(error);
  });

  it('with a takeover goes on', async () => {
    const room = await simulated();
    const watch = watchRoom(room.url, { takeover: true });
    await until(watch, isConnected);
    room.endSessions(1);
    await until(watch, isConnected);
    await watch.return();
  });
});

describe('wrong use', () => {
  it.each([
    ['', {}, 'The address of the Room is empty'],
    ['ftp://10.0.0.5', {}, 'begins with ftp://'],
    [7, {}, 'The address is 7'],
    ['10.0.0.5', { role: 'root' }, 'The option role is "root"'],
    ['10.0.0.5', { heartbeatMs: 0 }, 'The option heartbeatMs is 0'],
    ['10.0.0.5', { heartbeatMs: Number.NaN }, 'The option heartbeatMs is NaN'],
    ['10.0.0.5', { heartbeatMs: '15s' }, 'The option heartbeatMs is "15s"'],
    ['10.0.0.5', { credentials: '' }, 'The option credentials'],
    ['10.0.0.5', { credentials: 123_456 }, 'The option credentials'],
    ['10.0.0.5', { signal: null }, 'The option signal is null'],
    ['10.0.0.5', { filter: { status: 'failed' } }, 'The filter has no field "status"'],
    ['10.0.0.5', { filter: { statuses: 'failed' } }, 'The option filter.statuses is "failed"'],
    ['10.0.0.5', { filter: { ids: ['a', 5] } }, 'The option filter.ids is a,5'],
    ['10.0.0.5', { filter: { peer: ['a'] } }, 'The option filter.peer is a'],
  ])('%j %j is an error at once', (address, options, message) => {
    const wrong = () => Reflect.apply(watchRoom, undefined, [address, options]);
    expect(wrong).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
    );
    expect(wrong).not.toThrow('123456');
  });
});
