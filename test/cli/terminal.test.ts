import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { STARTED } from '../support/program.js';
import { type PseudoTerminal, useTerminals } from '../support/pseudo-terminal.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { useSilentServers } from '../support/silent-server.js';

const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();
const silent = useSilentServers();

const UNTOUCHED = { cursor: true, wrap: true, alternate: false, bracketedPaste: false };
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const BACKSPACE = '\x7f';

const { open } = useTerminals();

interface Setting {
  readonly columns?: number;
  readonly rows?: number;
  /** Set before the program: `NAME=value`. */
  readonly variable?: string;
}

/** Runs the program with the arguments of a shell's line, which says the terminal's settings before and after. */
function type(line: string, { columns = 100, rows = 30, variable = '' }: Setting = {}): PseudoTerminal {
  const command = `${variable} "$0" "$1" ${line}`;
  // Ctrl-C reaches the shell too, which has to stay.
  const script = `trap : INT; echo before=$(stty -g); ${command}; echo code=$?; echo after=$(stty -g); echo the end; read wait`;
  return open('sh', ['-c', script, ...STARTED], columns, rows);
}

/** Waits for the end, and checks that the terminal is as it was. */
async function ended(terminal: PseudoTerminal): Promise<{ readonly code: number; readonly screen: string }> {
  const screen = await terminal.until((text) => /^the end$/m.test(text));
  expect(terminal.emulator.state).toEqual(UNTOUCHED);
  // What was said before may have left the screen by now.
  const [, before] = /before=([\da-f:]+)/.exec(terminal.written) ?? [];
  expect(/after=([\da-f:]+)/.exec(terminal.written)?.[1]).toBe(before);
  return { code: Number(/code=(\d+)/.exec(screen)?.[1]), screen };
}

const percentages = (screen: string) => (screen.match(/\b\d+%/g) ?? []).join(' ');

describe('watch demo', () => {
  it.each([
    ['q', 'q', 0],
    ['Ctrl-C', CTRL_C, 130],
    ['Ctrl-C twice, at once', CTRL_C + CTRL_C, 130],
  ])('draws transfers that move, and leaves the terminal clean after %s', async (_, keys, code) => {
    const terminal = type('watch demo');
    const first = await terminal.until((screen) => percentages(screen) !== '');
    expect(terminal.emulator.state).toMatchObject({ alternate: true, cursor: false });
    await terminal.until(
      (screen) => percentages(screen) !== '' && percentages(screen) !== percentages(first),
    );
    terminal.type(keys);
    expect((await ended(terminal)).code).toBe(code);
  });

  it.each([
    [80, 24],
    [200, 50],
  ])('fits a terminal of %i by %i', async (columns, rows) => {
    const terminal = type('watch demo', { columns, rows });
    const screen = await terminal.until((text) => percentages(text) !== '');
    expect(screen).toContain('demo');
    expect(screen.split('\n')).toHaveLength(rows);
    terminal.type('q');
    expect((await ended(terminal)).code).toBe(0);
  });
});

describe('keys reach the Room', () => {
  it.each([
    ['a', 'Accept?', 'acceptIncomingFileRequest', 'processing', /Not ended: 1 processing/],
    ['r', 'Reject?', 'rejectIncomingFileRequest', 'rejected', /rejected +↓ wanted\.bin/],
  ])('%s asks %s, and y sends %s', async (key, question, method, status, summary) => {
    const room = await startRoom({ transferMs: 600_000 });
    room.receive({ name: 'wanted.bin' });
    const terminal = type(`watch ${room.url}`);
    await terminal.until((screen) => screen.includes('wanted.bin'));
    await terminal.press('j', (screen) => /▸.*wanted\.bin/.test(screen));
    await terminal.press(key, (screen) => screen.includes(question));
    expect(room.requests.map((request) => request.method)).not.toContain(method);
    await terminal.press('y', (screen) => new RegExp(`${status} .*wanted\\.bin`).test(screen));
    expect(room.requests.map((request) => request.method)).toContain(method);
    await terminal.press('q', (screen) => /^the end$/m.test(screen));
    const { code, screen } = await ended(terminal);
    expect(code).toBe(0);
    expect(screen).toMatch(summary);
  });
});

