import { describe, expect, it, onTestFailed } from 'vitest';
import { createRandom, type Random } from '../../src/simulator/names.js';
import { useRooms } from '../simulator/rooms.js';
import { type NatsCluster, useNatsClusters } from '../support/nats-cluster.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';
import { IS_SOAK, SEED } from '../support/soak.js';
import { Crowd } from './crowd/crowd.js';
import { Onlooker } from './crowd/onlooker.js';
import { killed, linkOf, useRelays } from './support.js';

const ROOMS = IS_SOAK ? 4 : 2;
const PER_SECOND = 20;
const SECONDS = IS_SOAK ? 1_200 : 15;
const OUTAGES = IS_SOAK ? 20 : 1;
const LEASE = IS_SOAK ? [] : ['--lease', '3s'];
const TIMEOUT_MS = (SECONDS + 600) * 1_000;

/** Servers that an outage takes: those that lead, the one that a relay uses, or most. */
const TARGETS = ['stream leader', 'lease leader', 'two of three', 'any'] as const;

describe.skipIf(!hasNatsServer)('a cluster of three', () => {
  const { room } = useRooms();
  const { natsCluster } = useNatsClusters();
  const { startRelay, relay, watcher } = useRelays();

  it(`loses servers under ${ROOMS} busy Rooms: what is reported stays true, from seed ${SEED}`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const cluster = await natsCluster();
    const rooms = await Promise.all(Array.from({ length: ROOMS }, () => room()));
    const names = rooms.map(({ webSocketUrl }) => webSocketUrl);
    const crowd = new Crowd(
      rooms,
      // What comes and goes while nobody holds the seat is reported by no relay.
      { events: SECONDS * PER_SECOND, perSecond: PER_SECOND, deletes: false },
      SEED,
    );
    const relays = [await relay(cluster, names, { options: LEASE })];
    for (const stream of ['TCFILES', 'KV_trueconf-leases']) {
      expect((await cluster.whenSettled(stream)).config.num_replicas).toBe(3);
    }
    const standby = startRelay(cluster, names, { options: LEASE });
    await standby.stderrHas('relaying');
    relays.push(standby);
    const onlookers = [new Onlooker(await watcher(cluster)), new Onlooker(await watcher(cluster))];
    onTestFailed(() => {
      for (const one of onlookers) console.log(one.report(crowd.held));
      for (const one of relays) console.log(one.report);
    });
    const busy = crowd.bustle();
    const random = createRandom(SEED);
    for (let nth = 0; nth < OUTAGES; nth++) {
      await crowd.reached((nth + 0.2) / OUTAGES);
      const heal = await breakSome(cluster, random);
      await crowd.reached((nth + 0.7) / OUTAGES);
      await heal();
    }
    await busy;
    await cluster.whenSettled('TCFILES');
    onlookers.push(new Onlooker(await watcher(cluster, { options: ['--wait'] })));
    for (const one of onlookers) await one.shows(crowd.held);
    expect(onlookers.flatMap(({ faults }) => faults)).toEqual([]);
    expect(relays.map(({ child }) => child.exitCode)).toEqual(relays.map(() => null));
  });

  it('that freezes and thaws leaves each Room to one relay, and ends none', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const cluster = await natsCluster();
    const { webSocketUrl: name } = await room();
    const first = await relay(cluster, [name], { options: LEASE });
    const leader = await cluster.leaderOf('KV_trueconf-leases');
    await cluster.lead('TCFILES', leader);
    const second = startRelay({ url: leader.url }, [name], { options: LEASE });
    await second.stderrHas('relaying 1 Room');
    const watching = await watcher(cluster);
    leader.freeze();
    await cluster.elsewhere('KV_trueconf-leases', leader);
    leader.thaw();
    await cluster.whenSettled('KV_trueconf-leases');
    await cluster.whenSettled('TCFILES');
    await watching.until(() => linkOf(watching, name) === 'connected' || undefined);
    expect([first, second].map(({ child }) => child.exitCode)).toEqual([null, null]);
    // Either one holds it, and the other is there when that is gone.
    const holds = ({ stderr }: Program) =>
      stderr.text.lastIndexOf(`${name}: connected`) > stderr.text.lastIndexOf('standing by');
    const [holder, other] = holds(first) ? [first, second] : [second, first];
    const before = other.stderr.text.length;
    await killed(holder);
    await other.until(() => other.stderr.text.slice(before).includes(`${name}: connected`) || undefined);
  });
});

/** Kills or freezes servers by chance. Gives what brings them back. */
async function breakSome(cluster: NatsCluster, random: Random): Promise<() => Promise<void>> {
  const target = TARGETS[random.int(0, TARGETS.length - 1)] ?? 'any';
  const servers = await targets(cluster, target, random);
  const kills = random.chance(0.5);
  await Promise.all(servers.map(async (server) => (kills ? server.kill() : server.freeze())));
  return async () => {
    await Promise.all(servers.map(async (server) => (kills ? server.start() : server.thaw())));
  };
}

async function targets(
  cluster: NatsCluster,
  target: (typeof TARGETS)[number],
  random: Random,
): Promise<readonly NatsServer[]> {
  switch (target) {
    case 'stream leader':
      return [await cluster.leaderOf('TCFILES')];
    case 'lease leader':
      return [await cluster.leaderOf('KV_trueconf-leases')];
    case 'two of three':
      return cluster.servers.slice(0, 2);
    case 'any':
      return cluster.servers.slice(random.int(0, 2)).slice(0, 1);
  }
}
