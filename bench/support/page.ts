import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, type } from 'node:os';
import { PERFORMANCE_PAGE } from './paths.js';

const BEGIN = '<!-- measured: written by `npm run bench` -->';
const END = '<!-- end of measured -->';

/** Puts the table into `docs/performance.md`; what was written there by hand stays. */
export function writePage(table: string): void {
  const page = readFileSync(PERFORMANCE_PAGE, 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const where = `Node ${process.versions.node} on ${type()}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()})`;
  const when = new Date().toISOString().slice(0, 10);
  writeFileSync(
    PERFORMANCE_PAGE,
    `${before}${BEGIN}\n\nMeasured on ${when} with ${where}.\n\n${table}\n\n${END}${after}`,
  );
}
