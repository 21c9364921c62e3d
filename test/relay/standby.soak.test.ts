import { describe, expect, it } from 'vitest';
import { within } from '../../src/room/timers.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer } from '../support/nats-server.js';
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
});
