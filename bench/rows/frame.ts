import { Monitor } from '../../src/monitor/monitor.js';
import { type Look, makeLook } from '../../src/output/look.js';
import { decode } from '../../src/protocol/decode.js';
import { applyNotice, initialModel, layoutOf, type Model, settle } from '../../src/screen/model.js';
import { view } from '../../src/screen/view.js';
import { compare, type Figure, micros } from '../support/figure.js';
import { inTurns } from '../support/turns.js';
import { BLAST, eventText } from '../support/wire.js';

const FRAMES = 100;
/** The first frames are drawn by code that is not compiled yet. */
const WARM_UP = 100;
const ROOM = '10.0.0.5';
const WIDTH = 120;
/** All stay in processing, so that none is dropped and each frame shows new ages. */
const PLAN = { ...BLAST, statuses: [2] };

/** Time to draw a frame in which every row differs: by rows on the screen, and by transfers held. */
export async function frame(): Promise<readonly Figure[]> {
  const [few, some, many] = [modelOf(100), modelOf(1_000), modelOf(100_000)];
  const plans = [
    { model: some, height: 20 },
    { model: some, height: 80 },
    { model: few, height: 40 },
    { model: many, height: 40 },
  ].map((plan) => ({ ...plan, look: makeLook({ color: true, unicode: true }) }));
  const times = await inTurns(
    WARM_UP + FRAMES,
    plans.map(
      ({ model, look, height }, at) =>
        (turn) =>
          timeOfRow(model, look, height, turn * plans.length + at),
    ),
  );
  const [low = [], high = [], fewHeld = [], manyHeld = []] = times.map((all) => all.slice(WARM_UP));
  const about = { row: 'frame', format: micros, bound: 1.2 };
  return [
    compare(high, low, { ...about, what: 'drawing one of the rows of 80 lines, against 20 lines' }),
    compare(manyHeld, fewHeld, {
      ...about,
      what: 'drawing a row with 100,000 transfers held, against 100',
    }),
  ];
}

function modelOf(transfers: number): Model {
  const monitor = new Monitor({ keepsDetails: true });
  let model = initialModel(0, [ROOM]);
  for (let at = 0; at < transfers; at++) {
    const text = eventText(at, PLAN);
    for (const notice of monitor.feed({ kind: 'received', at, text, message: decode(text) })) {
      model = applyNotice(model, notice, ROOM);
    }
  }
  return model;
}

/** A frame's time, shared among the rows on the screen. */
function timeOfRow(model: Model, look: Look, height: number, second: number): number {
  const size = { width: WIDTH, height };
  const startedAt = performance.now();
  view(settle(model, layoutOf(size)), size, second * 1_000, look);
  return (performance.now() - startedAt) / layoutOf(size).rows;
}
