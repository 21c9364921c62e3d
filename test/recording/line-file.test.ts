import {
  closeSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { createFile, LineFile, type NewFile } from '../../src/recording/line-file.js';
import { useFolder } from '../support/folder.js';

const { newPath } = useFolder();

function handlers() {
  return { onFull: vi.fn(), onDrain: vi.fn(), onFault: vi.fn() };
}

/** A file whose system takes so many bytes, and no more. */
function smallDisk(bytes: number): { readonly path: string; readonly file: NewFile } {
  const path = newPath();
  const file = createFile(path);
  let left = bytes;
  const write = async (buffer: Buffer, offset: number, length: number) => {
    if (left === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    // A disk that fills up takes a part first.
    const taken = await file.write(buffer, offset, Math.min(length, left));
    left -= taken;
    return taken;
  };
  return { path, file: { ...file, write } };
}

describe('a new file', () => {
  it('is its owner’s alone', async () => {
    const path = newPath();
    closeSync(createFile(path).fd);
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
    expect(() => createFile(path)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });
});

describe('lines', () => {
  it('are written in order and whole', async () => {
    const path = newPath();
    const told = handlers();
    const file = new LineFile(createFile(path), told);
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
    const file = new LineFile(createFile(newPath()), told);
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
    const { path, file } = smallDisk(bytes);
    const told = handlers();
    const lines = new LineFile(file, told);
    lines.write('one\n');
    lines.write('зж\n');
    await lines.close();
    lines.write('later\n');
    expect(readFileSync(path, 'utf8')).toBe(kept);
    expect(told.onFault).toHaveBeenCalledTimes(kept.length === 7 ? 0 : 1);
  });

  it('go on from the beginning of a file that another program empties, without a hole', async () => {
    const path = newPath();
    const told = handlers();
    const file = new LineFile(createFile(path), told);
    file.write('one\n');
    await expect.poll(() => readFileSync(path, 'utf8')).toBe('one\n');
    truncateSync(path);
    file.write('two\n');
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('two\n');
    expect(told.onFault).not.toHaveBeenCalled();
  });

  it('are given up where the disk takes nothing at the end', async () => {
    vi.useFakeTimers();
    try {
      const told = handlers();
      const stuck = { ...createFile(newPath()), write: () => new Promise<number>(() => {}) };
      const file = new LineFile(stuck, told);
      file.write('one\n');
      const closed = file.close();
      await vi.advanceTimersByTimeAsync(3_000);
      await closed;
      expect(told.onFault).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ message: 'it took nothing for 3 s' }),
      );
    } finally {
      vi.useRealTimers();
    }
  });

  it('that came later than the fault are dropped', async () => {
    const { path, file } = smallDisk(4);
    const told = handlers();
    const lines = new LineFile(file, told);
    lines.write('one\n');
    lines.write('two\n');
    await expect.poll(() => told.onFault).toHaveBeenCalledOnce();
    lines.write('three\n');
    await lines.close();
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    expect(told.onFault).toHaveBeenCalledOnce();
  });

  it('are written before the process ends at once', async () => {
    const path = newPath();
    const file = new LineFile(createFile(path), handlers());
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
