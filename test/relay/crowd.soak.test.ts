import { describe, expect, it, onTestFailed } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { createRandom } from '../../src/simulator/names.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';
import { IS_SOAK, SEED } from '../support/soak.js';
import { type Bustle, Crowd } from './crowd/crowd.js';
import { Onlooker } from './crowd/onlooker.js';
import { killed, useRelays } from './support.js';

const ROOMS = IS_SOAK ? 20 : 3;
const BUSTLE: Bustle = IS_SOAK ? { events: 4_000, perSecond: 200 } : { events: 300, perSecond: 200 };
const TIMES = IS_SOAK ? 3 : 1;
const seeds = Array.from({ length: TIMES }, (_, nth) => SEED + nth);

/** Rooms, their relay, and who looks on. */
interface Stage {
  readonly nats: NatsServer;
  readonly rooms: readonly RoomSimulator[];
  readonly crowd: Crowd;
  readonly onlookers: Onlooker[];
  relay: Program;
  /** Another, that takes the Rooms where the first is not heard. */
  standby: Program | null;
}

/** What is done to somebody, again and again while much happens. */
interface Outage {
  readonly what: string;
  readonly times: number;
  readonly begin: (stage: Stage) => unknown;
  readonly end: (stage: Stage) => unknown;
  /** Connections that each Room sees more for each of them. */
  readonly connections?: number;
  readonly lease?: string;
  readonly deletes?: boolean;
}

describe.skipIf(!hasNatsServer)(`${ROOMS} Rooms in which much happens: what is told stays true with`, () => {
  const { room } = useRooms();
  const { natsServer, startRelay, relay, watcher } = useRelays();

  const short: readonly Outage[] = [
    {
      what: 'NATS killed',
      times: IS_SOAK ? 3 : 1,
      begin: ({ nats }) => nats.kill(),
      end: ({ nats }) => nats.start(),
    },
    {
      what: 'NATS hanging',
      times: IS_SOAK ? 3 : 1,
      begin: ({ nats }) => nats.freeze(),
      end: ({ nats }) => nats.thaw(),
    },
    {
      what: 'the relay killed',
      times: IS_SOAK ? 3 : 1,
      connections: 1,
      begin: (stage) => killed(stage.relay),
      end: async (stage) => {
        const names = namesOf(stage.rooms);
        stage.relay = startRelay(stage.nats, names);
        for (const name of names) await stage.relay.stderrHas(`${name}: connected`);
      },
    },
  ];
  const long: readonly Outage[] = [
    { what: 'nothing wrong', times: 0, begin: () => {}, end: () => {} },
    {
      what: 'NATS hanging until it is given up',
      times: 1,
      begin: async ({ nats, relay }) => {
        nats.freeze();
        await relay.stderrHas('NATS: the connection to NATS was lost');
      },
      end: ({ nats }) => nats.thaw(),
    },
    {
      what: 'a relay hanging beside another',
      times: 1,
      connections: 1,
      // Short leases end while both relays are slow.
      lease: '15s',
      // Of what comes and goes unseen by the other, the one that hangs may tell late.
      deletes: false,
      begin: async (stage) => {
        const names = namesOf(stage.rooms);
        const standby = startRelay(stage.nats, names);
        await standby.stderrHas(`relaying ${ROOMS} Rooms`);
        stage.relay.kill('SIGSTOP');
        for (const name of names) await standby.stderrHas(`${name}: connected`);
        [stage.relay, stage.standby] = [standby, stage.relay];
      },
      end: async ({ rooms, standby }) => {
        standby?.kill('SIGCONT');
        for (const name of namesOf(rooms)) await standby?.stderrHas(`${name}: another relay holds it now`);
      },
    },
    {
      what: 'a watcher hanging',
      times: 3,
      begin: ({ onlookers }) => onlookers[0]?.watcher.kill('SIGSTOP'),
      end: ({ onlookers }) => onlookers[0]?.watcher.kill('SIGCONT'),
    },
  ];
  const cases = [...short, ...(IS_SOAK ? long : [])].flatMap((outage) =>
    seeds.map((seed) => [outage.what, seed, outage] as const),
  );

  it.each(cases)('%s, from seed %i', async (_, seed, outage) => {
    const { times, begin, end, connections = 0 } = outage;
    const stage = await gather(seed, outage);
    const { nats, rooms, crowd, onlookers } = stage;
    const bustling = crowd.bustle();
    for (const [from, until] of moments(seed, times)) {
      await crowd.reached(from);
      await begin(stage);
      await crowd.reached(until);
      await end(stage);
    }
    onlookers.push(new Onlooker(await watcher(nats)));
    await bustling;
    onlookers.push(new Onlooker(await watcher(nats)));
    for (const one of onlookers) await one.shows(crowd.held);
    expect(onlookers.flatMap(({ faults }) => faults)).toEqual([]);
    expect(stage.relay.stderr.text).not.toContain('(node:');
    expect(rooms.map((one) => one.connections)).toEqual(rooms.map(() => 1 + times * connections));
  });

  async function gather(seed: number, { lease = '1500ms', deletes = true }: Outage): Promise<Stage> {
    const nats = await natsServer();
    const rooms = await Promise.all(Array.from({ length: ROOMS }, () => room()));
    const crowd = new Crowd(rooms, { ...BUSTLE, deletes }, seed);
    const holder = await relay(nats, namesOf(rooms), { options: ['--lease', lease] });
    const stage: Stage = {
      nats,
      rooms,
      crowd,
      onlookers: [],
      relay: holder,
      standby: null,
    };
    for (let nth = 0; nth < 2; nth++) stage.onlookers.push(new Onlooker(await watcher(nats)));
    onTestFailed(() => {
      for (const one of stage.onlookers) console.log(one.report(crowd.held));
      for (const one of [stage.relay, stage.standby]) console.log(one?.report);
    });
    return stage;
  }
});

function namesOf(rooms: readonly RoomSimulator[]): readonly string[] {
  return rooms.map(({ webSocketUrl }) => webSocketUrl);
}

/** When so many outages begin and end, by chance: shares of all that happens. */
function moments(seed: number, times: number): readonly (readonly [from: number, until: number])[] {
  const { next } = createRandom(seed);
  const sorted = Array.from({ length: times * 2 }, () => 0.05 + 0.9 * next()).sort((a, b) => a - b);
  return Array.from({ length: times }, (_, nth) => [sorted[nth * 2] ?? 0, sorted[nth * 2 + 1] ?? 1]);
}
