import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort, listen } from '../support/silent-server.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const startScripted = useScriptedWebRooms();
const { newPath } = useFolder();

const PIN = 'Q7XW';
const IS_PIN = 'the last part of the address is used as the PIN';

describe('a link with a PIN, as the Room shows it', () => {
  it.each([
    ['watch', ['--json', '--once', '--debug']],
    ['watch', ['--plain', '--once']],
    ['list', ['--json', '--debug']],
    ['doctor', ['--json', '--debug']],
    ['doctor', []],
  ])('signs in with it and shows it nowhere: %s %j', async (command, args) => {
    const room = await startRoom({ pin: PIN });
    room.receive({ id: 'a' });
    const program = run([command, ...(command === 'list' ? ['--room'] : []), `${room.url}/${PIN}`, ...args]);
    expect(await program.ended).toBe(0);
    expect(room.signIns).toBe(1);
    expect(`${program.stdout.text}${program.stderr.text}`.toUpperCase()).not.toContain(PIN);
    expect(program.stderr.text.split(IS_PIN)).toHaveLength(2);
    if (args.includes('--json')) for (const record of program.records) expect(record['room']).toBe(room.url);
  });

  it('keeps it out of the recording, the metrics and the list of processes', async () => {
    const room = await startRoom({ pin: PIN });
    const file = newPath('recording');
    const program = run(['watch', `${room.url}/${PIN}`, '--json', '--record', file, '--metrics', '0']);
    await program.connected();
    const [, port] = await program.until(
      () => /127\.0\.0\.1:(\d+)\/metrics/.exec(program.stderr.text) ?? undefined,
    );
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain(`room="${room.url}"`);
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${program.child.pid}/cmdline`, 'utf8')).not.toContain(PIN);
    }
    room.dropClients();
    await program.connected(2);
    program.kill('SIGTERM');
    await program.ended;
    const all = [metrics, readFileSync(file, 'utf8'), program.stdout.text, program.stderr.text];
    expect(all.join().toUpperCase()).not.toContain(PIN);
  });

  it('that is wrong is refused, and says what it was used as', async () => {
    const room = await startRoom({ pin: PIN });
    const program = run(['watch', `${room.url}/wrong1`, '--json']);
    expect(await program.ended).toBe(4);
    expect(program.stderr.text).toContain('it was used as the PIN');
    expect(`${program.stdout.text}${program.stderr.text}`).not.toContain('wrong1');
  });

  it.each([
    ['is no PIN', 'meeting-room', []],
    ['is too long for a PIN', 'meetingroom', []],
    ['comes with other credentials', 'meeting', ['--credentials-file', '-']],
  ])('takes no seat of the Room where its last part %s', async (_, last, args) => {
    const room = await startRoom({ password: 'password' });
    const program = run(['watch', `${room.url}/${last}`, '--json', ...args], { input: 'password' });
    expect(await program.ended).toBe(3);
    expect(program.stderr.text).toContain(`${room.url} has no Room of the name in its address`);
    expect(room.requests).toEqual([]);
  });
});

describe('a last part that may be a PIN, where the host does not tell,', () => {
  it.each<[string, () => Promise<string>]>([
    ['as nothing listens there', async () => `http://127.0.0.1:${await closedPort()}`],
    ['as it has no page', () => hostThatAnswers(404)],
    ['as it is busy', () => hostThatAnswers(503)],
  ])('is not shown by doctor %s', async (_, start) => {
    const host = await start();
    for (const format of [[], ['--json']]) {
      const program = run(['doctor', `${host}/${PIN}`, ...format]);
      expect(await program.ended).toBe(3);
      expect(program.stdout.text).toContain(`the web page of a Room at ${host}; the last part`);
      expect(`${program.stdout.text}${program.stderr.text}`.toUpperCase()).not.toContain(PIN);
    }
  });

  it('is shown where it can only be a name', async () => {
    const host = `http://127.0.0.1:${await closedPort()}`;
    for (const name of [`public/${PIN}`, 'meeting-room']) {
      const program = run(['doctor', `${host}/${name}`]);
      expect(await program.ended).toBe(3);
      expect(program.stdout.text).toContain(`a Room at ${host}, Room ${name.replace('public/', '')}\n`);
    }
  });

  /** A host whose pages are all answered with one status. */
  async function hostThatAnswers(status: number): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status).end());
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${await listen(server)}`;
  }
});

it('the query of an address is never shown', async () => {
  const room = await startScripted();
  const program = run(['watch', `${room.webSocketUrl}/?token=geheim`, '--json', '--once', '--debug']);
  expect(await program.ended).toBe(0);
  for (const record of program.records) expect(record['room']).toBe(`${room.webSocketUrl}/…`);
  expect(`${program.stdout.text}${program.stderr.text}`).not.toContain('geheim');
});

it('one Room under several names is watched once', async () => {
  const room = await startRoom();
  const { port } = new URL(room.webSocketUrl);
  const names = [`ws://127.0.0.1:${port}`, `WS://127.0.0.1:${port}/`, `ws://localhost:${port}`];
  const program = run(['watch', ...names, '--json', '--once']);
  expect(await program.ended).toBe(0);
  expect(room.signIns).toBe(1);
  expect(new Set(program.records.map((record) => record['room']))).toEqual(new Set([names[0]]));
});
