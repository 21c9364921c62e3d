import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import { tableOf, useRelays } from './support.js';

const ALLOWED = { options: ['--allow-commands'] };

describe.skipIf(!hasNatsServer)('accept and reject, over NATS', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, watcher } = useRelays();

  /** Resolves once so many transfers are shared. */
  async function shared(nats: NatsServer, count: number): Promise<void> {
    const watching = await watcher(nats);
    await watching.until(() => tableOf(watching).size === count || undefined);
  }

  it('are done by the relay that holds the Room, which keeps its seat', async () => {
    const nats = await natsServer();
    const [one, two] = [await rooms.room(), await rooms.room()];
    one.receive({ id: 'aaaaaa1', name: 'a.bin' });
    two.receive({ id: 'bbbbbb2' });
    await relay(nats, [one.webSocketUrl, two.webSocketUrl], ALLOWED);
    await shared(nats, 2);
    const accept = run(['accept', 'aaaaaa', 'BBBBBB', '--room', nats.url, '--json']);
    expect(await accept.ended).toBe(0);
    expect(accept.records).toMatchObject([
      { type: 'answer', action: 'accept', room: one.webSocketUrl, id: 'aaaaaa1', ok: true, error: null },
      { type: 'answer', action: 'accept', room: two.webSocketUrl, id: 'bbbbbb2', ok: true, error: null },
    ]);
    expect([...one.transfers, ...two.transfers].map(({ status }) => status)).toEqual([2, 2]);
    expect([one.signIns, two.signIns]).toEqual([1, 1]);

    const { id } = one.receive({ id: 'cccc3', name: 'c.bin' });
    await shared(nats, 3);
    const reject = run(['reject', id, 'none', '--room', nats.url]);
    expect(await reject.ended).toBe(7);
    expect(reject.stdout.lines).toEqual(['rejected  c.bin  3.1 KiB  from 820_1  id cccc3']);
    expect(reject.stderr.lines[0]).toBe(
      `trueconf-files: The relay at ${nats.url} refused to reject "none": none of its Rooms holds that request.`,
    );
    expect(reject.stderr.lines[1]).toContain(`'trueconf-files watch ${nats.url} --once' shows them.`);
  });

  it('do nothing where two Rooms hold the same id', async () => {
    const nats = await natsServer();
    const [one, two] = [await rooms.room(), await rooms.room()];
    for (const room of [one, two]) room.receive({ id: 'same' });
    await relay(nats, [one.webSocketUrl, two.webSocketUrl], ALLOWED);
    await shared(nats, 2);
    const program = run(['accept', 'same', '--room', nats.url]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toBe('trueconf-files: Several Rooms hold a request "same".');
    expect([...one.transfers, ...two.transfers].map(({ status }) => status)).toEqual([1, 1]);

    const named = run(['accept', 'same', '--room', `${nats.url}/${two.webSocketUrl}`]);
    expect(await named.ended).toBe(0);
    expect([...one.transfers, ...two.transfers].map(({ status }) => status)).toEqual([1, 2]);
  });

  it('say so where no relay takes commands, and where nothing is shared', async () => {
    const nats = await natsServer();
    const empty = run(['accept', 'a', '--room', nats.url]);
    expect(await empty.ended).toBe(3);
    expect(empty.stderr.lines[0]).toContain(`Nothing to watch on ${nats.url}`);

    const room = await rooms.room();
    const { id } = room.receive();
    await relay(nats, [room.webSocketUrl]);
    await shared(nats, 1);
    const program = run(['accept', id, '--room', nats.url]);
    expect(await program.ended).toBe(7);
    expect(program.stderr.lines[0]).toBe(
      `trueconf-files: The relay at ${nats.url} refused to accept "${id}": ` +
        'no relay takes commands for that Room: it must run, with --allow-commands.',
    );
  });
});
