import { LineCounter, runNode } from '../support/child.js';
import { compare, type Figure, mebibytes } from '../support/figure.js';
import { PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { BLAST } from '../support/wire.js';

const TRANSFERS = 500_000;
const SETTLED_AFTER = 100_000;
const PLAN = { ...BLAST, statuses: [1, 3], events: TRANSFERS * 2 };
const MAX_PEAK_MIB = 220;

/** Half a million transfers that end: is memory flat once the oldest are dropped? */
export async function memory(): Promise<readonly Figure[]> {
  const counter = new LineCounter();
  let settledAt = 0;
  const usage = await withRoom(PLAN, ({ url }) =>
    runNode([PROGRAM, 'watch', url, '--json', '--count', String(PLAN.events)], (chunk) => {
      counter.read(chunk);
      if (settledAt === 0 && counter.lines >= SETTLED_AFTER * PLAN.statuses.length) settledAt = Date.now();
    }),
  );
  const peakOf = (samples: typeof usage.samples) => Math.max(...samples.map(({ mib }) => mib));
  const before = peakOf(usage.samples.filter(({ at }) => at <= settledAt));
  const after = peakOf(usage.samples.filter(({ at }) => at > settledAt));
  const about = { row: 'memory', format: mebibytes };
  return [
    compare([usage.peakMib], [MAX_PEAK_MIB], {
      ...about,
      what: 'peak memory of 500,000 transfers that end',
      bound: 1,
    }),
    compare([after], [before], {
      ...about,
      what: 'peak from 100,000 on, against the peak until then',
      bound: 1.05,
    }),
  ];
}
