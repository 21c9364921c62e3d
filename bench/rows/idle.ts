import { lastMib, runNode } from '../support/child.js';
import { compare, type Figure, mebibytes } from '../support/figure.js';
import { BUILT, PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { watchAsTable } from '../support/table.js';
import { inTurns, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

/** One event, and after five seconds of nothing another, with which all of them end. */
const PLAN = { ...BLAST, events: 2, perSecond: 0.2 };
const DONE = 0;

/** Memory of a watch in which nothing happens, against a floor client of the same Room. */
export async function idle(): Promise<readonly Figure[]> {
  const count = ['--count', String(PLAN.events)];
  const [ours = [], table = [], floor = []] = await withRoom(PLAN, ({ url }) =>
    inTurns(TURNS, [
      async () => lastMib(await runNode([PROGRAM, 'watch', url, '--json', ...count], () => {})),
      async () => lastMib(await watchAsTable(url, count, DONE)),
      async () => lastMib(await runNode([BUILT.floor, url, String(PLAN.events)], () => {})),
    ]),
  );
  const about = { row: 'idle', format: mebibytes };
  return [
    compare(ours, floor, { ...about, what: 'memory of an idle `watch --json`', bound: 1.25 }),
    compare(table, floor, { ...about, what: 'memory of an idle table' }),
  ];
}
