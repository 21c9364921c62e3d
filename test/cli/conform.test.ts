import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { READING_METHODS } from '../../src/protocol/wire.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { useHostedPrograms } from '../support/in-process.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run, shell } = usePrograms();
const host = useHostedPrograms();
const { room: startRoom } = useRooms();
const startScripted = useScriptedWebRooms();
const { newPath } = useFolder();

/** What the simulated Room has on every answer of a Room that answers everything. */
const WHOLE = {
  getFileTransferHistory: () => ({ filesRequests: [], result: true }),
  getFileList: () => ({ fileList: [], result: true }),
};
const BRIEFLY = ['--listen', '300ms'];
const ODD_EVENT = { method: 'event', event: 'roomBurnt', degrees: 451, owner: 'Anna' };

describe('a Room', () => {
  it.each([false, true])('that is simulated conforms (legacy: %s)', async (legacy) => {
    const { url, transfers } = await startRoom({ legacy, rate: 100 });
    const program = run(['conform', url, '--json', '--listen', '1s']);
    expect(await program.ended, program.report).toBe(0);
    expect(program.records.filter(({ type }) => type === 'finding')).toEqual([]);
    const names = program.records.filter(({ type }) => type === 'message').map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['auth', 'getSystemInfo', legacy ? 'getFileInfo' : 'getFileRequestInfo']),
    );
    expect(program.records.at(-1)).toMatchObject({ type: 'conform', ok: true, room: url, findings: 0 });
    expect(transfers.length).toBeGreaterThan(0);
  });

  it('is asked nothing that acts', async () => {
    const room = await startRoom();
    room.receive();
    const before = room.transfers;
    expect(await run(['conform', room.url, ...BRIEFLY]).ended).toBe(0);
    expect(room.requests.map(({ method }) => method)).not.toContainEqual(
      expect.stringMatching(/^(?:set|accept|reject|send|delete|clear|stop|start)/),
    );
    expect(room.transfers).toEqual(before);
  });

  it('is reported where it is not as documented, with the code 6', async () => {
    const room = await startScripted({
      answers: { ...WHOLE, getSettings: () => ({ settings: 7, result: true }) },
    });
    const program = run(['conform', room.url, ...BRIEFLY]);
    await room.until(() => room.requests.some(({ method }) => method === 'getSettings'));
    room.send(ODD_EVENT);
    room.send('hello');
    expect(await program.ended, program.report).toBe(6);
    const { text } = program.stdout;
    expect(text).toContain('! answer getSettings: settings is integer, expected list\n');
    expect(text).toContain('! event roomBurnt is not documented\n');
    expect(text).toContain('! a frame is not a message: not-json\n');
    expect(text).toMatch(/^ {4}degrees {2}integer, 3 digits$/m);
    expect(text).toMatch(/^answer {2}getSystemInfo +1 {2}refused "unknown method"$/m);
    expect(text).toMatch(/3 things to report\.\n$/);
    expect(text).not.toContain('Anna');
  });

  it('that does not answer is reported', async () => {
    const room = await startScripted({ answers: { ...WHOLE, getSystemInfo: () => null } });
    const program = host(['conform', room.url, '--json', ...BRIEFLY]);
    const last = READING_METHODS.current.at(-1);
    await room.until(() => room.requests.some(({ method }) => method === last));
    await room.untilRead();
    vi.setSystemTime(Date.now() + 10_000);
    onTestFinished(() => void vi.useRealTimers());
    await program.clock.pass(10_000);
    expect(await program.ended).toBe(6);
    expect(program.records.filter(({ type }) => type === 'finding')).toMatchObject([
      { finding: 'unanswered', kind: 'request', name: 'getSystemInfo', count: 1 },
    ]);
  });

  it('that hangs up, or a person who has seen enough, gets what came until then', async () => {
    const room = await startScripted({ answers: WHOLE });
    const hungUp = run(['conform', room.url, '--listen', '1h']);
    await room.until(() => room.requests.some(({ method }) => method === 'getAuthInfo'));
    room.hangUp(1001, '');
    expect(await hungUp.ended).toBe(3);
    expect(hungUp.stdout.text).toContain('Conforms: nothing to report.');
    const program = run(['conform', (await startRoom()).url, '--listen', '1h']);
    await program.stderrHas('listening');
    program.kill('SIGINT');
    expect(await program.ended).toBe(130);
    expect(program.stdout.text).toContain('Conforms: nothing to report.');
  });

  it('that refuses the sign-in gives its words and code', async () => {
    const { url } = await startRoom({ pin: 'hunter22' });
    const program = run(['conform', url, '--json']);
    expect(await program.ended).toBe(4);
    expect(program.records).toMatchObject([
      { type: 'message', name: 'auth', refusals: [{ error: 'access denied', code: '3', count: 1 }] },
      { type: 'conform', room: url, ok: true },
    ]);
    expect(program.stderr.text).toContain('refused the sign-in');
    const withPin = run(['conform', `${url}/hunter22`, '--json', ...BRIEFLY]);
    expect(await withPin.ended, withPin.report).toBe(0);
    expect(withPin.records.at(-1)).toMatchObject({ room: url, ok: true });
    expect(withPin.report).not.toContain('hunter22');
  });

  it('is never shown in a report to be shared', async () => {
    const room = await startScripted({
      answers: { ...WHOLE, getSettings: () => ({ result: false, error: 'not for Anna' }) },
    });
    for (const format of [[], ['--json']]) {
      const program = run(['conform', room.url, '--share', ...format, ...BRIEFLY]);
      await room.until(() => room.requests.some(({ method }) => method === 'getSettings'));
      room.send(ODD_EVENT);
      expect(await program.ended, program.report).toBe(6);
      expect(program.stdout.text).not.toMatch(/127\.0\.0\.1|Anna|Burnt|degrees/);
      expect(program.stdout.text).toContain('(9 characters)');
      room.requests.length = 0;
    }
  });
});

