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
/** PowerShell's `>` and Notepad write these. */
const ENCODED: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16, little end first', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, big end first', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
];

describe('credentials', () => {
  it.each(ENCODED.slice(1))('from a file in %s, with CRLF', async (_, encode) => {
    const room = await startRoom({ pin: PIN });
    const path = newPath('pin.txt');
    writeFileSync(path, encode(`${PIN}\r\n`));
    const program = run(['list', room.url, '--json', '--credentials-file', path]);
    expect(await program.ended, program.report).toBe(0);
  });

  it('from stdin in UTF-16', async () => {
    const room = await startRoom({ pin: PIN });
    const program = run(['list', room.url, '--json', '--credentials-file', '-'], { input: null });
    program.child.stdin?.end(Buffer.from(`\ufeff${PIN}\r\n`, 'utf16le'));
    expect(await program.ended, program.report).toBe(0);
  });
});

describe('a recording', () => {
  it.for<[kind: string, path: (path: string) => string]>([
    ['a drive letter', (path) => path],
    ['slashes', (path) => path.replaceAll('\\', '/')],
    ['no limit of length', (path) => `\\\\?\\${path}`],
    ['a UNC path', (path) => `\\\\localhost\\${path[0]}$${path.slice(2)}`],
    ['other scripts and spaces', (path) => join(dirname(path), 'запись комнаты 会議.ndjson')],
    ['a device’s name in its folder only', (path) => join(dirname(path), 'nul and con', 'console.ndjson')],
  ])('is made and played at a path with %s', async ([kind, pathOf], { skip }) => {
    const path = pathOf(resolve(newPath('room.ndjson')));
    if (kind === 'a UNC path' && !existsSync(dirname(path))) skip('this machine has no shares');
    mkdirSync(dirname(path), { recursive: true });
    const live = run(['watch', 'demo', '--json', '--count', '5', '--record', path]);
    expect(await live.ended, live.report).toBe(0);
    const played = run(['replay', path, '--json', '--count', '5']);
    expect(await played.ended, played.report).toBe(0);
    expect(played.records).toEqual(live.records);
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
    for (const [, encode] of ENCODED.slice(1, 3)) {
      const copy = newPath('copy.ndjson');
      writeFileSync(copy, encode(readFileSync(path, 'utf8').replaceAll('\n', '\r\n')));
      const played = run(['replay', copy, '--json', '--count', '5']);
      expect(await played.ended, played.report).toBe(0);
      expect(played.records).toEqual(live.records);
    }
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

it.each([
  ['there is no such file', 'none.pdf'],
  ['it is a folder', '.'],
])('says that %s', async (fault, name) => {
  const room = await startRoom();
  const program = run(['send', name, '--to', 'user2@some.server', '--room', room.url]);
  expect(await program.ended, program.report).toBe(2);
  expect(program.stderr.text).toContain(fault);
});
