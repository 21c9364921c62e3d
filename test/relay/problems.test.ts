import {
  DiscardPolicy,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
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
    breaks: async (nats) => {
      await nats.kill();
      await nats.configure(`${JETSTREAM}authorization { users: [ ${USER} ] }\n`);
      await nats.start();
    },
  },
];

describe.skipIf(!hasNatsServer)('what keeps a relay from its work', () => {
  const { room } = useRooms();
  const { natsServer, relay, watcher } = useRelays();
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
    await expect.poll(later, PATIENCE).toMatchObject({ status: 503, problems: [problem] });
    expect(await metric(holder, 'problems_total{reason="records-not-stored"}')).toBe(1);
    expect(holder.hasEnded).toBe(false);
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
      .toMatchObject({ status: 503, problems: [{ reason: 'records-not-stored' }] });
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

/** Records may wait for 10 s. */
const PATIENCE = { timeout: 50_000 };
