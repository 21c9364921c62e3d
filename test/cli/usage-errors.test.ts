import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room } = useRooms();

const { folder, write } = useFolder();
const emptyFile = write('');

const DURATION = 'Give a duration such as 500ms, 10s, 5m, 1h or 2d.';

/** What is typed, and what the sentence about it says. Each of them also has a hint. */
const CASES: readonly (readonly [args: readonly string[], says: string])[] = [
  [['--nope'], "unknown option '--nope'"],
  [['watch', 'demo', '--nope'], "unknown option '--nope'"],
  [['wach'], "unknown command 'wach'"],
  [['simulate', 'extra'], "too many arguments for 'simulate'"],
  [['watch', 'demo', '--id'], "option '--id <id>' argument missing"],
  [['watch', 'demo', '--timeout', '0'], DURATION],
  [['watch', 'demo', '--timeout', '0s'], DURATION],
  [['watch', 'demo', '--timeout', '10'], DURATION],
  [['watch', 'demo', '--timeout=-5s'], DURATION],
  [['watch', 'demo', '--timeout', 'NaN'], DURATION],
  [['watch', 'demo', '--timeout', 'Infinitys'], DURATION],
  [['watch', 'demo', '--timeout', ''], DURATION],
  [['watch', 'demo', '--timeout', '577h'], 'Give at most 24d (576h).'],
  [['watch', 'demo', '--timeout', '25d'], 'Give at most 24d (576h).'],
  [['watch', 'demo', '--heartbeat', '0ms'], DURATION],
  [['watch', 'demo', '--heartbeat', '1ms'], 'Give at least 1s.'],
  [['relay', 'demo', '--to', 'nats://x', '--heartbeat', '999ms'], 'Give at least 1s.'],
  [['watch', 'demo', '--keep', '10,00'], 'Give a whole number.'],
  [['watch', 'demo', '--keep', '1,0000'], 'Give a whole number.'],
  [['watch', 'demo', '--record', '--json'], 'one that begins with -- is written as ./--json'],
  [['list', 'demo', '--conference', '--once'], 'The value is missing'],
  [['watch', 'demo', '--timeout', '--json'], 'The value is missing'],
  [['watch', 'demo', '--json', '--plain'], "option '--json' cannot be used with option '--plain'"],
  [['replay', '-', '--plain', '--json'], "option '--json' cannot be used with option '--plain'"],
  [['help', 'nothing'], "unknown command 'nothing'"],
  [['watch', 'demo', '--password=hunter2'], "unknown option '--password'"],
  [['watch', 'demo', '--id', ''], 'The id is empty (an unset variable?).'],
  [['watch', 'demo', '--json=hunter2'], "option '--json' takes no value"],
  [['list', 'demo', '--quiet=false'], "option '--quiet' takes no value"],
  [['info', 'a', '--no-color=1'], "option '--no-color' takes no value"],
  [['list', 'demo', '-phunter2'], "unknown option '-p'"],
  [['watch', '-Xhunter2', 'demo'], "unknown option '-X'"],
  ...['conference', 'credentials-file', 'record', 'stream', 'nats-user', 'nats-ca'].map(
    (name): [string[], string] => [
      ['watch', 'demo', `--${name}`, name.length % 2 === 0 ? '' : ' '],
      'is invalid. It is empty (an unset variable?).',
    ],
  ),
  ...['a b', 'a.b', 'files.>', 'a/b'].map((name): [string[], string] => [
    ['watch', 'nats://127.0.0.1:1', '--stream', name],
    'A stream has a name without spaces, dots',
  ]),
  [['relay', '--rooms', '', '--to', 'nats://x'], 'It is empty (an unset variable?).'],
  [['simulate', '--pin', ''], 'It is empty (an unset variable?).'],
  [['doctor', 'a', 'b'], "too many arguments for 'doctor'"],
  [['watch', 'demo', '--count', '0'], 'Give a whole number from 1.'],
  [['watch', 'demo', '--count=-1'], 'Give a whole number from 1.'],
  [['watch', 'demo', '--count', '1.5'], 'Give a whole number from 1.'],
  ...['0', '6', '3.5'].map((copies): [string[], string] => [
    ['relay', 'demo', '--to', 'nats://h', '--replicas', copies],
    'Give a whole number from 1 to 5',
  ]),
  [['watch', 'demo', '--status', 'done'], 'Give one or more of waiting, processing, complete,'],
  [['watch', 'demo', '--status', 'waiting,'], 'Give one or more of waiting, processing, complete,'],
  [['watch', 'demo', '--until', 'done'], 'Give one of waiting, processing, complete,'],
  [['watch', 'demo', '--direction', 'in'], 'Allowed choices are inbound, outbound.'],
  [
    ['watch', 'demo', '--columns', 'name,nome'],
    'Give one or more of id, status, room, direction, name, peer,',
  ],
  [['list', 'demo', '--columns', ''], 'Give one or more of id, status, room, direction, name, peer,'],
  [['list', 'demo', '--columns', 'name', '--json'], "cannot be used with option '--columns <column,...>'"],
  [['watch', 'demo', '--role', 'root'], 'Allowed choices are admin, user.'],
  [['watch', 'demo', '--color', 'some'], 'Allowed choices are always, never, auto.'],
  [['simulate', '--port', '65536'], 'Give a port from 0 (any free one) to 65535.'],
  [['simulate', '--rate=-1'], 'Give a number from 0 to 100000.'],
  [['simulate', '--seed', 'x'], 'Give a whole number.'],
  [['watch'], 'No Room is named.'],
  [['info'], "missing required argument 'id'"],
  [['accept', '--room', 'demo'], "missing required argument 'id'"],
  [['info', 'a'], 'No Room is named.'],
  [['info', 'a', 'demo', '--room', '10.0.0.5'], 'Two Rooms are named, and this command asks one.'],
  [['history', ''], 'The address of the Room is empty (an unset variable?).'],
  [
    ['list', 'nats://room'],
    'The address "nats://room" names a NATS server, and this command asks a Room itself.',
  ],
  [['reject', '', '--room', 'demo'], 'The id is empty (an unset variable?).'],
  [['accept', 'abcdef', 'null', '--room', 'demo'], '"null" is not an id.'],
  [['info', ' ', 'demo'], 'The id is empty (an unset variable?).'],
  [['watch', 'demo', '--id', 'null'], '"null" is not an id.'],
  [['watch', 'ftp://room'], 'The address "ftp://room" begins with ftp://.'],
  [['watch', 'two words'], 'The address "two …" contains a blank.'],
  [['watch', 'room:99999'], 'The address "room:99999" has the port 99999.'],
  [['watch', 'http://room/a/b'], 'The address "http://room/…" has a path that is not the name of a Room.'],
  [['watch', ''], 'The address of the Room is empty (an unset variable?).'],
  [
    ['watch', 'demo', '--credentials-file', join(folder, 'none')],
    `"${join(folder, 'none')}" can't be read: there is no such file.`,
  ],
  [
    ['watch', 'demo', '--credentials-file', '/no/\x1b[2J\u202e\nfile'],
    'The credentials file "/no/\\x1b[2J\\u202e\\x0afile" can\'t be read: there is no such file.',
  ],
  [['watch', 'demo', '--credentials-file', folder], "can't be read: it is a folder."],
  [['watch', 'demo', '--credentials-file', emptyFile], `The credentials file "${emptyFile}" is empty.`],
  [['watch', 'demo', '--credentials-file', '-'], 'The credentials file stdin is empty.'],
  [['watch', 'demo', '--until', '\x1b[31m\r\nx'], "argument '\\x1b[31m\\x0d\\x0ax' is invalid."],
  [['watch', '\x1b]52;c;eA==\x07'], 'The address "\\x1b…" is not an address.'],
];

