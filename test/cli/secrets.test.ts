import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Program, type RunOptions, usePrograms } from '../support/program.js';
import { type Script, type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();

/** With characters that JSON and patterns write differently. */
const SECRET = 'Marked-"Пароль"\\+(secret)';
const TOKEN = '1*marked-token/ab+cd==';
const HTTP_TOKEN = '4*marked-token-for-http';
const MARKED = [SECRET, TOKEN, HTTP_TOKEN];

const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
const file = join(folder, 'credentials');
writeFileSync(file, `${SECRET}\r\n`);
afterAll(() => rmSync(folder, { recursive: true }));

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

const signedIn = () => ({ token: TOKEN, tokenForHttpServer: HTTP_TOKEN, result: true, resultCode: 0 });

/** As they are, in capitals (a PIN has no case), and as a Room's JSON may write them. */
function forms(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inAscii = inJson.replace(/[^ -~]/g, (character) => `\\u0${character.charCodeAt(0).toString(16)}`);
  return [secret, secret.toUpperCase(), inJson, inAscii];
}

function expectNoSecret(program: Program): void {
  const shown = `${program.stdout.text}${program.stderr.text}`.toLowerCase();
  for (const form of MARKED.flatMap(forms)) expect(shown).not.toContain(form.toLowerCase());
  // Nor a part of one, which is what a quotation that was cut would leave.
  expect(shown).not.toMatch(/marked|пароль|\\u043f/);
}

/** What was sent to sign in, so that a test that shows no secret has had one. */
function expectSignIns(room: ScriptedWebRoom, ...credentials: readonly string[]): void {
  const sent = room.requests.filter(({ method }) => method === 'auth');
  expect(sent.map((request) => request['credentials'])).toEqual(credentials);
}

describe.each(SOURCES)('credentials from %s', (_, args, options) => {
  it.each(VERBOSITIES.map((verbosity) => [verbosity]))(
    'are not shown by %j when refused',
    async (verbosity) => {
      const refuse = ({ credentials }: { readonly [field: string]: unknown }) => ({
        result: false,
        resultCode: 3,
        credentials,
        error: `no entry for ${credentials}, x${credentials}x or ${String(credentials).toUpperCase()}`,
      });
      const room = await startRoom({ answers: { auth: refuse } });
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
      const room = await startRoom({ answers: { auth: signedIn, ...repeatingLists() } });
      const program = run(['watch', room.url, ...args, ...verbosity], options);
      await room.until(() => room.requests.some(({ method }) => method === 'getFileTransferAvailability'));
      repeatEverywhere(room);
      await program.until(() => /forbidden-by-licence/.exec(program.stdout.text) ?? undefined);
      room.hangUp(1011, `bye ${TOKEN}, x${HTTP_TOKEN}x, ${SECRET}`);
      await room.until(() => room.connections === 2 && room.requests.length > 6);
      program.kill('SIGTERM');
      expect(await program.ended).toBe(143);
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

/** Lists that are refused with the secrets in the words. */
function repeatingLists(): Script['answers'] {
  const refuse = () => ({ result: false, error: `no list for ${MARKED.join(' or ')}` });
  return { getOutgoingFilesRequests: refuse, getFileUploads: refuse };
}

/** The Room says the secrets wherever it can say something that is not a name of a file or of a person. */
function repeatEverywhere(room: ScriptedWebRoom): void {
  for (const secret of MARKED) {
    const long = `${'x'.repeat(24)} ${secret}`;
    room.send({ method: 'event', event: `unknown ${secret}` });
    room.send({ method: 'event', event: long });
    room.send(`no JSON ${secret}`);
    room.send(`no JSON ${long}`);
    room.send(JSON.stringify(long));
    room.send({ method: secret, requestId: secret, result: true });
    room.send({ method: long, requestId: long, result: true, error: secret });
    room.send({ method: 'event', event: 'fileRequestStatusChanged', fileRequestId: 'a', status: secret });
    room.send({ method: 'event', event: 'receivedFileRequest', fileRequestId: 'b', fileSize: long });
    room.send({ method: 'event', event: 'receivedFileRequest', fileRequestId: { secret } });
    room.send({ method: 'event', event: 'appStateChanged', token: secret });
  }
  room.send({ method: 'event', event: 'fileTransferAvailabilityChanged', availability: 1 });
}
