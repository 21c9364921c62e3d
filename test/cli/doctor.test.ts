import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { type Program, type RunOptions, usePrograms } from '../support/program.js';
import { type Script, useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort, hostWithDefaultPortClosed, useSilentServers } from '../support/silent-server.js';
import { CERTIFICATE_FILE, useTlsFronts } from '../support/tls-front.js';

const { run, shell } = usePrograms();
const { room: startRoom, signedIn } = useRooms();
const scripted = useScriptedWebRooms();
const silent = useSilentServers();
const tlsFront = useTlsFronts();

const LINK = ['address', 'name', 'page', 'port', 'handshake', 'ping'];
const SEAT = [
  'sign-in',
  'seat',
  'inbound-list',
  'outbound-list',
  'availability',
  'request',
  'state',
  'pin',
  'events',
];
/** Long enough for any answer on this machine, and short where none comes. */
const BRIEFLY = ['--step-timeout', '1500ms'];

/** Checks a Room, and gives the records by their check's name. */
async function examine(address: string, args: readonly string[] = [], options: RunOptions = {}) {
  const program = run(['doctor', address, '--json', ...args], options);
  const code = await program.ended;
  expect(program.records.map(({ check }) => check)).toEqual([...LINK, ...SEAT]);
  const check = (name: string) => program.records.find((record) => record['check'] === name) ?? {};
  return { program, code, check, ...sorted(program) };
}

/** The names of checks by what they found. */
function sorted({ records }: Program) {
  const named = (ok: boolean | null) => records.filter((one) => one['ok'] === ok).map(({ check }) => check);
  return { fine: named(true), wrong: named(false), unchecked: named(null) };
}

/** Everything after a check that failed for good. */
function after(name: string): readonly string[] {
  const all = [...LINK, ...SEAT];
  return all.slice(all.indexOf(name) + 1);
}

describe('a Room that is well', () => {
  it('has a line with a ✓ for each check, and the code 0', async () => {
    const room = await startRoom();
    room.receive();
    const program = run(['doctor', room.url]);
    expect(await program.ended).toBe(0);
    const { lines, text } = program.stdout;
    expect(lines.map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
      ...[...LINK, ...SEAT].map((name) => `${name === 'name' ? '·' : '✓'} ${name}`),
      'All is',
    ]);
    expect(text).toContain(`config.json names ${room.webSocketUrl}`);
    expect(text).toContain("the administrator's seat was taken (previleges 2)");
    expect(text).toContain('1 inbound request ');
    expect(text).toContain('0 outbound requests ');
    expect(text).toMatch(/^✓ request {7}a request is answered {2}[\d.]+ ms$/m);
    expect(text).not.toContain('\x1b');
    expect(program.stderr.text).toMatch(/^Signing in takes the seat from its holder.*\n$/);
  });

  it('has a record for each check', async () => {
    const room = await startRoom();
    const { program, code, check, wrong } = await examine(room.url, ['--quiet']);
    expect(code).toBe(0);
    expect(wrong).toEqual([]);
    expect(program.stderr.text).toBe('');
    expect(check('ping')).toEqual({
      type: 'check',
      v: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      room: room.url,
      check: 'ping',
      ok: true,
      detail: 'a WebSocket ping is answered',
      hint: null,
      milliseconds: expect.any(Number),
    });
    for (const name of ['page', 'port', 'handshake', 'sign-in', 'inbound-list', 'outbound-list', 'request']) {
      expect(check(name)['milliseconds']).toEqual(expect.any(Number));
    }
  });

  it('may be the demo', async () => {
    expect(await examine('demo')).toMatchObject({ code: 0, wrong: [] });
    expect(await run(['doctor', '--demo']).ended).toBe(0);
  });

  it('may be an old one', async () => {
    const room = await startRoom({ legacy: true });
    room.receive();
    const { code, check } = await examine(room.url);
    expect(code).toBe(0);
    expect(check('inbound-list')['detail']).toBe('1 inbound request, by its name before Room 4.1');
  });

  it('has its name looked up', async () => {
    const { url } = await startRoom();
    const { check } = await examine(url.replace('127.0.0.1', 'localhost'), ['--no-sign-in']);
    expect(check('name')).toMatchObject({ ok: true, detail: expect.stringContaining('localhost is ') });
  });

  it('may be named by its WebSocket, and in the environment', async () => {
    const { webSocketUrl } = await startRoom();
    const program = run(['doctor', '--json'], { env: { TRUECONF_FILES_ROOM: webSocketUrl } });
    expect(await program.ended).toBe(0);
    expect(sorted(program).unchecked).toEqual(['name', 'page']);
  });
});

