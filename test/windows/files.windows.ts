import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();

const PIN = '1234';
/** In UTF-8 without and with a byte order mark, and in UTF-16, which PowerShell's `>` and Notepad write. */
const ENCODED: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
];
const PATHS: readonly ((path: string) => string)[] = [
  // With a drive letter, with slashes, and without a limit of length.
  (path) => path,
  (path) => path.replaceAll('\\', '/'),
  (path) => `\\\\?\\${path}`,
  // In other scripts, with a blank; and with the names of devices, which are no names of files.
  (path) => join(dirname(path), 'запись комнаты 会議.ndjson'),
  (path) => join(dirname(path), 'nul and con', 'console.ndjson'),
];

describe('credentials', () => {
  it('from files in each encoding, with CRLF', async () => {
    const rooms = await Promise.all(
      ENCODED.map(async (encode, place) => {
        const { url } = await startRoom({ pin: PIN });
        const credentialsFile = newPath('pin.txt');
        writeFileSync(credentialsFile, encode(`${PIN}\r\n`));
        return [`room-${place}`, { address: url, credentialsFile }] as const;
      }),
    );
    const config = newPath('config.json');
    writeFileSync(config, JSON.stringify({ rooms: Object.fromEntries(rooms) }));
    const program = run(['watch', '@all', '--config', config, '--json', '--once']);
    expect(await program.ended, program.report).toBe(0);
    const connected = program.records.filter(({ state }) => state === 'connected');
    expect(connected.map(({ room }) => room).sort()).toEqual(rooms.map(([name]) => name));
  });

  it('from stdin in UTF-16', async () => {
    const room = await startRoom({ pin: PIN });
    const program = run(['list', room.url, '--json', '--credentials-file', '-'], { input: null });
    program.child.stdin?.end(Buffer.from(`\ufeff${PIN}\r\n`, 'utf16le'));
    expect(await program.ended, program.report).toBe(0);
  });
});

describe('a recording', () => {
  it('is made at each kind of path, and played', async () => {
    const paths = PATHS.map((pathOf) => pathOf(resolve(newPath('room.ndjson'))));
    await Promise.all(paths.map(recordAt));
    const played = run(['replay', ...paths, '--json']);
    expect(await played.ended, played.report).toBe(0);
    expect(played.transfers.map(({ name }) => name).sort()).toEqual([...paths].sort());
  });

  it('is made at a UNC path, and played', async ({ skip }) => {
    const path = resolve(newPath('room.ndjson'));
    const shared = `\\\\localhost\\${path[0]}$${path.slice(2)}`;
    if (!existsSync(dirname(shared))) skip('this machine has no shares');
    await recordAt(shared);
    const played = run(['replay', shared, '--json']);
    expect(await played.ended, played.report).toBe(0);
    expect(played.transfers).toMatchObject([{ name: shared }]);
  });

  it.each([
    ['CON', 'CON'],
    ['aux .txt', 'aux'],
    ['nul.txt', 'nul'],
    ['con\\%F.ndjson', 'con'],
  ])('is not made at %s', async (name, device) => {
    const folder = dirname(newPath());
    const before = readdirSync(folder);
    const program = run(['watch', 'demo', '--record', join(folder, name)]);
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.text).toContain(`Windows keeps the name "${device}" for a device.`);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('is not made in a stream that no folder lists', async () => {
    const path = newPath('10.0.0.5:8080.ndjson');
    const program = run(['watch', 'demo', '--record', path]);
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.text).toContain('a colon in its name');
    expect(readdirSync(dirname(path)).filter((name) => name.includes('10.0.0.5'))).toEqual([]);
  });

  it('goes nowhere at NUL', async () => {
    const cwd = dirname(newPath());
    const before = readdirSync(cwd);
    const program = run(['watch', 'demo', '--json', '--count', '5', '--record', 'NUL'], { cwd });
    expect(await program.ended, program.report).toBe(0);
    expect(readdirSync(cwd)).toEqual(before);
  });

  it('is played in UTF-8 and UTF-16, with CRLF', async () => {
    const path = newPath('room.ndjson');
    const live = run(['watch', 'demo', '--json', '--count', '5', '--record', path]);
    expect(await live.ended, live.report).toBe(0);
    const copies = ENCODED.slice(1, 3).map(async (encode) => {
      const copy = newPath('copy.ndjson');
      writeFileSync(copy, encode(readFileSync(path, 'utf8').replaceAll('\n', '\r\n')));
      const played = run(['replay', copy, '--json', '--count', '5']);
      expect(await played.ended, played.report).toBe(0);
      expect(played.records).toEqual(live.records);
    });
    await Promise.all(copies);
  });

  it('is not written over', async () => {
    const path = newPath('room.ndjson');
    writeFileSync(path, 'mine');
    const program = run(['watch', 'demo', '--record', path.toUpperCase()]);
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.text).toContain('exists already');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

/** A recording of a Room with one transfer, which is named as the path. */
async function recordAt(path: string): Promise<void> {
  const room = await startRoom();
  room.receive({ name: path });
  mkdirSync(dirname(path), { recursive: true });
  const live = run(['watch', room.url, '--json', '--once', '--record', path]);
  expect(await live.ended, live.report).toBe(0);
}

it.each([
  ['there is no such file', 'none.pdf'],
  ['it is a folder', '.'],
])('says that %s', async (fault, name) => {
  const room = await startRoom();
  const program = run(['send', name, '--to', 'user2@some.server', '--room', room.url]);
  expect(await program.ended, program.report).toBe(2);
  expect(program.stderr.text).toContain(fault);
});
