import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../simulator/client.js';
import { useFolder } from '../support/folder.js';
import { type Program, usePrograms } from '../support/program.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();
const { newPath } = useFolder();

const HALF = 'half a character';
/** Readers of JSON stop at half a character. */
const inRecord = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** What a stranger may put into a text, and how a person sees it. */
const HOSTILE: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['a write to the clipboard', '\x1b]52;c;ZXZpbA==\x07', '\\x1b]52;c;ZXZpbA==\\x07'],
  ['a line written over', '\x1b[1A\r\x1b[2Kall is well', '\\x1b[1A\\x0d\\x1b[2Kall is well'],
  ['a line of its own', 'x\n2026-01-01T00:00:00.000Z  forged', 'x\\x0a2026-01-01T00:00:00.000Z  forged'],
  ['a C1 control', '\u009b31mred\u0085', '\\x9b31mred\\x85'],
  ['DEL and NUL', 'a\x7f\0', 'a\\x7f\\x00'],
  ['text turned round', 'photo\u202egpj.exe', 'photo\\u202egpj.exe'],
  ['text that is invisible', 'a\u200bb\u2066c\ufeff', 'a\\u200bb\\u2066c\\ufeff'],
  [HALF, 'a\ud800b', 'a\\ud800b'],
];

const ESCAPE = '\x1b';

/** What no text from outside may bring to a person's terminal. */
const UNSAFE = /[^\P{C}\n]/u;
/** Records keep strings as they are, apart from what a terminal would obey. */
const CONTROL = /[^\P{Cc}\n]/u;

function expectNone(unsafe: RegExp, program: Program): void {
  for (const { text } of [program.stdout, program.stderr]) {
    const [found] = unsafe.exec(text) ?? [''];
    expect(JSON.stringify(found)).toBe('""');
  }
}

const event = (name: string) => ({
  method: 'event',
  event: 'fileRequestStatusChanged',
  fileRequestId: `id ${name}`,
  status: 2,
  directionType: 0,
  fileName: `name ${name}`,
  peerId: 'peer@some.server',
  peerDisplayName: `peer ${name}`,
  confId: `conference ${name}`,
});

/** Sends a text in every place where the Room has one, and waits until all that was shown. */
async function tellAll(room: ScriptedWebRoom, program: Program, text: string): Promise<void> {
  await program.stderrHas(': connected\n');
  room.send(event(text));
  room.send({ method: 'event', event: 'fileDeletedFromFileTransferHistory', fileRequestId: text });
  room.send({ method: 'event', event: `event ${text}` });
  room.send({ method: `method ${text}`, requestId: `request ${text}`, result: true });
  room.send({ ...event('part'), fileSize: text });
  room.send(`no JSON ${text}`);
  room.send({ method: 'event', event: 'fileTransferAvailabilityChanged', availability: 1 });
  // Two pipes: what was written first may arrive last.
  await program.stdoutHas('forbidden-by-licence (1)');
  await program.stderrHas('not JSON');
}

describe.each(HOSTILE)('%s', (what, text, shown) => {
  it('is shown as what it is in lines, warnings and frames', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--debug']);
    await tellAll(room, program, text);
    expectNone(UNSAFE, program);
    for (const word of ['name', 'peer', 'conference', 'id']) {
      expect(program.stdout.text).toContain(`${word} ${shown}`);
    }
    expect(program.stderr.text).toMatch(/: warning: [^\n]*event that is not documented/);
    expect(program.stderr.text).toMatch(/: warning: [^\n]*which was not asked/);
    expect(program.stderr.text).toMatch(/: warning: [^\n]*not JSON/);
  });

  it('is exactly that in records, without a control or half a character in the bytes', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json']);
    await program.connected();
    room.send(event(text));
    const record = await program.record(({ type }) => type === 'transfer');
    expectNone(CONTROL, program);
    expect(record).toMatchObject({
      id: `id ${inRecord(text)}`,
      name: `name ${inRecord(text)}`,
      peer: { id: 'peer@some.server', name: `peer ${inRecord(text)}` },
      conferenceId: `conference ${inRecord(text)}`,
    });
  });

  it.each([
    ['a refusal', 3, 4],
    ['an internal error', 1, 3],
  ])('is shown as what it is in the words of %s at the sign-in', async (_, resultCode, exitCode) => {
    const auth = () => ({ result: false, resultCode, error: `error ${text}` });
    const room = await startRoom({ answers: { auth } });
    const program = run(['watch', room.url]);
    expect(await program.ended).toBe(exitCode);
    expectNone(UNSAFE, program);
    expect(program.stderr.text).toContain(`error ${shown}`);
  });

  // A close reason is UTF-8, which has no half characters.
  it.skipIf(what === HALF)('is shown as what it is in the reason of a close', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--no-reconnect']);
    await program.stderrHas(': connected\n');
    room.hangUp(1011, `reason ${text}`);
    expect(await program.ended).toBe(3);
    expectNone(UNSAFE, program);
    expect(program.stderr.text).toContain(`reason ${shown}`);
  });
});

