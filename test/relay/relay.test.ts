import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { sendCommand } from '../../src/relay/command-desk.js';
import { transferSubject } from '../../src/relay/subjects.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';
import { killed, linkOf, settled, statusesOf, tableOf, useRelays } from './support.js';

describe.skipIf(!hasNatsServer)('Rooms over NATS', () => {
  const rooms = useRooms();
  const { natsServer, relay, run, watcher } = useRelays();

  test('two Rooms, one relay, three watchers: one connection each, and a late joiner sees the same', async () => {
    const nats = await natsServer();
    const [one, two] = [await rooms.room(), await rooms.room()];
    await relay(nats, [one.webSocketUrl, two.webSocketUrl]);
    const early = [await watcher(nats), await watcher(nats)];
    const a = one.receive({ id: 'a' });
    const b = two.send({ id: 'b', peerId: 'b@x' });
    one.accept(a.id);
    one.setStatus(a.id, 3);
    const gone = one.receive({ id: 'gone' });
    one.delete(gone.id);
    two.setStatus(b.id, 2);
    for (const each of early) await settled(each, { a: 'complete', b: 'processing' });
    const late = await watcher(nats);
    for (const each of [...early, late]) {
      await each.until(() => tableOf(each).size === 2 || undefined);
      expect(tableOf(each)).toEqual(tableOf(late));
      expect(statusesOf(each, 'a').at(-1)).toBe('complete');
    }
    expect(early.map((each) => statusesOf(each, 'a'))).toEqual([
      ['waiting', 'processing', 'complete'],
      ['waiting', 'processing', 'complete'],
    ]);
    expect([one.connections, two.connections]).toEqual([1, 1]);
  });

  test('what a Room does is told as it changes, and to a late joiner, whoever holds the Room', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const first = await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    const statesOf = ({ records }: Program) =>
      records.filter(({ type }) => type === 'state').map(({ code }) => code);
    await early.until(() => statesOf(early).length === 1 || undefined);
    room.setAppState(3);
    await early.until(() => statesOf(early).length === 2 || undefined);
    await killed(first);
    await relay(nats, [room.webSocketUrl]);
    room.setAppState(6);
    await early.until(() => statesOf(early).length === 3 || undefined);
    expect(statesOf(early)).toEqual([5, 3, 6]);
    const late = await watcher(nats);
    await late.until(() => statesOf(late).length === 1 || undefined);
    expect(statesOf(late)).toEqual([6]);
  });

  test('hostile ids and names come through as they are', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    const ids = ['*', '>', 'a.b', ' ', '..', '\r\nPUB x 0', '\x1b]0;x\x07', 'Ж'.repeat(200), '\ud800'];
    for (const id of ids) room.receive({ id, name: `${id}\u202e.exe` });
    for (const id of ids) room.setStatus(id, 3);
    // Half a character is not written as it is.
    const written = ids.map((id) => id.replace('\ud800', '\ufffd'));
    await settled(early, Object.fromEntries(written.map((id) => [id, 'complete'])));
    const late = await watcher(nats);
    expect(tableOf(late)).toEqual(tableOf(early));
    expect(tableOf(late).size).toBe(ids.length);
  });

  test('a relay that is killed and started again tells what changed meanwhile, once', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const first = await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    const { id } = room.receive();
    const same = room.receive();
    await settled(early, { [same.id]: 'waiting' });
    await killed(first);
    await early.record(({ reason }) => reason === 'its relay is down');
    room.setStatus(id, 2);
    room.setStatus(id, 3);
    const born = room.receive();
    await relay(nats, [room.webSocketUrl]);
    await settled(early, { [id]: 'complete', [born.id]: 'waiting' });
    expect(statusesOf(early, id)).toEqual(['waiting', 'complete']);
    expect(statusesOf(early, same.id)).toEqual(['waiting']);
    const last = early.records.findLast((one) => one.id === id);
    expect(last).toMatchObject({ origin: 'resync', previousStatus: 'waiting' });
    await early.until(() => linkOf(early, room.webSocketUrl) === 'connected' || undefined);
  });

  test('a relay that is stopped says so, and watchers in lines do, too', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const only = await relay(nats, [room.webSocketUrl]);
    const lines = run(['watch', nats.url, '--no-timestamps']);
    await lines.stderrHas(`${room.webSocketUrl}: connected`);
    await killed(only, 'SIGTERM');
    await lines.stderrHas(`${room.webSocketUrl}: closed: stopped\n`);
    expect(only.stderr.text).not.toContain('closed');
    await killed(lines, 'SIGTERM');
    expect(lines.stderr.text.split('closed')).toHaveLength(2);
  });

  test('NATS killed in mid-traffic: every watcher has every step once, in order', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    const ids = Array.from({ length: 60 }, (_, at) => `t${at}`);
    for (const id of ids.slice(0, 20)) room.receive({ id });
    for (const id of ids.slice(0, 20)) room.setStatus(id, 2);
    await nats.kill();
    for (const id of ids.slice(20)) room.receive({ id });
    for (const id of ids.slice(20)) room.setStatus(id, 2);
    await early.record(({ state }) => state === 'disconnected');
    await nats.start();
    for (const id of ids) room.setStatus(id, 3);
    await settled(early, Object.fromEntries(ids.map((id) => [id, 'complete'])));
    for (const id of ids) expect(statusesOf(early, id)).toEqual(['waiting', 'processing', 'complete']);
    expect(room.connections).toBe(1);
  });

  test('what NATS had acknowledged and has lost is stored again, also of a transfer that has ended', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const holder = await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    for (const id of ['ended', 'running']) {
      room.receive({ id });
      room.setStatus(id, 2);
    }
    room.setStatus('ended', 3);
    await settled(early, { ended: 'complete', running: 'processing' });
    const connection = await connect({ servers: nats.address });
    const { streams } = await jetstreamManager(connection);
    for (const id of ['ended', 'running']) {
      const subject = transferSubject(room.webSocketUrl, id);
      const last = await streams.getMessage('TCFILES', { last_by_subj: subject });
      await streams.deleteMessage('TCFILES', last?.seq ?? 0);
    }
    await connection.close();
    await nats.kill();
    await nats.start();
    await holder.stderrHas('connected again');
    await settled(await watcher(nats), { ended: 'complete', running: 'processing' });
    for (const id of ['ended', 'running']) {
      const steps = ['waiting', 'processing', 'complete'].slice(0, id === 'ended' ? 3 : 2);
      expect(statusesOf(early, id)).toEqual(steps);
    }
  });

  test('a server that comes back with an older store gets what is true again, and watchers what is new', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const holder = await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    room.receive({ id: 'before' });
    await settled(early, { before: 'waiting' });
    const store = join(nats.folder, 'store');
    await nats.kill();
    await cp(store, join(nats.folder, 'backup'), { recursive: true });
    await nats.start();
    await holder.stderrHas('connected again');
    const ids = Array.from({ length: 20 }, (_, at) => `t${at}`);
    for (const id of ids) room.receive({ id });
    for (const id of ['before', ...ids]) room.setStatus(id, 2);
    for (const id of ['before', ...ids]) room.setStatus(id, 3);
    const complete = Object.fromEntries(['before', ...ids].map((id) => [id, 'complete']));
    await settled(early, complete);
    await nats.kill();
    await rm(store, { recursive: true });
    await cp(join(nats.folder, 'backup'), store, { recursive: true });
    await nats.start();
    await settled(await watcher(nats), complete);
    room.receive({ id: 'after' });
    await settled(early, { ...complete, after: 'waiting' });
    await early.record(({ code }) => code === 'stream-set-back');
    for (const id of Object.keys(complete)) {
      expect(statusesOf(early, id)).toEqual(['waiting', 'processing', 'complete']);
    }
  });

  test('what a small buffer can not hold is left out, and said; the last states are true', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const small = await relay(nats, [room.webSocketUrl], { options: ['--buffer', '20'] });
    const early = await watcher(nats);
    await nats.kill();
    await small.stderrHas('the connection to NATS was lost');
    const ids = Array.from({ length: 40 }, (_, at) => `t${at}`);
    for (const id of ids) room.receive({ id });
    for (const id of ids) room.setStatus(id, 3);
    await nats.start();
    await settled(early, Object.fromEntries(ids.map((id) => [id, 'complete'])));
    const { message } = await early.record(({ code }) => code === 'steps-left-out');
    const lacking = 2 * ids.length - early.transfers.length;
    const resynced = early.transfers.filter(({ origin }) => origin === 'resync').length;
    expect([lacking > 0, message]).toEqual([
      true,
      `${lacking} steps could not be stored in time; only the last state of ${resynced} transfers is reported`,
    ]);
  });

  test('so it is where the first Room has nothing to say', async () => {
    const nats = await natsServer();
    const [quiet, busy] = [await rooms.room(), await rooms.room()];
    const options = ['--buffer', '20'];
    const small = await relay(nats, [quiet.webSocketUrl, busy.webSocketUrl], { options });
    const early = await watcher(nats);
    await nats.kill();
    await small.stderrHas('the connection to NATS was lost');
    const ids = Array.from({ length: 40 }, (_, at) => `t${at}`);
    for (const id of ids) busy.receive({ id });
    await nats.start();
    await settled(early, Object.fromEntries(ids.map((id) => [id, 'waiting'])));
  });

  test('a Room that tells more at once than the buffer holds is told whole while NATS is there', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const ids = Array.from({ length: 200 }, (_, at) => `t${at}`);
    for (const id of ids.slice(0, 100)) room.receive({ id });
    const small = await relay(nats, [room.webSocketUrl], { options: ['--buffer', '10'] });
    const early = await watcher(nats);
    for (const id of ids.slice(100)) room.receive({ id });
    for (const id of ids) room.setStatus(id, 3);
    await settled(early, Object.fromEntries(ids.map((id) => [id, 'complete'])));
    for (const id of ids) expect(statusesOf(early, id)).toEqual(['waiting', 'complete']);
    expect(small.stderr.text).not.toContain('could not be stored in time');
  });

  test('accepting through NATS works only where the relay allows it', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const mute = await relay(nats, [room.webSocketUrl]);
    const connection = await connect({ servers: nats.address });
    const { id } = room.receive();
    const refused = await sendCommand(connection, room.webSocketUrl, 'accept', id);
    expect(refused).toMatchObject({ ok: false, reason: expect.stringContaining('--allow-commands') });
    await killed(mute, 'SIGTERM');
    await relay(nats, [room.webSocketUrl], { options: ['--allow-commands'] });
    expect(await sendCommand(connection, room.webSocketUrl, 'accept', id)).toEqual({ ok: true });
    await connection.close();
  });
});
