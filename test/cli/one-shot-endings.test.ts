import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useHostedPrograms } from '../support/in-process.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort, useSilentServers } from '../support/silent-server.js';

const { run, shell } = usePrograms();
const { room: startRoom } = useRooms();
const silent = useSilentServers();
const startScripted = useScriptedWebRooms();
const host = useHostedPrograms();

describe.each([
  ['list'],
  ['history'],
  ['info', 'abc'],
  ['accept', 'abc'],
  ['reject', 'abc'],
  ['send', 'package.json', '--to', 'a@b'],
])('%s', (...args) => {
  it('ends with 3 where the Room is not there', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    const program = run([...args, '--room', url, '--json']);
    expect(await program.ended).toBe(3);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${url} can't be reached: connection refused.`,
      expect.stringMatching(/^Check that the Room runs/),
    ]);
  });

  it('ends with 4 if the Room wants a PIN, and takes no one’s seat', async () => {
    const room = await startRoom({ pin: '4711' });
    const program = run([...args, '--room', room.url, '--json']);
    expect(await program.ended).toBe(4);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines[0]).toContain(`The Room ${room.url} refused the sign-in`);
    expect(room.signIns).toBe(0);
  });

  it('ends with 130 on Ctrl-C while it connects', async () => {
    const server = await silent();
    const program = run([...args, '--room', `ws://127.0.0.1:${server.port}`]);
    await server.connected();
    program.kill('SIGINT');
    expect(await program.ended).toBe(130);
    expect(program.stdout.text + program.stderr.text).toBe('');
  });
});

it.skipIf(!existsSync('/dev/full'))(
  'a stdout that can not be written ends with 1 and one sentence',
  async () => {
    const room = await startRoom();
    room.receive();
    const program = shell(`$PROGRAM list ${room.url} > /dev/full`);
    expect(await program.ended).toBe(1);
    expect(program.stderr.lines).toEqual([
      "trueconf-files: stdout can't be written: no space is left on the device.",
    ]);
  },
);

it('an answer that never comes ends it with 3', async () => {
  const room = await startScripted({ answers: { acceptIncomingFileRequest: () => null } });
  const { url } = room;
  const program = host(['accept', '1', '--room', url]);
  await room.until(() => room.requests.some(({ method }) => method === 'acceptIncomingFileRequest'));
  await program.clock.pass(10_000);
  expect(await program.ended).toBe(3);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.lines).toEqual([
    `trueconf-files: No answer from ${url}: the Room did not answer "acceptIncomingFileRequest" within 10 s.`,
    'Try again; a Room that is older than the request may not know it.',
  ]);
});
