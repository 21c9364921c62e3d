import { runNode } from '../support/child.js';
import { compare, type Figure, millis } from '../support/figure.js';
import { BUILT, PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { inTurns } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

const STARTS = 15;
const PLAN = { ...BLAST, events: 0, listed: 100 };

/** From the call of `watch --once` to the first transfer at the reader, against a floor that signs in and lists. */
export async function first(): Promise<readonly Figure[]> {
  const [ours = [], floor = []] = await withRoom(PLAN, ({ url }) =>
    inTurns(STARTS, [
      () => timeToFirst([PROGRAM, 'watch', url, '--once', '--json']),
      () => timeToFirst([BUILT.floorList, url]),
    ]),
  );
  return [
    compare(ours, floor, {
      row: 'first',
      what: 'first transfer of `watch --once`, from the call on',
      format: millis,
    }),
  ];
}

async function timeToFirst(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  let took: number | null = null;
  let text = '';
  await runNode(args, (chunk) => {
    if (took !== null) return;
    text += chunk;
    if (text.includes('"type":"transfer"')) took = performance.now() - startedAt;
  });
  if (took === null) throw new Error(`${args.join(' ')} told of no transfer`);
  return took;
}
