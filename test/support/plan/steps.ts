import fc from 'fast-check';
import type { RoomSimulator } from '../../../src/simulator/index.js';
import type { FaultProxy } from '../fault-proxy.js';
import type { Watch } from '../watch.js';
import { type Held, hasEnded, type Model } from './model.js';

/** What a plan is carried out on. */
export interface Stage {
  readonly room: RoomSimulator;
  readonly proxy: FaultProxy;
  readonly watch: Watch;
}

export type Step = fc.AsyncCommand<Model, Stage>;

/** Plans of what happens in a Room, and to the link to it. Steps for which there is no transfer are left out. */
export function plans(): fc.Arbitrary<readonly Step[]> {
  const step = fc.oneof(
    { weight: 7, arbitrary: inTheRoom },
    { weight: 2, arbitrary: onTheLink },
    { weight: 2, arbitrary: time },
  );
  return fc.noBias(fc.array(step, { minLength: 20, maxLength: 100, size: 'max' }));
}

/** Ends all faults, and waits until the watch is live. */
export async function mend({ room, proxy, watch }: Stage): Promise<void> {
  room.welcome = 'serve';
  room.thaw();
  proxy.heal();
  await watch.until(() => watch.states.at(-1) === 'live');
}

/** A step that befalls one of the transfers that it can befall. */
function befalls(
  name: string,
  fits: (held: Held) => boolean,
  act: (id: string, model: Model, stage: Stage) => void,
): fc.Arbitrary<Step> {
  const pick = (model: Readonly<Model>, nth: number): string | undefined => {
    const ids = [...model.held].filter(([, held]) => fits(held)).map(([id]) => id);
    return ids[nth % ids.length];
  };
  return fc.nat(20).map((nth) => ({
    check: (model) => pick(model, nth) !== undefined,
    run: async (model, stage) => act(pick(model, nth) ?? '', model, stage),
    toString: () => `${name}(${nth})`,
  }));
}

function always(name: string, act: (stage: Stage, model: Model) => unknown): Step {
  return {
    check: () => true,
    run: async (model, stage) => {
      await act(stage, model);
    },
    toString: () => name,
  };
}

const step = (name: string, act: (stage: Stage, model: Model) => unknown) => fc.constant(always(name, act));

const isWaiting = (held: Held) => held.status === 'waiting';
const isInbound = (held: Held) => isWaiting(held) && held.direction === 'inbound';
const isOutbound = (held: Held) => isWaiting(held) && held.direction === 'outbound';
const isProcessing = (held: Held) => held.status === 'processing';

const inTheRoom = fc.oneof(
  {
    weight: 3,
    arbitrary: step('receive', ({ room }, model) => room.receive({ id: model.begin('inbound') })),
  },
  { weight: 2, arbitrary: step('send', ({ room }, model) => room.send({ id: model.begin('outbound') })) },
  {
    weight: 1,
    arbitrary: step('send to all', ({ room }, model) =>
      room.send({ id: model.begin('outbound'), peerId: null }),
    ),
  },
  {
    weight: 3,
    arbitrary: befalls('accept', isInbound, (id, model, { room }) => {
      room.accept(id);
      model.become(id, 'processing');
    }),
  },
  {
    weight: 2,
    arbitrary: befalls('start', isOutbound, (id, model, { room }) => {
      room.setStatus(id, 2);
      model.become(id, 'processing');
    }),
  },
  {
    weight: 2,
    arbitrary: befalls('reject', isInbound, (id, model, { room }) => {
      room.reject(id);
      model.rejected.add(id);
      model.leave(id);
    }),
  },
  { weight: 2, arbitrary: befalls('progress', isProcessing, (id, _, { room }) => room.progress(id, 48)) },
  {
    weight: 4,
    arbitrary: befalls('complete', isProcessing, (id, model, { room }) => {
      room.setStatus(id, 3);
      model.become(id, 'complete');
    }),
  },
  {
    weight: 1,
    arbitrary: befalls(
      'fail',
      (held) => !hasEnded(held.status),
      (id, model, { room }) => {
        room.setStatus(id, 0);
        model.become(id, 'failed');
      },
    ),
  },
  {
    weight: 2,
    arbitrary: befalls(
      'delete',
      () => true,
      (id, model, { room }) => {
        room.delete(id);
        model.leave(id);
      },
    ),
  },
  {
    weight: 1,
    arbitrary: step('clear', ({ room }, model) => {
      room.clearHistory();
      model.clear();
    }),
  },
);

const onTheLink = fc.oneof(
  step('reset', ({ proxy }) => proxy.cut('reset')),
  step('fin', ({ proxy }) => proxy.cut('fin')),
  step('half-close', ({ proxy }) => proxy.halfClose()),
  step('freeze the network', ({ proxy }) => proxy.freeze()),
  step('freeze the Room', ({ room }) => room.freeze()),
  step('split', ({ proxy }) => {
    proxy.splitsBytes = true;
  }),
  fc.integer({ min: 1, max: 60 }).map((ms) =>
    always(`delay(${ms} ms)`, ({ proxy }) => {
      proxy.delayMs = ms;
    }),
  ),
  fc.integer({ min: 20, max: 500 }).map((kilobytes) =>
    always(`slow(${kilobytes} kB/s)`, ({ proxy }) => {
      proxy.bytesPerSecond = kilobytes * 1_000;
    }),
  ),
  fc.constantFrom('hang-up', 'unavailable', 'serve').map((welcome) =>
    always(`welcome(${welcome})`, ({ room }) => {
      room.welcome = welcome;
    }),
  ),
  fc.constantFrom(0, 40, 100, 200).map((ms) =>
    always(`answer late(${ms} ms)`, ({ room }) => {
      room.answerDelayMs = ms;
    }),
  ),
  step('close', ({ room }) => room.closeClients(1001, 'going away')),
  step('forget tokens', ({ room }) => room.forgetTokens()),
  step('heal', ({ proxy, room }) => {
    room.thaw();
    proxy.heal();
  }),
);

/** Time is a part of a plan like any other: what overlaps depends on it. */
const time = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 0, max: 120 })
      .map((ms) => always(`pass(${ms} ms)`, () => new Promise((resolve) => setTimeout(resolve, ms)))),
  },
  { weight: 1, arbitrary: step('mend', mend) },
);
