import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { statusFrame } from '../support/frames.js';
import { type Program, usePrograms } from '../support/program.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();
const { newPath, write } = useFolder();

/** What ends the session, or has the lists asked again, comes at a time of its own. */
const EVENTS = readFileSync('test/fixtures/events.ndjson', 'utf8')
  .trim()
  .split('\n')
  .filter((line) => !/authorizationNeeded|fileTransferHistoryCleared/.test(line));
const BROKEN = [
  'no JSON',
  '[1]',
  '{"method":"event"}',
  '{"method":"event","event":"fileRequestStatusChanged","status":2}',
  '{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"odd","status":"7","fileSize":-1}',
  '{"method":"event","event":"somethingNew"}',
  '{"method":"getAppState","requestId":"never asked","result":true}',
  '{"method":"event","event":"receivedFileRequest","fileRequestId":"\\u0000\x7f","fileName":"a\\u001b[2Jb\x9b"}',
];

/** A Room whose list of inbound requests is different each time: what happened in a gap shows there. */
async function changingRoom(): Promise<ScriptedWebRoom> {
  let listings = 0;
  const row = (id: string, code: number) => ({
    ...statusFrame(id, code),
    size: 10,
    timestamp: 1659284222850,
  });
  const answers = {
    getIncomingFilesRequests: () => {
      listings++;
      const rows = listings === 1 ? [row('first', 1), row('gone', 1)] : [row('first', 3), row('new', 2)];
      return { incomingFilesRequests: rows, result: true };
    },
  };
  return scripted({ answers });
}

/** Everything that can happen at a Room: traffic, broken frames, silence, a cut link and what it hid. */
async function happen(room: ScriptedWebRoom, program: Program): Promise<void> {
  await room.until(() => room.requests.some(({ method }) => method === 'getFileTransferAvailability'));
  for (const frame of [...EVENTS, ...BROKEN, ...BROKEN]) room.send(frame);
  room.send(new Uint8Array([1, 2, 3]));
  room.send(statusFrame('first', 2));
  await program.until(() => program.stdout.text.includes('first.txt') || undefined);
  room.cut();
  await program.until(() => program.stdout.text.includes('new.txt') || undefined);
  room.send({ method: 'event', event: 'fileTransferHistoryCleared' });
  await room.until(() => listings(room) === 3);
  room.send(statusFrame('last', 3));
  await program.until(() => program.stdout.text.includes('last.txt') || undefined);
}

function listings(room: ScriptedWebRoom): number {
  return room.requests.filter(({ method }) => method === 'getOutgoingFilesRequests').length;
}

/** What `replay` writes of a recording. */
async function replayed(path: string, ...options: readonly string[]): Promise<string> {
  const program = run(['replay', path, ...options]);
  expect(await program.ended).toBe(0);
  return program.stdout.text;
}

