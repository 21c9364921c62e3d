import { describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { type Program, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort } from '../support/silent-server.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();

/** Fills a Room with one transfer of each status. */
function furnish(room: RoomSimulator) {
  const ended = ([3, 0] as const).map((status) => {
    const { id } = room.receive({ name: `${status}.bin`, size: 5 });
    room.setStatus(id, status);
    return id;
  });
  const sent = room.send({ name: 'plan.docx', peerId: 'user2@some.server', peerName: 'user2' }).id;
  room.setStatus(sent, 2);
  const waiting = room.receive({ name: 'photo.jpg', peerId: '820_1@some.server', peerName: '820_1' }).id;
  return { ended, sent, waiting };
}

const summary = (program: Program) =>
  program.transfers.map(({ direction, status, name }) => [direction, status, name]);

const LISTS_HINT = "Try again; 'trueconf-files doctor' asks the Room for each list, and says what came.";

const ALL = [
  ['inbound', 'complete', '3.bin'],
  ['inbound', 'failed', '0.bin'],
  ['inbound', 'waiting', 'photo.jpg'],
  ['outbound', 'processing', 'plan.docx'],
];

describe.each([
  ['a Room', false],
  ['a Room before 4.1', true],
])('list of %s', (_, legacy) => {
  it.each([
    ['a PIN', '4711'],
    ['no protection', undefined],
  ])('with %s gives what it holds', async (_, pin) => {
    const room = await startRoom({ legacy, pin });
    furnish(room);
    const program = run(['list', room.url, '--json'], {
      env: pin === undefined ? {} : { TRUECONF_FILES_CREDENTIALS: pin },
    });
    expect(await program.ended).toBe(0);
    expect(summary(program)).toEqual(ALL);
    expect(program.records).toHaveLength(ALL.length);
    for (const record of program.records) {
      expect(record).toMatchObject({
        v: 1,
        room: room.url,
        origin: 'snapshot',
        event: null,
        previousStatus: null,
      });
    }
    expect(program.stderr.text).toBe('');
    expect(room.signIns).toBe(1);
  });
});

it.each([
  ['a Room', false],
  ['a Room before 4.1', true],
])('of %s shows an empty name as (no name), and has it in records as it is', async (_, legacy) => {
  const room = await startRoom({ legacy });
  const { id } = room.receive({ name: '' });
  // One after the other: each takes the seat.
  const shown = async (...args: readonly string[]) => {
    const program = run([...args, '--room', room.url]);
    expect(await program.ended, program.report).toBe(0);
    return program;
  };
  expect((await shown('list')).stdout.text).toContain('  (no name)  3.1 KiB  from 820_1  ');
  expect((await shown('info', id)).stdout.lines[0]).toMatch(/^Name +\(no name\)$/);
  expect((await shown('list', '--json')).transfers).toMatchObject([{ name: '' }]);
  expect((await shown('accept', id)).stdout.text).toContain('accepted  (no name)  3.1 KiB  ');
});

it('writes a line for each in a pipe, without escape sequences', async () => {
  const room = await startRoom();
  const { waiting } = furnish(room);
  const program = run(['list', room.url]);
  expect(await program.ended).toBe(0);
  expect(program.stdout.lines).toHaveLength(ALL.length);
  expect(program.stdout.lines[2]).toMatch(
    new RegExp(`^[\\d:.TZ-]{24}  inbound   waiting     photo\\.jpg  3\\.1 KiB  from 820_1  id ${waiting}$`),
  );
  expect(program.stdout.text).not.toContain('\x1b');
});

it.each([
  [
    ['--status', 'failed,waiting'],
    ['0.bin', 'photo.jpg'],
  ],
  [['--direction', 'outbound'], ['plan.docx']],
  [['--name', '*.bin', '--status', 'complete'], ['3.bin']],
  [['--peer', 'user2@*'], ['plan.docx']],
])('%j filters', async (args, names) => {
  const room = await startRoom();
  furnish(room);
  const program = run(['list', '--room', room.url, '--json', ...args]);
  expect(await program.ended).toBe(0);
  expect(program.transfers.map(({ name }) => name)).toEqual(names);
});

describe('says on stderr that there is nothing to show, rather than nothing', () => {
  it.each([[[]], [['--json']]])('where the Room is empty: %j', async (args) => {
    const { url } = await startRoom();
    const program = run(['list', url, ...args]);
    expect(await program.ended).toBe(0);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([`${url} holds no file requests`]);
  });

  it('where nothing matches', async () => {
    const room = await startRoom();
    furnish(room);
    const program = run(['list', room.url, '--status', 'rejected']);
    expect(await program.ended).toBe(0);
    expect(program.stderr.lines).toEqual(['none of the 4 file requests matches']);
  });
});

describe('of a Room that answers oddly', () => {
  const refuse = () => ({ result: false, error: 'busy \x1b[2J' });
  const row = { fileRequestId: '1', fileName: 'a', size: 1, status: 1, timestamp: 1659284222850 };
  const rows = () => ({ incomingFilesRequests: [row], result: true });

  it('says that a list is too large to be read, and what shortens it', async () => {
    const padding = ' '.repeat(64 * 1_024 * 1_024);
    const { url } = await scripted({
      answers: {
        getOutgoingFilesRequests: () => ({ result: true, padding }),
        clearFileTransferHistory: () => ({ result: true }),
      },
    });
    const program = run(['list', url]);
    expect(await program.ended).toBe(7);
    expect(program.stderr.text).toContain("is larger than 64 MiB ('trueconf-files clear' shortens it)");
    const clear = run(['clear', '--yes', '--room', url]);
    expect(await clear.ended).toBe(0);
  });

  it('shows the one list that came, and ends with 7 for the other', async () => {
    const { url } = await scripted({
      answers: { getIncomingFilesRequests: rows, getOutgoingFilesRequests: refuse },
    });
    const program = run(['list', url, '--json']);
    expect(await program.ended).toBe(7);
    expect(program.transfers.map(({ id }) => id)).toEqual(['1']);
    expect(program.records.map(({ type }) => type).sort()).toEqual(['transfer', 'warning']);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${url} gave only one of its two lists: the Room refused "getOutgoingFilesRequests": busy \\x1b[2J.`,
      LISTS_HINT,
    ]);
  });

  it('ends with 7 where none came', async () => {
    const { url } = await scripted({
      answers: { getIncomingFilesRequests: refuse, getOutgoingFilesRequests: () => ({ result: true }) },
    });
    const program = run(['list', url]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toContain('gave no list: the Room refused');
    expect(program.stderr.text).toContain('holds no list');
    expect(program.stderr.lines.at(-1)).toBe(LISTS_HINT);
  });

  it('lists an old Room that is silent about names that it does not know', async () => {
    const room = await scripted({
      answers: {
        getIncomingFilesRequests: () => null,
        getOutgoingFilesRequests: () => null,
        getFileRequests: () => ({ files: [{ id: 7, fileName: 'old.bin', status: 1 }], result: true }),
        getFileUploads: () => ({ files: [], result: true }),
      },
    });
    const program = run(['list', room.url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ id }) => id)).toEqual(['7']);
  });
});

describe('which Room', () => {
  it('comes from the environment where none is named', async () => {
    const room = await startRoom();
    furnish(room);
    const program = run(['list', '--json'], { env: { TRUECONF_FILES_ROOM: room.webSocketUrl } });
    expect(await program.ended).toBe(0);
    expect(program.transfers[0]).toMatchObject({ room: room.webSocketUrl });
  });

  it.each([[['demo']], [['--demo']], [['--room', 'demo']], [['demo', '--demo', '--room', 'demo']]])(
    'is simulated: %j',
    async (args) => {
      const program = run(['list', ...args, '--json']);
      expect(await program.ended).toBe(0);
      expect(program.transfers.length).toBeGreaterThan(0);
      expect(program.transfers[0]).toMatchObject({ room: 'demo' });
    },
  );
});

it('says on stderr alone that the page of the Room did not tell its port: records are about transfers', async () => {
  const host = `127.0.0.1:${await closedPort()}`;
  const program = run(['list', host, '--json']);
  await program.ended;
  expect(program.records.filter(({ type }) => type === 'warning')).toEqual([]);
  expect(program.stderr.text).toContain(`${host}: warning: http://${host}/public/default/config.json can't`);
});

describe('a name of any length', () => {
  const name = 'n'.repeat(5_000);
  const row = {
    fileRequestId: 'a',
    fileName: name,
    size: 1,
    fileSize: 1,
    directionType: 0,
    timestamp: 1_659_284_222_850,
  };
  const answers = {
    getIncomingFilesRequests: () => ({ incomingFilesRequests: [{ ...row, status: 1 }] }),
    getFileTransferHistory: () => ({ filesRequests: [row] }),
    getFileRequestInfo: () => ({ ...row, fileName: undefined, status: 1 }),
  };

  it.each([[['list']], [['history']], [['info', 'a', '--room']], [['watch', '--once']]])(
    'is whole in the record of %j',
    async (args) => {
      const room = await scripted({ answers });
      const program = run([...args, room.url, '--json']);
      expect(await program.ended, program.report).toBe(0);
      expect(program.transfers).toMatchObject([{ id: 'a', name }]);
    },
  );

  it('is whole in each record of a watch whose message has it, and held cut', async () => {
    const room = await scripted({ answers });
    const program = run(['watch', room.url, '--json', '--count', '3']);
    await program.connected();
    const changed = { method: 'event', event: 'fileRequestStatusChanged', ...row };
    room.send({ ...changed, status: 2 });
    room.send({ ...changed, status: 3, fileName: undefined });
    expect(await program.ended, program.report).toBe(0);
    const held = `${name.slice(0, 4_096)}…`;
    expect(program.transfers.map((record) => record['name'])).toEqual([name, name, held]);
  });
});