describe('a recording', () => {
  const messages = `${readFileSync('test/fixtures/events.ndjson', 'utf8')}${JSON.stringify(ODD_EVENT)}\n`;

  it('gives what the Room gave', async () => {
    const { url } = await startRoom({ rate: 100 });
    const path = newPath();
    const options = ['--record', path, '--record-all', '--json', '--count', '20', '--no-snapshot'];
    expect(await run(['watch', url, ...options]).ended).toBe(0);
    const program = run(['conform', path, '--json']);
    expect(await program.ended, program.report).toBe(0);
    expect(program.records.at(-1)).toMatchObject({ room: url, ok: true });
    expect(program.records[0]).toMatchObject({ type: 'message', name: 'auth', count: 1, omitted: 0 });
  });

  it.each<[name: string, packed: () => Buffer]>([
    ['plain.txt', () => Buffer.from(messages)],
    ['room.ndjson.gz', () => gzipSync(messages)],
    ['cut.ndjson.gz', () => gzipSync(messages, { level: 0 }).subarray(0, -20)],
  ])('may be %s', async (name, packed) => {
    const path = newPath(name);
    writeFileSync(path, packed());
    const program = run(['conform', path, '--json']);
    expect(await program.ended, program.report).toBe(name.startsWith('cut') ? 0 : 6);
    expect(program.records.at(-1)).toMatchObject({ type: 'conform', room: path, milliseconds: null });
  });

  it('may be packed with zstd where Node.js can read it', async ({ skip }) => {
    const path = newPath('room.ndjson.zst');
    const packed = spawnSync('zstd', ['-q', '-o', path], { input: messages });
    if (packed.status !== 0) return skip('zstd is not installed');
    const program = run(['conform', path]);
    const code = await program.ended;
    if (program.stderr.text.includes('needs Node.js 22.15')) expect(code).toBe(2);
    else expect(code, program.report).toBe(6);
  });

  it('may be a folder of recordings', async () => {
    const folder = newPath('rec');
    mkdirSync(folder);
    for (const room of ['one', 'two']) {
      const at = '2022-07-31T16:17:02.010Z';
      const lines = [
        { type: 'recording', v: 1, time: at, program: 'p', rooms: [room] },
        { at, room, kind: 'received', text: JSON.stringify(ODD_EVENT) },
      ];
      writeFileSync(
        join(folder, `${room}.ndjson`),
        lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
    }
    const program = run(['conform', `${folder}/`, '--json']);
    expect(await program.ended, program.report).toBe(6);
    expect(program.records.at(-1)).toMatchObject({ room: '2 recordings', frames: 2, milliseconds: 0 });
  });

  it('may come from stdin', async () => {
    const program = run(['conform', '-', '--json'], { input: messages });
    expect(await program.ended, program.report).toBe(6);
    expect(program.records.at(-1)).toMatchObject({ room: 'stdin', frames: 14, findings: 1 });
  });

  it('may have lines that are none, which are left out', async () => {
    const path = newPath('piece.ndjson');
    const entry = {
      at: '2022-07-31T16:17:02.010Z',
      room: 'a',
      kind: 'received',
      text: JSON.stringify(ODD_EVENT),
    };
    writeFileSync(path, `${JSON.stringify(entry)}\n{"at":1}\n{"at":"20`);
    const program = run(['conform', path, '--share']);
    expect(await program.ended, program.report).toBe(6);
    expect(program.stderr.text).toBe('2 lines could not be read, and were left out\n');
  });

  it('may be read in part by who reads the report', async () => {
    const program = shell('{ $PROGRAM conform test/fixtures/events.ndjson; echo "code $?" >&2; } | head -1');
    await program.ended;
    expect(program.stderr.text).toBe('code 0\n');
  });
});

describe('wrong usage is reported', () => {
  it.each<[what: string, args: readonly string[], said: string]>([
    ['a file that is not there', ['missing.ndjson'], 'The file "missing.ndjson" can\'t be read'],
    ['a path that is not there', ['./missing'], 'The file "./missing" can\'t be read'],
    ['a folder without recordings', ['./src'], 'The folder "./src" holds no recordings'],
    ['a text', ['./LICENSE'], 'is not a recording'],
    ['the schema, which has no frame', ['biome.json'], 'is not a recording'],
    [
      'a recording and a Room',
      ['test/fixtures/events.ndjson', '--room', 'demo'],
      'A recording and a Room are named',
    ],
    ['nothing', [], 'No Room is named'],
  ])('of %s', async (_, args, said) => {
    const program = run(['conform', ...args]);
    expect(await program.ended).toBe(2);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toContain(said);
  });

  it('of a recording without a frame', async () => {
    const path = newPath('empty.ndjson');
    writeFileSync(
      path,
      '{"type":"recording","v":1,"time":"2022-07-31T16:17:02.000Z","program":"p","rooms":["a"]}\n',
    );
    const program = run(['conform', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain('There is no frame of a Room in');
  });
});
