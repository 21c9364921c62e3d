import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the files of a test file; each call of `newPath` gives a name that is not used yet. */
export function useFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
  let count = 0;
  afterAll(() => rmSync(folder, { recursive: true }));
  const newPath = (name = 'file') => join(folder, `${count++}-${name}`);
  return {
    folder,
    newPath,
    /** Without a name, it gets one that is not used yet. */
    write(content: string | Uint8Array, name?: string): string {
      const path = name === undefined ? newPath() : join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}
