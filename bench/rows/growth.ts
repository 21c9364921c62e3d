import { runNode } from '../support/child.js';
import type { Figure } from '../support/figure.js';
import { BUILT } from '../support/paths.js';
import { inTurns, median } from '../support/turns.js';

const HELD = [100, 10_000, 1_000_000];
const RUNS = 3;

/** Records per CPU second, by the number of transfers held. */
export async function growth(): Promise<readonly Figure[]> {
  const speeds = (
    await inTurns(
      RUNS,
      HELD.map((held) => () => speedWith(held)),
    )
  ).map(median);
  const [first = 0] = speeds;
  return HELD.map((held, at) => ({
    row: 'growth',
    what: `records a CPU second with ${held.toLocaleString('en')} held, against 100`,
    program: Math.round(speeds[at] ?? 0).toLocaleString('en'),
    other: Math.round(first).toLocaleString('en'),
    ratio: (speeds[at] ?? 0) / first,
    bound: null,
  })).slice(1);
}

async function speedWith(held: number): Promise<number> {
  let printed = '';
  await runNode(['--max-old-space-size=4096', BUILT.growth, String(held)], (chunk) => {
    printed += chunk;
  });
  return Number(printed);
}
