import { runNode } from '../support/child.js';
import { compare, type Figure, whole } from '../support/figure.js';
import { BUILT } from '../support/paths.js';
import { inTurns } from '../support/turns.js';

const HELD = [100, 10_000, 1_000_000];
const RUNS = 3;

/** Records per CPU second, by the number of transfers held. */
export async function growth(): Promise<readonly Figure[]> {
  const [first = [], ...further] = await inTurns(
    RUNS,
    HELD.map((held) => () => speedWith(held)),
  );
  return further.map((speeds, at) =>
    compare(speeds, first, {
      row: 'growth',
      what: `records a CPU second with ${whole(HELD[at + 1] ?? 0)} held, against ${HELD[0]}`,
      format: whole,
      wants: 'more',
    }),
  );
}

async function speedWith(held: number): Promise<number> {
  let printed = '';
  await runNode(['--max-old-space-size=4096', BUILT.growth, String(held)], (chunk) => {
    printed += chunk;
  });
  return Number(printed);
}
