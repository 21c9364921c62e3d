import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { statusFrame } from '../support/frames.js';
import { usePrograms } from '../support/program.js';

const { run, shell } = usePrograms();
const { newPath, write } = useFolder();
const { room: startRoom } = useRooms();

const HINT =
  "Give a file made by 'trueconf-files watch --record FILE', or one with a Room's messages, one per line; - is stdin.\n";
const HEADER = '{"type":"recording","v":1,"time":"2022-07-31T16:17:03.000Z","rooms":["one","two"]}\n';

const time = (ms: number) => new Date(Date.UTC(2022, 6, 31, 16, 17, 3, ms)).toISOString();
const entry = (ms: number, room: string, fields: object) =>
  `${JSON.stringify({ at: time(ms), room, ...fields })}\n`;
const message = (id: string, code: number) => JSON.stringify(statusFrame(id, code));
const live = (ms: number, room: string) =>
  entry(ms, room, { kind: 'link', link: { state: 'live', attempt: 1 } });
const received = (ms: number, room: string, id: string, code: number) =>
  entry(ms, room, { kind: 'received', text: message(id, code) });

const RECORDING = [
  HEADER,
  live(0, 'one'),
  live(1, 'two'),
  received(100, 'one', 'a', 1),
  received(200, 'two', 'a', 2),
  entry(300, 'two', { kind: 'heartbeat', connected: true }),
  received(400, 'one', 'a', 3),
  received(500, 'two', 'a', 3),
].join('');

