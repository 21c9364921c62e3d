import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();

it('tells what was received and sent as a whole', async () => {
  const room = await startRoom();
  room.setStatus(room.receive({ name: 'in.bin' }).id, 3);
  room.setStatus(room.send({ name: 'out.bin' }).id, 3);
  room.receive({ name: 'not-yet.bin' });
  const program = run(['history', room.url, '--json']);
  expect(await program.ended).toBe(0);
  expect(program.records).toMatchObject([
    {
      type: 'transfer',
      direction: 'inbound',
      name: 'in.bin',
      size: 3200,
      status: 'complete',
      statusCode: null,
    },
    { type: 'transfer', direction: 'outbound', name: 'out.bin', status: 'complete', fileId: '260618252' },
  ]);
  expect(program.records.every(({ origin, event }) => origin === 'snapshot' && event === null)).toBe(true);

  const lines = run(['history', '--room', room.url]);
  expect(await lines.ended).toBe(0);
  expect(lines.stdout.lines).toEqual([
    expect.stringContaining('  inbound   complete    in.bin  '),
    expect.stringContaining('  outbound  complete    out.bin  '),
  ]);
});

it('says so where it is empty', async () => {
  const { url } = await startRoom();
  const program = run(['history', url, '--json']);
  expect(await program.ended).toBe(0);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.lines).toEqual([`the history of ${url} is empty`]);
});

it('says that a Room before 4.1 tells none', async () => {
  const { url } = await startRoom({ legacy: true });
  const program = run(['history', url, '--json']);
  expect(await program.ended).toBe(7);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.lines).toEqual([
    `trueconf-files: The Room ${url} refused to list its history: unknown method.`,
    'Rooms before 4.1 have no history. To see what it holds now: trueconf-files list.',
  ]);
});

it.each(['cut', 'hangUp'] as const)('ends with 3 where the link ends before the answer: %s', async (how) => {
  const room = await scripted({
    answers: {
      getFileTransferHistory: () => {
        if (how === 'cut') room.cut();
        else room.hangUp(1001, 'bye');
        return null;
      },
    },
  });
  const program = run(['history', room.url]);
  expect(await program.ended).toBe(3);
  const reason = how === 'cut' ? 'the connection was cut' : 'the Room closed the connection (code 1001: bye)';
  expect(program.stderr.lines[0]).toBe(`trueconf-files: The Room ${room.url} was lost: ${reason}.`);
});

describe('an answer that no page describes', () => {
  const row = { fileRequestId: 'a', fileName: 'a.bin', directionType: 1, timestamp: 1659251271 };

  it.each([
    ['under another name', { transfers: [row], result: true }],
    ['beside another list', { peers: ['x'], files: [row], result: true }],
    ['with rows that are none', { filesRequests: [null, row, { name: 'no id' }, 7], result: true }],
  ])('is read: %s', async (_, answer) => {
    const { url } = await scripted({ answers: { getFileTransferHistory: () => answer } });
    const program = run(['history', url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toMatchObject([
      { id: 'a', direction: 'outbound', createdAt: '2022-07-31T07:07:51.000Z' },
    ]);
  });

  it('holds a status of its own, which is believed', async () => {
    const answer = { filesRequests: [{ ...row, status: 0 }], result: true };
    const { url } = await scripted({ answers: { getFileTransferHistory: () => answer } });
    const program = run(['history', url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toMatchObject([{ status: 'failed', statusCode: 0 }]);
  });

  it.each([
    ['no list', { result: true }],
    ['a list of something else', { filesRequests: ['a', 'b'], result: true }],
  ])('is said to make no sense: %s', async (_, answer) => {
    const { url } = await scripted({ answers: { getFileTransferHistory: () => answer } });
    const program = run(['history', url]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toContain('its answer to "getFileTransferHistory" makes no sense');
  });
});
