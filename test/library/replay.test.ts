import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type ReplayOptions, type RoomRecord, replay } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';
import { told } from './records.js';

const { run } = usePrograms();
const { room: simulated } = useRooms();
const { newPath } = useFolder();

async function read(
  input: AsyncIterable<Uint8Array | string>,
  options?: ReplayOptions,
): Promise<readonly RoomRecord[]> {
  const records: RoomRecord[] = [];
  for await (const record of replay(input, options)) records.push(record);
  return records;
}

const status = (id: string, code: number) =>
  `{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"${id}","status":${code}}\n`;

describe('a recording', () => {
  it('gives the records of the watch that was recorded', async () => {
    const room = await simulated();
    room.receive({ id: 'old' });
    const path = newPath();
    const recorder = run(['watch', room.url, '--json', '--heartbeat', '1s', '--record', path]);
    await recorder.connected();
    room.dropClients();
    room.receive({ id: 'new' });
    await recorder.record(({ id }) => id === 'new');
    await recorder.record(({ type }) => type === 'heartbeat');
    recorder.kill('SIGINT');
    await recorder.ended;
    expect(await read(createReadStream(path))).toEqual(recorder.records);
    const transfers = await read(createReadStream(path, 'utf8'), {
      filter: { ids: ['new'] },
      snapshot: false,
    });
    expect(transfers.filter(({ type }) => type === 'transfer').map(told)).toEqual(['new waiting (resync)']);
    const damaged = readFileSync(path, 'utf8').replace(/\n/, '\n{"kind":"wrong"}\n').slice(0, -5);
    const records = await read(Readable.from([damaged]));
    expect(records.flatMap((record) => (record.type === 'warning' ? [record.code] : []))).toEqual([
      'damaged-line',
      'torn-line',
    ]);
  });

  it.each([
    ['that is empty', [''], 'is empty'],
    ['of a newer version', ['{"type":"recording","v":7}\n'], 'of version 7'],
    ['that has no lines', Array.from({ length: 161 }, () => 'x'.repeat(1_048_576)), 'longer than'],
  ])('%s is an error', async (_, pieces, message) => {
    await expect(read(Readable.from(pieces))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it('that can’t be read fails by its own error', async () => {
    await expect(read(createReadStream(newPath()))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('messages one a line', () => {
  it('are reported like what a Room says now, under the name that is given', async () => {
    const input = Readable.from([`${status('a', 1)}\n${status('a', 2)}torn`]);
    const records = await read(input, { room: 'mine' });
    expect(records.map(told)).toEqual([
      'connected',
      'a waiting (event)',
      'a processing (event)',
      'warning',
      'closed',
    ]);
    expect(new Set(records.map(({ room }) => room))).toEqual(new Set(['mine']));
  });

  it('are read no further once no record is asked for', async () => {
    const input = Readable.from([status('a', 1), status('a', 2)]);
    for await (const record of replay(input)) if (record.type === 'transfer') break;
    expect(input.destroyed).toBe(true);
  });
});
