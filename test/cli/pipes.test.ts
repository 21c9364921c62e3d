import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run, shell } = usePrograms();
const { room: simulated } = useRooms();
const scripted = useScriptedWebRooms();

const status = (id: number | string, code: number) => ({
  method: 'event',
  event: 'fileRequestStatusChanged',
  fileRequestId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
  status: code,
  directionType: 0,
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
  ])('ends the program quietly with 0, every time: %s', async (_, options) => {
    const watch = async () => {
      // A Room has one seat: each has a Room of its own.
      const { url } = await simulated({ rate: 500 });
      const program = shell(`{ $PROGRAM watch ${url} ${options} --quiet; echo "code $?" >&2; } | head -1`);
      await program.ended;
      expect(program.stderr.text).toBe('code 0\n');
      expect(program.stdout.lines).toHaveLength(1);
    };
    for (let round = 0; round < 5; round++) await Promise.all([1, 2, 3, 4, 5].map(watch));
  });

  it('of stderr does so too', async () => {
    const { url } = await simulated({ rate: 500 });
    const program = shell(
      `{ { $PROGRAM watch ${url} --debug 2>&1 >/dev/null; echo "code $?" >&3; } | head -1; } 3>&2`,
    );
    await program.ended;
    expect(program.stderr.text).toBe('code 0\n');
  });

  it.each([['--version'], ['--help'], ['watch --help']])('of %s is no fault', async (line) => {
    const program = shell(`{ $PROGRAM ${line}; echo "code $?" >&2; } | true`);
    await program.ended;
    expect(program.stderr.text).toBe('code 0\n');
  });
});

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
    for (let id = 0; id < 50_000; id++) for (const code of [1, 2, 3]) room.send(status(id, code));
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

/** The most memory that a process has had; `null` where the system does not tell. */
function peakResidentMib(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return kib === undefined ? null : Number(kib) / 1_024;
}
