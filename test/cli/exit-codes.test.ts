import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { type Program, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort, hostWithDefaultPortClosed, useSilentServers } from '../support/silent-server.js';

const { run, shell } = usePrograms();
const { room: startRoom, signedIn } = useRooms();
const scripted = useScriptedWebRooms();
const silent = useSilentServers();

/** One sentence and one hint on stderr, and nothing else there or on stdout. */
function expectSentence(program: Program, sentence: string | RegExp, hint: string | RegExp): void {
  expect(program.stdout.text).toBe('');
  expect(program.stderr.lines).toEqual([
    expect.stringMatching(/^trueconf-files: [^\p{Cc}]+\.$/u),
    expect.stringMatching(/^[^\p{Cc}]+\.$/u),
  ]);
  expect(program.stderr.lines[0]).toMatch(sentence);
  expect(program.stderr.lines[1]).toMatch(hint);
}

describe('0, done as asked', () => {
  it.each([['--version'], ['--help'], ['watch --help'], ['help watch']])('%s', async (line) => {
    const program = run(line.split(' '));
    expect(await program.ended).toBe(0);
    expect(program.stderr.text).toBe('');
    expect(program.stdout.lines.length).toBeGreaterThan(0);
  });

  it.each([['--once'], ['--count', '1'], ['--until', 'complete']])('%s %s', async (...args) => {
    const room = await startRoom();
    room.setStatus(room.receive().id, 3);
    expect(await run(['watch', room.url, ...args]).ended).toBe(0);
  });
});