describe('the seat', () => {
  it('is taken from its holder', async () => {
    const room = await startRoom();
    const operator = await signedIn(room);
    expect((await examine(room.url)).code).toBe(0);
    await operator.until(({ event, cause }) => event === 'authorizationNeeded' && cause === 1);
  });

  it('is left alone under --no-sign-in', async () => {
    const room = await startRoom();
    const { code, fine, unchecked, program } = await examine(room.url, ['--no-sign-in']);
    expect(code).toBe(0);
    expect(fine).toContain('ping');
    expect(unchecked).toEqual(['name', ...SEAT]);
    expect(room.signIns).toBe(0);
    expect(program.stderr.text).toBe('');
    const lines = run(['doctor', room.url, '--no-sign-in']);
    expect(await lines.ended).toBe(0);
    expect(lines.stdout.lines.at(-1)).toBe('All that was checked is well.');
  });

  it('is the one asked for, and told by its name', async () => {
    const { url } = await startRoom();
    const { code, check } = await examine(url, ['--role', 'user']);
    expect(code).toBe(0);
    expect(check('seat')['detail']).toContain("the user's seat was taken (previleges 1)");
  });

  it('is not the one asked for where a Room does not heed the role', async () => {
    const { url } = await scripted();
    const { code, wrong } = await examine(url, ['--role', 'user']);
    expect(code).toBe(6);
    expect(wrong).toEqual(['seat']);
  });

  it('is lost if another client signs in during the check', async () => {
    const room = await scripted({
      answers: {
        getFileTransferAvailability: () => {
          room.send({ method: 'event', event: 'authorizationNeeded', cause: 1 });
          return null;
        },
      },
    });
    const { code, wrong, unchecked } = await examine(room.url);
    expect(code).toBe(5);
    expect(wrong).toEqual(['availability']);
    expect(unchecked).toContain('request');
  });
});

describe('a Room with a PIN', () => {
  it('refuses without it, with the code 4 and what to do', async () => {
    const { url } = await startRoom({ pin: 'hunter22' });
    const { code, check, wrong, unchecked } = await examine(url);
    expect(code).toBe(4);
    expect(wrong).toEqual(['sign-in']);
    expect(check('sign-in')['hint']).toContain('--credentials-file');
    expect(unchecked).toEqual(['name', ...after('sign-in')]);
    expect(check('seat')['detail']).toBe('skipped, as "sign-in" failed');
  });

  it('lets in with it, and shows it nowhere', async () => {
    const { url } = await startRoom({ pin: 'hunter22' });
    const env = { TRUECONF_FILES_CREDENTIALS: 'HUNTER22' };
    const { code, check, program } = await examine(url, ['--debug'], { env });
    expect(code).toBe(0);
    expect(check('sign-in')['detail']).toBe('the Room accepted the sign-in with the credentials given');
    expect(program.stderr.text).toContain('"credentials":"***"');
    expect(`${program.stdout.text}${program.stderr.text}`.toLowerCase()).not.toContain('hunter22');
  });
});

/** What a Room does, and which check finds it out without stopping a watch. */
const BLEMISHES: readonly (readonly [what: string, script: Script, check: string, detail: string])[] = [
  ['answers no ping', { pongs: false }, 'ping', 'is not answered: no answer within 1.5 s'],
  [
    'refuses a list',
    { answers: { getIncomingFilesRequests: () => ({ result: false, error: 'no such thing' }) } },
    'inbound-list',
    'the Room refused "getIncomingFilesRequests": no such thing',
  ],
  [
    'answers the other without one',
    { answers: { getOutgoingFilesRequests: () => ({ result: true }) } },
    'outbound-list',
    'holds no list',
  ],
  ...['by the server', 'by the licence', 'signed in to its server'].map(
    (words, availability) =>
      [
        `may send no file (${words})`,
        { answers: { getFileTransferAvailability: () => ({ availability, result: true }) } },
        'availability',
        words,
      ] as const,
  ),
];

it.each(BLEMISHES)(
  'a Room that %s has the code 6, and all else is checked',
  async (_, script, name, detail) => {
    const { url } = await scripted(script);
    const { code, wrong, unchecked, check } = await examine(url, BRIEFLY);
    expect({ code, wrong, unchecked }).toEqual({ code: 6, wrong: [name], unchecked: ['name', 'pin'] });
    expect(check(name)['detail']).toContain(detail);
    expect(check(name)['hint']).toMatch(/\.$/);
  },
);

it('a Room that does not report its availability passes', async () => {
  const refuse = () => ({ result: false, error: 'unknown method' });
  const { url } = await scripted({ answers: { getFileTransferAvailability: refuse, getAppState: refuse } });
  const { code, check } = await examine(url);
  expect(code).toBe(0);
  expect(check('availability')).toMatchObject({
    ok: null,
    detail: expect.stringContaining('unknown method'),
  });
  expect(check('request')).toMatchObject({ ok: true });
});

