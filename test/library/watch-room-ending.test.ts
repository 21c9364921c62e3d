import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type RoomRecord, RoomSimulator, watchRoom } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { held, settles } from '../support/held.js';
import { expectNoSecretIn, SECRET } from '../support/marked.js';
import { blackHole, closedPort, type Place } from '../support/places.js';
import { answer, ignore, type Script, type ScriptedRequest, ScriptedRoom } from '../support/scripted-room.js';
import { drain, isConnected, told, until } from './records.js';

const { room: simulated } = useRooms();

describe('nothing is left', () => {
  it('after a break, and the Room has the seat back', async () => {
    const before = held();
    const room = await RoomSimulator.start();
    for await (const record of watchRoom(room.url)) if (isConnected(record)) break;
    await room.close();
    await settles(before);
  });

  it('after a throw', async () => {
    const before = held();
    const room = await RoomSimulator.start();
    const controller = new AbortController();
    const { signal } = controller;
    const looking = async () => {
      for await (const record of watchRoom(room.url, { signal })) if (isConnected(record)) throw 'mine';
    };
    await expect(looking()).rejects.toBe('mine');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await room.close();
    await settles(before);
  });

  it('after a fault', async () => {
    const before = held();
    const room = await RoomSimulator.start({ pin: '1' });
    const { signal } = new AbortController();
    await drain(watchRoom(room.url, { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await room.close();
    await settles(before);
  });

  it.each<[string, () => Promise<Place>, (r: RoomRecord) => boolean]>([
    ['live', () => RoomSimulator.start(), isConnected],
    ['dialling', () => blackHole('ws'), () => true],
    ['looking for the port', () => blackHole('http'), () => true],
    ['signing in', () => ScriptedRoom.start({ auth: ignore }), () => true],
    ['waiting for the next try', closedPort, (record) => told(record) === 'disconnected'],
  ])('after an abort while %s', async (_, start, fits) => {
    const before = held();
    const place = await start();
    const controller = new AbortController();
    const { signal } = controller;
    const watch = watchRoom(place.url, { signal, wait: true });
    await until(watch, fits);
    const reason = new Error('enough');
    const { error } = (await Promise.all([drain(watch), controller.abort(reason)]))[0];
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    await place.close();
    await settles(before);
  });

  it('after an abort before it began, and nothing was dialled', async () => {
    const room = await simulated();
    const signal = AbortSignal.abort('too late');
    const { records, error } = await drain(watchRoom(room.url, { signal }));
    expect(records).toEqual([]);
    expect(error).toMatchObject({ name: 'AbortError', cause: 'too late' });
    expect(room.connections).toBe(0);
  });

  it('to read after an abort, however much was there', async () => {
    const room = await simulated();
    for (let i = 0; i < 100; i++) room.receive();
    const controller = new AbortController();
    const watch = watchRoom(room.url, { signal: controller.signal });
    await until(watch, ({ type }) => type === 'transfer');
    controller.abort();
    await expect(watch.next()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('waiting after a return while a record is awaited', async () => {
    const room = await simulated();
    const watch = watchRoom(room.url);
    await until(watch, ({ type }) => type === 'availability');
    const next = watch.next();
    await watch.return();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect(watch.accept('a')).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an error shows no secret, nor does its cause,', () => {
  it.each<[string, string, Script]>([
    [
      'where the Room closes the link while signing in',
      'unreachable',
      { auth: (_, socket) => hangUp(socket) },
    ],
    [
      'where it has an internal error',
      'unreachable',
      { auth: (request, socket) => socket.send(failed(request)) },
    ],
    ['where it closes a live link', 'lost', { getAppState: (_, socket) => hangUp(socket) }],
  ])('%s', async (_, code, script) => {
    const room = await ScriptedRoom.start(script);
    const { error } = await drain(watchRoom(room.url, { credentials: SECRET, reconnect: false }));
    expect(error).toMatchObject({ code, cause: { message: expect.stringContaining('***') } });
    expectNoSecretIn(inspect(error, { depth: null }));
    await room.close();
  });

  const hangUp = (socket: WebSocket) => socket.close(1008, `go away, ${SECRET}`);
  const failed = (request: ScriptedRequest) =>
    answer(request, { result: false, resultCode: 1, error: `no table for ${SECRET}` });
});
