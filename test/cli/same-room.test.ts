import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';
import { ScriptedRoom } from '../support/scripted-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();

it.each([
  ['its page and its WebSocket', (web: URL, ws: URL) => [web.host, ws.href]],
  ['its WebSocket and its page', (web: URL, ws: URL) => [ws.href, `http://localhost:${web.port}/`]],
  ['three times', (web: URL, ws: URL) => [web.host, ws.href, `ws://localhost:${ws.port}/`]],
])('a Room that is named by %s is watched once, and is never its own rival', async (_, name) => {
  const room = await startRoom();
  room.receive({ id: 'id-1' });
  const args = ['watch', ...name(new URL(room.url), new URL(room.webSocketUrl)), '--json', '--takeover'];
  const program = run([...args, '--once']);
  expect(await program.ended).toBe(0);
  expect(program.transfers.map(({ id }) => id)).toEqual(['id-1']);
  expect(program.records.filter(({ code }) => code === 'same-room')).toHaveLength(1);
  expect(program.stderr.text).toMatch(/ is the same Room as \S+, which is watched already/);
  expect(room.signIns).toBe(1);
});

it('Rooms that differ only in what is not shown of their addresses have a label each', async () => {
  const room = await ScriptedRoom.start();
  onTestFinished(() => room.close());
  const program = run([
    'watch',
    ...['a', 'b?c', 'd'].map((path) => `${room.url}/${path}`),
    '--json',
    '--once',
  ]);
  expect(await program.ended, program.report).toBe(0);
  const label = `${room.url}/…`;
  const connected = program.records.filter(({ state }) => state === 'connected');
  expect(connected.map((record) => record['room']).sort()).toEqual([label, `${label} (2)`, `${label} (3)`]);
});

it('an address with a part that is not shown is refused to a relay, whatever else was opened', async () => {
  const program = run(['relay', 'demo', 'ws://127.0.0.1:1/a', '--to', 'nats://127.0.0.1:1']);
  expect(await program.ended).toBe(2);
  expect(program.stderr.text).toContain('"ws://127.0.0.1:1/…" has a part that is not shown');
});

it('goes on with the one that is left', async () => {
  const room = await startRoom();
  const program = run(['watch', room.url, room.webSocketUrl, '--json', '--count', '1']);
  await program.record(({ code }) => code === 'same-room');
  await program.connected();
  room.receive({ id: 'id-1' });
  expect(await program.ended).toBe(0);
});

it('as administrator and as user it has two seats, and is watched from both', async () => {
  const room = await startRoom();
  const config = newPath('config.json');
  const rooms = {
    admin: { address: room.url, role: 'admin' },
    user: { address: room.webSocketUrl, role: 'user' },
  };
  writeFileSync(config, JSON.stringify({ rooms }), { mode: 0o600 });
  const program = run(['watch', '@all', '--config', config, '--json', '--once']);
  expect(await program.ended, program.report).toBe(0);
  expect(program.records.filter(({ code }) => code === 'same-room')).toEqual([]);
  expect(program.records.filter(({ state }) => state === 'connected')).toHaveLength(2);
});
