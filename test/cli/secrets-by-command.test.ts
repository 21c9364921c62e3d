import { describe, expect, it } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import {
  expectNoSecret,
  expectNoSecretIn,
  expectSignIns,
  MARKED,
  REFUSED,
  repeatEverywhere,
  repeatingLists,
  SECRET,
  SIGNED_IN,
  TOKEN,
} from '../support/marked.js';
import { hasNatsServer, useNatsServers } from '../support/nats-server.js';
import { usePrograms } from '../support/program.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();
const { natsServer } = useNatsServers();

/** How each command gets its Room. A new command that signs in belongs here. */
const COMMANDS: Readonly<Record<string, (url: string) => readonly string[]>> = {
  watch: (url) => ['watch', url, '--once'],
  list: (url) => ['list', url],
  info: (url) => ['info', 'abcdef', '--room', url],
  history: (url) => ['history', url],
  accept: (url) => ['accept', 'abcdef', '--room', url],
  reject: (url) => ['reject', 'abcdef', '--room', url],
  send: (url) => ['send', 'package.json', '--to', 'user2@some.server', '--room', url],
  files: (url) => ['files', url],
  rm: (url) => ['rm', '260618251', '--yes', '--room', url],
  clear: (url) => ['clear', '--yes', '--room', url],
  report: (url) => ['report', '--room', url],
  conform: (url) => ['conform', url, '--listen', '500ms'],
  doctor: (url) => ['doctor', url],
};

/** Commands with a test of their own below, or without a secret: the PIN of a simulated Room is none. */
const OTHERS = ['relay', 'simulate', 'completion', 'replay', 'redact', 'rooms', 'schema'];

const VERBOSITIES: readonly (readonly string[])[] = [[], ['--json', '--debug'], ['--debug']];
const CASES = Object.entries(COMMANDS).flatMap(([name, args]) =>
  VERBOSITIES.map((verbosity) => [name, verbosity, args] as const),
);

const env = { TRUECONF_FILES_CREDENTIALS: SECRET };

/** What a command may ask once it is signed in: all of it is refused, with the secrets in the words. */
const ASKED = [
  'getFileRequestInfo',
  'getFileInfo',
  'getFileTransferHistory',
  'acceptIncomingFileRequest',
  'acceptFile',
  'rejectIncomingFileRequest',
  'rejectFile',
  'sendFile',
  'sendFileToConference',
  'getFileList',
];
const refuse = () => ({ result: false, error: `it is not for ${MARKED.join(' or ')}` });
const REFUSALS = Object.fromEntries(ASKED.map((method) => [method, refuse]));

/** A Room that says the secrets again wherever it can, as soon as it is asked for its lists. */
async function talkativeRoom(): Promise<ScriptedWebRoom> {
  const room: ScriptedWebRoom = await startRoom({
    answers: {
      ...SIGNED_IN,
      ...REFUSALS,
      ...repeatingLists(),
      // Files go to a server of the Room that says nothing of use.
      getAppState: () => ({ appState: 3, embeddedHttpPort: Number(new URL(room.url).port), result: true }),
      getIncomingFilesRequests: () => {
        repeatEverywhere(room);
        return { incomingFilesRequests: [], result: true };
      },
    },
  });
  return room;
}

it.each(CASES)('%s %j shows none where the sign-in is refused', async (_, verbosity, args) => {
  const room = await startRoom({ answers: REFUSED });
  const program = run([...args(room.url), ...verbosity], { env });
  expect(await program.ended).toBe(4);
  expectSignIns(room, SECRET);
  expect(program.stdout.text + program.stderr.text).toContain('no entry for ***');
  expectNoSecret(program);
});

it.each(CASES)('%s %j shows none that the Room says again', async (_, verbosity, args) => {
  const room = await talkativeRoom();
  const program = run([...args(room.url), ...verbosity], { env });
  expect(await program.ended).not.toBe(4);
  expectSignIns(room, SECRET);
  expect(program.stdout.text + program.stderr.text).toContain('***');
  expectNoSecret(program);
});

/** Ways in which a Room ends a link with the secret in its words, other than a refusal of the sign-in. */
const ENDINGS: readonly (readonly [how: string, start: () => Promise<ScriptedWebRoom>])[] = [
  [
    'is closed while signing in',
    async () => {
      const room: ScriptedWebRoom = await startRoom({
        answers: { auth: () => closing(room, `go away, ${SECRET}`) },
      });
      return room;
    },
  ],
  [
    "can't sign in",
    () =>
      startRoom({
        answers: { auth: () => ({ result: false, resultCode: 1, error: `no table for ${SECRET}` }) },
      }),
  ],
];

/** Instead of an answer, the Room closes the link. */
function closing(room: ScriptedWebRoom, reason: string): null {
  room.hangUp(1008, reason);
  return null;
}

const BY_COMMAND = Object.entries(COMMANDS);
describe.each(ENDINGS)('a link that %s', (_, start) => {
  it.each(BY_COMMAND)('is reported by %s without it, and so is its cause', async (name, args) => {
    const room = await start();
    const program = run([...args(room.url), '--debug'], { env });
    expect(await program.ended).not.toBe(0);
    expect(program.stdout.text + program.stderr.text).toMatch(/(?:go away,|no table for) \*\*\*/);
    if (name !== 'doctor') expect(program.stderr.text).toContain('caused by Error');
    expectSignIns(room, SECRET);
    expectNoSecret(program);
  });
});

it('a live link that is closed with the secrets in the reason is reported without them', async () => {
  const room: ScriptedWebRoom = await startRoom({
    answers: { ...SIGNED_IN, getAppState: () => closing(room, `${SECRET}, ${TOKEN}`) },
  });
  const program = run(['watch', room.url, '--debug', '--no-reconnect'], { env });
  expect(await program.ended).toBe(3);
  expect(program.stderr.text.match(/\(code 1008: \*\*\*, \*\*\*\)/g)?.length).toBeGreaterThan(1);
  expectNoSecret(program);
});

it.skipIf(!hasNatsServer)('relay shows none, and shares none', async () => {
  const room = await talkativeRoom();
  const { url } = await natsServer();
  const relay = run(['relay', room.url, '--to', url], { env });
  await relay.stderrHas(': connected');
  const watch = run(['watch', url, '--json']);
  await watch.record(({ type }) => type === 'availability');
  for (const program of [watch, relay]) {
    program.kill('SIGTERM');
    expect(await program.ended).toBe(143);
    expectNoSecret(program);
  }
  expectSignIns(room, SECRET);
  expect(relay.stderr.text).toContain('***');
});

it('the metrics of a watch show none', async () => {
  const room = await talkativeRoom();
  const program = run(['watch', room.url, '--metrics', '0', '--debug'], { env });
  await program.stdoutHas('forbidden-by-licence');
  const [, url = ''] = /metrics on (\S+)/.exec(program.stderr.text) ?? [];
  const metrics = await (await fetch(url)).text();
  expect(metrics).toContain('trueconf_files');
  expectNoSecretIn(metrics);
  program.kill('SIGTERM');
  expect(await program.ended).toBe(143);
  expectSignIns(room, SECRET);
  expectNoSecret(program);
});

it('every command is in the table', () => {
  const known = [...Object.keys(COMMANDS), ...OTHERS];
  const names = commandTree().commands.map((command) => command.name());
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});