describe('a replay gives byte for byte what the watch gave', () => {
  it.each<[what: string, view: readonly string[]]>([
    ['records', ['--json', '--heartbeat', '1s']],
    ['lines', ['--heartbeat', '1s']],
    ['records of some', ['--json', '--status', 'processing,complete', '--no-snapshot', '--name', '*.txt']],
  ])('as %s', async (_, [...view]) => {
    const room = await changingRoom();
    const path = newPath();
    const live = run(['watch', room.url, ...view, '--record', path]);
    await happen(room, live);
    if (view.includes('1s')) {
      await live.stdoutHas(view.includes('--json') ? '"heartbeat"' : 'alive, nothing changed');
    }
    live.kill('SIGINT');
    expect(await live.ended).toBe(130);
    const options = view.filter((option) => option !== '--heartbeat' && option !== '1s');
    expect(await replayed(path, ...options)).toBe(live.stdout.text);
    expect(live.stdout.lines.length).toBeGreaterThan(3);
    if (view.length > 3) return;
    expect(live.stdout.text).toContain(view.includes('--json') ? '"gone"' : '(gone)');
  });

  it('of two Rooms at once', async () => {
    const rooms = [await changingRoom(), await changingRoom()] as const;
    const path = newPath();
    const live = run(['watch', ...rooms.map(({ url }) => url), '--json', '--record', path]);
    await live.until(() => (live.stdout.text.match(/"gone\.txt"/g)?.length === 2 ? true : undefined));
    for (const [at, room] of rooms.entries()) {
      room.send(statusFrame('same id', at + 1));
      room.send(statusFrame('same id', 3));
    }
    await live.until(() => (live.stdout.text.match(/"same id\.txt"/g)?.length === 4 ? true : undefined));
    rooms[0].cut();
    await live.stdoutHas('"new.txt"');
    live.kill('SIGINT');
    expect(await live.ended).toBe(130);
    expect(await replayed(path, '--json')).toBe(live.stdout.text);
    const header = JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '');
    expect(header).toMatchObject({ type: 'recording', v: 1, rooms: rooms.map(({ url }) => url) });
  });

  it.each<[options: readonly string[]]>([
    [['--once']],
    [['--count', '3']],
    [['--count', '40']],
    [['--until', 'rejected']],
    [['--direction', 'outbound', '--count', '5']],
  ])('that ended by itself, with the same %j', async (options) => {
    const { url } = await startRoom({ rate: 200, seed: 3 });
    const path = newPath();
    const live = run(['watch', url, '--json', ...options, '--record', path]);
    expect(await live.ended).toBe(0);
    expect(await replayed(path, '--json', ...options)).toBe(live.stdout.text);
  });

  it('that never reached its Room', async () => {
    const path = newPath();
    const live = run(['watch', 'ws://127.0.0.1:1', '--json', '--record', path]);
    expect(await live.ended).toBe(3);
    expect(await replayed(path, '--json')).toBe(live.stdout.text);
  });
});

describe('secrets', () => {
  const PIN = '4711';
  const TOKEN = '1*a-marked-token==';
  const HTTP_TOKEN = '4*marked-for-http';

  it('are not in a recording: of signing in with a PIN, and again with the token', async () => {
    const answers = {
      auth: ({ credentials }: { readonly [field: string]: unknown }) => ({
        result: true,
        resultCode: 0,
        token: TOKEN,
        tokenForHttpServer: HTTP_TOKEN,
        said: `you came with ${credentials}`,
      }),
      getOutgoingFilesRequests: () => ({ result: false, error: `no ${PIN}, no ${TOKEN}` }),
      getFileUploads: () => ({ result: false, error: HTTP_TOKEN }),
    };
    const room = await scripted({ answers });
    const path = newPath();
    const live = run(['watch', room.url, '--json', '--debug', '--record', path], {
      env: { TRUECONF_FILES_CREDENTIALS: PIN },
    });
    await live.connected();
    for (const secret of [PIN, TOKEN, HTTP_TOKEN]) {
      room.send(`no JSON ${secret}`);
      room.send({ method: 'event', event: `of ${secret}`, said: secret, number: Number(secret) });
      room.send({ method: secret, requestId: secret, result: true, error: secret });
      room.send(statusFrame('odd', 2, { fileSize: `all of ${secret}`, more: secret, deep: [{ secret }] }));
      room.send(
        statusFrame('fine', 2, { token: secret, tokenForHttpServer: secret, pin: secret, more: secret }),
      );
    }
    room.send(statusFrame('named', 2, { fileName: TOKEN }));
    room.send(statusFrame('last', 3));
    await live.stdoutHas('last.txt');
    room.cut();
    await live.connected(2);
    live.kill('SIGINT');
    expect(await live.ended).toBe(130);
    expect(
      room.requests.filter(({ method }) => method === 'auth').map((sent) => sent['credentials']),
    ).toEqual([PIN, TOKEN]);
    const recorded = readFileSync(path, 'utf8');
    expect(recorded).toContain('last.txt');
    expect(recorded).not.toMatch(/(?<!\d)4711(?!\d)|marked/);
    const again = await replayed(path, '--json');
    expect(again).toBe(live.stdout.text.replaceAll(`"name":"${TOKEN}"`, '"name":"***"'));
  });

  it('leave names and numbers that are the same by chance as they are', async () => {
    const room = await scripted();
    const path = newPath();
    const live = run(['watch', room.url, '--json', '--record', path], {
      env: { TRUECONF_FILES_CREDENTIALS: PIN },
    });
    await live.connected();
    room.send(
      statusFrame('a-4711-b', 3, { fileName: 'IMG_4711.jpg', fileSize: 4711, peerDisplayName: '4711' }),
    );
    await live.stdoutHas('a-4711-b');
    live.kill('SIGINT');
    await live.ended;
    expect(live.stdout.text).toContain('"name":"IMG_4711.jpg","size":4711');
    expect(await replayed(path, '--json')).toBe(live.stdout.text);
  });
});

