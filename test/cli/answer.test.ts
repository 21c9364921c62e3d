import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.each([
  ['a Room', false, undefined],
  ['a Room before 4.1 with a PIN', true, '4711'],
])('of %s', (_, legacy, pin) => {
  const env: Record<string, string> = pin === undefined ? {} : { TRUECONF_FILES_CREDENTIALS: pin };

  it('accept takes several', async () => {
    const room = await startRoom({ legacy, pin });
    for (const id of ['1111', '1122', '2222']) room.receive({ id, name: `${id}.bin` });
    const program = run(['accept', '1111', '2222', '--room', room.url, '--json'], { env });
    expect(await program.ended).toBe(0);
    expect(program.records).toEqual(
      ['1111', '2222'].map((id) => ({
        type: 'answer',
        v: 1,
        time: expect.stringMatching(TIME),
        room: room.url,
        action: 'accept',
        id,
        fileId: null,
        ok: true,
        error: null,
        rule: null,
        hook: null,
        dryRun: false,
        name: null,
        to: null,
      })),
    );
    expect(program.stderr.text).toBe('');
    expect(room.transfers.map(({ status }) => status)).toEqual([2, 1, 2]);
  });

  it('reject says what it rejected, safely', async () => {
    const room = await startRoom({ legacy, pin });
    room.receive({ id: '7', name: 'a\x1b[2J.bin', peerName: 'Ma\rx' });
    const program = run(['reject', '7', '--room', room.url], { env });
    expect(await program.ended).toBe(0);
    // Before 4.1 a list tells more than the event that came with the request.
    expect(program.stdout.lines).toEqual(['rejected  a\\x1b[2J.bin  3.1 KiB  from Ma\\x0dx  id 7']);
    expect(room.transfers).toEqual([]);
  });

  it('one refusal does not stop the others, and ends with 7', async () => {
    const room = await startRoom({ legacy, pin });
    room.setStatus(room.receive({ id: '1' }).id, 3);
    room.receive({ id: '2' });
    const program = run(['accept', '1', '9', '2', '--room', room.url, '--json'], { env });
    expect(await program.ended).toBe(7);
    expect(program.records.map(({ id, ok, error }) => [id, ok, error])).toEqual([
      ['1', false, 'no such file request'],
      ['9', false, 'no such file request'],
      ['2', true, null],
    ]);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} refused to accept "1": no such file request; "9": no such file request.`,
      'Only inbound requests that are waiting can be answered; that one was inbound and complete.',
    ]);
  });
});

it('nothing is done where one of the ids may mean several', async () => {
  const room = await startRoom();
  for (const id of ['request-1', 'request-2', '2222']) room.receive({ id });
  const program = run(['reject', '2222', 'request', '--room', room.url]);
  expect(await program.ended).toBe(2);
  expect(program.stderr.lines[0]).toContain(
    'The id "request" is the beginning of 2 requests: request-1, request-2.',
  );
  expect(room.transfers).toHaveLength(3);
});

describe.each(['accept', 'reject'])('%s by a prefix', (verb) => {
  it('takes the request that waits, and says which one', async () => {
    const room = await startRoom();
    for (const id of ['6c0e20a7-old', '6c0e20a7-new']) room.receive({ id, name: `${id}.bin` });
    room.setStatus('6c0e20a7-old', 3);
    const program = run([verb, '6C0E20A7', '--room', room.url]);
    expect(await program.ended).toBe(0);
    expect(program.stdout.text).toContain('6c0e20a7-new.bin  3.1 KiB  from 820_1  id 6c0e20a7-new\n');
  });

  it.each([
    ['a number that another id begins with', '123456', '1234567', 1],
    ['fewer than six characters', '6c0e2', '6c0e20a7-1', 1],
    ['one of a request that has ended', '6c0e20a7', '6c0e20a7-1', 3],
  ] as const)('does not take %s', async (_, given, id, status) => {
    const room = await startRoom();
    room.setStatus(room.receive({ id }).id, status);
    const program = run([verb, given, '--room', room.url]);
    expect(await program.ended).toBe(7);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} refused to ${verb} "${given}": no such file request.`,
      "Give a whole id, or at least its first 6 characters (a number only as a whole): 'trueconf-files list' shows them.",
    ]);
    expect(room.transfers.map((transfer) => transfer.status)).toEqual([status]);
  });
});

it('a request named twice is answered once', async () => {
  const room = await startRoom();
  room.receive({ id: '6c0e20a7-1' });
  const program = run(['accept', '6c0e20a7-1', '{6C0E20A7', '--room', room.url]);
  expect(await program.ended).toBe(0);
  expect(room.requests.filter(({ method }) => method === 'acceptIncomingFileRequest')).toHaveLength(1);
});

describe('where the link ends in between', () => {
  const row = (fileRequestId: string) => ({ fileRequestId, fileName: 'a', size: 1, status: 1, timestamp: 1 });
  const lists = {
    getIncomingFilesRequests: () => ({ incomingFilesRequests: ['1', '2'].map(row), result: true }),
  };

  it('what was done is reported, and it ends with 3', async () => {
    const room = await scripted({
      answers: {
        ...lists,
        acceptIncomingFileRequest: ({ fileRequestId }) => {
          if (fileRequestId === '1') return { result: true };
          room.cut();
          return null;
        },
      },
    });
    const program = run(['accept', '1', '2', '--room', room.url, '--json']);
    expect(await program.ended).toBe(3);
    expect(program.records).toMatchObject([{ type: 'answer', id: '1', ok: true }]);
    expect(program.stderr.lines[0]).toBe(
      `trueconf-files: The Room ${room.url} was lost: the connection was cut.`,
    );
  });

  it('another client that takes the seat ends it with 5', async () => {
    const room = await scripted({
      answers: {
        ...lists,
        rejectIncomingFileRequest: () => {
          room.send({ method: 'event', event: 'authorizationNeeded', cause: 1 });
          return null;
        },
      },
    });
    const program = run(['reject', '1', '--room', room.url]);
    expect(await program.ended).toBe(5);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} was taken over: another client signed in in this mode.`,
      'A Room has one seat per mode. Use --role user or --role admin to keep out of the way, and try again.',
    ]);
  });

  it('a signal ends it with its code', async () => {
    const room = await scripted({ answers: { ...lists, acceptIncomingFileRequest: () => null } });
    const program = run(['accept', '1', '--room', room.url]);
    await room.until(() => room.requests.some(({ method }) => method === 'acceptIncomingFileRequest'));
    program.kill('SIGINT');
    expect(await program.ended).toBe(130);
    expect(program.stdout.text + program.stderr.text).toBe('');
  });
});
