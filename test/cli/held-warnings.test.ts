import { expect, it } from 'vitest';
import { usePrograms } from '../support/program.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();

/** How each command gets its Room. */
const COMMANDS: readonly (readonly [command: string, args: (url: string) => readonly string[]])[] = [
  ['watch', (url) => ['watch', url, '--once', '--no-timestamps']],
  ['list', (url) => ['list', url]],
  ['info', (url) => ['info', 'abcdef', '--room', url]],
  ['history', (url) => ['history', url]],
  ['accept', (url) => ['accept', 'abcdef', '--room', url]],
];

/** A Room that sends broken messages of three kinds with its lists: three, two and one. */
async function brokenRoom(): Promise<ScriptedWebRoom> {
  const sendAll = () => {
    for (const fileRequestId of ['a', 'b', 'c']) {
      room.send({
        method: 'event',
        event: 'fileRequestStatusChanged',
        fileRequestId,
        status: 1,
        fileSize: 'big',
      });
    }
    for (const text of ['hello', 'again', '[1]']) room.send(text);
  };
  const room: ScriptedWebRoom = await startRoom({
    answers: {
      getIncomingFilesRequests: () => {
        sendAll();
        return { incomingFilesRequests: [], result: true };
      },
    },
  });
  return room;
}

it.each(COMMANDS)('%s says at its end of which kind there were more, and how many', async (_, args) => {
  const room = await brokenRoom();
  const program = run(args(room.url));
  await program.ended;
  const notes = program.stderr.lines.filter((line) => line.includes(' more of '));
  expect(notes).toEqual([
    `${room.url}: warning: 2 more of "partly-read"`,
    `${room.url}: warning: 1 more of "not-json"`,
  ]);
});

it('records have the kind and the number as fields', async () => {
  const room = await brokenRoom();
  const program = run(['list', room.url, '--json']);
  expect(await program.ended).toBe(0);
  const held = program.records.filter(({ message }) => String(message).includes(' more of '));
  expect(held).toMatchObject([
    { code: 'partly-read', count: 2, message: '2 more of "partly-read"' },
    { code: 'not-json', count: 1, message: '1 more of "not-json"' },
  ]);
});
