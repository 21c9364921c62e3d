import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { statusFrame } from '../support/frames.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: simulated } = useRooms();
const scripted = useScriptedWebRooms();

describe('a reader', () => {
  it.each([['--json'], ['--plain']])('that goes away ends the program with 0: %s', async (format) => {
    const room = await simulated({ rate: 500 });
    const program = run(['watch', room.url, format, '--quiet']);
    await program.until(() => program.stdout.lines[0]);
    program.child.stdout?.destroy();
    expect(await program.ended, program.report).toBe(0);
    expect(program.stderr.text).toBe('');
  });

  it('that is slow gets all events, in order', async () => {
    const room = await scripted();
    const program = run(['watch', room.url, '--json', '--heartbeat', '1h', '--count', '3000']);
    await program.connected();
    program.child.stdout?.pause();
    for (let id = 0; id < 1_000; id++) for (const status of [1, 2, 3]) room.send(changed(id, status));
    program.child.stdout?.resume();
    expect(await program.ended, program.report.slice(-500)).toBe(0);
    const told = program.transfers.map(({ name, status }) => `${name} ${status}`);
    const words = ['waiting', 'processing', 'complete'];
    expect(told).toEqual(
      Array.from({ length: 1_000 }, (_, id) => words.map((word) => `${nameOf(id)} ${word}`)).flat(),
    );
  });
});

it('text of other scripts comes through a pipe as UTF-8', async () => {
  const room = await simulated();
  room.receive({ id: 'a', name: 'Отчёт 計画 ✓.pdf' });
  const program = run(['list', room.url, '--plain']);
  expect(await program.ended, program.report).toBe(0);
  expect(program.stdout.text).toContain('Отчёт 計画 ✓.pdf');
});

it('stdin can be a pipe that is written in pieces', async () => {
  const program = run(['replay', '-', '--json'], { input: null });
  const text = JSON.stringify(changed(1, 3));
  program.child.stdin?.write(text.slice(0, 20));
  await new Promise(setImmediate);
  program.child.stdin?.end(`${text.slice(20)}\r\n`);
  expect(await program.ended, program.report).toBe(0);
  expect(program.transfers).toMatchObject([{ name: nameOf(1), status: 'complete' }]);
});

/** Long, so that few events fill all buffers: each costs milliseconds under Wine. */
const nameOf = (id: number) => `${id}-${'x'.repeat(400)}.pdf`;

function changed(id: number, status: number) {
  return statusFrame(`00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, status, {
    fileName: nameOf(id),
    timestamp: 1_659_284_222_850,
    fileSize: 3_200,
    peerId: '820_1@some.server',
    peerDisplayName: '820_1',
  });
}
