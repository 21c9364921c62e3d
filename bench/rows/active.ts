import { cpuPerSecond, runNode, type Usage } from '../support/child.js';
import { compare, type Figure, millis } from '../support/figure.js';
import { BUILT } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { watchAsTable } from '../support/table.js';
import { inTurns } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

const RUNS = 3;
const ACTIVE = 100;
const SECONDS = 14;
/** From when on a program has started and drawn its first frames. */
const SETTLED_MS = 4_000;
/** One percent of a core. */
const LITTLE_CPU_MS = 10;
const TIMED_OUT = 124;

/** The table of a hundred active rows, ten frames a second: with one row moved in each, and with all of them. */
export async function active(): Promise<readonly Figure[]> {
  const [few, many] = [await movesOf(10), await movesOf(10 * ACTIVE)];
  const what = (moves: string) => `CPU of a second of ${ACTIVE} active rows, ten frames, ${moves}`;
  return [
    compare(few.ours, few.floor, { row: 'active', what: what('10 events'), format: millis }),
    compare(
      few.ours,
      few.ours.map(() => LITTLE_CPU_MS),
      { row: 'active', what: 'the same, against 1 % of a core', format: millis, bound: 1 },
    ),
    compare(many.ours, many.floor, { row: 'active', what: what('1,000 events'), format: millis }),
  ];
}

async function movesOf(perSecond: number) {
  const events = perSecond * SECONDS;
  const plan = { ...BLAST, events, perSecond, listed: ACTIVE, tells: 'progress' as const };
  const [ours = [], floor = []] = await withRoom(plan, ({ url }) =>
    inTurns(RUNS, [
      async () => settled(await watchAsTable(url, ['--timeout', `${SECONDS}s`], TIMED_OUT)),
      async () => settled(await runNode([BUILT.floor, url, String(events)], () => {})),
    ]),
  );
  return { ours, floor };
}

function settled(usage: Usage): number {
  const startedAt = usage.samples[0]?.at ?? 0;
  return cpuPerSecond(usage, startedAt + SETTLED_MS, startedAt + (SECONDS - 1) * 1_000);
}
