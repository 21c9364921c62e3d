import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFailed } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { createRandom, type Random } from '../../src/simulator/names.js';
import { useRooms } from '../simulator/rooms.js';
import { type NatsCluster, useNatsClusters } from '../support/nats-cluster.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import { IS_SOAK, SEED } from '../support/soak.js';
import { Crowd } from './crowd/crowd.js';
import { Onlooker } from './crowd/onlooker.js';
import { killed, linkOf, useRelays } from './support.js';

const ROOMS = IS_SOAK ? 4 : 2;
const PER_SECOND = 20;
const SECONDS = IS_SOAK ? 1_200 : 15;
const OUTAGES = IS_SOAK ? 20 : 1;
/** A long run has the leases that people have; short ones expire where servers are slow to answer. */
const LEASE = ['--lease', IS_SOAK ? '15s' : '3s'];
const FREEZES = IS_SOAK ? 10 : 1;
/** Around a lease life, and what a client takes to find its server silent. */
const FREEZE_MS = { least: 10_000, most: 35_000 };
/** A lease is renewed three times in its life. */
const RENEWALS = 4;
/** Less than happens in an outage, so that steps are left out. */
const BUFFER = IS_SOAK ? '1000' : '100';
const LOOK_MS = 50;
const STREAMS = ['TCFILES', 'KV_trueconf-leases'];
const LATE_MS = 60_000;
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
    const options = [...LEASE, '--buffer', BUFFER];
    const relays = [await relay(cluster, names, { options })];
    for (const stream of STREAMS) {
      expect((await cluster.whenSettled(stream)).config.num_replicas).toBe(3);
    }
    const standby = startRelay(cluster, names, { options });
    await standby.stderrHas('relaying');
    relays.push(standby);
    const early = [new Onlooker(await watcher(cluster)), new Onlooker(await watcher(cluster))];
    const onlookers = [...early];
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
    await heldByOne(cluster, rooms);
    expect(onlookers.flatMap(({ faults }) => faults)).toEqual([]);
    // What a relay that lost a Room has to report comes late.
    await expect
      .poll(() => early.flatMap((one) => one.unaccounted(crowd.steps)), { timeout: LATE_MS })
      .toEqual([]);
    expect(relays.map(({ child }) => child.exitCode)).toEqual(relays.map(() => null));
  });

  it(`whose leader freezes and thaws ${FREEZES} times leaves each Room to one relay, and ends none, from seed ${SEED}`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const cluster = await natsCluster();
    const rooms = [await room(), await room()];
    const names = rooms.map(({ webSocketUrl }) => webSocketUrl);
    const random = createRandom(SEED);
    for (let nth = 0; nth < FREEZES; nth++) {
      const leader = cluster.servers[random.int(0, 2)] ?? cluster.servers[0];
      if (leader === undefined) throw new Error('the cluster has no servers');
      const first = await relay(leader, names, { options: LEASE });
      onTestFailed(() => console.log(first.report));
      for (const stream of STREAMS) await cluster.lead(stream, leader);
      const second = startRelay(leader, names, { options: LEASE });
      onTestFailed(() => console.log(second.report));
      await second.stderrHas('relaying 2 Rooms');
      const watching = await watcher(cluster);
      leader.freeze();
      if (IS_SOAK) await pause(random.int(FREEZE_MS.least, FREEZE_MS.most));
      else await cluster.elsewhere('KV_trueconf-leases', leader);
      leader.thaw();
      for (const stream of STREAMS) await cluster.whenSettled(stream);
      await heldByOne(cluster, rooms);
      for (const name of names)
        await watching.until(() => linkOf(watching, name) === 'connected' || undefined);
      expect([first, second].map(({ child }) => child.exitCode)).toEqual([null, null]);
      // Whichever holds a Room, the other is there when that is gone.
      await killed(first);
      await heldByOne(cluster, rooms);
      expect(second.child.exitCode).toBeNull();
      await Promise.all([second, watching].map((program) => killed(program, 'SIGTERM')));
    }
  });
});

/** Resolves once each Room's lease was renewed several times by one relay, and nothing signed in to the Room since. */
async function heldByOne(cluster: NatsCluster, rooms: readonly RoomSimulator[]): Promise<void> {
  await Promise.all(
    rooms.map(async (room) => {
      let renewed = { owner: '', times: 0, signIns: -1, revision: -1 };
      while (renewed.times < RENEWALS) {
        const lease = await cluster.leaseOf(room.webSocketUrl);
        const { signIns } = room;
        const isSame = lease?.owner === renewed.owner && signIns === renewed.signIns;
        if (lease === null || !isSame)
          renewed = { owner: lease?.owner ?? '', times: 0, signIns, revision: -1 };
        else if (lease.revision !== renewed.revision) {
          renewed = { ...renewed, times: renewed.times + 1, revision: lease.revision };
        }
        await pause(LOOK_MS);
      }
    }),
  );
}

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