it.each([
  ['a paste without marks', 'Please reply'],
  ['a paste with marks', '\x1b[200~a\ry\x1b[201~'],
  ['a clipboard that an earlier program asked for', '\x1b]52;c;ZGlzcGxheQ==ay\x07'],
  ['a mouse report', '\x1b[M ay'],
])('%s answers nothing, and ends nothing', async (_, bytes) => {
  const room = await startRoom({ transferMs: 600_000 });
  room.receive({ name: 'wanted.bin' });
  const terminal = type(`watch ${room.url}`);
  await terminal.until((screen) => screen.includes('wanted.bin'));
  await terminal.press('j', (screen) => /▸.*wanted\.bin/.test(screen));
  terminal.type(bytes);
  await terminal.press('?', (screen) => screen.includes('accept or reject'));
  expect(room.requests.map(({ method }) => method)).not.toContain('acceptIncomingFileRequest');
  await terminal.press('\x03', (screen) => /^the end$/m.test(screen));
  expect((await ended(terminal)).code).toBe(130);
});

it('the details of a transfer show the last frame about it', async () => {
  const room = await startRoom();
  const { id } = room.receive({ name: 'wanted.bin' });
  const terminal = type(`watch ${room.url}`);
  await terminal.until((screen) => screen.includes('wanted.bin'));
  room.setStatus(id, 3);
  await terminal.until((screen) => /complete .*wanted\.bin/.test(screen));
  terminal.type('j\r');
  await terminal.until((screen) => screen.includes('"event":"fileRequestStatusChanged"'));
  terminal.type('q');
  await terminal.until((screen) => !screen.includes('fileRequestStatusChanged'));
});

it('a Room that goes down is said to be, and the others go on', async () => {
  const [one, other] = [await startRoom(), await startRoom()];
  one.receive({ name: 'first.bin' });
  other.receive({ name: 'second.bin' });
  const terminal = type(`watch ${one.webSocketUrl} ${other.webSocketUrl}`);
  await terminal.until((screen) => screen.includes('first.bin') && screen.includes('second.bin'));
  await other.close();
  await terminal.until((screen) => /1 live, .*retry|1 live, .*connecting/.test(screen));
  one.receive({ name: 'third.bin' });
  const screen = await terminal.until((text) => text.includes('third.bin'));
  expect(screen).toMatch(/\? waiting .*second\.bin/);
  terminal.type('q');
  expect((await ended(terminal)).code).toBe(0);
});

it.each([
  ['that names no charset gives ASCII signs, and names as they are', 'C', '회의록', /\p{L}/u],
  ['of another charset gives ASCII alone', 'ru_RU.KOI8-R', '\\ud68c\\uc758\\ub85d', /[\0-\x7f]/],
])('a locale %s', async (_, locale, name, allowed) => {
  const terminal = type('watch demo', { variable: `LC_ALL=${locale}` });
  await terminal.until((screen) => percentages(screen) !== '' && screen.includes(name));
  terminal.type('q');
  const { screen } = await ended(terminal);
  expect(screen).toContain('Watched demo');
  const beyondAscii = [...terminal.written].filter((character) => character > '\x7f');
  expect(beyondAscii.filter((character) => !allowed.test(character))).toEqual([]);
});

