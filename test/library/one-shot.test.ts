import { describe, expect, it } from 'vitest';
import { acceptRequest, listTransfers, RoomSimulator, rejectRequest, watchRoom } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { held, settles } from '../support/held.js';
import { blackHole, closedPort } from '../support/places.js';
import { answer, ScriptedRoom } from '../support/scripted-room.js';

const { room: simulated } = useRooms();

describe('listing once', () => {
  it('gives what a Room holds, and leaves', async () => {
    const before = held();
    const room = await RoomSimulator.start();
    room.receive({ id: 'in', name: 'plan.pdf' });
    room.send({ id: 'out' });
    room.setStatus('out', 3);
    expect(await listTransfers(room.url)).toMatchObject([
      { type: 'transfer', id: 'in', direction: 'inbound', status: 'waiting', name: 'plan.pdf' },
      { type: 'transfer', id: 'out', direction: 'outbound', status: 'complete' },
    ]);
    expect(await listTransfers(room.url, { filter: { statuses: ['complete'] } })).toHaveLength(1);
    await room.close();
    await settles(before);
  });

  it('never gives less than there is', async () => {
    const room = await ScriptedRoom.start({
      getOutgoingFilesRequests: (request, socket) => socket.send(answer(request, { result: false })),
      getFileUploads: (request, socket) => socket.send(answer(request, { result: false })),
    });
    await expect(listTransfers(room.url)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('getOutgoingFilesRequests'),
    });
    await room.close();
  });

  it.each([
    ['unreachable', async () => (await closedPort()).url],
    ['refused', async () => (await simulated({ pin: '1234' })).url],
    ['usage', async () => 'ftp://10.0.0.5'],
  ])('tells that it is %s', async (code, start) => {
    await expect(listTransfers(await start())).rejects.toMatchObject({ code });
  });

  it('ends with its signal', async () => {
    const place = await blackHole('ws');
    const signal = AbortSignal.timeout(20);
    await expect(listTransfers(place.url, { signal })).rejects.toMatchObject({
      name: 'AbortError',
      cause: { name: 'TimeoutError' },
    });
    await place.close();
  });
});

describe('one request', () => {
  it('is accepted or rejected', async () => {
    const room = await simulated({ pin: '1234' });
    room.receive({ id: 'yes' });
    room.receive({ id: 'no' });
    await acceptRequest(room.url, 'yes', { credentials: '1234' });
    await rejectRequest(room.url, 'no', { credentials: '1234' });
    expect(room.transfers).toMatchObject([{ id: 'yes', status: 2 }]);
  });

  it('that the Room does not know is an error', async () => {
    const before = held();
    const room = await RoomSimulator.start();
    await expect(acceptRequest(room.url, 'nothing')).rejects.toMatchObject({ code: 'rejected' });
    await expect(acceptRequest('', 'nothing')).rejects.toMatchObject({ code: 'usage' });
    await expect(acceptRequest(room.url, '')).rejects.toMatchObject({
      code: 'usage',
      message: 'The id is "".',
    });
    await expect(watchRoom(room.url).reject('')).rejects.toMatchObject({ code: 'usage' });
    expect(room.signIns).toBe(1);
    await room.close();
    await settles(before);
  });
});