describe('1, a fault', () => {
  it('of the program itself: asks to report it, with where it came from', async () => {
    // Once the watch goes on by itself: before that, its own handlers may not be there.
    const throwing = `
      const write = process.stderr.write.bind(process.stderr);
      process.stderr.write = (text, ...more) => {
        if (String(text).includes(': connected')) setImmediate(() => { throw new Error('bang \\x1b[2J') });
        return write(text, ...more);
      };
    `;
    const program = run(['watch', 'demo'], {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(throwing)}` },
    });
    expect(await program.ended).toBe(1);
    expect(program.stderr.text).toContain('a fault of the program; please report it');
    expect(program.stderr.text).toContain('bang \\x1b[2J');
    expect(program.stderr.text).toMatch(/^ {4}at /m);
  });

  it.skipIf(!existsSync('/dev/full'))('of the output: a full disk is one sentence', async () => {
    const { url } = await startRoom();
    const program = shell(`$PROGRAM watch ${url} --json > /dev/full`);
    expect(await program.ended).toBe(1);
    expect(program.stderr.lines).toEqual([
      "trueconf-files: stdout can't be written: no space is left on the device.",
    ]);
  });
});

describe('3, the Room is unreachable or lost', () => {
  it('where the port is closed', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    const program = run(['watch', url, '--quiet']);
    expect(await program.ended).toBe(3);
    expectSentence(
      program,
      `The Room ${url} can't be reached: connection refused.`,
      /^Check that the Room runs/,
    );
  });

  it.for([
    ['is a page for people', '<html>'],
    ['names no port', '{"config":{}}'],
    ['names a port that is none', '{"config":{"websocket":{"port":99999}}}'],
  ] as const)("where config.json %s and the default port isn't open", async ([, config], { skip }) => {
    const host = await hostWithDefaultPortClosed();
    if (host === null) return skip('something listens on port 8765 of every local address');
    const page = await scripted({ config, host });
    const program = run(['watch', page.url]);
    expect(await program.ended).toBe(3);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toContain('it is not the config.json of a Room');
    expect(program.stderr.text).toContain(`trying ws://${host}:8765`);
    expect(program.stderr.lines.at(-2)).toBe(
      `trueconf-files: The Room ${page.url} can't be reached: connection refused.`,
    );
  });

  it('where the host name is unknown', async () => {
    const program = run(['watch', 'no-such-room.invalid', '--quiet']);
    expect(await program.ended).toBe(3);
    expectSentence(program, /can't be reached: the host name/, 'Check the name for typing errors');
  });

  it('where it speaks something else', async () => {
    const { url } = await startRoom();
    const program = run(['watch', url.replace('http:', 'ws:'), '--quiet']);
    expect(await program.ended).toBe(3);
    expectSentence(program, /can't be reached: it/, /^Something else answers there/);
  });

  it('where it hangs up at once', async () => {
    const room = await startRoom();
    room.welcome = 'hang-up';
    const program = run(['watch', room.url, '--quiet']);
    expect(await program.ended).toBe(3);
    expectSentence(program, /can't be reached: /, /^Check that the Room runs/);
    expect(room.connections).toBe(1);
  });

  it('where it is busy', async () => {
    const room = await startRoom();
    room.welcome = 'unavailable';
    const program = run(['watch', room.url, '--quiet']);
    expect(await program.ended).toBe(3);
    expectSentence(program, 'it answers HTTP 503 instead of opening a WebSocket', /^It is busy/);
  });

  it('where it accepts and says nothing: neither after TCP, nor after the WebSocket is open', async () => {
    const tcp = await silent();
    const room = await startRoom();
    room.welcome = 'mute';
    const [noUpgrade, noAnswer] = [
      run(['watch', `ws://127.0.0.1:${tcp.port}`, '--quiet']),
      run(['watch', room.url, '--quiet']),
    ];
    expect(await noUpgrade.ended).toBe(3);
    expectSentence(noUpgrade, /can't be reached: /, /^Check that the Room runs/);
    expect(await noAnswer.ended).toBe(3);
    expectSentence(noAnswer, 'the Room did not answer "auth" within 10 s', /^Check that the Room runs/);
  });

  it('where it shows no sign of life for twice the heartbeat', async () => {
    const room = await scripted({ answers: { auth: () => null, getAppState: () => null }, pongs: false });
    const program = run(['watch', room.url, '--quiet', '--heartbeat', '1s']);
    expect(await program.ended).toBe(3);
    expectSentence(
      program,
      /can't be reached: no sign of life for \d(?:\.\d)? s\.$/,
      /^Check that the Room runs/,
    );
  });

  it('where the link is lost under --no-reconnect', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--no-reconnect']);
    await program.connected();
    room.dropClients();
    expect(await program.ended).toBe(3);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} was lost: the connection was cut.`,
      expect.stringMatching(/^Check that the Room runs/),
    ]);
    expect(room.connections).toBe(1);
  });
});

describe('4, the sign-in is refused', () => {
  it('without credentials: says how to give them', async () => {
    const room = await startRoom({ pin: '4711' });
    const program = run(['watch', room.url, '--quiet']);
    expect(await program.ended).toBe(4);
    expectSentence(
      program,
      `The Room ${room.url} refused the sign-in`,
      /--credentials-file FILE or TRUECONF_FILES_CREDENTIALS/,
    );
    expect(room.connections).toBe(1);
  });

  it('with wrong ones, and is not tried again, also under --wait', async () => {
    const room = await startRoom({ pin: '4711' });
    const program = run(['watch', room.url, '--quiet', '--wait'], {
      env: { TRUECONF_FILES_CREDENTIALS: '4712' },
    });
    expect(await program.ended).toBe(4);
    expectSentence(program, `The Room ${room.url} refused the sign-in`, 'Check the PIN or password');
    expect(room.requests).toHaveLength(1);
  });
});

describe('5, taken over by another client', () => {
  it('after one sign-in, and says what happened and what to do', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json']);
    await program.connected();
    await signedIn(room);
    expect(await program.ended).toBe(5);
    expect(room.signIns).toBe(2);
    expect(room.connections).toBe(2);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} was taken over: another client signed in in this mode.`,
      expect.stringMatching(/Use --role user or --role admin .* or --takeover to take it back\.$/),
    ]);
  });

  it('by a second watch, which goes on', async () => {
    const room = await startRoom();
    const first = run(['watch', room.url, '--json']);
    await first.connected();
    const second = run(['watch', room.url, '--json']);
    await second.connected();
    expect(await first.ended).toBe(5);
    const { id } = room.receive();
    await second.record((record) => record.id === id);
  });

  it('not where each has a seat of its own', async () => {
    const room = await startRoom();
    const admin = run(['watch', room.url, '--json', '--role', 'admin']);
    const user = run(['watch', room.url, '--json', '--role', 'user']);
    await Promise.all([admin.connected(), user.connected()]);
    const { id } = room.receive();
    for (const program of [admin, user]) await program.record((record) => record.id === id);
  });

  it('not under --takeover, which takes the seat back', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--takeover']);
    await program.connected();
    const other = await signedIn(room);
    await other.until(({ event }) => event === 'authorizationNeeded');
    await program.connected(2);
    expect(room.signIns).toBe(3);
  });
});

it.each([
  ['failed', 'setStatus'],
  ['was rejected', 'reject'],
] as const)('6, where a transfer watched for completion %s', async (_, how) => {
  const room = await startRoom();
  const { id } = room.receive();
  const program = run(['watch', room.url, '--json', '--until', 'complete']);
  await program.connected();
  if (how === 'reject') room.reject(id);
  else room.setStatus(id, 0);
  expect(await program.ended).toBe(6);
  expect(program.stderr.text).toBe('');
});

describe('124, --timeout passed', () => {
  it('while watching', async () => {
    const { url } = await startRoom();
    const program = run(['watch', url, '--timeout', '700ms', '--json']);
    expect(await program.ended).toBe(124);
    expect(program.stderr.text).toBe('');
    expect(program.records.at(-1)).toMatchObject({ state: 'closed' });
  });

  it('while connecting', async () => {
    const { port } = await silent();
    expect(await run(['watch', `ws://127.0.0.1:${port}`, '--timeout', '300ms']).ended).toBe(124);
  });

  it('while waiting for a Room that is not there', async () => {
    const url = `ws://127.0.0.1:${await closedPort()}`;
    expect(await run(['watch', url, '--wait', '--timeout', '300ms']).ended).toBe(124);
  });
});
