import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { consumerAtLeader } from '../../src/relay/stream.js';
import { useRooms } from '../simulator/rooms.js';
import { useNatsClusters } from '../support/nats-cluster.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import { killed, linkOf, settled, statusesOf, tableOf, useRelays } from './support.js';

/** Limits that only end what hangs. */
const PATIENCE = { timeout: 30_000 };
const LONG = { timeout: 120_000 };

describe.skipIf(!hasNatsServer)('the stream', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, startRelay, watcher, listing } = useRelays();
  const { natsCluster } = useNatsClusters();
  const connections: NatsConnection[] = [];
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
  });

  /** What an operator does with tools of their own. */
  async function operator(nats: NatsServer) {
    const connection = await connect({ servers: nats.address });
    connections.push(connection);
    return (await jetstreamManager(connection)).streams;
  }

  it('is read from the server that leads it, wherever consumers are placed', async () => {
    const cluster = await natsCluster();
    const connection = await connect({ servers: cluster.servers.map(({ address }) => address) });
    connections.push(connection);
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: 'S', subjects: ['s'], num_replicas: 3 });
    const leader = (await cluster.whenSettled('S')).cluster?.leader;
    const from = { deliver_policy: DeliverPolicy.All };
    for (let nth = 0; nth < 4; nth++) {
      const { info } = await consumerAtLeader(jetstream(connection), 'S', from);
      expect(info.cluster?.leader).toBe(leader);
    }
    // What was placed elsewhere is gone.
    expect((await streams.info('S')).state.consumer_count).toBe(4);
  });

  it('is not read by what a server without a leader tells of its own copy', LONG, async () => {
    const nats = await natsServer(() => '');
    const connection = await connect({ servers: nats.address });
    connections.push(connection);
    const config = { subjects: ['trueconf.files.>'], max_age: 0, max_msgs: -1, max_bytes: -1 };
    const state = { messages: 1, bytes: 1, first_seq: 1, last_seq: 1, consumer_count: 0 };
    const info = { config, state, created: new Date().toISOString(), cluster: { leader: '' } };
    connection.subscribe('$JS.API.STREAM.INFO.*', {
      callback: (_, message) => {
        message.respond(JSON.stringify(info));
      },
    });
    await connection.flush();
    const once = run(['watch', nats.url, '--json', '--once']);
    const waiting = run(['watch', nats.url, '--json', '--wait']);
    const { reason } = await waiting.record(
      ({ attempt, state }) => state === 'disconnected' && attempt === 1,
    );
    expect([reason, await once.ended, once.stderr.lines[0]]).toEqual([
      'its cluster has no leader now',
      3,
      `trueconf-files: Nothing to watch on ${nats.url}: its cluster has no leader now.`,
    ]);
  });

  it('is made with what was asked for, where there is none', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const options = ['--stream', 'OURS', '--max-age', '7d', '--max-bytes', '32M'];
    await relay(nats, [room.webSocketUrl], { options });
    const { config } = await (await operator(nats)).info('OURS');
    expect(config).toMatchObject({
      subjects: ['trueconf.files.>'],
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      max_age: 7 * 86_400e9,
      max_bytes: 32 * 2 ** 20,
    });
    const watching = await watcher(nats, { options: ['--stream', 'OURS'] });
    room.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
  });

  it('of an operator is used as it is, and stays so', async () => {
    const nats = await natsServer();
    const streams = await operator(nats);
    const { config } = await streams.add({
      name: 'TCFILES',
      subjects: ['trueconf.files.>', 'other.>'],
      storage: 'memory',
      max_msgs: 5_000,
      max_msgs_per_subject: 3,
      duplicate_window: 30e9,
      description: 'mine',
    });
    const room = await rooms.room();
    const first = await relay(nats, [room.webSocketUrl], {
      options: ['--max-age', '1h', '--max-bytes', '9M'],
    });
    await killed(first);
    await relay(nats, [room.webSocketUrl]);
    const watching = await watcher(nats);
    room.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
    expect((await streams.info('TCFILES')).config).toEqual(config);
  });

  it.each([
    [
      'has other subjects',
      { subjects: ['trueconf.files.*'] },
      'its subjects are trueconf.files.*, without trueconf',
    ],
    ['would take in everything', { subjects: ['trueconf.>'] }, 'its subject trueconf.> covers more than'],
    [
      'forgets what was read',
      { retention: 'workqueue' as const },
      'its retention is "workqueue", expected "limits"',
    ],
    ['acknowledges nothing', { no_ack: true }, 'it acknowledges nothing (no_ack)'],
    [
      'is a mirror',
      { subjects: [], mirror: { name: 'ORIGIN' } },
      'it has no subjects, without trueconf.files.>',
    ],
  ])('that %s is refused, and left as it is', async (_, config, why) => {
    const nats = await natsServer();
    const streams = await operator(nats);
    if ('mirror' in config) await streams.add({ name: 'ORIGIN', subjects: ['x'] });
    const made = await streams.add({ name: 'TCFILES', subjects: ['trueconf.files.>'], ...config });
    const program = run(['relay', 'demo', '--to', nats.url]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain(`The stream "TCFILES" is there but can't hold the records: ${why}`);
    expect((await streams.info('TCFILES')).config).toEqual(made.config);
  });

  it('that somebody deletes is made again with all that is known, and watchers come back to it', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const holder = await relay(nats, [name]);
    const watching = await watcher(nats);
    const quiet = room.receive();
    const done = room.receive();
    room.setStatus(done.id, 3);
    await settled(watching, { [quiet.id]: 'waiting', [done.id]: 'complete' });
    const streams = await operator(nats);
    await streams.delete('TCFILES');
    // Nothing has to be published for that to be seen.
    await holder.stderrHas('NATS: the stream "TCFILES" is gone; trying again');
    await holder.stderrHas('NATS: connected again');
    const late = await watcher(nats);
    expect(tableOf(late)).toEqual(tableOf(watching));
    expect(linkOf(late, name)).toBe('connected');
    room.setStatus(quiet.id, 3);
    for (const each of [watching, late]) await settled(each, { [quiet.id]: 'complete' });
    expect(statusesOf(watching, quiet.id)).toEqual(['waiting', 'complete']);
    expect(statusesOf(watching, done.id)).toEqual(['waiting', 'complete']);
  });

  it('deleted while no relay runs is waited for, and said', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const holder = await relay(nats, [room.webSocketUrl]);
    const watching = await watcher(nats);
    await killed(holder);
    await (await operator(nats)).delete('TCFILES');
    await watching.record(({ reason }) => reason === 'there is no stream "TCFILES": somebody has deleted it');
    await relay(nats, [room.webSocketUrl]);
    room.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
  });

  it('that is full of a busy Room still tells what is true of a quiet one', async () => {
    const nats = await natsServer();
    const streams = await operator(nats);
    await streams.add({ name: 'TCFILES', subjects: ['trueconf.files.>'], max_msgs: 60, discard: 'old' });
    const [quiet, busy] = [await rooms.room(), await rooms.room()];
    await relay(nats, [quiet.webSocketUrl, busy.webSocketUrl]);
    const early = await watcher(nats);
    quiet.receive({ id: 'quiet' });
    await settled(early, { quiet: 'waiting' });
    const { state } = await streams.info('TCFILES');
    const noise = setInterval(() => busy.setStatus(busy.receive().id, 3), 15);
    try {
      // By now all that was told before is gone from the stream.
      const isTurned = async () => (await streams.info('TCFILES')).state.first_seq > state.last_seq + 200;
      await expect.poll(isTurned, PATIENCE).toBe(true);
    } finally {
      clearInterval(noise);
    }
    await expect
      .poll(async () => {
        const late = await listing(nats, quiet.webSocketUrl);
        return [linkOf(late, quiet.webSocketUrl), statusesOf(late, 'quiet')];
      }, PATIENCE)
      .toEqual(['connected', ['waiting']]);
    expect(statusesOf(early, 'quiet')).toEqual(['waiting']);
    const links = early.records.filter(
      (one) => one.type === 'connection' && one['room'] === quiet.webSocketUrl,
    );
    expect(links.map(({ state }) => state)).toEqual(['connected']);
  });

  it('that was purged tells what is true again', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const early = await watcher(nats);
    room.receive({ id: 'a' });
    await settled(early, { a: 'waiting' });
    await (await operator(nats)).purge('TCFILES');
    await expect
      .poll(async () => {
        const late = await listing(nats);
        return [linkOf(late, room.webSocketUrl), statusesOf(late, 'a')];
      }, PATIENCE)
      .toEqual(['connected', ['waiting']]);
    expect(statusesOf(early, 'a')).toEqual(['waiting']);
  });

  it('can not be without JetStream, which both say; --wait waits for it', async () => {
    const nats = await natsServer(() => '');
    for (const args of [
      ['relay', 'demo', '--to', nats.url],
      ['watch', nats.url, '--json'],
      ['accept', 'abcdef', '--room', nats.url],
      ['report', nats.url],
    ]) {
      const program = run(args);
      expect(await program.ended).toBe(3);
      expect(program.stderr.lines).toEqual([
        `trueconf-files: JetStream is not enabled on ${nats.url}.`,
        'Start the server with: nats-server -js',
      ]);
    }
    const room = await rooms.room();
    const waiting = startRelay(nats, [room.webSocketUrl], { options: ['--wait'] });
    await waiting.stderrHas('Trying again.');
    await nats.configure('jetstream { store_dir: "$STORE" }');
    await nats.kill();
    await nats.start();
    await waiting.stderrHas(`${room.webSocketUrl}: connected`);
  });

  it('that is empty is listed at once', async () => {
    const nats = await natsServer();
    await (await operator(nats)).add({ name: 'TCFILES', subjects: ['trueconf.files.>'] });
    const program = await listing(nats);
    expect(program.records.map(({ state }) => state)).toEqual(['connecting', 'connected', 'closed']);
  });

  it('that no relay has made yet is nothing to watch, or to wait for', async () => {
    const nats = await natsServer();
    const program = run(['watch', nats.url, '--json']);
    expect(await program.ended).toBe(3);
    expect(program.stderr.text).toContain('there is no stream "TCFILES": no relay has published yet');
    const report = run(['report', nats.url]);
    expect(await report.ended).toBe(3);
    expect(report.stderr.lines[0]).toBe(
      `trueconf-files: Nothing to report on ${nats.url}: there is no stream "TCFILES".`,
    );
    const waiting = run(['watch', nats.url, '--json', '--wait']);
    await waiting.record(({ state }) => state === 'disconnected');
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    room.receive({ id: 'a' });
    await settled(waiting, { a: 'waiting' });
  });
});
