import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createFile, LineFile, type NewFile } from '../../src/recording/recorder.js';

const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const newPath = () => join(folder, `file-${count++}`);

function handlers() {
  return { onFull: vi.fn(), onDrain: vi.fn(), onFault: vi.fn() };
}

/** A file whose system takes so many bytes, and no more. */
async function smallDisk(bytes: number): Promise<{ readonly path: string; readonly file: NewFile }> {
  const path = newPath();
  const { handle } = await createFile(path);
  const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
  let left = bytes;
  const limited = async (buffer: Buffer, offset: number, length: number, position: number) => {
    if (left === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    // A disk that fills up takes a part first.
    const result = await write(buffer, offset, Math.min(length, left), position);
    left -= result.bytesWritten;
    return result;
  };
  // The test only needs the one form of `write` that the file uses.
  handle.write = limited as unknown as typeof handle.write;
  return { path, file: { handle, isDevice: false } };
}

describe('a new file', () => {
  it('is its owner’s alone', async () => {
    const path = newPath();
    const { handle } = await createFile(path);
    await handle.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each<[what: string, make: (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, 'kept')],
    ['an empty file', (path) => writeFileSync(path, '')],
    ['a folder', (path) => mkdirSync(path)],
    ['a link to nothing', (path) => symlinkSync(`${path}-nowhere`, path)],
  ])('is never made in the place of %s', async (_, make) => {
    const path = newPath();
    make(path);
    await expect(createFile(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('lines', () => {
  it('are written in order and whole', async () => {
    const path = newPath();
    const told = handlers();
    const file = new LineFile(await createFile(path), told);
    const lines = Array.from({ length: 5_000 }, (_, at) => `line ${at} ж\n`);
    for (const [at, line] of lines.entries()) {
      file.write(line);
      if (at % 100 === 0) await new Promise(setImmediate);
    }
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
    expect(told.onFull).not.toHaveBeenCalled();
  });

  it('hold back what feeds them while much waits, and no longer', async () => {
    const told = handlers();
    const file = new LineFile(await createFile(newPath()), told);
    const line = `${'x'.repeat(999)}\n`;
    for (let at = 0; at < 2_000; at++) file.write(line);
    expect(told.onFull).toHaveBeenCalledTimes(1);
    expect(told.onDrain).not.toHaveBeenCalled();
    await file.close();
    expect(told.onDrain).toHaveBeenCalledTimes(1);
  });

  it.each([
    [0, ''],
    [3, ''],
    [4, 'one\n'],
    [8, 'one\n'],
    [9, 'one\nзж\n'],
  ])('of a disk with room for %i bytes stay whole: %j', async (bytes, kept) => {
    const { path, file } = await smallDisk(bytes);
    const told = handlers();
    const lines = new LineFile(file, told);
    lines.write('one\n');
    lines.write('зж\n');
    await lines.close();
    lines.write('later\n');
    expect(readFileSync(path, 'utf8')).toBe(kept);
    expect(told.onFault).toHaveBeenCalledTimes(kept.length === 7 ? 0 : 1);
  });

  it('that came later than the fault are dropped', async () => {
    const { path, file } = await smallDisk(4);
    const told = handlers();
    const lines = new LineFile(file, told);
    lines.write('one\n');
    lines.write('two\n');
    await vi.waitFor(() => expect(told.onFault).toHaveBeenCalledOnce());
    lines.write('three\n');
    await lines.close();
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    expect(told.onFault).toHaveBeenCalledOnce();
  });

  it('are written before the process ends at once', async () => {
    const path = newPath();
    const file = new LineFile(await createFile(path), handlers());
    file.write('one\n');
    // Now the system has the first line, perhaps in part.
    await new Promise(setImmediate);
    await new Promise((resolve) => process.nextTick(resolve));
    file.write('two\n');
    file.flushNow();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });
});