describe('what can’t be played', () => {
  it.each<[what: string, path: () => string, said: (path: string) => string]>([
    [
      'no file',
      () => newPath(),
      (path) => `The file "${path}" can't be read: there is no such file.\n${HINT}`,
    ],
    [
      'an empty folder',
      () => {
        const path = newPath();
        mkdirSync(path);
        return path;
      },
      (path) => `The folder "${path}" holds no recordings.\n${HINT}`,
    ],
    [
      'an empty file',
      () => write(''),
      (path) => `The file "${path}" is empty: there is nothing to play.\n${HINT}`,
    ],
    [
      'a file of empty lines',
      () => write('\n \r\n'),
      (path) => `The file "${path}" is empty: there is nothing to play.\n${HINT}`,
    ],
    ['an empty stdin', () => '-', () => `The input from stdin is empty: there is nothing to play.\n${HINT}`],
    [
      'what has no lines',
      () => '/dev/zero',
      () => `The file "/dev/zero" is not a recording: line 1 is longer than 160 Mi characters.\n${HINT}`,
    ],
    [
      'what --json wrote',
      () =>
        write('{"type":"heartbeat","v":1,"time":"2022-07-31T16:17:03.120Z","room":"one","connected":true}\n'),
      (path) =>
        `The file "${path}" holds records of --json, which can't be played: the Room's frames are not in them.\nRecord with 'trueconf-files watch --record FILE'.\n`,
    ],
    [
      'a newer recording',
      () => write(HEADER.replace('"v":1', '"v":2')),
      (path) =>
        `The file "${path}" is a recording of version 2, which this program can't read.\nPlay it with a newer version of trueconf-files.\n`,
    ],
  ])('%s ends with 2 and a sentence', async (_, path, said) => {
    const given = path();
    const program = run(['replay', given, '--json']);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toBe(`trueconf-files: ${said(given)}`);
    expect(program.stdout.text).toBe('');
  });

  it.each([['fast'], ['0'], ['-1'], ['10001'], ['1e3'], ['']])('--speed %j is wrong usage', async (speed) => {
    const program = run(['replay', write(RECORDING), `--speed=${speed}`]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain('Give max, or a number from 0.01 to 10000');
  });
});

describe('a recording', () => {
  it('is played with its own times and Rooms, from a file and from stdin', async () => {
    const file = run(['replay', write(RECORDING), '--json']);
    expect(await file.ended).toBe(0);
    expect(file.records.map((one) => [one['time'], one['room'], one.type, one.status ?? one.state])).toEqual([
      [time(0), 'one', 'connection', 'connected'],
      [time(1), 'two', 'connection', 'connected'],
      [time(100), 'one', 'transfer', 'waiting'],
      [time(200), 'two', 'transfer', 'processing'],
      [time(400), 'one', 'transfer', 'complete'],
      [time(500), 'two', 'transfer', 'complete'],
    ]);
    const stdin = run(['replay', '-', '--json'], { input: RECORDING });
    expect(await stdin.ended).toBe(0);
    expect(stdin.stdout.text).toBe(file.stdout.text);
  });

  it('names its Rooms in lines, where there are several', async () => {
    const program = run(['replay', write(RECORDING)]);
    expect(await program.ended).toBe(0);
    expect(program.stdout.lines[0]).toBe(`${time(100)}  one  inbound   waiting     a.txt  -  id a`);
  });

  it('in which a line is damaged is played without it, with a warning', async () => {
    const lines = RECORDING.split('\n');
    lines[3] = '{"at":"noon"}';
    lines[6] = 'torn{"at":';
    const program = run(['replay', write(lines.join('\n')), '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ status }) => status)).toEqual(['processing', 'complete']);
    expect(program.records.filter(({ type }) => type === 'warning')).toMatchObject([
      {
        room: 'one',
        time: time(1),
        code: 'damaged-line',
        message: 'line 4 of the recording has the time "noon"; it was left out',
      },
    ]);
  });

  it('that was cut off in a line is played up to there, with a warning', async () => {
    const program = run(['replay', write(RECORDING.slice(0, -40)), '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(3);
    expect(program.records.at(-1)).toMatchObject({
      type: 'warning',
      code: 'torn-line',
      message: 'the last line is cut off; it was left out',
    });
    expect(program.stderr.text).toMatch(
      /^\S+Z {2}one: warning: the last line is cut off; it was left out\n$/,
    );
  });

  it('without its last line’s end is whole', async () => {
    const program = run(['replay', write(RECORDING.slice(0, -1)), '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(4);
    expect(program.stderr.text).toBe('');
  });

  it('shows its frames under --debug', async () => {
    const program = run(['replay', write(RECORDING), '--debug']);
    expect(await program.ended).toBe(0);
    expect(program.stderr.text).toContain(`${time(500)} two < ${message('a', 3)}\n`);
  });
});

describe('an ending', () => {
  const STOPPED = [
    ['one', 'stopped'],
    ['two', 'stopped'],
  ];

  /** Where a replay stops before the end of the recording, the links end with that, as in a watch. */
  it.each<[options: readonly string[], code: number, transfers: number, closed: readonly string[][]]>([
    [[], 0, 4, []],
    [['--once'], 0, 0, STOPPED],
    [['--count', '2'], 0, 2, STOPPED],
    [['--count', '9'], 0, 4, []],
    [['--until', 'complete'], 0, 3, STOPPED],
    [['--until', 'complete', '--id', 'a'], 0, 4, STOPPED],
    [['--until', 'rejected', '--id', 'a'], 0, 4, STOPPED],
    [['--until', 'complete', '--id', 'b'], 3, 0, []],
  ])('%j gives %i after so many transfers', async (options, code, transfers, closed) => {
    const program = run(['replay', write(RECORDING), '--json', ...options]);
    expect(await program.ended).toBe(code);
    expect(program.transfers).toHaveLength(transfers);
    const ends = program.records.filter(({ state }) => state === 'closed');
    expect(ends.map((one) => [one['room'], one['reason']])).toEqual(closed);
  });

  it('is where the recorded watch ended, although its link took a last step', async () => {
    const steps = [
      entry(510, 'one', { kind: 'link', link: { state: 'listing', attempt: 1 } }),
      entry(520, 'one', { kind: 'listing-asked', cause: 'snapshot' }),
      entry(530, 'one', { kind: 'heartbeat', connected: true }),
      entry(700, 'two', { kind: 'link', link: { state: 'closed', reason: 'stopped' } }),
      entry(800, 'one', { kind: 'link', link: { state: 'closed', reason: 'stopped' } }),
    ];
    const program = run(['replay', write(RECORDING + steps.join('')), '--json', '--count', '4']);
    expect(await program.ended).toBe(0);
    expect(program.records.slice(-2)).toMatchObject([
      { state: 'closed', room: 'two', time: time(700) },
      { state: 'closed', room: 'one', time: time(800) },
    ]);
  });

  it.each([
    'The Room one was taken over: another client signed in in this mode.',
    'The Room one refused the sign-in: no entry (code 3).',
    'stopped',
  ])('of the recorded watch is said beside lines: %s', async (reason) => {
    const end = entry(600, 'one', { kind: 'link', link: { state: 'closed', reason } });
    for (const options of [[], ['--format', '{name}'], ['--count', '4']]) {
      const program = run(['replay', write(RECORDING + end), '--no-timestamps', ...options]);
      expect(await program.ended).toBe(0);
      expect(program.stderr.lines.filter((line) => line.includes('closed'))).toEqual([
        `one: closed: ${reason}`,
      ]);
    }
    const records = run(['replay', write(RECORDING + end), '--json']);
    expect(await records.ended).toBe(0);
    expect(records.stderr.text).toBe('');
  });

  it('of a watch is said once, and again by its replay', async () => {
    const room = await startRoom();
    const file = newPath('recording');
    const watch = run(['watch', room.url, '--record', file]);
    await watch.stderrHas(': connected');
    room.endSessions(1);
    expect(await watch.ended).toBe(5);
    expect(watch.stderr.text.split('was taken over')).toHaveLength(2);
    const program = run(['replay', file]);
    expect(await program.ended).toBe(0);
    expect(program.stderr.text).toContain(`${room.url}: closed: The Room ${room.url} was taken over`);
  });

  it.each([
    ['watch', ['--once']],
    ['watch', ['--count', '1']],
    ['replay', ['--count', '1']],
  ])('that %s %j was asked for needs no note', async (command, options) => {
    const room = await startRoom();
    room.receive();
    const program = run([command, command === 'watch' ? room.url : write(RECORDING), ...options]);
    expect(await program.ended).toBe(0);
    expect(program.stderr.text).not.toContain('closed');
  });

  it('of a transfer that failed gives 6', async () => {
    const path = write(HEADER + live(0, 'one') + live(0, 'two') + received(600, 'one', 'b', 0));
    const program = run(['replay', path, '--id', 'b', '--until', 'complete']);
    expect(await program.ended).toBe(6);
  });

  it('that the recording never reaches is reported with 3', async () => {
    const path = write(RECORDING);
    const program = run(['replay', path, '--id', 'b', '--until', 'complete']);
    expect(await program.ended).toBe(3);
    expect(program.stderr.text).toContain(
      `trueconf-files: The file "${path}" ended before --until complete was reached.\n`,
    );
  });

  it.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ...(process.platform === 'win32' ? [] : [['SIGTERM', 143] as [NodeJS.Signals, number]]),
  ])('by %s while it waits for the next entry', async (signal, code) => {
    const program = run(['replay', write(RECORDING + live(3_600_000, 'one')), '--json', '--speed', '1']);
    await program.until(() => program.transfers[3]);
    program.kill(signal);
    expect(await program.ended).toBe(code);
    expect(program.records.slice(-2)).toMatchObject([
      { room: 'one', state: 'closed', reason: 'stopped', time: time(500) },
      { room: 'two', state: 'closed', reason: 'stopped', time: time(500) },
    ]);
  });

  it('by a signal while stdin is silent', async () => {
    const program = run(['replay', '-', '--json'], { input: null });
    program.child.stdin?.write(RECORDING);
    await program.until(() => program.transfers[3]);
    program.kill('SIGINT');
    expect(await program.ended).toBe(130);
  });

  it('by a reader that goes away', async () => {
    const path = write(RECORDING + received(600, 'one', 'b', 1).repeat(10_000));
    const program = shell(`{ $PROGRAM replay ${path} --json; echo "code $?" >&2; } | head -1`);
    await program.ended;
    expect(program.stderr.text).toBe('code 0\n');
  });
});

describe('messages, one per line', () => {
  const EVENTS = readFileSync('test/fixtures/events.ndjson', 'utf8');

  it('are played with the time at which they are read', async () => {
    const before = Date.now();
    const program = run(['replay', 'test/fixtures/events.ndjson', '--json']);
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ status }) => status)).toEqual([
      'processing',
      'rejected',
      'processing',
      'waiting',
      'complete',
    ]);
    for (const record of program.records) {
      expect(record['room']).toBe('test/fixtures/events.ndjson');
      expect(Date.parse(String(record['time']))).toBeGreaterThanOrEqual(before);
    }
    expect(program.records[0]).toMatchObject({ type: 'connection', state: 'connected' });
    expect(program.records.at(-1)).toMatchObject({
      state: 'closed',
      reason: 'test/fixtures/events.ndjson has ended',
    });
  });

  it('come with Windows’ line ends and a mark in front, too', async () => {
    const program = run(['replay', '-', '--json'], { input: `\ufeff${EVENTS.replaceAll('\n', '\r\n')}` });
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(5);
    expect(program.records.some(({ type }) => type === 'warning')).toBe(false);
  });

  it('are shown as they come, and end as a watch does', async () => {
    const program = run(['replay', '-', '--json', '--id', 'a', '--until', 'complete'], { input: null });
    program.child.stdin?.write(`${message('a', 1)}\n`);
    await program.until(() => program.transfers[0]);
    program.child.stdin?.write(`${message('b', 3)}\n${message('a', 3)}\n`);
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ status }) => status)).toEqual(['waiting', 'complete']);
    expect(program.records.at(-1)).toMatchObject({ state: 'closed', reason: 'stopped' });
  });

  it('are all there is, under --once', async () => {
    const program = run(['replay', '-', '--json', '--once'], { input: EVENTS });
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(5);
  });

  it('that are none are warnings, as on the wire; a torn last one is said to be torn', async () => {
    const program = run(['replay', '-', '--json'], {
      input: `hello\n${message('a', 1)}\n[1]\n{"method":"ev`,
    });
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(1);
    const warnings = program.records.filter(({ type }) => type === 'warning');
    expect(warnings.map(({ code }) => code)).toEqual(['not-json', 'not-an-object', 'torn-line']);
  });
});
