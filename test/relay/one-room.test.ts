import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer } from '../support/nats-server.js';
import { killed, linkOf, settled, statusesOf, tableOf, useRelays } from './support.js';

describe.skipIf(!hasNatsServer)('addresses of NATS', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, watcher } = useRelays();

  it('that lead to one Room are held with one seat, which they never take from each other', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const holder = run(['relay', room.url, room.webSocketUrl, '--to', nats.url]);
    await holder.stderrHas('is the same Room as');
    await holder.stderrHas(': connected');
    const watching = await watcher(nats);
    room.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
    expect(statusesOf(watching, 'a')).toEqual(['waiting']);
    expect(room.signIns).toBe(1);
    expect(holder.stderr.text).not.toContain('taken over');
  });

  it('with a Room behind them mean that Room alone', async () => {
    const nats = await natsServer();
    const [one, other] = [await rooms.room(), await rooms.room()];
    const holder = await relay(nats, [one.webSocketUrl, other.webSocketUrl]);
    one.receive({ id: 'a' });
    other.receive({ id: 'b' });
    const watching = await watcher(nats, { room: one.webSocketUrl });
    await settled(watching, { a: 'waiting' });
    other.setStatus('b', 3);
    one.receive({ id: 'c', size: 100 });
    one.setStatus('c', 2);
    await settled(watching, { c: 'processing' });
    for (const room of [other, one]) room.progress(room === one ? 'c' : 'b', 40);
    await watching.record(({ type }) => type === 'progress');
    expect([...tableOf(watching).keys()]).toEqual([`${one.webSocketUrl} a`, `${one.webSocketUrl} c`]);
    expect(watching.records.some((record) => record['room'] === other.webSocketUrl)).toBe(false);
    await killed(holder);
    await watching.record(({ reason }) => reason === 'its relay is down');
    await nats.kill();
    await nats.start();
    await relay(nats, [one.webSocketUrl, other.webSocketUrl]);
    one.setStatus('c', 3);
    await settled(watching, { c: 'complete' });
    await watching.until(() => linkOf(watching, one.webSocketUrl) === 'connected' || undefined);
  });

  it('say when no relay knows the Room', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const program = run(['watch', `${nats.url}/10.0.0.5`, '--json', '--once']);
    expect(await program.ended).toBe(0);
    expect(program.records).toContainEqual(
      expect.objectContaining({ code: 'unknown-room', message: expect.stringContaining('"10.0.0.5"') }),
    );
  });

  it('may stand in the environment, and name no Room for a relay', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const program = run(['watch', '--json', '--once'], { env: { TRUECONF_FILES_ROOM: nats.url } });
    expect(await program.ended).toBe(0);
    expect(linkOf(program, room.webSocketUrl)).toBe('connected');
    const wrong = run(['relay', 'demo', '--to', `${nats.url}/x`]);
    expect(await wrong.ended).toBe(2);
    expect(wrong.stderr.text).toContain(`--to "${nats.url}/x" names a Room.`);
  });

  it.each(['nats://', 'nats:///room', 'nats://a b', 'nats://[', 'nats://h:99999', 'tls://?', 'http://h'])(
    'that are none are refused by a relay: %s',
    async (address) => {
      const program = run(['relay', 'demo', '--to', address]);
      expect(await program.ended).toBe(2);
      expect(program.stderr.text).toContain(`The address "${address}" names no NATS server.`);
    },
  );
});

describe.skipIf(!hasNatsServer)('relay --json', () => {
  const rooms = useRooms();
  const { run, natsServer, relay } = useRelays();

  it('gives the records of the Rooms that it holds, and of silence', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    room.receive({ id: 'a' });
    const options = ['--json', '--heartbeat', '1s'];
    const first = await relay(nats, [room.webSocketUrl], { options });
    room.setStatus('a', 2);
    await settled(first, { a: 'processing' });
    await first.record(({ type, connected }) => type === 'heartbeat' && connected === true);
    await killed(first, 'SIGTERM');
    expect(linkOf(first, room.webSocketUrl)).toBe('closed');
    // The next one knows what the stream told, and adds what is new.
    room.setStatus('a', 3);
    const second = await relay(nats, [room.webSocketUrl], { options });
    await settled(second, { a: 'complete' });
    expect(second.transfers.map(({ status, origin }) => [status, origin])).toEqual([
      ['processing', 'snapshot'],
      ['complete', 'resync'],
    ]);
  });

  it('and a watcher whose filter nothing passes says that it lives', async () => {
    const nats = await natsServer();
    const room = await rooms.room({ rate: 50 });
    await relay(nats, [room.webSocketUrl]);
    const options = ['--json', '--heartbeat', '1s', '--no-snapshot', '--where', 'name == "none"'];
    const watching = run(['watch', nats.url, ...options]);
    const beats = () => watching.records.filter(({ type }) => type === 'heartbeat');
    await watching.until(() => beats().length > 2 || undefined);
    expect(beats().every((beat) => beat['room'] === nats.url && beat['connected'] === true)).toBe(true);
  });

  it('ends with 0 when the reader of the records goes away', async () => {
    const nats = await natsServer();
    const room = await rooms.room({ rate: 50 });
    const program = run(['relay', room.webSocketUrl, '--to', nats.url, '--json']);
    await program.record(({ type }) => type === 'transfer');
    program.child.stdout?.destroy();
    expect(await program.ended).toBe(0);
  });
});
