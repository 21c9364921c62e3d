import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { type Program, usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath, write } = useFolder();

const NAME = 'план\x1b[2J\n.txt';

/** A Room with one file that was received, and one that waits. */
async function furnishedRoom() {
  const room = await startRoom();
  room.setStatus(room.receive({ id: 'id-1', name: NAME, size: 5_000 }).id, 3);
  room.receive({ id: 'id-2', name: 'b.txt', size: 7, peerId: 'bob@some.server', peerName: 'Bob' });
  return room;
}

const TEMPLATE = '{id}|{status:>10}|{name:.10}|{size:9bytes}|{peer.id}|{name:json}';
const LINES = [
  String.raw`id-1|  complete|план\x1b[…|  4.9 KiB|820_1@some.server|"план\u001b[2J\n.txt"`,
  'id-2|   waiting|b.txt|      7 B|bob@some.server|"b.txt"',
];

const lines = async (program: Program) => {
  expect(await program.ended, program.report).toBe(0);
  return program.stdout.lines;
};

it('writes a line for each transfer record, in a watch, a list, the history and a recording', async () => {
  const room = await furnishedRoom();
  const file = newPath();
  const watched = run(['watch', room.url, '--once', '--record', file, '--format', TEMPLATE]);
  expect((await lines(watched)).toSorted()).toEqual(LINES);
  expect(await lines(run(['replay', file, '--format', TEMPLATE]))).toEqual(watched.stdout.lines);
  expect((await lines(run(['list', room.url, '--format', TEMPLATE]))).toSorted()).toEqual(LINES);
  expect(await lines(run(['history', room.url, '--format', TEMPLATE]))).toEqual(LINES.slice(0, 1));
});

it('writes no lines for anything else, and reports the link on stderr', async () => {
  const room = await furnishedRoom();
  const program = run(['watch', room.url, '--count', '4', '--format', '{id} {status} {previousStatus}']);
  await program.stdoutHas('id-2 waiting');
  room.setStatus('id-2', 2);
  room.progress('id-2', 50);
  room.setStatus('id-2', 3);
  expect((await lines(program)).slice(2)).toEqual(['id-2 processing waiting', 'id-2 complete processing']);
  expect(program.stderr.text).toContain('connecting…');
});

it('comes from the config file as well, unless the command line asks for another format', async () => {
  const room = await furnishedRoom();
  const config = write(JSON.stringify({ defaults: { format: '<{id}>' } }));
  chmodSync(config, 0o600);
  expect((await lines(run(['list', room.url, '--config', config]))).toSorted()).toEqual(['<id-1>', '<id-2>']);
  const json = run(['list', room.url, '--config', config, '--json']);
  await json.ended;
  expect(json.transfers).toHaveLength(2);
});

it.each<[args: readonly string[], says: string]>([
  [
    ['watch', 'demo', '--format', '{status} {nmae}'],
    '--format: "nmae" is not a field.\n  {status} {nmae}\n            ^^^^\n',
  ],
  [['list', 'demo', '--format', '{foo}'], 'The fields are time, room, id, direction, status'],
  [['history', 'demo', '--format', '{name'], 'The { is never closed.'],
  [['replay', '-', '--format', '{name:bytes}'], 'bytes is for numbers.'],
  [
    ['watch', 'demo', '--format', '{id}', '--json'],
    "option '--json' cannot be used with option '--format <template>'",
  ],
  [
    ['list', 'demo', '--format', '{id}', '--plain'],
    "option '--format <template>' cannot be used with option '--plain'",
  ],
])('%j is wrong usage', async (args, says) => {
  const program = run(args);
  expect(await program.ended).toBe(2);
  expect(program.stderr.text).toContain(says);
  expect(program.stdout.text).toBe('');
});
