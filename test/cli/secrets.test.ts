import { describe, expect, it } from 'vitest';
import {
  credentialsFile,
  expectNoSecret,
  expectSignIns,
  HTTP_TOKEN,
  REFUSED,
  repeatEverywhere,
  repeatingLists,
  SECRET,
  SIGNED_IN,
  TOKEN,
} from '../support/marked.js';
import { type RunOptions, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();
const file = credentialsFile();

const SOURCES: readonly (readonly [source: string, args: readonly string[], options: RunOptions])[] = [
  ['a file', ['--credentials-file', file], {}],
  ['stdin', ['--credentials-file', '-'], { input: `${SECRET}\n` }],
  ['the environment', [], { env: { TRUECONF_FILES_CREDENTIALS: SECRET } }],
];

const VERBOSITIES: readonly (readonly string[])[] = [
  ['--json'],
  ['--json', '--debug'],
  ['--debug'],
  ['--quiet'],
  [],
];

describe.each(SOURCES)('credentials from %s', (_, args, options) => {
  it.each(VERBOSITIES.map((verbosity) => [verbosity]))(
    'are not shown by %j when refused',
    async (verbosity) => {
      const room = await startRoom({ answers: REFUSED });
      const program = run(['watch', room.url, ...args, ...verbosity], options);
      expect(await program.ended).toBe(4);
      expectSignIns(room, SECRET);
      expect(program.stderr.text).toContain('no entry for ***');
      expectNoSecret(program);
    },
  );

  it.each(VERBOSITIES.map((verbosity) => [verbosity]))(
    'and tokens are not shown by %j',
    async (verbosity) => {
      const room = await startRoom({ answers: { ...SIGNED_IN, ...repeatingLists() } });
      const program = run(['watch', room.url, ...args, ...verbosity], options);
      await room.until(() => room.requests.some(({ method }) => method === 'getFileTransferAvailability'));
      repeatEverywhere(room);
      await program.until(() => /forbidden-by-licence/.exec(program.stdout.text) ?? undefined);
      room.hangUp(1011, `bye ${TOKEN}, x${HTTP_TOKEN}x, ${SECRET}`);
      await room.until(() => room.connections === 2 && room.requests.length > 6);
      program.kill('SIGINT');
      expect(await program.ended).toBe(130);
      expectSignIns(room, SECRET, TOKEN);
      expectNoSecret(program);
    },
  );
});

it('are taken out of frames by the names of their fields too, before they are known', async () => {
  const room = await startRoom({
    answers: { auth: () => ({ result: false, credentials: 'marked 1', token: 'marked 2', error: 'no' }) },
  });
  const program = run(['watch', room.url, '--debug']);
  expect(await program.ended).toBe(4);
  expect(program.stderr.text).toContain('"credentials":"***","token":"***"');
  expectNoSecret(program);
});

it('a short PIN is taken out where it stands alone, and nowhere else', async () => {
  const answers = { auth: () => ({ result: false, error: 'wrong PIN 4711, see error 34711 of 4711x' }) };
  const room = await startRoom({ answers });
  const program = run(['watch', room.url], { env: { TRUECONF_FILES_CREDENTIALS: '4711' } });
  expect(await program.ended).toBe(4);
  expect(program.stderr.text).toContain('wrong PIN ***, see error 34711 of 4711x');
});
