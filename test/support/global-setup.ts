import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Tests of the program run what is in `dist/`: it is built anew where the sources are newer. */
export default function buildIfOld(): void {
  const builtAt = statSync('dist/cli.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const changedAt = Math.max(...sources.map((name) => statSync(join('src', name)).mtimeMs));
  if (changedAt > builtAt) execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
