import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openRecordings } from '../../src/recording/open.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { type Program, STARTED, usePrograms } from '../support/program.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();

const PIN = 'Pin 12345';

function makeFifo(): string {
  const path = newPath('fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

/** Resolves once the program has the file open. */
async function opened(program: Program, path: string): Promise<void> {
  const folder = `/proc/${program.child.pid}/fd`;
  const isOpen = () =>
    readdirSync(folder).some((fd) => {
      try {
        return readlinkSync(`${folder}/${fd}`) === path;
      } catch {
        return false;
      }
    });
  while (!isOpen()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.skipIf(process.platform !== 'linux')('a FIFO into which nothing is written', () => {
  it.each<[what: string, args: (fifo: string) => string[], signal: 'SIGINT' | 'SIGTERM', code: number]>([
    ['--credentials-file', (fifo) => ['watch', 'demo', '--credentials-file', fifo], 'SIGINT', 130],
    ['--credentials-file of list', (fifo) => ['list', 'demo', '--credentials-file', fifo], 'SIGTERM', 143],
    ['replay', (fifo) => ['replay', fifo], 'SIGINT', 130],
    ['--rooms', (fifo) => ['relay', '--rooms', fifo, '--to', 'nats://127.0.0.1:1'], 'SIGTERM', 143],
    ['--config', (fifo) => ['rooms', '--config', fifo], 'SIGINT', 130],
    ['--config of watch', (fifo) => ['watch', '@a', '--config', fifo], 'SIGTERM', 143],
    ['report', (fifo) => ['report', fifo], 'SIGTERM', 143],
    ['--nats-creds', (fifo) => ['watch', 'nats://127.0.0.1:1', '--nats-creds', fifo], 'SIGINT', 130],
  ])('is left by a signal: %s', async (_, args, signal, code) => {
    const fifo = makeFifo();
    const program = run(args(fifo));
    await opened(program, fifo);
    program.kill(signal);
    expect(await program.ended).toBe(code);
  });
});

describe.skipIf(process.platform === 'win32')('a FIFO', () => {
  it('gives credentials', async () => {
    const room = await startRoom({ password: PIN });
    const fifo = makeFifo();
    const program = run(['watch', room.url, '--once', '--json', '--credentials-file', fifo]);
    await writeFile(fifo, `${PIN}\n`);
    expect(await program.ended).toBe(0);
    expect(room.signIns).toBe(1);
  });

  it('is a config file', async () => {
    const fifo = makeFifo();
    const program = run(['rooms', '--config', fifo]);
    await writeFile(fifo, '{"rooms":{"hall":{"address":"10.0.0.5"}}}');
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.text).toBe('@hall  10.0.0.5\n');
  });

  it('is left by a signal that comes while it is being opened', async () => {
    const stopped = new Error('stopped');
    for (const soon of [(stop: () => void) => stop(), queueMicrotask, setImmediate]) {
      const stop = new AbortController();
      const opening = openRecordings([makeFifo()], Readable.from([]), stop.signal);
      soon(() => stop.abort(stopped));
      await expect(opening).rejects.toBe(stopped);
    }
  });

  it('is played', async () => {
    const fifo = makeFifo();
    const program = run(['replay', fifo, '--json']);
    await writeFile(
      fifo,
      '{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"a","status":1}\n',
    );
    expect(await program.ended).toBe(0);
    expect(program.transfers).toMatchObject([{ id: 'a', status: 'waiting' }]);
  });
});

describe('a config file without an end', () => {
  it.skipIf(process.platform === 'win32')('is refused', async () => {
    const path = newPath();
    await writeFile(path, ' '.repeat(5 * 1_024 * 1_024), { mode: 0o600 });
    const program = run(['rooms', '--config', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toContain(`"${path}" can't be read: it is longer than`);
  });
});

describe('a file of Rooms', () => {
  it.each([
    ['of Windows', '\r\n'],
    ['of an old Mac', '\r'],
    ['of Unix', '\n'],
  ])('has comments, with line ends %s', async (_, end) => {
    const path = newPath();
    await writeFile(path, ['\ufeff# hall 1', '10.0.0.5:x # not an address', ''].join(end));
    const program = run(['relay', '--rooms', path, '--to', 'nats://127.0.0.1:1']);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toContain('The address "10.0.0.5:…" is not an address.');
  });
});

describe('credentials as people keep them', () => {
  it.each<[what: string, content: string | Buffer]>([
    ['with a line end', `${PIN}\n`],
    ['with two line ends of Windows', `${PIN}\r\n\r\n`],
    ['with a byte order mark', `\ufeff${PIN}`],
    ['in UTF-16, as PowerShell writes', Buffer.from(`\ufeff${PIN}\r\n`, 'utf16le')],
    ['in UTF-16, big-endian', Buffer.from(`\ufeff${PIN}\r\n`, 'utf16le').swap16()],
  ])('sign in from a file %s', async (_, content) => {
    const room = await startRoom({ password: PIN });
    const path = newPath();
    await writeFile(path, content);
    expect(await run(['watch', room.url, '--once', '--credentials-file', path]).ended).toBe(0);
  });

  it.each([`${PIN}\n`, `${PIN}\r`, `${PIN}\r\n`])('sign in from the environment: %j', async (value) => {
    const room = await startRoom({ password: PIN });
    const program = run(['watch', room.url, '--once'], { env: { TRUECONF_FILES_CREDENTIALS: value } });
    expect(await program.ended).toBe(0);
  });

  it('keep blanks at their end, which a refusal names', async () => {
    const room = await startRoom({ password: PIN });
    const program = run(['watch', room.url, '--once', '--credentials-file', '-'], { input: `${PIN} \n` });
    expect(await program.ended).toBe(4);
    expect(program.stderr.text).toContain('The credentials begin or end with a blank.');
    const lines = run(['list', room.url, '--credentials-file', '-'], { input: `${PIN}\nsecond line\n` });
    expect(await lines.ended).toBe(4);
    expect(lines.stderr.text).toContain('The credentials are several lines.');
  });

  it('are not quoted where they are too long', async () => {
    const program = run(['watch', 'demo', '--credentials-file', '-'], { input: 'geheim'.repeat(1_000) });
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toBe(
      'trueconf-files: The credentials file stdin holds more than 4096 characters.',
    );
    expect(`${program.stdout.text}${program.stderr.text}`).not.toContain('geheim');
  });
});

describe.skipIf(process.platform === 'win32')('a credentials file', () => {
  async function fileOf(mode: number, name = 'pin'): Promise<string> {
    const file = newPath(name);
    await writeFile(file, PIN);
    await chmod(file, mode);
    return file;
  }

  it.each([0o602, 0o666, 0o646])('that others could change (mode %i) is refused', async (mode) => {
    const { url } = await startRoom({ pin: PIN });
    const file = await fileOf(mode, "it's");
    const args = ['list', url, '--credentials-file', file];
    const program = run(args);
    expect(await program.ended).toBe(2);
    const [sentence, hint = ''] = program.stderr.lines;
    expect(sentence).toBe(`trueconf-files: The credentials file "${file}" could be changed by other users.`);
    execFileSync('sh', ['-c', hint.replace(/^Run: /, '')]);
    expect(await run(args).ended).toBe(0);
  });

  it('that others can read is named to a person, and in no log', async () => {
    const { url } = await startRoom({ pin: PIN });
    const file = await fileOf(0o664);
    const args = ['list', url, '--credentials-file', file];
    const program = run(args);
    expect(await program.ended).toBe(0);
    expect(program.stderr.text).not.toContain(file);
    const terminal = new PseudoTerminal(...commandOf(args), 250);
    await terminal.until((screen) => screen.includes(`Run: chmod o-r '${file}'`));
    await terminal.dispose();
  });
});

function commandOf(args: readonly string[]): [string, readonly string[]] {
  const [command, ...words] = STARTED;
  return [command, [...words, ...args]];
}