it.each(['', '--plain'])('closing the window ends the program with 129: watch demo %s', async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'window-'));
  try {
    // The shell stays and gets no signal to pass on: only the terminal goes away.
    const told = join(folder, 'told');
    execFileSync('sh', ['-c', 'mkfifo "$0"', told]);
    const code = text(createReadStream(told));
    const terminal = type(`watch demo ${options}; echo $? >'${told}'`, { variable: 'trap : HUP;' });
    await terminal.until((screen) => /processing/.test(screen));
    terminal.hangUp();
    expect(await code).toBe('129\n');
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('views on a terminal', () => {
  it.each([
    ['--plain', 'watch demo --plain --count 5'],
    ['TERM=dumb', 'watch demo --count 5', 'TERM=dumb'],
    ['--json', 'watch demo --json --count 5'],
    ['--debug', 'watch demo --debug --count 5'],
    ['stdout in a pipe', 'watch demo --count 5 | cat'],
    ['a pipe that is to have colour', 'watch demo --count 5 --color always | cat'],
    ['stdin from a file', 'watch demo --count 5 < /dev/null'],
  ])('%s: lines, and the terminal is never taken', async (_, line, variable = '') => {
    const terminal = type(line, { variable });
    const { code } = await ended(terminal);
    expect(code).toBe(0);
    expect(terminal.written).not.toContain('\x1b[?');
    expect(terminal.written).toMatch(/inbound|outbound/);
  });

  it('--debug shows frames, both ways', async () => {
    const terminal = type('watch demo --debug --once');
    expect((await ended(terminal)).code).toBe(0);
    expect(terminal.written).toMatch(/ demo > \{"method":"auth"/);
    expect(terminal.written).toMatch(/ demo < \{"method":"auth"/);
  });

  it('--debug into a file leaves the terminal to the table', async () => {
    const terminal = type('watch demo --debug 2>/dev/null');
    await terminal.until((screen) => percentages(screen) !== '');
    expect(terminal.emulator.state.alternate).toBe(true);
    terminal.type('q');
    expect((await ended(terminal)).code).toBe(0);
  });

  it('a first connection that fails is an ordinary line', async () => {
    const room = await scripted({ answers: { auth: () => null } });
    const terminal = type(`watch ${room.webSocketUrl}`);
    await terminal.until((screen) => screen.includes('Connecting to'));
    await room.until(() => room.requests.length > 0);
    room.cut();
    const { code, screen } = await ended(terminal);
    expect(code).toBe(3);
    expect(screen).toContain("can't be reached: the connection was cut.");
    expect(terminal.written).not.toContain('\x1b[?1049h');
  });
});

describe('a hidden prompt', () => {
  const PIN = '4711-hidden';
  const PROMPT = /PIN or password of \S+: *$/m;

  async function prompted(options: string) {
    const room = await startRoom({ pin: PIN });
    room.receive({ name: 'behind-the-pin.bin' });
    const terminal = type(`watch ${room.url} ${options}`);
    await terminal.until((screen) => PROMPT.test(screen));
    return { room, terminal };
  }

  it.each([
    ['as it is', PIN],
    ['after a correction', `x4712${BACKSPACE}${BACKSPACE}${BACKSPACE}${CTRL_U}4711-hiddem${BACKSPACE}n`],
    ['by words', `${PIN} and wrong\x17\x1b\x7f${BACKSPACE}`],
    ['with keys that would move a cursor', `471\x1b[D1-h\x01id\x1b[H\x1b[3~d\x02en\x04`],
    ['among keys that are no text', `47\x1b[A11\x1bOP-hid\x1b[I\x1b]11;rgb:ff/ff/ff\x1b\\den\x1b[M !!\t`],
    ['pasted, and marked so', `\x1b[200~${PIN}\n\x1b[201~`],
    ['on an enhanced keyboard', '\x1b[52u\x1b[55u\x1b[27;1;49~1-hidden'],
  ])('asks for the PIN, shows nothing of it, and goes on: %s', async (_, keys) => {
    const { terminal } = await prompted('--plain --once');
    terminal.type(`${keys}\r`);
    expect((await ended(terminal)).code).toBe(0);
    expect(terminal.written).toContain('behind-the-pin.bin');
    expect(terminal.written).not.toMatch(/(?<!\d)4711(?!\d)/);
    expect(terminal.written).not.toContain('hidde');
  });

  it.each(['watch --plain --once', 'list', 'list --plain'])(
    'is left with Ctrl-Z, and asks anew after fg: %s',
    async (command) => {
      const room = await startRoom({ pin: PIN });
      room.receive({ name: 'behind-the-pin.bin' });
      const terminal = open('bash', ['--norc', '--noprofile', '-i']);
      terminal.type(`${STARTED.map((word) => `'${word}'`).join(' ')} ${command} ${room.url}\r`);
      await terminal.until((screen) => PROMPT.test(screen));
      terminal.type('wrong\x1a');
      await terminal.until((screen) => screen.includes('Stopped'));
      terminal.type('echo seen=$((40 + 2))\r');
      await terminal.until(
        (screen) => screen.includes('echo seen=$((40 + 2))') && screen.includes('seen=42'),
      );
      terminal.type('fg\r');
      // The first one is still on the screen.
      await terminal.until(() => terminal.written.split('PIN or password of').length === 3);
      terminal.type(`${PIN}\r`);
      await terminal.until((screen) => screen.includes('behind-the-pin.bin'));
      expect(terminal.written).not.toMatch(/(?<!\d)4711(?!\d)|wrong/);
    },
  );

  it('comes before the table, which follows', async () => {
    const { terminal } = await prompted('');
    terminal.type(`${PIN}\r`);
    await terminal.until((screen) => screen.includes('behind-the-pin.bin'));
    expect(terminal.emulator.state.alternate).toBe(true);
    terminal.type('q');
    expect((await ended(terminal)).code).toBe(0);
    expect(terminal.written).not.toMatch(/(?<!\d)4711(?!\d)/);
  });

  it('keeps the table of another Room away until it is answered', async () => {
    const other = await scripted({ answers: { auth: () => null } });
    const room = await startRoom({ pin: PIN });
    const terminal = type(`watch ${room.url} ${other.webSocketUrl}`);
    await terminal.until((screen) => PROMPT.test(screen));
    await other.until(() => other.requests.length > 0);
    const signedIn = { previleges: 2, token: '1', tokenForHttpServer: '2', result: true, resultCode: 0 };
    other.send({ method: 'auth', requestId: other.requests[0]?.['requestId'], ...signedIn });
    await other.until(() => other.requests.some(({ method }) => method === 'getOutgoingFilesRequests'));
    expect(terminal.emulator.state.alternate).toBe(false);
    terminal.type(`${PIN}\r`);
    await terminal.until((screen) => screen.includes('2 live'));
    terminal.type('q');
    expect((await ended(terminal)).code).toBe(0);
    expect(terminal.written).not.toMatch(/(?<!\d)4711(?!\d)/);
  });

  it('asks for one Room after the other', async () => {
    const pins = ['1111', '2222'];
    const rooms = await Promise.all(pins.map((pin) => startRoom({ pin })));
    const terminal = type(`watch ${rooms.map(({ url }) => url).join(' ')}`);
    const asked = (screen: string) => screen.match(/PIN or password of \S+: /g) ?? [];
    for (let count = 1; count <= pins.length; count += 1) {
      const screen = await terminal.until((text) => asked(text).length === count);
      const at = rooms.findIndex(({ url }) => asked(screen).at(-1)?.includes(`${url}:`));
      terminal.type(`${pins[at]}\r`);
    }
    await terminal.until((screen) => screen.includes('2 live'));
    terminal.type('q');
    expect((await ended(terminal)).code).toBe(0);
  });

  it.each([
    ['a wrong PIN', '4712\r'],
    ['nothing', '\r'],
    ['Ctrl-D', CTRL_D],
  ])('%s ends with 4, one sentence and what to do', async (_, keys) => {
    const { room, terminal } = await prompted('');
    terminal.type(keys);
    const { code, screen } = await ended(terminal);
    expect(code).toBe(4);
    expect(screen).toContain(`trueconf-files: The Room ${room.url} refused the sign-in`);
    expect(room.connections).toBe(1);
    expect(terminal.written).not.toContain('4712');
  });

  it.each([
    ['Ctrl-C', CTRL_C],
    ['Ctrl-C twice, at once', CTRL_C + CTRL_C],
  ])('%s ends with 130', async (_, keys) => {
    const { terminal } = await prompted('');
    terminal.type(keys);
    expect((await ended(terminal)).code).toBe(130);
  });

  it('is not asked where credentials were given, or where it would not be seen', async () => {
    const { url } = await startRoom({ pin: PIN });
    for (const line of [`watch ${url} 2>/dev/null`, `watch ${url} --once < /dev/null`]) {
      expect((await ended(type(line))).code).toBe(4);
    }
    const given = type(`watch ${url}`, { variable: 'TRUECONF_FILES_CREDENTIALS=4712' });
    const { code, screen } = await ended(given);
    expect(code).toBe(4);
    expect(screen).not.toMatch(PROMPT);
  });
});

it('Ctrl-C while connecting ends with 130', async () => {
  const server = await silent();
  const terminal = type(`watch ws://127.0.0.1:${server.port}`);
  await server.connected();
  terminal.type(CTRL_C);
  expect((await ended(terminal)).code).toBe(130);
});
