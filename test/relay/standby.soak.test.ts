import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { within } from '../../src/room/timers.js';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNamespaces, useNamespaces } from '../support/namespace.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';
import { IS_SOAK } from '../support/soak.js';
import { killed, settled, statusesOf, useRelays } from './support.js';

/** Leases as they are by default take their time. */
const LEASE = IS_SOAK ? [] : ['--lease', '1500ms'];
const DEATHS = IS_SOAK ? 5 : 2;
/** What docs/fleet.md promises of the default. */
const PROMISED_MS = 30_000;

describe.skipIf(!hasNatsServer)('relays that stand by', () => {
  const rooms = useRooms();
  const { run, natsServer, watcher } = useRelays();
  const { namespace } = useNamespaces();

  it(`take over from ${DEATHS} that are killed, one after the other`, async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const start = () => run(['relay', name, '--to', nats.url, ...LEASE]);
    let holder = start();
    await holder.stderrHas(`${name}: connected`);
    const watching = await watcher(nats);
    const { id: same } = room.receive();
    for (let death = 1; death <= DEATHS; death++) {
      const standby = start();
      await standby.stderrHas('relaying 1 Room');
      const { id } = room.receive();
      await settled(watching, { [id]: 'waiting' });
      await killed(holder);
      room.setStatus(id, 3);
      const taken = standby.stderrHas(`${name}: connected`);
      expect(await (IS_SOAK ? within(taken, PROMISED_MS) : taken)).toBe(true);
      await settled(watching, { [id]: 'complete' });
      expect(statusesOf(watching, id)).toEqual(['waiting', 'complete']);
      expect(room.connections).toBe(1 + death);
      holder = standby;
    }
    expect(statusesOf(watching, same)).toEqual(['waiting']);
  });

  it('take over from one that is frozen, which takes nothing back once it goes on', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const start = () => run(['relay', room.webSocketUrl, '--to', nats.url, ...LEASE]);
    await takesOver({ nats, room, name: room.webSocketUrl, first: start(), start }, (first) => {
      first.kill('SIGSTOP');
      return () => first.kill('SIGCONT');
    });
  });

  it.skipIf(!hasNamespaces)('take over from one that is cut off, which takes nothing back', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const there = namespace();
    const [to, name] = [await there.reach(nats.url), await there.reach(room.webSocketUrl)];
    const options = ['relay', name, '--to', to, '--heartbeat', '1s', ...LEASE];
    const first = run(options, { through: there.through });
    await takesOver({ nats, room, name, first, start: () => run(options) }, () => {
      there.cutOff();
      return () => there.heal();
    });
  });

  /** Takes a relay away for a while: another has its Room in time, and keeps it. */
  async function takesOver(
    { nats, room, name, first, start }: Stage,
    take: (first: Program) => () => void,
  ): Promise<void> {
    await first.stderrHas(`${name}: connected`);
    const second = start();
    await second.stderrHas('relaying 1 Room');
    const watching = await watcher(nats);
    const giveBack = take(first);
    const taken = second.stderrHas(`${name}: connected`);
    const away = pause(IS_SOAK ? AWAY_MS : 0);
    expect(await (IS_SOAK ? within(taken, PROMISED_MS) : taken)).toBe(true);
    await away;
    giveBack();
    await first.stderrHas(`${name}: another relay holds it now; standing by`);
    const { id } = room.receive();
    await settled(watching, { [id]: 'waiting' });
    expect([first, second].map(({ child }) => child.exitCode)).toEqual([null, null]);
    expect([room.connections, second.stderr.text.includes('standing by')]).toEqual([2, false]);
  }
});

interface Stage {
  readonly nats: NatsServer;
  readonly room: RoomSimulator;
  /** Of the Room, as the relays are given it. */
  readonly name: string;
  readonly first: Program;
  readonly start: () => Program;
}

const AWAY_MS = 60_000;
