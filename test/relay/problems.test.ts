import {
  DiscardPolicy,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useHostedPrograms } from '../support/in-process.js';
import { useNatsClusters } from '../support/nats-cluster.js';
import { hasNatsServer, JETSTREAM, type NatsServer } from '../support/nats-server.js';
import type { Written } from '../support/program.js';
import { settled, useRelays } from './support.js';

/** What is done to a stream, so that it takes no records. */
interface Break {
  readonly what: string;
  readonly says: RegExp;
  /** Lines of the server's configuration. */
  readonly config?: string;
  breaks(nats: NatsServer, jsm: JetStreamManager, connection: NatsConnection): Promise<unknown>;
}

const USER = '{ user: relay, password: x, permissions: { publish: ["$JS.>", "$KV.>"], subscribe: ">" } }';
const DISK_BYTES = 64 * 1_024;

const SEALED: Partial<StreamConfig> = { sealed: true };

const BREAKS: readonly Break[] = [
  {
    what: 'sealed',
    says: /it is sealed/,
    breaks: (_, { streams }) => streams.update('TCFILES', SEALED),
  },
  {
    what: 'given other subjects',
    says: /its subjects are other\.>, without trueconf\.files\.>$/,
    breaks: (_, { streams }) => streams.update('TCFILES', { subjects: ['other.>'] }),
  },
  {
    what: 'full',
    says: /the stream is full \(max-msgs\)/,
    breaks: async (_, { streams }) => {
      const { messages } = (await streams.info('TCFILES')).state;
      await streams.update('TCFILES', { discard: DiscardPolicy.New, max_msgs: messages });
    },
  },
  {
    what: 'on a full disk',
    says: /the server's disk or its limits are full/,
    config: `jetstream { store_dir: "$STORE", max_file_store: ${DISK_BYTES} }\n`,
    breaks: async (_, __, connection) => {
      const fill = () => jetstream(connection).publish('trueconf.files.fill', 'x'.repeat(DISK_BYTES / 8));
      await expect(async () => {
        for (;;) await fill();
      }).rejects.toThrow();
    },
  },
  {
    what: 'no longer allowed to the relay',
    says: /may not publish to "trueconf\.files\./,
    breaks: (nats) => restarted(nats, `${JETSTREAM}authorization { users: [ ${USER} ] }\n`),
  },
];

/** What is done to the leases' bucket, so that no lease is renewed. */
interface Death extends Break {
  mends(nats: NatsServer, jsm: JetStreamManager): Promise<unknown>;
}

const LEASES = 'KV_trueconf-leases';
const BUCKET = {
  name: LEASES,
  subjects: ['$KV.trueconf-leases.>'],
  max_msgs_per_subject: 1,
  max_age: nanos(1_500),
};
/** The user of the relay may not do one thing; that of the test may do all. */
const without = (denied: string) =>
  `${JETSTREAM}authorization { users: [
    { user: relay, password: x, permissions: { publish: { deny: "${denied}" } } }, { user: test, password: x }
  ] }\n`;
const restarted = async (nats: NatsServer, config: string) => {
  await nats.kill();
  await nats.configure(config);
  await nats.start();
};

const DEATHS: readonly Death[] = [
  {
    what: 'deleted, and that the relay may not make again',
    says: /the stream was deleted|STREAM\.CREATE/,
    config: without('$JS.API.STREAM.CREATE.*'),
    breaks: (_, { streams }) => streams.delete(LEASES),
    mends: (_, { streams }) => streams.add(BUCKET),
  },
  {
    what: 'sealed',
    says: /sealed/,
    breaks: (_, { streams }) => streams.update(LEASES, SEALED),
    mends: (_, { streams }) => streams.delete(LEASES),
  },
  {
    what: 'no longer allowed to the relay',
    says: /may not publish to "\$KV\.trueconf-leases\./,
    breaks: (nats) => restarted(nats, without('$KV.>')),
    mends: (nats) => restarted(nats, without('nothing')),
  },
];

