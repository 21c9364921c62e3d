import { compare, type Figure, mebibytes, seconds } from '../support/figure.js';
import { withRoom } from '../support/room.js';
import { watchAsTable } from '../support/table.js';
import { inTurns, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';
import { runFloor } from './records.js';

const PLAN = { ...BLAST, events: 100_000, perSecond: 10_000 };
const DONE = 0;

/** The live table of ten seconds at 10,000 events each, against the floor on the same events. */
export async function table(): Promise<readonly Figure[]> {
  const [ours = [], floor = []] = await withRoom(PLAN, ({ url }) =>
    inTurns(TURNS, [
      () => watchAsTable(url, ['--count', String(PLAN.events)], DONE),
      () => runFloor(url, PLAN.events),
    ]),
  );
  const [cpu, floorCpu] = [ours, floor].map((runs) => runs.map(({ cpuMs }) => cpuMs));
  const [peak, floorPeak] = [ours, floor].map((runs) => runs.map(({ peakMib }) => peakMib));
  return [
    compare(cpu ?? [], floorCpu ?? [], {
      row: 'table',
      what: 'CPU of 10,000 events a second for 10 s, on 120x40',
      format: seconds,
      bound: 1.35,
    }),
    compare(peak ?? [], floorPeak ?? [], {
      row: 'table',
      what: 'peak memory of the same',
      format: mebibytes,
    }),
  ];
}
