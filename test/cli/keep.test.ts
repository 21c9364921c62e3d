import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { STARTED, usePrograms } from '../support/program.js';
import { useTerminals } from '../support/pseudo-terminal.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();

const { open } = useTerminals();

/** A Room in which three requests have ended, in this order, and one has not. */
async function roomWithEnded() {
  const room = await startRoom();
  room.receive({ id: 'active', name: 'active.txt' });
  for (const id of ['first', 'second', 'third']) {
    room.receive({ id, name: `${id}.txt` });
    room.setStatus(id, 3);
  }
  return room;
}

describe('with --keep 1', () => {
  it('reports one that was dropped truthfully', async () => {
    const room = await roomWithEnded();
    const program = run(['watch', room.url, '--json', '--no-snapshot', '--keep', '1']);
    await program.connected();
    room.setStatus('first', 3);
    room.setStatus('second', 0);
    room.setStatus('active', 2);
    await program.record(({ id }) => id === 'active');
    expect(program.transfers.map(({ id, previousStatus, status }) => [id, previousStatus, status])).toEqual([
      ['second', 'complete', 'failed'],
      ['active', 'waiting', 'processing'],
    ]);
  });

  it('holds the last that ended in the table, and every active one', async () => {
    const room = await roomWithEnded();
    const [command, ...words] = STARTED;
    const args = [...words, 'watch', room.url, '--keep', '1'];
    const terminal = open(command, args);
    const screen = await terminal.until((text) => text.includes('third.txt'));
    expect(screen.match(/\w+\.txt/g)).toEqual(['active.txt', 'third.txt']);
  });
});
