import { describe, expect, it } from 'vitest';
import { useHostedPrograms } from '../support/in-process.js';
import { usePrograms } from '../support/program.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';
import { useSilentServers } from '../support/silent-server.js';

const { run } = usePrograms();
const host = useHostedPrograms();
const startRoom = useScriptedWebRooms();
const silent = useSilentServers();

const INTERVAL_MS = 15_000;
const ALIVE = '  alive, nothing changed\n';

const progress = (percent: number) => ({
  method: 'event',
  event: 'incomingFileRequestDownloadingProgress',
  fileRequestId: 'noise',
  processedPercents: percent,
});

const change = (status: number) => ({ method: 'event', event: 'fileStatus', id: 'a', status });

/** Resolves once the last request that follows from connecting is answered. */
async function untilQuiet(room: ScriptedWebRoom): Promise<void> {
  await room.until(() => room.requests.some(({ method }) => method === 'getAppState'));
  await room.untilRead();
}

describe('where nothing happens, that is reported', () => {
  it('as records, by the real clock', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--heartbeat', '1s']);
    await program.record(({ type, connected }) => type === 'heartbeat' && connected === true);
    expect(room.connections).toBe(1);
  });

  it('as lines, for each interval in which nothing was written', async () => {
    const room = await startRoom();
    const program = host(['watch', room.url]);
    const { lines } = program.stdout;
    /** Lines of an interval at whose beginning something comes, or nothing. */
    const written = async (comes: object | null, count: number) => {
      const before = lines.length;
      if (comes !== null) room.send(comes);
      await room.untilRead();
      await program.clock.pass(INTERVAL_MS);
      await program.until(() => lines.length >= before + count || undefined);
      return lines.slice(before).map((line) => `${line}\n`.endsWith(ALIVE));
    };
    await untilQuiet(room);
    // What is known of the Room was written.
    await written(null, 0);
    expect(await written(null, 1)).toEqual([true]);
    expect(await written(change(1), 1)).toEqual([false]);
    expect(await written(change(2), 1)).toEqual([false]);
    expect(await written(null, 1)).toEqual([true]);
  });

  it('but not among lines under --quiet', async () => {
    const servers = [await silent(), await silent()];
    const programs = servers.map(({ port }, nth) => {
      const quiet = nth === 1 ? ['--quiet'] : [];
      return host(['watch', `ws://127.0.0.1:${port}`, '--heartbeat', '1s', '--timeout', '1500ms', ...quiet]);
    });
    await Promise.all(servers.map((server) => server.connected()));
    const [told, quiet] = programs;
    await Promise.all(programs.map(({ clock }) => clock.pass(1_500)));
    expect(await told?.ended).toBe(124);
    expect(await quiet?.ended).toBe(124);
    expect(told?.stdout.text).toContain('  still not connected\n');
    expect(quiet?.stdout.text).toBe('');
  });

  it('of a Room that has not been reached yet', async () => {
    const server = await silent();
    const program = host(['watch', `ws://127.0.0.1:${server.port}`, '--json', '--heartbeat', '1s']);
    await server.connected();
    await program.clock.pass(2_000);
    await program.record(({ type, connected }) => type === 'heartbeat' && connected === false);
  });
});

describe('where something happens that is not written, that is reported too', () => {
  it.each([
    ['lines leave progress out', []],
    ['a filter leaves it out', ['--json', '--id', 'other']],
    ['it has another status', ['--json', '--status', 'complete', '--no-snapshot']],
  ])('%s', async (_, args) => {
    const room = await startRoom();
    const program = host(['watch', room.url, ...args]);
    const word = args.length === 0 ? ALIVE : '"type":"heartbeat"';
    const beats = () => program.stdout.text.split(word).length - 1;
    await untilQuiet(room);
    // The first that is heard of a transfer is written, as is a link.
    room.send(progress(0));
    await room.untilRead();
    await program.clock.pass(INTERVAL_MS);
    for (let intervals = 1; intervals <= 3; intervals++) {
      room.send(progress(intervals));
      await room.untilRead();
      await program.clock.pass(INTERVAL_MS);
      await program.until(() => beats() === intervals || undefined);
    }
  });
});