it.each(CASES)('%j is wrong usage', async (args, says) => {
  const program = run(args);
  expect(await program.ended).toBe(2);
  expect(program.stdout.text).toBe('');
  const [sentence, ...hints] = program.stderr.lines;
  expect(sentence).toMatch(/^trueconf-files: [^\p{Cc}]+$/u);
  expect(sentence).toContain(says);
  // Advice on what was probably meant stands between the sentence and the hint.
  expect(hints.length).toBeLessThanOrEqual(2);
  expect(program.stderr.text).not.toContain('hunter2');
  expect(hints.at(-1)).toMatch(/^(?:Try|Give|Put|Choose|The port) [^\p{Cc}]+\.$/u);
});

it.each([
  'http://me:hunter2@room',
  'me:hunter2@room',
  'ws://:hunter2@room:1',
  'http://me:hunter2@ room',
  'http://me:hunter2@[',
  'http://me:hunter2/x@room',
  'ftp://me:hunter2@room',
])('never repeats the credentials in %s', async (address) => {
  for (const program of [
    run(['watch', address]),
    run(['watch'], { env: { TRUECONF_FILES_ROOM: address } }),
    run(['accept', 'a', '--room', address]),
  ]) {
    expect(await program.ended).toBe(2);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toContain('The address of the Room carries credentials');
    expect(program.stderr.text).not.toContain('hunter2');
  }
});

