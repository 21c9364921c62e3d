// How fast records are made while so many transfers are held: `growth.js HELD` prints records per CPU second.
import { keepHeapSmall } from '../../src/commands/long-running.js';
import { Monitor } from '../../src/monitor/monitor.js';
import { JsonView, Sink } from '../../src/output/sink.js';
import { decode } from '../../src/protocol/decode.js';
import { BLAST, eventText } from '../support/wire.js';

const RECORDS = 200_000;
const EVENTS_PER_TICK = 200;
const ROOM = '10.0.0.5';

keepHeapSmall();
const held = Number(process.argv[2]);
const monitor = new Monitor();
const nowhere = { write: () => true, on: () => {}, off: () => {} };
const view = new JsonView(new Sink(nowhere));
/** All begin, and none ends; then they move to and fro. */
const plan = { ...BLAST, atOnce: held, statuses: [1, 2] };

await tell(0, held);
const before = process.cpuUsage();
await tell(held, held + RECORDS);
const { user, system } = process.cpuUsage(before);
console.log(Math.round(RECORDS / ((user + system) / 1e6)));

async function tell(from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    const text = eventText(index % (held * 2), plan);
    for (const notice of monitor.feed({ kind: 'received', at: index, text, message: decode(text) })) {
      view.show(notice, ROOM);
    }
    if (index % EVENTS_PER_TICK === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
