import { describe, expect, it } from 'vitest';
import { CONFERENCE_ID } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { usePrograms } from '../support/program.js';
import { answer, ScriptedRoom } from '../support/scripted-room.js';
import { useWatches } from '../support/watch.js';

const { run } = usePrograms();
const { use } = useWatches();
const { room: startRoom } = useRooms();

/** A Room with transfers named by what is special about them. */
async function variedRoom() {
  const room = await startRoom();
  room.receive({ id: 'id-1', name: 'Photo.JPG', peerId: '820_1@some.server', peerName: 'Анна' });
  room.setStatus('id-1', 2);
  room.receive({ id: 'id-2', name: 'notes.txt', peerId: 'bob@other.server', peerName: 'Bob' });
  room.send({ id: 'id-3', name: 'plan.docx', peerId: 'bob@other.server', peerName: 'Bob' });
  room.send({ id: 'id-4', name: 'a/b [1].jpg', peerId: null });
  room.setStatus('id-4', 3);
  return room;
}

it.each<[args: readonly string[], ids: readonly string[]]>([
  [[], ['id-1', 'id-2', 'id-3', 'id-4']],
  [
    ['--direction', 'inbound'],
    ['id-1', 'id-2'],
  ],
  [
    ['--direction', 'outbound'],
    ['id-3', 'id-4'],
  ],
  [
    ['--status', 'waiting'],
    ['id-2', 'id-3'],
  ],
  [
    ['--status', 'processing, complete'],
    ['id-1', 'id-4'],
  ],
  [
    ['--peer', 'bob'],
    ['id-2', 'id-3'],
  ],
  [['--peer', '*@some.server'], ['id-1']],
  [['--peer', 'анн?'], ['id-1']],
  [
    ['--name', '*.jpg'],
    ['id-1', 'id-4'],
  ],
  [['--name', 'a/b [1].jpg'], ['id-4']],
  [['--conference', CONFERENCE_ID], ['id-4']],
  [
    ['--id', 'id-2', '--id', 'id-3'],
    ['id-2', 'id-3'],
  ],
  [['--id', 'id-2', '--id', 'id-3', '--direction', 'outbound'], ['id-3']],
  [['--peer', 'bob', '--status', 'waiting', '--name', 'n*'], ['id-2']],
  [['--id', 'id-2', '--direction', 'outbound'], []],
])('%j', async (args, ids) => {
  const room = await variedRoom();
  const program = run(['watch', room.url, '--json', '--once', ...args]);
  expect(await program.ended).toBe(0);
  expect(program.transfers.map(({ id }) => id).sort()).toEqual(ids);
});

it('hold after the link was lost and came back, for what was missed too', async () => {
  const room = await variedRoom();
  const program = run(['watch', room.url, '--json', '--peer', 'bob']);
  await program.connected();
  room.dropClients();
  room.receive({ id: 'id-5', peerId: 'eve@other.server', peerName: 'Eve' });
  room.receive({ id: 'id-6', peerId: 'bob@other.server', peerName: 'Bob' });
  room.setStatus('id-1', 3);
  room.setStatus('id-2', 2);
  room.delete('id-3');
  await program.connected(2);
  room.setStatus('id-5', 3);
  room.setStatus('id-6', 3);
  await program.record(({ id, status }) => id === 'id-6' && status === 'complete');

  const told = program.records.filter(({ id }) => id !== undefined);
  const missed = told.filter(({ origin }) => origin === 'resync').map(({ id, status }) => [id, status]);
  expect(missed.sort()).toEqual([
    ['id-2', 'processing'],
    ['id-6', 'waiting'],
  ]);
  expect(told.filter(({ type }) => type === 'removed').map(({ id, reason }) => [id, reason])).toEqual([
    ['id-3', 'gone'],
  ]);
  expect(told.map(({ id }) => id)).not.toContain('id-1');
  expect(told.map(({ id }) => id)).not.toContain('id-5');
});

describe.each(['p@q', 'Peter'])('--peer %s', (peer) => {
  it.each([
    ['the id', { peerId: 'p@q' }],
    ['the name', { peerDisplayName: 'Peter' }],
    ['none of the two', {}],
  ])('finds a transfer whose messages name only %s of a peer that was listed', async (_, named) => {
    const request = { fileRequestId: 'a', fileName: 'a.txt', timestamp: 1_659_284_222_850 };
    const row = { ...request, size: 1, status: 1, peerId: 'p@q', peerDn: 'Peter' };
    const room = await use(
      ScriptedRoom.start({
        getIncomingFilesRequests: (asked, socket) =>
          socket.send(answer(asked, { incomingFilesRequests: [row] })),
      }),
    );
    const program = run(['watch', room.url, '--json', '--peer', peer, '--until', 'complete']);
    await program.connected();
    for (const status of [2, 3]) {
      const changed = { ...request, fileSize: 1, directionType: 0, status, ...named };
      room.send(JSON.stringify({ method: 'event', event: 'fileRequestStatusChanged', ...changed }));
    }
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ status }) => status)).toEqual(['waiting', 'processing', 'complete']);
    expect(program.transfers.at(-1)?.['peer']).toEqual({ id: 'p@q', name: 'Peter' });
  });
});
