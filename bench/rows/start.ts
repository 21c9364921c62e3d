import { spawnSync } from 'node:child_process';
import { compare, type Figure, millis } from '../support/figure.js';
import { PROGRAM } from '../support/paths.js';
import { inTurns } from '../support/turns.js';

const STARTS = 20;

/** From the call to the exit, against Node that does nothing. */
export async function start(): Promise<readonly Figure[]> {
  const [bare = [], version = [], help = []] = await inTurns(STARTS, [
    () => timeOf(['--eval', '0']),
    () => timeOf([PROGRAM, '--version']),
    () => timeOf([PROGRAM, 'watch', '--help']),
  ]);
  const about = { row: 'start', format: millis };
  return [
    compare(version, bare, { ...about, what: '`--version`', bound: 1.2 }),
    compare(help, bare, { ...about, what: '`watch --help`', bound: 1.45 }),
  ];
}

function timeOf(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: 'pipe' });
  const took = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}