describe('in a pipe', () => {
  it('there is no escape at all, also where TERM names a terminal with colours', async () => {
    const program = run(['watch', 'demo', '--count', '8'], { env: { COLORTERM: 'truecolor' } });
    expect(await program.ended).toBe(0);
    expect(program.stdout.lines.length).toBeGreaterThanOrEqual(8);
    expectNone(UNSAFE, program);
  });

  it.each<[args: readonly string[], env: Record<string, string>]>([
    [['--color', 'always'], {}],
    [['--color', 'always'], { NO_COLOR: '1', TERM: 'dumb' }],
    [[], { FORCE_COLOR: '1' }],
  ])('%j %j: colours, and nothing that moves the cursor', async (args, env) => {
    const program = run(['watch', 'demo', '--count', '8', ...args], { env });
    expect(await program.ended).toBe(0);
    const [, ...afterEscapes] = program.stdout.text.split(ESCAPE);
    expect(afterEscapes.length).toBeGreaterThan(0);
    for (const text of afterEscapes) expect(text).toMatch(/^\[\d+(?:;\d+)*m/);
    expect(program.stderr.text).not.toContain(ESCAPE);
  });

  it.each<[args: readonly string[], env: Record<string, string>]>([
    [['--no-color'], { FORCE_COLOR: '1' }],
    [['--color', 'never'], { FORCE_COLOR: '1' }],
    [[], { FORCE_COLOR: '1', NO_COLOR: '1' }],
    [[], { FORCE_COLOR: '0' }],
    [['--json', '--color', 'always'], {}],
  ])('%j %j: no colours', async (args, env) => {
    const program = run(['watch', 'demo', '--once', ...args], { env });
    expect(await program.ended).toBe(0);
    expectNone(UNSAFE, program);
  });
});

describe.each([
  ['high', '\ud800'],
  ['low', '\udfff'],
])('the %s half of a character', (_, half) => {
  const request = {
    fileRequestId: `request ${half}`,
    fileName: `name ${half}`,
    timestamp: 1_659_284_222_850,
  };
  const row = { ...request, size: 1, fileSize: 1, status: 3, directionType: 0, peerId: half, peerDn: half };
  const answers = {
    getIncomingFilesRequests: () => ({ incomingFilesRequests: [row] }),
    getFileTransferHistory: () => ({ filesRequests: [row] }),
    getFileRequestInfo: ({ fileRequestId }: Frame) =>
      fileRequestId === request.fileRequestId ? row : { result: false },
  };

  it.each<[args: readonly string[]]>([
    [['list', '--json']],
    [['history', '--json']],
    [['report', '--json']],
    [['list', '--format', '{name:json} {peer:json}']],
    [['watch', '--once', '--json']],
  ])('is U+FFFD in what %j writes', async ([command = '', ...args]) => {
    const room = await startRoom({ answers });
    const program = run([command, room.url, ...args]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.text).not.toContain('\\ud');
    expect(program.stdout.text).toContain('"name \ufffd"');
    expect(program.stdout.text).toContain('{"id":"\ufffd","name":"\ufffd"}');
  });

  it('in an id is found by what is written of it, and goes back to the Room as it came', async () => {
    const room = await startRoom({ answers });
    const program = run(['info', 'request \ufffd', '--room', room.url, '--json']);
    expect(await program.ended, program.report).toBe(0);
    expect(program.transfers).toMatchObject([{ id: 'request \ufffd', name: 'name \ufffd' }]);
  });

  it('is reported by a recording as by the watch', async () => {
    const room = await startRoom();
    const path = newPath('half.ndjson');
    const program = run(['watch', room.url, '--json', '--record', path]);
    await program.connected();
    room.send({ ...event(half), status: 3 });
    await program.record(({ type }) => type === 'transfer');
    program.kill('SIGINT');
    await program.ended;
    const replayed = run(['replay', path, '--json']);
    expect(await replayed.ended, replayed.report).toBe(0);
    expect(replayed.stdout.text).toBe(program.stdout.text);
    expect(replayed.stdout.text).toContain('"name":"name \ufffd"');
  });
});

const hasJq = spawnSync('jq', ['--version']).error === undefined;
if (!hasJq) console.log('Skipped what is read with jq: there is none here.');

describe.skipIf(!hasJq)('jq reads every line of --json', () => {
  const jq = (program: Program) =>
    spawnSync('jq', ['-e', '-R', '-c', 'fromjson | .type and .v == 1 and .time and .room'], {
      input: program.stdout.text,
      encoding: 'utf8',
    });

  it('of a watch with hostile names, broken frames and a lost link', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json']);
    await program.connected();
    for (const [, text] of HOSTILE) {
      room.send(event(text));
      room.send(`no JSON ${text}`);
    }
    room.hangUp(1011, 'bye');
    await program.connected(2);
    program.kill('SIGINT');
    await program.ended;
    const { stdout, status } = jq(program);
    expect(status).toBe(0);
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['true']));
    expect(stdout.trim().split('\n')).toHaveLength(program.stdout.lines.length);
  });

  it('of a watch that failed', async () => {
    const room = await startRoom({ answers: { auth: () => ({ result: false, error: 'no\x1b[31m' }) } });
    const program = run(['watch', room.url, '--json']);
    expect(await program.ended).toBe(4);
    expect(jq(program)).toMatchObject({ status: 0, stdout: 'true\n'.repeat(2) });
  });
});
