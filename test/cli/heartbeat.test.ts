import { describe, expect, it } from 'vitest';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { useSilentServers } from '../support/silent-server.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();
const silent = useSilentServers();

const progress = (percent: number) => ({
  method: 'event',
  event: 'incomingFileRequestDownloadingProgress',
  fileRequestId: 'noise',
  processedPercents: percent,
});

describe('where nothing happens, that is told', () => {
  it('as records', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--heartbeat', '1s']);
    const beats = () => program.records.filter(({ type, connected }) => type === 'heartbeat' && connected);
    await program.until(() => beats()[1]);
    expect(room.connections).toBe(1);
  });

  it('as lines', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--heartbeat', '1s']);
    await program.stdoutHas('  alive, nothing changed\n');
  });

  it('but not among lines under --quiet', async () => {
    const { port } = await silent();
    const args = ['--heartbeat', '1s', '--timeout', '1500ms'];
    const [told, quiet] = [[], ['--quiet']].map((more) =>
      run(['watch', `ws://127.0.0.1:${port}`, ...args, ...more]),
    );
    expect(await told?.ended).toBe(124);
    expect(await quiet?.ended).toBe(124);
    expect(told?.stdout.text).toContain('  still not connected\n');
    expect(quiet?.stdout.text).toBe('');
  });

  it('of a Room that has not been reached yet', async () => {
    const { port } = await silent();
    const program = run(['watch', `ws://127.0.0.1:${port}`, '--json', '--heartbeat', '1s']);
    await program.record(({ type, connected }) => type === 'heartbeat' && connected === false);
  });
});

describe('where something happens that is not written, that is told too', () => {
  it.each([
    ['lines leave progress out', []],
    ['a filter leaves it out', ['--json', '--id', 'other']],
    ['it has another status', ['--json', '--status', 'complete', '--no-snapshot']],
  ])('%s', async (_, args) => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--heartbeat', '1s', ...args]);
    await room.until(() => room.requests.some(({ method }) => method === 'getFileTransferAvailability'));
    const word = args.length === 0 ? '  alive, nothing changed\n' : '"type":"heartbeat"';
    const beats = () => program.stdout.text.split(word).length - 1;
    let beatsBefore: number | null = null;
    let sent = 0;
    const noise = setInterval(() => {
      beatsBefore ??= beats();
      sent += 1;
      room.send(progress(sent % 100));
    }, 20);
    try {
      // The first may have been on its way already: between it and the second there was noise.
      await program.until(() => (beatsBefore !== null && beats() >= beatsBefore + 2) || undefined);
    } finally {
      clearInterval(noise);
    }
  });
});
