import { LineCounter, runNode, type Usage } from '../support/child.js';
import { atMost, type Figure, mebibytes, seconds } from '../support/figure.js';
import { BUILT, PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { inTurns, median, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

/** 200,000 status events as records into a reader, against the floor. */
export async function records(): Promise<readonly Figure[]> {
  const [ours = [], floor = []] = await withRoom(BLAST, ({ url }) =>
    inTurns(TURNS, [() => watchAsRecords(url, BLAST.events), () => runFloor(url, BLAST.events)]),
  );
  const cpu = [ours, floor].map((runs) => median(runs.map(({ cpuMs }) => cpuMs)));
  const peak = [ours, floor].map((runs) => median(runs.map(({ peakMib }) => peakMib)));
  return [
    compare('CPU of 200,000 status events', cpu, seconds, 1.3),
    compare('peak memory of the same', peak, mebibytes, 1.5),
  ];
}

export async function watchAsRecords(url: string, events: number): Promise<Usage> {
  const { read, lines } = counter();
  const usage = await runNode([PROGRAM, 'watch', url, '--json', '--count', String(events)], read);
  check('the program', lines(), events);
  return usage;
}

export async function runFloor(url: string, events: number): Promise<Usage> {
  const { read, lines } = counter();
  const usage = await runNode([BUILT.floor, url, String(events)], read);
  check('the floor', lines(), events);
  return usage;
}

function counter() {
  const counted = new LineCounter();
  return { read: counted.read, lines: () => counted.lines };
}

/** A program that did not do the work must not win. The program tells of its link and the availability as well. */
function check(who: string, lines: number, events: number): void {
  if (lines < events || lines > events + 10)
    throw new Error(`${who} wrote ${lines} lines of ${events} events`);
}

function compare(
  what: string,
  [program = 0, other = 0]: readonly number[],
  format: (value: number) => string,
  bound: number,
): Figure {
  return {
    row: 'records',
    what,
    program: format(program),
    other: format(other),
    ratio: program / other,
    bound: atMost(bound),
  };
}
