import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { type Program, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort, useSilentServers } from '../support/silent-server.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();
const silent = useSilentServers();

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s while watching ends with %i', async (signal, code) => {
  const room = await startRoom();
  const program = run(['watch', room.url, '--json']);
  await program.connected();
  program.kill(signal);
  expect(await program.ended).toBe(code);
  expect(program.stderr.text).toBe('');
  expect(program.records.at(-1)).toMatchObject({ state: 'closed', reason: 'stopped' });
});

it('two signals that come together are one wish to end, and all is still told', async () => {
  const room = await startRoom();
  const program = run(['watch', room.url, '--json']);
  await program.connected();
  program.kill('SIGTERM');
  program.kill('SIGHUP');
  expect([143, 129]).toContain(await program.ended);
  expect(program.records.at(-1)).toMatchObject({ state: 'closed', reason: 'stopped' });
});

describe('Ctrl-C ends with 130', () => {
  it('while dialling', async () => {
    const server = await silent();
    await expectInterrupted(run(['watch', `ws://127.0.0.1:${server.port}`]), () => server.connected());
  });

  it('while asking the page for the port', async () => {
    const server = await silent();
    await expectInterrupted(run(['watch', `http://127.0.0.1:${server.port}`]), () => server.connected());
  });

  it('while signing in', async () => {
    const room = await startRoom();
    room.welcome = 'mute';
    const program = run(['watch', room.url, '--debug']);
    await expectInterrupted(program, () => program.stderrHas('"method":"auth"'));
  });

  it('while listing', async () => {
    const room = await scripted({ answers: { getOutgoingFilesRequests: () => null } });
    const program = run(['watch', room.url, '--debug']);
    await expectInterrupted(program, () => program.stderrHas('> {"requestId":"3"'));
  });

  it('while waiting for the next try', async () => {
    const program = run(['watch', `ws://127.0.0.1:${await closedPort()}`, '--wait']);
    await expectInterrupted(program, () => program.stderrHas('trying again'));
  });

  it('while credentials are read from a pipe that does not end', async () => {
    const { url } = await startRoom();
    const program = run(['watch', url, '--credentials-file', '-'], { input: null });
    // More writes than wait where nothing reads, and fewer characters than credentials may have.
    const reading = async () => {
      for (let count = 0; count < 2_000; count += 1) {
        await new Promise((resolve) => program.child.stdin?.write('x', resolve));
      }
    };
    await expectInterrupted(program, reading);
  });
});

async function expectInterrupted(program: Program, reached: () => Promise<unknown>): Promise<void> {
  await reached();
  program.kill('SIGINT');
  expect(await program.ended).toBe(130);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.text).not.toContain('trueconf-files:');
}
