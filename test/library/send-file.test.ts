import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RoomSimulator, sendFile } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { held, settles } from '../support/held.js';

const { room: simulated } = useRooms();

const { newPath } = useFolder();

function newFile(bytes: number): { readonly path: string; readonly sha256: string } {
  const [path, content] = [newPath(), randomBytes(bytes)];
  writeFileSync(path, content);
  return { path, sha256: createHash('sha256').update(content).digest('hex') };
}

describe('sending a file', () => {
  it('uploads it whole, lets the Room offer it, and leaves', async () => {
    const before = held();
    const room = await RoomSimulator.start({ pin: '1234' });
    const { path, sha256 } = newFile(1_000_000);
    const told: number[] = [];
    const sent = await sendFile(room.url, path, {
      to: 'alice@some.server',
      credentials: '1234',
      onProgress: (bytes) => told.push(bytes),
    });
    expect(room.uploads).toMatchObject([{ fileId: Number(sent.fileId), size: 1_000_000, sha256 }]);
    expect(room.transfers).toMatchObject([
      { id: sent.id, direction: 'outbound', peerId: 'alice@some.server', fileId: Number(sent.fileId) },
    ]);
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toBe(1_000_000);
    await room.close();
    await settles(before);
  });

  it('to a conference, by the names before 4.1, too', async () => {
    for (const legacy of [false, true]) {
      const room = await simulated({ legacy });
      const { id } = await sendFile(room.url, newFile(10).path, { to: null });
      expect(room.transfers).toMatchObject([{ id, direction: 'outbound', peerId: null }]);
    }
  });

  it('tells what keeps it from being sent', async () => {
    const room = await simulated({ conferenceId: null });
    const { path } = newFile(10);
    await expect(sendFile(room.url, path, { to: null })).rejects.toMatchObject({
      code: 'rejected',
      hint: expect.stringContaining('offers it without another upload'),
    });
    await expect(sendFile(room.url, newPath(), { to: 'a' })).rejects.toMatchObject({ code: 'usage' });
    await expect(sendFile(room.url, path, { to: '' })).rejects.toMatchObject({ code: 'usage' });
    expect(room.signIns).toBe(1);
  });

  it('ends with its signal, in the middle of the upload', async () => {
    const before = held();
    const room = await RoomSimulator.start();
    const controller = new AbortController();
    const sending = sendFile(room.url, newFile(20_000_000).path, {
      to: 'a',
      signal: controller.signal,
      onProgress: () => controller.abort('enough'),
    });
    await expect(sending).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
    expect(room.uploads).toEqual([]);
    await room.close();
    await settles(before);
  });

  it.each([
    ['an error', new Error('my own')],
    ['what is no error', 'my own'],
    ['nothing', undefined],
  ])('ends with %s that is thrown by onProgress', async (_, thrown) => {
    const room = await simulated();
    const onProgress = () => {
      throw thrown;
    };
    const sending = sendFile(room.url, newFile(2_000_000).path, { to: 'a', onProgress });
    expect(await sending.catch((error) => [error])).toEqual([thrown]);
    expect(room.uploads).toEqual([]);
  });
});
