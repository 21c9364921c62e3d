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
    write(content: string): string {
      const path = newPath();
      writeFileSync(path, content);
      return path;
    },
  };
}
