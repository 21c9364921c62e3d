import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach } from 'vitest';
import { LEASE_STREAM, type LeaseHolder, leaseSubject } from '../../src/relay/lease-bucket.js';
import { encodeToken } from '../../src/relay/subjects.js';
import { NatsServer } from './nats-server.js';
import { listen } from './silent-server.js';

/** Servers of one JetStream cluster on loopback, which know each other by routes. */
export class NatsCluster {
  readonly servers: readonly NatsServer[];

  /** Resolves once JetStream answers, as a cluster elects a leader first. */
  static async start(size = 3): Promise<NatsCluster> {
    const routes = await freePorts(size);
    const servers = await Promise.all(
      routes.map((route, nth) => NatsServer.start(() => configOf(`n${nth}`, route, routes))),
    );
    const cluster = new NatsCluster(servers);
    await cluster.#ready();
    return cluster;
  }

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  /** All of them, as `--to` and `watch` take them. */
  get url(): string {
    return `nats://${this.servers.map(({ address }) => address).join(',')}`;
  }

  /** The server that leads a stream, once all of its copies are up to date. */
  async leaderOf(stream: string): Promise<NatsServer> {
    const { cluster } = await this.whenSettled(stream);
    const leader = this.servers.find((_, nth) => `n${nth}` === cluster?.leader);
    if (leader === undefined)
      throw new Error(`${cluster?.leader} leads the stream, which is none of the servers`);
    return leader;
  }

  /** A stream once all of its copies are up to date. */
  whenSettled(stream: string): Promise<StreamInfo> {
    return this.#until(async (jsm) => {
      const info = await jsm.streams.info(stream);
      return info.cluster?.leader !== undefined &&
        (info.cluster.replicas ?? []).every(({ current }) => current)
        ? info
        : null;
    });
  }

  /** Gives the lead of a stream to this server. */
  async lead(stream: string, server: NatsServer): Promise<void> {
    while ((await this.leaderOf(stream)) !== server) {
      const connection = await connect({ servers: server.address });
      await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`).catch(() => {});
      await connection.close();
      await pause(RETRY_MS);
    }
  }

  /** Resolves once another server leads a stream, as one that is frozen is not heard. */
  async elsewhere(stream: string, server: NatsServer): Promise<void> {
    const others = this.servers.filter((one) => one !== server);
    const old = `n${this.servers.indexOf(server)}`;
    await this.#until(async (jsm) => {
      const { cluster } = await jsm.streams.info(stream);
      return cluster?.leader !== undefined && cluster.leader !== '' && cluster.leader !== old ? true : null;
    }, others);
  }

  /** Who holds a Room, and the revision of the lease; `null` where no relay does, or the servers can't tell. */
  async leaseOf(room: string): Promise<LeaseHolder | null> {
    const { lease } = await this.#until(async (jsm) => ({ lease: await newestLease(jsm, room) }));
    return lease;
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  async #ready(): Promise<void> {
    await this.#until((jsm) => jsm.getAccountInfo());
    // What a relay makes has as many copies as the server that it asks knows of.
    for (const server of this.servers) {
      await this.#until(
        async (_, { info }) => info?.connect_urls?.length === this.servers.length || null,
        [server],
      );
    }
  }

  /** Asks until there is an answer: a server may be gone, or the cluster without a leader. */
  async #until<T>(
    ask: (jsm: JetStreamManager, connection: NatsConnection) => Promise<T | null>,
    asked: readonly NatsServer[] = this.servers,
  ): Promise<T> {
    for (;;) {
      try {
        const servers = asked.map(({ address }) => address);
        const connection = await connect({ servers, timeout: ASK_MS });
        try {
          const answer = await ask(
            await jetstreamManager(connection, { checkAPI: false, timeout: ASK_MS }),
            connection,
          );
          if (answer !== null) return answer;
        } finally {
          await connection.close();
        }
      } catch {
        // Not yet.
      }
      await pause(RETRY_MS);
    }
  }
}

/**
 * The newest lease of a Room, read by its number: a server of version 2.9.10 that was killed may find none by its
 * subject, though the lease is renewed each second.
 */
async function newestLease(jsm: JetStreamManager, room: string): Promise<LeaseHolder | null> {
  const { first_seq: first, last_seq: last } = (await jsm.streams.info(LEASE_STREAM)).state;
  for (let seq = last; seq >= first; seq--) {
    const message = await jsm.streams.getMessage(LEASE_STREAM, { seq });
    if (message?.subject !== leaseSubject(encodeToken(room))) continue;
    const { owner }: { owner: string } = message.json();
    return { owner, revision: seq };
  }
  return null;
}

/** NATS clusters that end with the test they were started in. */
export function useNatsClusters() {
  const clusters: NatsCluster[] = [];
  afterEach(async () => {
    await Promise.all(clusters.splice(0).map((cluster) => cluster.close()));
  });
  return {
    async natsCluster(size?: number): Promise<NatsCluster> {
      const cluster = await NatsCluster.start(size);
      clusters.push(cluster);
      return cluster;
    },
  };
}

function configOf(name: string, route: number, routes: readonly number[]): string {
  const urls = routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
  return `server_name: ${name}
jetstream { store_dir: "$STORE" }
cluster { name: test, listen: "127.0.0.1:${route}", routes: [${urls}] }
`;
}

/** Routes have to be known before the servers start. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listen(server)));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

const ASK_MS = 2_000;
const RETRY_MS = 100;
