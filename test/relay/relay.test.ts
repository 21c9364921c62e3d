import { connect } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendCommand } from '../../src/relay/command-desk.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, isConnected, type Program, World } from './support.js';

describe.skipIf(!hasNatsServer)('Rooms over NATS', () => {
  const rooms = useRooms();
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.startNats();
  });
  afterEach(() => world.close());

  test('two Rooms, one relay, three watchers: one connection each, and a late joiner sees the same', async () => {
    const [one, two] = [await rooms.room(), await rooms.room()];
    await world.relay([one.webSocketUrl, two.webSocketUrl]);
    const watchers = [await world.watch(), await world.watch()];
    const a = one.receive({ id: 'a' });
    const b = two.send({ id: 'b', peerId: 'b@x' });
    one.accept(a.id);
    one.setStatus(a.id, 3);
    const gone = one.receive({ id: 'gone' });
    one.delete(gone.id);
    two.setStatus(b.id, 2);
    for (const watcher of watchers) await settled(watcher, a.id, 'complete', b.id, 'processing');
    watchers.push(await world.watch());
    const late = watchers[2];
    for (const watcher of watchers) {
      await watcher.until(() => watcher.table().size === 2);
      expect(watcher.table()).toEqual(late?.table());
      expect(watcher.statuses(a.id).at(-1)).toBe('complete');
    }
    expect(watchers[0]?.statuses(a.id)).toEqual(['waiting', 'processing', 'complete']);
    expect([one.connections, two.connections]).toEqual([1, 1]);
  });

  test('hostile ids and names come through as they are', async () => {
    const room = await rooms.room();
    await world.relay([room.webSocketUrl]);
    const watcher = await world.watch();
    const ids = ['*', '>', 'a.b', ' ', '..', '\r\nPUB x 0', '\x1b]0;x\x07', 'Ж'.repeat(200), '\ud800'];
    for (const id of ids) room.receive({ id, name: `${id}\u202e.exe` });
    for (const id of ids) room.setStatus(id, 3);
    await watcher.until(() => ids.every((id) => watcher.statuses(id).at(-1) === 'complete'));
    const late = await world.watch();
    expect(late.table()).toEqual(watcher.table());
    expect(late.table().size).toBe(ids.length);
  });

  test('a relay that is killed and started again tells what changed meanwhile, once', async () => {
    const room = await rooms.room();
    const first = await world.relay([room.webSocketUrl]);
    const watcher = await world.watch();
    const { id } = room.receive();
    const same = room.receive();
    await watcher.until(() => watcher.statuses(same.id).length > 0);
    await first.end('SIGKILL');
    await watcher.until(() => watcher.records.some((one) => one['reason'] === 'its relay is gone'));
    room.setStatus(id, 2);
    room.setStatus(id, 3);
    const born = room.receive();
    await world.relay([room.webSocketUrl]);
    await settled(watcher, id, 'complete', born.id, 'waiting');
    expect(watcher.statuses(id)).toEqual(['waiting', 'complete']);
    expect(watcher.statuses(same.id)).toEqual(['waiting']);
    const last = watcher.records.findLast((one) => one['id'] === id);
    expect(last).toMatchObject({ origin: 'resync', previousStatus: 'waiting' });
    await watcher.until(() => isConnected(watcher, room.webSocketUrl));
  });

  test('NATS killed in mid-traffic: every watcher has every step once, in order', async () => {
    const room = await rooms.room();
    await world.relay([room.webSocketUrl]);
    const watcher = await world.watch();
    const ids = Array.from({ length: 60 }, (_, at) => `t${at}`);
    for (const id of ids.slice(0, 20)) room.receive({ id });
    for (const id of ids.slice(0, 20)) room.setStatus(id, 2);
    await world.killNats();
    for (const id of ids.slice(20)) room.receive({ id });
    for (const id of ids.slice(20)) room.setStatus(id, 2);
    await watcher.until(() => watcher.records.some((one) => one['state'] === 'disconnected'));
    await world.startNats();
    for (const id of ids) room.setStatus(id, 3);
    await watcher.until(() => ids.every((id) => watcher.statuses(id).at(-1) === 'complete'));
    for (const id of ids) expect(watcher.statuses(id)).toEqual(['waiting', 'processing', 'complete']);
    expect(room.connections).toBe(1);
  });

  test('what a small buffer can not hold is left out, and said; the last states are true', async () => {
    const room = await rooms.room();
    const relay = await world.relay([room.webSocketUrl], '--buffer', '20');
    const watcher = await world.watch();
    await world.killNats();
    await relay.until(() => relay.stderr.includes('the connection to NATS was lost'));
    const ids = Array.from({ length: 40 }, (_, at) => `t${at}`);
    for (const id of ids) room.receive({ id });
    for (const id of ids) room.setStatus(id, 3);
    await world.startNats();
    await watcher.until(() => ids.every((id) => watcher.statuses(id).at(-1) === 'complete'));
    await watcher.until(() => watcher.records.some((one) => one['code'] === 'steps-left-out'));
  });

  test('a standby takes over from a killed relay', async () => {
    const room = await rooms.room();
    const first = await world.relay([room.webSocketUrl]);
    const standby = world.run('relay', room.webSocketUrl, '--to', world.server);
    await standby.until(() => standby.stderr.includes('relaying 1 Room'));
    const watcher = await world.watch();
    expect(room.connections).toBe(1);
    await first.end('SIGKILL');
    await standby.until(() => standby.stderr.includes('connected'));
    const { id } = room.receive();
    await watcher.until(() => watcher.statuses(id).length > 0);
    expect(room.connections).toBe(2);
  });

  test('accepting from afar works only where the relay allows it', async () => {
    const room = await rooms.room();
    const relay = await world.relay([room.webSocketUrl]);
    const connection = await connect({ servers: world.server });
    const { id } = room.receive();
    const refused = await sendCommand(connection, room.webSocketUrl, 'accept', id);
    expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('--allow-commands') });
    await relay.end('SIGTERM');
    await world.relay([room.webSocketUrl], '--allow-commands');
    expect(await sendCommand(connection, room.webSocketUrl, 'accept', id)).toEqual({
      ok: true,
      message: 'Accepted.',
    });
    await connection.close();
  });
});

async function settled(watcher: Program, ...wanted: readonly string[]): Promise<void> {
  const pairs = wanted.flatMap((id, at) => (at % 2 === 0 ? [[id, wanted[at + 1]] as const] : []));
  await watcher.until(() => pairs.every(([id, status]) => watcher.statuses(id).at(-1) === status));
}