describe('the file', () => {
  it('is its owner’s alone, and there from the start', async () => {
    const room = await scripted();
    const path = newPath();
    const live = run(['watch', room.url, '--json', '--record', path]);
    await live.connected();
    // Windows has no such modes: what a file may be read by comes from its folder.
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"type":"recording"/);
    live.kill('SIGINT');
    await live.ended;
    expect(live.stderr.text).toBe('');
  });

  it('holds whole lines, also of a watch that was killed', async () => {
    const { url } = await startRoom({ rate: 500 });
    const path = newPath();
    const live = run(['watch', url, '--json', '--record', path]);
    await live.until(() => live.transfers[200]);
    live.kill('SIGKILL');
    expect(await live.ended).toBe('SIGKILL');
    const text = readFileSync(path, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    for (const line of text.trimEnd().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object');
    // What was shown is in it, up to where the reader of this test had come.
    const again = await replayed(path, '--json');
    expect(again.startsWith(live.stdout.lines.slice(0, 150).join('\n'))).toBe(true);
  });

  it('that exists is never written over', async () => {
    const path = write('kept');
    const program = run(['watch', 'demo', '--record', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toBe(
      `trueconf-files: The file "${path}" of --record exists already and is never overwritten.\nGive the name of a new file, or one with codes for the time, such as rec/%F.ndjson.\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });

  it('that can’t be made is reported before anything else', async () => {
    const path = `${newPath()}/in/a/folder`;
    const program = run(['watch', 'ws://127.0.0.1:1', '--record', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The file "${path}" of --record can't be created: its folder does not exist.`,
      'Make the folder first.',
    ]);
  });

  it.each([[['nats://127.0.0.1:1']], [['demo', 'nats://127.0.0.1:1']]])(
    'is not made where a relay is watched: %j',
    async (rooms) => {
      const program = run(['watch', ...rooms, '--record', newPath()]);
      expect(await program.ended).toBe(2);
      expect(program.stderr.text).toContain("can't be recorded: a relay shares records, not frames.");
    },
  );
});

describe('a full disk', () => {
  it('is reported with --quiet, too: something is missing', async () => {
    const { url } = await startRoom({ rate: 200 });
    const program = run([
      'watch',
      '--count',
      '5',
      '--record',
      '/dev/full',
      '--quiet',
      '--no-timestamps',
      url,
    ]);
    expect(await program.ended).toBe(0);
    expect(program.stderr.lines.at(-1)).toBe(
      'The recording "/dev/full" is incomplete: no space is left on the device.',
    );
  });

  it.each([
    ['records', ['--json']],
    ['lines', []],
  ])('is reported once, concerns no Room and stops nothing: %s', async (_, view) => {
    const { url } = await startRoom({ rate: 200 });
    const program = run([...'watch --count 50 --record /dev/full --no-timestamps'.split(' '), url, ...view]);
    expect(await program.ended).toBe(0);
    const notes = program.stderr.lines.filter((line) => line.includes('/dev/full'));
    expect(notes).toEqual([
      `warning: The recording "/dev/full" can't be written: no space is left on the device. The watch goes on without it.`,
      'The recording "/dev/full" is incomplete: no space is left on the device.',
    ]);
    if (view.length === 0) return;
    const warnings = program.records.filter(({ code }) => code === 'recording-failed');
    expect(warnings).toMatchObject([{ type: 'warning', room: null, count: 1, id: null }]);
    expect(program.transfers).toHaveLength(50);
  });
});
