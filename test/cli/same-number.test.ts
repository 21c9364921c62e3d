import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { PROGRAM, usePrograms } from '../support/program.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();

describe('an inbound and an outbound request of one number, as a Room before 4.1 has them,', () => {
  let room: RoomSimulator;
  beforeEach(async () => {
    room = await startRoom({ legacy: true });
  });
  const arrive = () => {
    room.receive({ id: '7', name: 'theirs.pdf' });
    room.send({ id: '7', name: 'ours.zip' });
  };
  const status = (direction: 'inbound' | 'outbound', code: number) =>
    room.broadcast(
      JSON.stringify({
        method: 'event',
        event: 'fileStatus',
        id: 7,
        status: code,
        directionType: direction === 'inbound' ? 0 : 1,
        confId: '',
      }),
    );

  describe('on the table', () => {
    let terminal: PseudoTerminal;
    afterEach(() => terminal.dispose());

    it('are two rows, and the inbound one is answered', async () => {
      arrive();
      terminal = new PseudoTerminal(process.execPath, [PROGRAM, 'watch', room.url]);
      await terminal.until((screen) => /waiting +↓ +theirs/.test(screen) && /waiting +↑ +ours/.test(screen));
      await terminal.press('j', (screen) => /^▸.*theirs/m.test(screen) || /^▸.*ours/m.test(screen));
      await terminal.press('g', (screen) => /^▸/m.test(screen));
      const isOurs = /^▸.*ours/m.test(terminal.emulator.lines().join('\n'));
      if (isOurs) await terminal.press('j', (screen) => /^▸.*theirs/m.test(screen));
      await terminal.press('a', (screen) => /Accept/.test(screen));
      const screen = await terminal.press('y', (now) => /processing +↓ +theirs/.test(now));
      expect(screen).toMatch(/waiting +↑ +ours/);
      expect(room.transfers.map(({ direction, status: is }) => [direction, is])).toEqual([
        ['inbound', 2],
        ['outbound', 1],
      ]);
    });
  });

  it('are both waited for by --until', async () => {
    arrive();
    const program = run(['watch', room.url, '--json', '--until', 'ended']);
    await program.record(({ name }) => name === 'ours.zip');
    status('inbound', 3);
    await program.record(({ status: is }) => is === 'complete');
    status('outbound', 0);
    expect(await program.ended).toBe(0);
    const ends = program.records.filter(({ status: is }) => is === 'complete' || is === 'failed');
    expect(ends.map(({ name, direction }) => [name, direction])).toEqual([
      ['theirs.pdf', 'inbound'],
      ['ours.zip', 'outbound'],
    ]);
  });

  it('have hooks of their own, and none of an outbound one answers', async () => {
    const out = newPath('out');
    const answer = `sh -c 'test $TCF_DIRECTION = outbound && echo accept; echo $TCF_NAME >> ${out}'`;
    const program = run(['watch', room.url, '--json', '--allow-decisions', '--exec', `waiting=${answer}`]);
    await program.connected();
    arrive();
    const ran = () => program.records.filter(({ type }) => type === 'hook').length === 2 || undefined;
    await program.until(ran);
    expect(readFileSync(out, 'utf8').trim().split('\n').sort()).toEqual(['ours.zip', 'theirs.pdf']);
    expect(program.records.filter(({ type }) => type === 'answer')).toEqual([]);
    expect(room.transfers.map(({ status: is }) => is)).toEqual([1, 1]);
  });
});
