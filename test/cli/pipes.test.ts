import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { statusFrame } from '../support/frames.js';
import { PROGRAM, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { node, run, shell } = usePrograms();
const { room: simulated } = useRooms();
const scripted = useScriptedWebRooms();

const status = (id: number | string, code: number) =>
  statusFrame(`00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, code, {
    fileName: `quarterly-report-${id}.pdf`,
    timestamp: 1659284222850,
    fileSize: 3200,
    peerId: '820_1@some.server',
    peerDisplayName: '820_1',
  });

describe('a reader that goes away', () => {
  it.each([
    ['records', '--json'],
    ['lines', '--color always'],
  ])(
    'ends the program quietly with 0, every time: %s',
    async (_, options) => {
      const watch = async () => {
        // A Room has one seat: each has a Room of its own.
        const { url } = await simulated({ rate: 500 });
        const program = shell(`{ $PROGRAM watch ${url} ${options} --quiet; echo "code $?" >&2; } | head -1`);
        await program.ended;
        expect(program.stderr.text).toBe('code 0\n');
        expect(program.stdout.lines).toHaveLength(1);
      };
      for (let round = 0; round < 5; round++) await Promise.all([1, 2, 3, 4, 5].map(watch));
    },
    180_000,
  );

  it.each([
    ['notes', []],
    ['frames', ['--debug']],
  ])('of stderr, which gets %s, ends nothing', async (_, options) => {
    const room = await simulated();
    const program = run(['watch', room.url, '--json', ...options]);
    await program.connected();
    program.child.stderr?.destroy();
    room.dropClients();
    await program.connected(2);
    room.receive({ id: 'later' });
    await program.record(({ id }) => id === 'later');
  });

  it.each([['--version'], ['--help'], ['watch --help'], ['schema'], ['completion bash']])(
    'of %s is no fault',
    async (line) => {
      const program = shell(`{ $PROGRAM ${line}; echo "code $?" >&2; } | true`);
      await program.ended;
      expect(program.stderr.text).toBe('code 0\n');
    },
  );
});

it.each(['--version', '--help', 'watch --help', 'schema', 'completion zsh', 'simulate', 'simulate --json'])(
  '%s to a full disk fails, with the reason',
  async (line) => {
    const program = shell(`$PROGRAM ${line} > /dev/full; echo "code $?" >&2`);
    await program.ended;
    expect(program.stderr.lines).toEqual([
      "trueconf-files: stdout can't be written: no space is left on the device.",
      'code 1',
    ]);
  },
);

it('writes everything before it ends', async () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ ...status(id, 3), size: 3200 }));
  const room = await scripted({
    answers: { getIncomingFilesRequests: () => ({ incomingFilesRequests: rows, result: true }) },
  });
  // The long heartbeat would show a timer that is left behind: nothing else holds the program so long.
  const watch = `$PROGRAM watch ${room.url} --json --once --heartbeat 1h`;
  const program = shell(`${watch} | { read -r first; echo "$first"; sleep 1; exec cat; }`);
  await program.ended;
  expect(program.transfers).toHaveLength(20_000);
  expect(program.records.at(0)).toMatchObject({ state: 'connecting' });
  expect(program.records.at(-1)).toMatchObject({ state: 'closed' });
});

describe('a reader that is slow', () => {
  it('gets 150,000 events, in order, from a program that stays small', async () => {
    const room = await scripted();
    const program = shell(
      `sh -c 'echo $$ >&2; exec $PROGRAM watch ${room.url} --json --heartbeat 1s' | { sleep 4; exec cat; }`,
    );
    await room.until(() => room.requests.some(({ method }) => method === 'getFileTransferAvailability'));
    for (let id = 0; id < 50_000; id++) {
      for (const code of [1, 2, 3]) room.send(status(id, code));
      // The Room answers pings while it sends.
      if (id % 500 === 0) await new Promise(setImmediate);
    }
    await program.until(() => program.transfers.length >= 150_000 || undefined);

    const pid = Number(program.stderr.lines[0]);
    const peakMib = peakResidentMib(pid);
    process.kill(pid, 'SIGTERM');
    await program.ended;
    if (peakMib === null) console.log('The memory was not measured: there is no /proc here.');
    else expect(peakMib).toBeLessThan(250);

    const told = program.transfers.map(({ name, status }) => `${name} ${status}`);
    const names = Array.from({ length: 50_000 }, (_, id) => `quarterly-report-${id}.pdf`);
    expect(told).toEqual(
      names.flatMap((name) => ['waiting', 'processing', 'complete'].map((word) => `${name} ${word}`)),
    );
    expect(room.connections).toBe(1);
    expect(program.records.map(({ state }) => state)).not.toContain('disconnected');
  }, 120_000);

  it('holds the end up, until a second Ctrl-C', async () => {
    const room = await scripted();
    const program = run(['watch', room.url, '--json']);
    await program.connected();
    const { child } = program;
    child.stdout?.pause();
    for (let id = 0; id < 50_000; id++) room.send(status(id, 3));
    await room.untilHeldUp();
    child.kill('SIGINT');
    await room.until(() => room.clients === 0);
    expect(child.exitCode).toBeNull();
    const exit = once(child, 'exit');
    // One that comes together with the first is the same wish.
    const again = setInterval(() => child.kill('SIGINT'), 100);
    expect(await exit).toEqual([130, null]);
    clearInterval(again);
    child.stdout?.resume();
    await program.ended;
    expect(program.records.map(({ state }) => state)).not.toContain('closed');
  });
});

describe('a reader that takes nothing', () => {
  const rows = Array.from({ length: 10_000 }, (_, id) => ({ ...status(id, 1), size: 3200 }));
  const answers = { getIncomingFilesRequests: () => ({ incomingFilesRequests: rows, result: true }) };

  it.each<[what: string, signal: NodeJS.Signals | null, args: (url: string) => readonly string[]]>([
    ['watch, SIGTERM', 'SIGTERM', (url) => ['watch', url, '--json']],
    ['watch, Ctrl-C', 'SIGINT', (url) => ['watch', url]],
    ['watch --timeout', null, (url) => ['watch', url, '--json', '--timeout', '4s']],
    ['watch --once', null, (url) => ['watch', url, '--json', '--once']],
    ['list, SIGHUP', 'SIGHUP', (url) => ['list', url, '--json']],
  ])('does not keep the program: %s', async (_, signal, argsOf) => {
    const room = await scripted({ answers });
    const { child, stderr, report } = node([PROGRAM, ...argsOf(room.url)]);
    const { stdout } = child;
    if (stdout === null) throw new Error('stdout is not a pipe');
    onTestFinished(() => void stdout.removeAllListeners('readable').resume());
    // A listener that reads nothing: without one the stream would flow.
    stdout.removeAllListeners('data').on('readable', () => {});
    const exit = once(child, 'exit');
    // 'readable' is emitted only once while nothing is read.
    const isFull = () => expect(stdout.readableLength).toBeGreaterThanOrEqual(stdout.readableHighWaterMark);
    await vi.waitFor(isFull, { timeout: 30_000 });
    if (signal !== null) child.kill(signal);
    expect(await exit, report).toEqual([1, null]);
    stdout.removeAllListeners('readable').resume();
    await once(child, 'close');
    expect(stderr.text).toMatch(
      /^trueconf-files: \d+ lines were not written: the reader of stdout took nothing for 3 s\.$/m,
    );
  });
});

/** The most memory that a process has had; `null` where the system does not tell. */
function peakResidentMib(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return kib === undefined ? null : Number(kib) / 1_024;
}