it.each([
  [0, 6, 'not connected to its server: no files can arrive'],
  [1, 6, 'connecting to its server: no files can arrive'],
  [2, 6, 'not signed in to its server: no files can arrive'],
  [3, 0, 'idle'],
  [4, 0, 'calling or being called'],
  [5, 0, 'in a conference'],
  [6, 0, 'the conference is ending'],
])('a Room in state %i has the code %i: %s', async (appState, code, detail) => {
  const room = await startRoom({ appState });
  const examined = await examine(room.url);
  expect(examined.code).toBe(code);
  expect(examined.check('state')).toMatchObject({ ok: code === 0, detail });
});

it('a PIN that changes after each conference is said, with what to do', async () => {
  const settings = [{ name: 'changeUserAuthPinAfterConf', value: true }];
  const { url } = await scripted({ answers: { getSettings: () => ({ settings, result: true }) } });
  const { code, check } = await examine(url);
  expect(code).toBe(0);
  expect(check('pin')).toMatchObject({ ok: true, hint: expect.stringContaining("administrator's password") });
});

it('events that come are counted by their documented name, and all others together', async () => {
  const named = ['incomingChatMessage', 'fileTransferHistoryCleared', 'incomingChatMessage'];
  const room = await scripted({
    answers: {
      getSettings: () => {
        for (const event of [...named, 'Anna is here', 'roomBurnt'])
          room.send({ method: 'event', event, message: 'Hello Anna' });
        return { settings: [], result: true };
      },
    },
  });
  const { code, check, program } = await examine(room.url, ['--debug', '--listen', '200ms']);
  expect(code).toBe(0);
  expect(check('events')).toMatchObject({
    ok: true,
    detail: '5 events came: incomingChatMessage 2, other 2, fileTransferHistoryCleared 1',
  });
  expect(program.stdout.text).not.toContain('Anna');
  expect((await examine((await startRoom()).url)).check('events')).toMatchObject({
    ok: true,
    detail: 'no event came while it was checked',
  });
});

/** What cannot be reached: the check that ends it, what it says and what to do. */
const UNREACHABLE: readonly (readonly [
  what: string,
  address: () => Promise<string>,
  check: string,
  detail: string | RegExp,
  hint: string,
])[] = [
  [
    'a name that is not known',
    async () => 'no-such-room.invalid',
    'name',
    /^no-such-room\.invalid: the host name /,
    'Check the name',
  ],
  [
    'a closed port',
    async () => `ws://127.0.0.1:${await closedPort()}`,
    'port',
    /^127\.0\.0\.1:\d+: connection refused$/,
    'Check that the Room runs',
  ],
  [
    'a port that accepts and never answers',
    async () => `ws://127.0.0.1:${(await silent()).port}`,
    'handshake',
    /no answer within 1\.5 s$/,
    'Check that the Room runs',
  ],
  [
    'a web server that opens no WebSocket',
    async () => (await startRoom()).url.replace('http:', 'ws:'),
    'handshake',
    /: it /,
    'Something else answers there',
  ],
  [
    'a Room that opens and never answers',
    async () => {
      const room = await startRoom();
      room.welcome = 'mute';
      return room.url;
    },
    'sign-in',
    'the Room did not answer "auth" within 1.5 s',
    'Check that the Room runs',
  ],
  [
    'a certificate of an unknown CA',
    async () => `wss://localhost:${await tlsFront((await startRoom()).webSocketUrl)}`,
    'handshake',
    /: its certificate is self-signed$/,
    'NODE_EXTRA_CA_CERTS',
  ],
  [
    'a WebSocket that is not encrypted, as one that is',
    async () => (await startRoom()).webSocketUrl.replace('ws:', 'wss:'),
    'handshake',
    /: it does not speak TLS$/,
    'Give ws:// instead of wss://',
  ],
];

it.each(UNREACHABLE)(
  '%s has the code 3, and what follows is skipped',
  async (_, address, name, detail, hint) => {
    const { code, check, wrong, unchecked } = await examine(await address(), BRIEFLY);
    expect(code).toBe(3);
    expect(wrong.at(-1)).toBe(name);
    expect(check(name)['detail']).toMatch(detail);
    expect(check(name)['hint']).toContain(hint);
    expect(unchecked).toEqual(expect.arrayContaining([...after(name)]));
  },
);

