import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();

describe.each([
  ['a Room', false],
  ['a Room before 4.1', true],
])('info from %s', (_, legacy) => {
  it('shows the request that an id names, or its prefix', async () => {
    const room = await startRoom({ legacy });
    // Before 4.1 ids are numbers, which have no prefixes.
    const [one, two] = legacy ? ['123456', '1234567'] : ['6c0e20a7-1', '6c0e20a8-2'];
    room.receive({ id: one });
    const second = room.receive({ id: two, name: 'b.bin' });
    room.setStatus(second.id, 3);
    const program = run(['info', legacy ? two : '6C0E20A8', '--room', room.url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.records).toHaveLength(1);
    expect(program.records[0]).toMatchObject({
      type: 'transfer',
      room: room.url,
      id: second.id,
      direction: 'inbound',
      status: 'complete',
      statusCode: 3,
      name: 'b.bin',
      size: 3200,
      peer: { id: '820_1@some.server', name: '820_1' },
      fileId: '260618251',
      origin: 'snapshot',
      event: null,
    });
    expect(room.requests.at(-1)?.text).toContain(legacy ? '"id":1234567' : '"fileRequestId":"6c0e20a8-2"');
    expect(program.stderr.text).toBe('');
  });

  it('says which requests begin alike, and shows none', async () => {
    const room = await startRoom({ legacy });
    for (const id of ['abc-123-1', 'abc-123-2']) room.receive({ id });
    const program = run(['info', 'abc-123', '--room', room.url]);
    expect(await program.ended).toBe(2);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([
      'trueconf-files: The id "abc-123" is the beginning of 2 requests: abc-123-1, abc-123-2.',
      'Give more of it.',
    ]);
  });

  it('ends with 7 where the Room knows no such id', async () => {
    const room = await startRoom({ legacy });
    const program = run(['info', 'none\x1b', '--room', room.url, '--json']);
    expect(await program.ended).toBe(7);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} has no file request "none\\x1b": no such file request.`,
      "Give a whole id, or at least its first 6 characters (a number only as a whole): 'trueconf-files list' shows them.",
    ]);
  });
});

it('writes a line for each thing known, made safe', async () => {
  const room = await startRoom();
  const { id } = room.receive({ name: 'a\x1b[2J.bin', conferenceId: 'c@s', peerName: 'Ma\r\nx' });
  // With its hyphen: a prefix may not be a number.
  const program = run(['info', id.slice(0, 9), '--room', room.url]);
  expect(await program.ended).toBe(0);
  expect(program.stdout.text).toContain('Name        a\\x1b[2J.bin\n');
  expect(program.stdout.text).toContain('Status      waiting (1)\n');
  expect(program.stdout.text).toContain('From        Ma\\x0d\\x0ax\nFrom id     820_1@some.server\n');
  expect(program.stdout.text).toContain('Conference  c@s\n');
  expect(program.stdout.text).toContain('Size        3.1 KiB (3200 bytes)\n');
  expect(program.stdout.text).toContain(`Request id  ${id}\n`);
  const { id: sent } = room.send({ peerId: 'user2@some.server', createdAt: Date.UTC(2026, 0, 31, 23) });
  const berlin = run(['info', sent, '--room', room.url, '--time', 'Europe/Berlin']);
  expect(await berlin.ended).toBe(0);
  expect(berlin.stdout.text).toContain('To id       user2@some.server\n');
  expect(berlin.stdout.text).toContain('Created     2026-02-01T00:00:00.000+01:00 (');
});

describe('from a Room that answers oddly', () => {
  const row = { fileRequestId: 'abc', fileName: 'a', size: 1, status: 1, timestamp: 1659284222850 };
  const answers = { getIncomingFilesRequests: () => ({ incomingFilesRequests: [row], result: true }) };

  it.each([
    ['refuses to tell more', () => ({ result: false, error: 'not now' }), 'not now'],
    ['tells of another request', () => ({ ...row, fileRequestId: 'abd', result: true }), 'makes no sense'],
  ])('falls back to its list where it %s', async (_, getFileRequestInfo, words) => {
    const { url } = await scripted({ answers: { ...answers, getFileRequestInfo } });
    const program = run(['info', 'abc', '--room', url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.records).toMatchObject([{ id: 'abc', status: 'waiting', name: 'a' }]);
    expect(program.stderr.lines).toEqual([
      expect.stringContaining(`this is from the list of ${url}; it gave no more: `),
    ]);
    expect(program.stderr.text).toContain(words);
  });

  it('asks also for what its lists do not name', async () => {
    const { url } = await scripted({
      answers: {
        ...answers,
        getFileRequestInfo: ({ fileRequestId }) => ({
          ...row,
          fileRequestId,
          directionType: 1,
          result: true,
        }),
      },
    });
    const program = run(['info', 'xyz', '--room', url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.records).toMatchObject([{ id: 'xyz', direction: 'outbound', status: 'waiting' }]);
  });
});
