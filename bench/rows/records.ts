import { LineCounter, runNode, type Usage } from '../support/child.js';
import { compare, type Figure, mebibytes, seconds } from '../support/figure.js';
import { BUILT, PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { inTurns, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

/** What one run used, and how long its reader waited from the first record to the last. */
export interface RecordsRun extends Usage {
  readonly wallMs: number;
}

/** 200,000 status events as records into a reader, against the floor. */
export async function records(): Promise<readonly Figure[]> {
  const [ours = [], floor = []] = await withRoom(BLAST, ({ url }) =>
    inTurns(TURNS, [() => watchAsRecords(url, BLAST.events), () => runFloor(url, BLAST.events)]),
  );
  const figure = (
    what: string,
    of: (run: RecordsRun) => number,
    format: (value: number) => string,
    bound: number,
  ) => compare(ours.map(of), floor.map(of), { row: 'records', what, format, bound });
  return [
    figure('CPU of 200,000 status events', ({ cpuMs }) => cpuMs, seconds, 1.2),
    figure('time from the first record to the last', ({ wallMs }) => wallMs, seconds, 1.25),
    figure('peak memory of the same', ({ peakMib }) => peakMib, mebibytes, 1.5),
  ];
}

export function watchAsRecords(
  url: string,
  events: number,
  options: readonly string[] = [],
): Promise<RecordsRun> {
  return run('the program', [PROGRAM, 'watch', url, '--json', '--count', String(events), ...options], events);
}

export function runFloor(url: string, events: number): Promise<RecordsRun> {
  return run('the floor', [BUILT.floor, url, String(events)], events);
}

async function run(who: string, args: readonly string[], events: number): Promise<RecordsRun> {
  const counter = new LineCounter();
  const usage = await runNode(args, counter.read);
  const { lines, firstAt, lastAt } = counter;
  // A program that did not do the work must not win. The program tells of its link and the availability as well.
  if (lines < events || lines > events + 10)
    throw new Error(`${who} wrote ${lines} lines of ${events} events`);
  return { ...usage, wallMs: lastAt - firstAt };
}