describe('an encrypted WebSocket', () => {
  const env = { NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE };

  it('is well where its certificate is known', async () => {
    const port = await tlsFront((await startRoom()).webSocketUrl);
    const { code, check } = await examine(`wss://localhost:${port}`, [], { env });
    expect(code).toBe(0);
    expect(check('handshake')['detail']).toBe('the WebSocket is open, encrypted');
  });

  it('is not where its certificate is for another name', async () => {
    const port = await tlsFront((await startRoom()).webSocketUrl);
    const { code, check } = await examine(`wss://127.0.0.1:${port}`, [], { env });
    expect(code).toBe(3);
    expect(check('handshake')).toMatchObject({
      detail: expect.stringMatching(/its certificate is for another host name$/),
      hint: 'Give the host by a name that its certificate has.',
    });
  });
});

describe('a page that is no Room’s', () => {
  it('leads to the default port, which is closed', async ({ skip }) => {
    const host = await hostWithDefaultPortClosed();
    if (host === null) return skip('something listens on port 8765 of every local address');
    const { url } = await scripted({ config: '<html>', host });
    const { code, wrong, check } = await examine(url);
    expect(code).toBe(3);
    expect(wrong).toEqual(['page', 'port']);
    expect(check('page')['hint']).toContain("Check that it is the Room's web port");
    expect(check('port')['detail']).toBe(`${host}:8765: connection refused`);
  });

  it('leads to the default port, where the Room is', async ({ skip }) => {
    // An address of this test's own: others rely on the default port being closed.
    const host = `127.${1 + (process.pid % 250)}.0.8`;
    try {
      await startRoom({ host, webSocketPort: 8765 });
    } catch {
      return skip(`this machine has no address ${host}`);
    }
    const { url } = await scripted({ config: '<html>', host });
    const { code, wrong } = await examine(url);
    expect(code).toBe(6);
    expect(wrong).toEqual(['page']);
  });
});

describe('a wrong address', () => {
  it('is a check that failed, with the code 2', async () => {
    const { code, check, wrong, unchecked } = await examine('ftp://room');
    expect(code).toBe(2);
    expect(wrong).toEqual(['address']);
    expect(check('address')['detail']).toBe('The address "ftp://room" begins with ftp://.');
    expect(unchecked).toEqual(after('address'));
  });

  it('is never repeated where it carries credentials', async () => {
    const { code, program } = await examine('me:hunter2@room');
    expect(code).toBe(2);
    expect(program.stdout.text).not.toContain('hunter2');
    expect(program.records[0]?.['room']).toBe('***');
  });

  it('is wrong usage where none is given', async () => {
    const program = run(['doctor']);
    expect(await program.ended).toBe(2);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines[0]).toBe('trueconf-files: No Room is named.');
  });
});

describe('what is written', () => {
  const hostile = { answers: { auth: () => ({ result: false, error: 'no\x1b[2J\r\n✓ all is well' }) } };

  it('has ASCII signs where the locale is not UTF-8, and colours where asked for', async ({ skip }) => {
    if (process.platform === 'win32') skip('Windows has no locale in its environment');
    const { url } = await startRoom({ pin: '1234' });
    const program = run(['doctor', url, '--color', 'always', '--quiet'], { env: { LANG: 'C' } });
    expect(await program.ended).toBe(4);
    expect(program.stdout.text.replaceAll('\x1b', '')).toMatch(/^[\n -~]+$/);
    expect(program.stdout.text).toContain('\x1b[38;5;29m+\x1b[39m address');
    expect(program.stdout.text).toContain('\x1b[38;5;196m\x1b[1mx\x1b[22m\x1b[39m sign-in');
    expect(program.stdout.text).toContain('\x1b[38;5;244m- seat ');
  });

  it('is safe to read, whatever a Room says', async () => {
    const { url } = await scripted(hostile);
    const program = run(['doctor', url]);
    expect(await program.ended).toBe(4);
    expect(program.stdout.text).toContain('no\\x1b[2J\\x0d\\x0a✓ all is well');
    expect(program.stdout.text).not.toContain('\x1b');
  });

  it('may be read in part', async () => {
    const { url } = await startRoom();
    const program = shell(`{ $PROGRAM doctor ${url} --quiet; echo "code $?" >&2; } | head -1`);
    await program.ended;
    expect(program.stdout.lines).toHaveLength(1);
    expect(program.stderr.text).toBe('code 0\n');
  });

  it.skipIf(!existsSync('/dev/full'))('fails where it can’t be written', async () => {
    const { url } = await startRoom();
    const program = shell(`$PROGRAM doctor ${url} --quiet > /dev/full`);
    expect(await program.ended).toBe(1);
    expect(program.stderr.lines).toEqual([
      "trueconf-files: stdout can't be written: no space is left on the device.",
    ]);
  });

  it('ends with a signal', async () => {
    const { port } = await silent();
    const program = run(['doctor', `ws://127.0.0.1:${port}`]);
    await program.stdoutHas('accepts connections');
    program.kill('SIGINT');
    expect(await program.ended).toBe(130);
  });
});
