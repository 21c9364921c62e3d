import { type Reader, runNode } from '../support/child.js';
import { compare, type Figure, millis } from '../support/figure.js';
import { BUILT, PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { inTurns, quantile, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

const PLAN = { ...BLAST, events: 10_000, perSecond: 1_000, isStamped: true };
const MAX_P99_RATIO = 1.6;

/** From the moment the Room makes an event to its record at the reader. */
export async function latency(): Promise<readonly Figure[]> {
  const events = String(PLAN.events);
  const [ours = [], floor = []] = await withRoom(PLAN, ({ url }) =>
    inTurns(TURNS, [
      () => delaysOf([PROGRAM, 'watch', url, '--json', '--count', events]),
      () => delaysOf([BUILT.floor, url, events]),
    ]),
  );
  const figure = (share: number, bound?: number) => {
    const [program = [], other = []] = [ours, floor].map((runs) => runs.map((run) => quantile(run, share)));
    const what = `p${share * 100} of 1,000 events a second, Room to reader`;
    return compare(program, other, {
      row: 'latency',
      what,
      format: millis,
      ...(bound === undefined ? {} : { bound }),
    });
  };
  return [figure(0.5), figure(0.99, MAX_P99_RATIO)];
}

async function delaysOf(args: readonly string[]): Promise<readonly number[]> {
  const delays: number[] = [];
  let rest = '';
  const read: Reader = (chunk) => {
    const now = process.hrtime.bigint();
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, stamp] = /"name":"at-(\d+)"/.exec(line) ?? [];
      if (stamp !== undefined) delays.push(Number(now - BigInt(stamp)) / 1e6);
    }
  };
  await runNode(args, read);
  return delays;
}
