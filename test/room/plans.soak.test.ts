import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RoomSimulator } from '../../src/simulator/index.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { judge } from '../support/plan/judge.js';
import { Model } from '../support/plan/model.js';
import { mend, plans, type Stage, type Step } from '../support/plan/steps.js';
import { IS_SOAK, SEED } from '../support/soak.js';
import { Watch } from '../support/watch.js';

/** Plans mostly wait, so that many can be carried out at once. */
const AT_ONCE = 10;
const PLANS = IS_SOAK ? 1_000 : 50;
/** A plan that has not come to its end after so long hangs, and that is its fault. */
const HANGS_MS = 30_000;
/** Of the search for a smaller plan that fails, too. */
const SEARCH_MS = IS_SOAK ? 3_600_000 : 50_000;

const seeds = Array.from({ length: AT_ONCE }, (_, nth) => SEED + nth);

describe('whatever happens to the link, in the end the ledger is the Room', () => {
  it.concurrent.each(seeds)(`in ${PLANS / AT_ONCE} plans from seed %i`, async (seed) => {
    const follows = fc.asyncProperty(plans(), follow);
    await fc.assert(follows, {
      seed,
      numRuns: PLANS / AT_ONCE,
      timeout: HANGS_MS,
      interruptAfterTimeLimit: SEARCH_MS,
    });
  });
});

async function follow(plan: readonly Step[]): Promise<void> {
  const room = await RoomSimulator.start();
  const proxy = await FaultProxy.start(room.webSocketUrl);
  const watch = new Watch(proxy.url, { heartbeatMs: 100, wait: true, random: () => 0.01 });
  const stage: Stage = { room, proxy, watch };
  const model = new Model();
  try {
    await fc.asyncModelRun(() => ({ model, real: stage }), plan);
    const last = room.receive({ id: model.begin('inbound') }).id;
    await mend(stage);
    await watch.until(() => watch.monitor.ledger.get(last) !== undefined && isListed(watch));
    expect(judge(model, stage)).toEqual([]);
  } finally {
    await watch.stop();
    await proxy.close();
    await room.close();
  }
}

/** Whether it is live, and no listing is under way. */
function isListed(watch: Watch): boolean {
  const times = (kind: string) => watch.entries.filter((entry) => entry.kind === kind).length;
  return watch.states.at(-1) === 'live' && times('listing-asked') === times('listing-answered');
}