describe.skipIf(!hasNatsServer)('what keeps a relay from its work', () => {
  const { room } = useRooms();
  const { run, natsServer, relay, watcher } = useRelays();
  const { natsCluster } = useNatsClusters();
  const host = useHostedPrograms();
  const connections: NatsConnection[] = [];
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
  });

  it.each(BREAKS)('is in /healthz: a stream that is $what', async ({ says, config, breaks }) => {
    const nats = await natsServer(config === undefined ? undefined : () => config);
    const connection = await connect({ servers: nats.address, user: 'relay', pass: 'x' });
    connections.push(connection);
    const jsm = await jetstreamManager(connection);
    // With no size of its own, as it could be larger than the disk.
    await jsm.streams.add({ name: 'TCFILES', subjects: ['trueconf.files.>'] });
    const simulator = await room();
    const env = { TRUECONF_FILES_NATS_USER: 'relay', TRUECONF_FILES_NATS_PASSWORD: 'x' };
    const holder = host(['relay', simulator.webSocketUrl, '--to', nats.url, '--metrics', '0'], env);
    await holder.stderrHas(`${simulator.webSocketUrl}: connected`);
    await breaks(nats, jsm, connection);
    simulator.receive();
    const problem = { reason: 'records-not-stored', detail: expect.stringMatching(says) };
    const later = async () => {
      await holder.clock.pass(1_000);
      return health(holder);
    };
    // Where the disk is full no lease is stored either.
    const problems = expect.arrayContaining([problem]);
    await expect.poll(later, PATIENCE).toMatchObject({ status: 503, problems });
    expect(await metric(holder, 'problems_total{reason="records-not-stored"}')).toBe(1);
    expect(holder.hasEnded).toBe(false);
  });

  it.each(DEATHS)(
    'is in /healthz of holder and standby: leases in a bucket that is $what',
    LONG,
    async (death) => {
      const { says, config = without('nothing'), breaks, mends } = death;
      const nats = await natsServer(() => config);
      const connection = await connect({ servers: nats.address, user: 'test', pass: 'x' });
      connections.push(connection);
      const jsm = await jetstreamManager(connection);
      await jsm.streams.add({ name: 'TCFILES', subjects: ['trueconf.files.>'] });
      await jsm.streams.add(BUCKET);
      const simulator = await room();
      const args = ['relay', simulator.webSocketUrl, '--to', nats.url, '--metrics', '0'];
      const given = { env: { TRUECONF_FILES_NATS_USER: 'relay', TRUECONF_FILES_NATS_PASSWORD: 'x' } };
      const holder = run(args, given);
      await holder.stderrHas(`${simulator.webSocketUrl}: connected`);
      const standby = run(args, given);
      await standby.stderrHas('relaying 1 Room');
      const relays = [holder, standby];
      await breaks(nats, jsm, connection);
      // The Room is quiet: no record waits for anything.
      const problem = { reason: 'rooms-not-held', detail: expect.stringMatching(says) };
      for (const relay of relays) {
        await expect.poll(() => health(relay), PATIENCE).toMatchObject({ status: 503, problems: [problem] });
      }
      expect(relays.map(({ hasEnded }) => hasEnded)).toEqual([false, false]);
      await mends(nats, jsm);
      for (const relay of relays) {
        await expect.poll(async () => (await health(relay)).status, PATIENCE).toBe(200);
      }
      // Whichever of them holds the Room, it tells what happens there.
      const { id } = simulator.receive();
      const watching = await watcher(nats, given);
      await settled(watching, { [id]: 'waiting' });
    },
  );

  it('is in /healthz while a relay waits for JetStream, and no longer', async () => {
    const nats = await natsServer();
    const connection = await connect({ servers: nats.address });
    connections.push(connection);
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: 'OTHER', subjects: ['trueconf.files.>'] });
    const simulator = await room();
    const waiting = run(['relay', simulator.webSocketUrl, '--to', nats.url, '--wait', '--metrics', '0']);
    await waiting.stderrHas('subjects overlap with an existing stream. Trying again.');
    expect((await health(waiting)).status).toBe(503);
    await streams.delete('OTHER');
    await waiting.stderrHas(`${simulator.webSocketUrl}: connected`);
    expect((await health(waiting)).status).toBe(200);
    expect(await metric(waiting, `nats_up{server="${nats.url}"}`)).toBe(1);
    expect(await metric(waiting, `nats_reconnects_total{server="${nats.url}"}`)).toBe(0);
  });

  it('is mended by the relay: a deleted bucket is made again, and the Room stays where it is', async () => {
    const nats = await natsServer();
    const connection = await connect({ servers: nats.address });
    connections.push(connection);
    const { streams } = await jetstreamManager(connection);
    const simulator = await room();
    const holder = await relay(nats, [simulator.webSocketUrl], { options: ['--metrics', '0'] });
    const { created } = await streams.info(LEASES);
    await streams.delete(LEASES);
    const remade = () => streams.info(LEASES).catch(() => ({ created, state: { messages: 0 } }));
    await expect.poll(async () => (await remade()).state.messages, PATIENCE).toBe(1);
    expect((await streams.info(LEASES)).created).not.toBe(created);
    await expect.poll(async () => (await health(holder)).status, PATIENCE).toBe(200);
    expect([simulator.connections, holder.hasEnded]).toEqual([1, false]);
  });

  it('is in /healthz: a cluster without most of its servers, which takes no relay for down', async () => {
    const cluster = await natsCluster();
    const simulator = await room();
    const holder = await relay(cluster, [simulator.webSocketUrl], { options: ['--metrics', '0'] });
    const watching = await watcher(cluster);
    for (const stream of ['TCFILES', 'KV_trueconf-leases']) await cluster.whenSettled(stream);
    const gone = cluster.servers.slice(0, 2);
    await Promise.all(gone.map((server) => server.kill()));
    const { id } = simulator.receive();
    await expect
      .poll(() => health(holder), PATIENCE)
      .toMatchObject({
        status: 503,
        problems: [{ reason: 'records-not-stored' }, { reason: 'rooms-not-held' }],
      });
    await Promise.all(gone.map((server) => server.start()));
    await settled(watching, { [id]: 'waiting' });
    await expect.poll(async () => (await health(holder)).status, PATIENCE).toBe(200);
    expect(watching.records.filter(({ reason }) => reason === 'its relay is down')).toEqual([]);
  });
});

async function health(program: Written): Promise<{ readonly status: number; readonly problems: unknown }> {
  const response = await fetch(`${await metricsOf(program)}/healthz`);
  const body: unknown = await response.json();
  const problems = typeof body === 'object' && body !== null && 'problems' in body ? body.problems : null;
  return { status: response.status, problems };
}

async function metric(program: Written, name: string): Promise<number> {
  const text = await (await fetch(`${await metricsOf(program)}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`trueconf_files_${name} `));
  return Number(line?.split(' ').at(-1));
}

function metricsOf(program: Written): Promise<string> {
  return program.until(() => /metrics on (\S+)\/metrics/.exec(program.stderr.text)?.[1]);
}

/** Two relays, a server that is started again, and what each of them waits for. */
const LONG = { timeout: 180_000 };
/** Records may wait for 10 s. */
const PATIENCE = { timeout: 50_000 };
