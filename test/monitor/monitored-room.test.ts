import { expect, it } from 'vitest';
import { MonitoredRoom } from '../../src/monitor/monitored-room.js';
import { parseAddress } from '../../src/room/address.js';
import { useRooms } from '../simulator/rooms.js';
import { USUAL, useWatches } from '../support/watch.js';

const { room: startRoom } = useRooms();
const { watch } = useWatches();

it.each(['transfer', 'heartbeat', 'link'] as const)(
  'what is thrown while a notice (%s) is taken in ends that Room, with what was thrown',
  async (kind) => {
    const room = await startRoom();
    room.receive();
    const reasons: string[] = [];
    const fault = new TypeError('x is not a function');
    const monitored = new MonitoredRoom({
      address: parseAddress(room.url),
      ...USUAL,
      heartbeatMs: 50,
      wait: true,
      beats: true,
      onNotice: (notice) => {
        if (notice.kind === 'link' && notice.link.state === 'closed') reasons.push(notice.link.reason);
        else if (notice.kind === kind) throw fault;
      },
    });
    await expect(monitored.run(new AbortController().signal)).rejects.toBe(fault);
    expect(reasons).toEqual(['x is not a function']);
  },
);

it('what is thrown while a frame is read is no lost link: it ends the watch', async () => {
  const room = await startRoom();
  const watched = watch(room.url, { wait: true });
  await watched.reached('live');
  const fault = new TypeError('x is not a function');
  watched.onEntry = (entry) => {
    if (entry.kind === 'received') throw fault;
  };
  room.receive();
  expect(await watched.ended).toBe(fault);
  expect(watched.states).not.toContain('waiting');
});
