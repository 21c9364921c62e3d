import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';
import { ended, useTerminals } from '../support/pseudo-terminal.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();
const { newPath } = useFolder();

const { type } = useTerminals();

/** Holds a file that was sent to two peers, and one without a name that was received. */
function furnish(room: RoomSimulator) {
  const sent = room.send({ id: '1', name: 'plan.docx', size: 2_048 });
  const received = room.receive({ id: '2', name: '', size: 5 });
  room.setStatus('2', 3);
  const fileId = room.transfers.find(({ id }) => id === received.id)?.fileId;
  return { sent: String(sent.fileId), received: String(fileId) };
}

const AGES = [
  ['a Room', false],
  ['a Room before 4.1', true],
] as const;

describe.each(AGES)('files of %s', (_, legacy) => {
  it('are lines, or records, with what their requests tell', async () => {
    const room = await startRoom({ legacy });
    const { sent, received } = furnish(room);
    const lines = run(['files', room.url]);
    expect(await lines.ended).toBe(0);
    expect(lines.stdout.lines).toEqual([
      `plan.docx  2.0 KiB  1 request  file id ${sent}`,
      `(no name)  5 B  1 request  file id ${received}`,
    ]);
    expect(lines.stderr.text).toBe('');
    const records = run(['files', room.url, '--json']);
    expect(await records.ended).toBe(0);
    expect(records.records).toMatchObject([
      { type: 'file', room: room.url, fileId: sent, name: 'plan.docx', size: 2_048, requests: ['1'] },
      { type: 'file', room: room.url, fileId: received, name: '', size: 5, requests: ['2'] },
    ]);
  });

  it('none: it says so', async () => {
    const { url } = await startRoom({ legacy });
    const program = run(['files', url, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([`${url} holds no files`]);
  });
});

describe('files', () => {
  it('of Rooms with names, each with its own PIN', async () => {
    const [lobby, hall] = [await startRoom({ pin: '1111' }), await startRoom({ pin: '2222' })];
    lobby.send({ name: 'a.bin' });
    hall.send({ name: 'b.bin' });
    const config = newPath('config.json');
    const named = ({ url }: RoomSimulator, pin: string) => ({
      address: url,
      credentialsCommand: `printf ${pin}`,
      tags: ['floor'],
    });
    const rooms = { lobby: named(lobby, '1111'), hall: named(hall, '2222') };
    writeFileSync(config, JSON.stringify({ rooms }), { mode: 0o600 });
    const program = run(['files', '@floor', '--config', config]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.lines.map((line) => line.split('  ').slice(0, 2))).toEqual([
      ['lobby', 'a.bin'],
      ['hall', 'b.bin'],
    ]);
    const { fileId } = hall.transfers[0] ?? {};
    const rm = run(['rm', String(fileId), '--room', '@hall', '--yes', '--config', config]);
    expect(await rm.ended, rm.report).toBe(0);
    const clear = run(['clear', '@lobby', '--yes', '--json', '--config', config]);
    expect(await clear.ended, clear.report).toBe(0);
    expect(clear.records).toMatchObject([{ room: 'lobby', action: 'clear' }]);
    expect(hall.transfers).toEqual([]);
    const both = run(['clear', '@floor', '--yes', '--config', config]);
    expect(await both.ended).toBe(2);
    expect(both.stderr.lines[0]).toContain('"@floor" names 2 Rooms, and this command asks one.');
  });

  it('keep each digit of an id, and a name that is missing is not an empty one', async () => {
    const room = await scripted({
      answers: {
        getFileList: () => ({
          fileList: [
            { fileId: '18446744073709551615', fileName: '' },
            { fileId: '9007199254740993' },
            'no row',
          ],
          result: true,
        }),
      },
    });
    const program = run(['files', room.webSocketUrl, '--json']);
    expect(await program.ended).toBe(0);
    expect(program.records.filter(({ type }) => type === 'file')).toMatchObject([
      { fileId: '18446744073709551615', name: '', size: null, requests: [] },
      { fileId: '9007199254740993', name: null, size: null, requests: [] },
    ]);
  });

  it.each([
    ['refuses', { result: false, error: 'not now' }, 'not now'],
    ['answers without a list', { result: true }, 'its answer to "getFileList" makes no sense'],
  ])('end with 7 where the Room %s', async (_, answer, reason) => {
    const room = await scripted({ answers: { getFileList: () => answer } });
    const program = run(['files', room.webSocketUrl]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toContain(`refused to list its files: ${reason}.`);
  });

  it('are a table on a terminal, which fits the screen', async () => {
    const room = await startRoom();
    for (let at = 1; at <= 9; at += 1) room.send({ name: `${'long '.repeat(10)}${at}.bin` });
    const lines = (await ended(type(`files ${room.url}`, 60))).split('\n');
    expect(lines[0]).toMatch(/^ File id +Name +Size +Requests *$/);
    expect(lines[2]).toMatch(/^ 260618251 +long long .*….*1\.bin +3\.1 KiB +1 *$/);
    expect(lines[10]).toBe('…and 1 more; --plain lists all of them');
    expect(lines[11]).toBe('code=0');
  });
});

describe.each(AGES)('of %s', (_, legacy) => {
  it('rm deletes files, and one refusal does not stop the others', async () => {
    const room = await startRoom({ legacy });
    const { sent, received } = furnish(room);
    const program = run(['rm', sent, '99', received, sent, '--yes', '--room', room.url]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.lines).toEqual([
      `deleted  plan.docx  2.0 KiB  1 request  file id ${sent}`,
      `deleted  (no name)  5 B  1 request  file id ${received}`,
    ]);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} refused to delete "99": no such file.`,
      "Its file ids are shown by 'trueconf-files files'.",
    ]);
    expect(room.transfers).toEqual([]);
  });

  it('rm --json writes a record for each', async () => {
    const room = await startRoom({ legacy });
    const { sent } = furnish(room);
    const program = run(['rm', '99', sent, '--yes', '--room', room.url, '--json']);
    expect(await program.ended).toBe(7);
    expect(program.records).toMatchObject([
      { type: 'answer', action: 'rm', id: null, fileId: '99', name: null, ok: false, error: 'no such file' },
      { type: 'answer', action: 'rm', id: null, fileId: sent, name: 'plan.docx', ok: true, error: null },
    ]);
  });

  it('clear --from-disk takes the history and its files, and leaves what goes on', async () => {
    const room = await startRoom({ legacy });
    furnish(room);
    const program = run(['clear', room.url, '--yes', '--from-disk']);
    expect(await program.ended).toBe(0);
    expect(program.stdout.lines).toEqual([`cleared  the transfer history of ${room.url}, also from disk`]);
    expect(room.transfers.map(({ id }) => id)).toEqual(['1']);
    const left = run(['files', room.url, '--json']);
    expect(await left.ended).toBe(0);
    expect(left.records).toMatchObject([{ name: 'plan.docx' }]);
  });

  it.each([['rm', '1'], ['clear'], ['clear', '--from-disk']])(
    '%s does nothing where there is no terminal to ask on, and no --yes',
    async (...args) => {
      const room = await startRoom({ legacy });
      furnish(room);
      const program = run([...args, '--room', room.url]);
      expect(await program.ended).toBe(2);
      expect(program.stderr.lines).toEqual([
        `trueconf-files: "${args[0]}" asks before it deletes, and there is no terminal to ask on.`,
        'To delete without a question, give --yes.',
      ]);
      expect(room.connections).toBe(0);
      expect(room.transfers).toHaveLength(2);
    },
  );
});

it('clear leaves the files on disk', async () => {
  const room = await startRoom();
  furnish(room);
  const program = run(['clear', room.url, '--yes', '--json']);
  expect(await program.ended).toBe(0);
  expect(program.records).toMatchObject([
    { type: 'answer', action: 'clear', id: null, fileId: null, ok: true },
  ]);
  expect(room.requests.at(-1)?.text).toContain('"deleteFilesFromDisk":false');
  expect(room.transfers.map(({ id }) => id)).toEqual(['1']);
});

it('clear of a Room before 4.1 never deletes files unless that is asked for', async () => {
  const room = await startRoom({ legacy: true });
  furnish(room);
  const program = run(['clear', room.url, '--yes']);
  expect(await program.ended).toBe(7);
  expect(program.stderr.lines).toEqual([
    `trueconf-files: The Room ${room.url} is older than 4.1, and can't clear its history without deleting the files.`,
    'Nothing was done. To delete both, give --from-disk.',
  ]);
  expect(room.requests.some(({ method }) => method?.startsWith('clear'))).toBe(false);
});

it('clear by its old name where the Room says nothing to the new one', async () => {
  const room = await scripted({
    answers: {
      getIncomingFilesRequests: () => ({ result: false }),
      getOutgoingFilesRequests: () => ({ result: false }),
      clearFileTransferHistory: () => null,
      clearFileTransfer: () => ({ result: true }),
    },
  });
  const program = run(['clear', room.webSocketUrl, '--yes', '--from-disk']);
  expect(await program.ended, program.report).toBe(0);
});

it.each([
  [
    'rm',
    ['rm', '7', '--yes'],
    { deleteFileTransferFile: () => ({ result: false, error: 'busy' }) },
    'to delete "7": busy',
  ],
  [
    'clear',
    ['clear', '--yes'],
    { clearFileTransferHistory: () => ({ result: false, error: 'busy' }) },
    'to clear its transfer history: busy',
  ],
] as const)('%s ends with 7 where the Room refuses', async (_, args, answers, words) => {
  const room = await scripted({ answers });
  const program = run([...args, '--room', room.webSocketUrl]);
  expect(await program.ended).toBe(7);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.lines).toEqual([
    `trueconf-files: The Room ${room.webSocketUrl} refused ${words}.`,
    expect.stringMatching(/\.$/),
  ]);
});

it.each(['18446744073709551615', '9007199254740993', '0'])('rm sends %s with all its digits', async (id) => {
  const room = await scripted({ answers: { deleteFileTransferFile: () => ({ result: true }) } });
  const program = run(['rm', id, '--yes', '--room', room.webSocketUrl]);
  expect(await program.ended).toBe(0);
  expect(room.texts.at(-1)).toContain(`"fileId":${id}}`);
  expect(program.stdout.lines).toEqual([`deleted  file id ${id}`]);
});

it.each(['x', '', 'null', '-1', '1.5', '007', '1e3', 'http://10.0.0.5'])(
  'rm takes no file id %j',
  async (id) => {
    const program = run(['rm', '--yes', '--room', 'demo', '--', id]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toContain(`'${id}' is invalid for argument 'file-id'.`);
    if (id.includes('/')) expect(program.stderr.text).toContain('The Room is named with --room.');
  },
);

describe('on a terminal', () => {
  /** The question of a command about a Room with two files. */
  async function asked(command: (sent: string) => string) {
    const room = await startRoom();
    const { sent } = furnish(room);
    const terminal = type(`${command(sent)} --room ${room.url}`, 120);
    const screen = await terminal.until((text) => /\? It can't be undone\. \[y\/N\] *$/.test(text.trimEnd()));
    return { room, sent, terminal, screen };
  }

  it('rm shows what it is about to delete, and asks', async () => {
    const { room, sent, terminal, screen } = await asked((id) => `rm ${id} 99`);
    expect(screen).toContain(`  plan.docx  2.0 KiB  1 request  file id ${sent}\n`);
    expect(screen).toContain('  file id 99  (not in the list of the Room)\n');
    expect(screen).toContain(`Delete these 2 files from ${room.url}? It can't be undone. [y/N]`);
    // Until the question could be read, what is typed is no answer.
    terminal.press('y', (text) => /\[y\/N\] y *$/m.test(text));
    await terminal.until((text) => /\[y\/N\] y *$/m.test(text));
    terminal.type('\r');
    expect(await ended(terminal)).toContain('deleted  plan.docx');
    expect(room.transfers.map(({ id }) => id)).toEqual(['2']);
  });

  it.each([
    ['Enter alone', '\r'],
    ['n', 'n\r'],
    ['a paste', '\x1b[200~y\r\x1b[201~\r'],
    ['a paste without marks', 'yes\r'],
    ['Ctrl-D', '\x04'],
  ])('clear is not agreed to by %s', async (_, keys) => {
    const { room, terminal } = await asked(() => 'clear --from-disk');
    const again = setInterval(() => terminal.type(keys), 400);
    const screen = await ended(terminal).finally(() => clearInterval(again));
    expect(screen).toContain('nothing was deleted');
    expect(screen).toMatch(/^code=0$/m);
    expect(room.transfers).toHaveLength(2);
  });

  it('Ctrl-C ends it with 130, and nothing is deleted', async () => {
    const { room, terminal } = await asked((id) => `rm ${id}`);
    terminal.type('\x03');
    expect(await ended(terminal)).toMatch(/^code=130$/m);
    expect(room.transfers).toHaveLength(2);
  });

  it('a Room that is lost while it asks ends it with 3', async () => {
    const { room, terminal } = await asked(() => 'clear');
    room.dropClients();
    expect(await ended(terminal)).toMatch(/^code=3$/m);
  });

  it('--yes asks nothing', async () => {
    const room = await startRoom();
    furnish(room);
    const screen = await ended(type(`clear ${room.url} --yes`));
    expect(screen).not.toContain('?');
    expect(screen).toContain('cleared  the transfer history');
  });
});