it('says so where a port of a simulated Room is taken', async () => {
  const port = new URL((await room()).url).port;
  const program = run(['simulate', '--port', port]);
  expect(await program.ended).toBe(2);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.lines).toEqual([
    `trueconf-files: The simulated Room can't listen: port ${port} is in use.`,
    'Choose another with --port, --ws-port or --http-port; 0 is any free one.',
  ]);
});

it('grouped digits and days are read as help writes them', async () => {
  const program = run(['watch', 'demo', '--keep', '10,000', '--timeout', '1d', '--once']);
  expect(await program.ended, program.report).toBe(0);
});

it.each([
  ['watch', '--pin'],
  ['list', '--password'],
  ['doctor', '--token'],
])('%s %s says where a PIN comes from instead', async (command, option) => {
  const program = run([command, 'demo', `${option}=hunter2`]);
  expect(await program.ended).toBe(2);
  expect(program.stderr.lines).toEqual([
    `trueconf-files: unknown option '${option}'`,
    'A PIN is never taken from the command line; use --credentials-file FILE, TRUECONF_FILES_CREDENTIALS or the prompt.',
    `Try 'trueconf-files ${command} --help'.`,
  ]);
});

it.each([
  [['doctor', '10.0.0.5', '10.0.0.6'], 'It asks one Room at a time: run it once for each.'],
  [['info', 'a', 'b', 'c'], 'Name the Room with --room ROOM.'],
  [
    ['relay', 'demo'],
    'Name the NATS server that stores what is shared: trueconf-files relay ROOM --to nats://HOST',
  ],
  [['redact', 'x'], 'Name the new file: -o FILE, or -o - for stdout.'],
  [['info'], "Give the id of a request: 'trueconf-files list ROOM' shows them."],
  [['reject'], "Give the id of a request: 'trueconf-files list ROOM' shows them."],
  [['replay'], "Name a recording: 'trueconf-files watch ROOM --record FILE' writes one."],
  [['completion'], 'Name the shell: bash, zsh, fish, powershell; or install.'],
])('%j says how it is meant', async ([command = '', ...args], advice) => {
  const program = run([command, ...args]);
  expect(await program.ended).toBe(2);
  expect(program.stderr.lines.slice(1)).toEqual([advice, `Try 'trueconf-files ${command} --help'.`]);
});

it.each([
  [['watch'], 'trueconf-files watch 10.0.0.5'],
  [['relay', '--to', 'nats://host'], 'trueconf-files relay 10.0.0.5 --to nats://host'],
  [['doctor'], 'trueconf-files doctor 10.0.0.5'],
  [['accept', 'abcdef'], 'trueconf-files accept ID --room 10.0.0.5'],
])('%j without a Room says how this command names one', async (args, example) => {
  const program = run(args, { env: { TRUECONF_FILES_ROOM: '' } });
  expect(await program.ended).toBe(2);
  expect(program.stderr.lines[0]).toBe('trueconf-files: No Room is named.');
  expect(program.stderr.lines[1]).toContain(`(${example})`);
});

it.each(['-v', '-V', '--version', 'version'])('%s prints the version', async (word) => {
  const program = run([word]);
  expect(await program.ended).toBe(0);
  expect(program.stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/);
});
