import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';
import { listen } from '../support/silent-server.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();

const page = readFileSync('docs/automation.md', 'utf8');

/** Puts a script of the page into a folder, where the page's commands have it. */
function script(name: string, folder: string): void {
  const [, text] = new RegExp(`\`\`\`bash\\n(#!/bin/sh\\n# ${name}.*?)\`\`\``, 's').exec(page) ?? [];
  if (text === undefined) throw new Error(`The page has no ${name}`);
  writeFileSync(join(folder, name), text, { mode: 0o755 });
}

/** The value of `--exec` of the page that has this text, with its script in a folder. */
function hookOf(text: string, folder: string): string {
  const hook = [...page.matchAll(/--exec '([^']+)'/g)]
    .map(([, one = '']) => one)
    .find((one) => one.includes(text));
  if (hook === undefined) throw new Error(`The page has no hook with ${text}`);
  return hook.replace('=./', `=${folder}/`);
}

function newFolder(): string {
  const folder = newPath('recipe');
  mkdirSync(folder);
  return folder;
}

const hasCurl = hasProgram('curl');

describe.skipIf(process.platform === 'win32')('the recipe', () => {
  it('that moves what arrived leads nowhere else, whatever names and ids are', async () => {
    const folder = newFolder();
    const [from, to] = [join(folder, 'received'), join(folder, 'archive')];
    mkdirSync(from);
    const strange = [
      { name: 'plan.pdf', peerId: 'ada@example.com', under: 'from-ada@example.com' },
      { name: '$(touch pwned) `id`.pdf', peerId: '$(touch pwned)', under: 'from-__touch_pwned_' },
      { name: '-rf', peerId: '../../etc', under: 'from-.._.._etc' },
      { name: 'a"b\'c;d&e|f.txt', peerId: '..', under: 'from-..' },
      { name: '회의록 й.hwp', peerId: 'Зал\n', under: 'from-_______' },
    ];
    for (const { name } of strange) writeFileSync(join(from, name), name);
    script('archive.sh', folder);
    const hook = hookOf('archive.sh', folder).replace('/srv/trueconf', from).replace('/srv/archive', to);

    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--exec', hook]);
    await program.connected();
    for (const [at, { name, peerId }] of strange.entries()) {
      room.receive({ id: `strange-${at}`, name, peerId });
      room.setStatus(`strange-${at}`, 3);
      await program.record(
        ({ type, id, exitCode }) => type === 'hook' && id === `strange-${at}` && exitCode === 0,
      );
    }
    for (const { name, under } of strange) expect(readFileSync(join(to, under, name), 'utf8')).toBe(name);
    expect(existsSync('pwned')).toBe(false);
    expect(readdirSync(from)).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['archive', 'archive.sh', 'received']);
  });

  it('that decides asks for each request', async () => {
    const folder = newFolder();
    script('check.sh', folder);
    writeFileSync(join(folder, 'known-bad.sh'), '#!/bin/sh\n[ "$1" = mallory@example.com ]\n', {
      mode: 0o755,
    });
    const room = await startRoom();
    const hook = hookOf('check.sh', folder);
    const program = run(['watch', room.url, '--json', '--exec', hook, '--allow-decisions']);
    await program.connected();
    room.receive({ id: 'from-ada', peerId: 'ada@example.com' });
    room.receive({ id: 'from-mallory', peerId: 'mallory@example.com' });
    await program.record(({ id, status }) => id === 'from-ada' && status === 'processing');
    await program.record(({ id, status }) => id === 'from-mallory' && status === 'rejected');
  });

  it.skipIf(!hasCurl)('that alerts posts the record', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        bodies.push(body);
        response.end();
      });
    });
    onTestFinished(() => void server.close());
    const port = await listen(server);
    const hook = hookOf('curl', '.').replace('https://alerts.example.com', `http://127.0.0.1:${port}`);
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--exec', hook]);
    await program.connected();
    room.receive({ id: 'broken-1', name: '"; drop.txt' });
    room.setStatus('broken-1', 0);
    await program.record(({ type, exitCode }) => type === 'hook' && exitCode === 0);
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
      { type: 'transfer', id: 'broken-1', status: 'failed', name: '"; drop.txt' },
    ]);
  });
});

function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
