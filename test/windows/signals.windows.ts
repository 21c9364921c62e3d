import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { type Program, usePrograms } from '../support/program.js';
import { closedPort, useSilentServers } from '../support/silent-server.js';
import { type ConsoleEvent, sendConsoleEvent } from './console.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const silent = useSilentServers();
const { newPath } = useFolder();

describe('what a console tells', () => {
  it.each<[ConsoleEvent, number]>([
    ['Ctrl-C', 130],
    ['Ctrl-Break', 130],
    ['closed', 129],
  ])('%s ends a watch with %i, and all is reported', async (event, code) => {
    const room = await startRoom();
    const path = newPath();
    const program = run(['watch', room.url, '--json', '--record', path]);
    await program.connected();
    tell(program, event);
    expect(await program.ended, program.report).toBe(code);
    expect(program.records.at(-1)).toMatchObject({ state: 'closed', reason: 'stopped' });
    expect(linesOf(path).at(-1)).toMatchObject({ kind: 'link', link: { state: 'closed' } });
  });

  it('Ctrl-C while dialling ends with 130', async () => {
    const server = await silent();
    const program = run(['watch', `ws://127.0.0.1:${server.port}`]);
    await server.connected();
    tell(program, 'Ctrl-C');
    expect(await program.ended, program.report).toBe(130);
  });

  it('Ctrl-Break while waiting for the next try ends with 130', async () => {
    const program = run(['watch', `ws://127.0.0.1:${await closedPort()}`, '--wait']);
    await program.stderrHas('trying again');
    tell(program, 'Ctrl-Break');
    expect(await program.ended, program.report).toBe(130);
  });
});

it('taskkill leaves a recording of whole lines, which can be played', async () => {
  const room = await startRoom({ rate: 50 });
  const path = newPath();
  const program = run(['watch', room.url, '--json', '--record', path]);
  await program.until(() => program.transfers[9]);
  const { status } = spawnSync('taskkill', ['/F', '/PID', String(program.child.pid)]);
  expect(status).toBe(0);
  await program.ended;
  expect(linesOf(path).length).toBeGreaterThan(9);
  const played = run(['replay', path, '--json', '--count', '5']);
  expect(await played.ended, played.report).toBe(0);
});

/** The lines of a recording; throws where one is not whole. */
function linesOf(path: string): readonly unknown[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

function tell({ child }: Program, event: ConsoleEvent): void {
  if (child.pid !== undefined) sendConsoleEvent(child.pid, event);
}
