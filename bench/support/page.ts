import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, type } from 'node:os';
import { PERFORMANCE_PAGE } from './paths.js';

const BEGIN = '<!-- measured: written by `npm run bench` -->';
const END = '<!-- end of measured -->';

/** Puts the table into `docs/performance.md`; what was written there by hand stays. */
export function writePage(table: string): void {
  const { before, after } = readPage();
  const where = `Node ${process.versions.node} on ${type()}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()})`;
  const when = new Date().toISOString().slice(0, 10);
  const measured = `Measured on ${when} with ${where}.\n\n${table}`;
  writeFileSync(PERFORMANCE_PAGE, `${before}${BEGIN}\n\n${measured}\n\n${END}${after}`);
}

/** The page, with what was measured last. */
export function readPage(): { readonly before: string; readonly measured: string; readonly after: string } {
  const [before = '', rest = ''] = readFileSync(PERFORMANCE_PAGE, 'utf8').split(BEGIN);
  const [measured = '', after = ''] = rest.split(END);
  return { before, measured, after };
}
