import { cpuPerSecond, LineCounter, runNode, type Usage } from '../support/child.js';
import { compare, type Figure, mebibytes, millis } from '../support/figure.js';
import { hasNatsServer, type Nats, withNats } from '../support/nats.js';
import { BUILT, PROGRAM } from '../support/paths.js';
import { relayUntil } from '../support/relay.js';
import { withRoom } from '../support/room.js';
import { inTurns } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

const RUNS = 3;
const ROOMS = 1_000;
/** Of each Room: the first while they connect, the last while they end. */
const PLAN = { ...BLAST, events: 14, perSecond: 1 };
const [MEASURED_FROM, MEASURED_TO] = [ROOMS * 7, ROOMS * 12];

interface Steady {
  readonly cpuMs: number;
  readonly mib: number;
}

/** A thousand Rooms with one event a second each, in one program: CPU of a second, and memory, against the floor. */
export async function rooms(): Promise<readonly Figure[]> {
  const withRelay = hasNatsServer();
  if (!withRelay) console.error('rooms: the relay is left out: nats-server is not installed');
  const [floor = [], watched = [], relayed = []] = await withRoom(PLAN, ({ url }) =>
    inTurns(RUNS, [
      () => read([BUILT.floor, url, String(MEASURED_TO), String(ROOMS)]),
      () => read([PROGRAM, 'watch', ...urlsOf(url), '--json', '--count', String(MEASURED_TO)]),
      ...(withRelay ? [() => withNats((nats) => relay(nats, urlsOf(url)))] : []),
    ]),
  );
  return [
    ...figuresOf('`watch --json`', watched, floor),
    ...(withRelay ? figuresOf('`relay`', relayed, floor) : []),
  ];
}

function figuresOf(who: string, ours: readonly Steady[], floor: readonly Steady[]): readonly Figure[] {
  const of = (key: keyof Steady) => [ours, floor].map((runs) => runs.map((run) => run[key]));
  const [cpu = [], floorCpu = []] = of('cpuMs');
  const [mib = [], floorMib = []] = of('mib');
  const rooms = `1,000 Rooms with an event a second each, ${who}`;
  return [
    compare(cpu, floorCpu, { row: 'rooms', what: `CPU of a second of ${rooms}`, format: millis }),
    compare(mib, floorMib, { row: 'rooms', what: 'memory of the same', format: mebibytes }),
  ];
}

function urlsOf(url: string): readonly string[] {
  return Array.from({ length: ROOMS }, (_, nth) => `${url}/${nth}`);
}

async function read(args: readonly string[]): Promise<Steady> {
  const counter = new LineCounter();
  let fromAt = 0;
  const usage = await runNode(args, (chunk) => {
    counter.read(chunk);
    if (fromAt === 0 && counter.lines >= MEASURED_FROM) fromAt = Date.now();
  });
  return steady(usage, fromAt, counter.lastAt);
}

async function relay(nats: Nats, urls: readonly string[]): Promise<Steady> {
  let [fromAt, toAt] = [0, 0];
  const usage = await relayUntil(nats, urls, async () => {
    await nats.stored(MEASURED_FROM);
    fromAt = Date.now();
    await nats.stored(MEASURED_TO);
    toAt = Date.now();
  });
  return steady(usage, fromAt, toAt);
}

function steady(usage: Usage, from: number, to: number): Steady {
  const mib = Math.max(
    ...usage.samples.filter(({ at }) => at >= from && at <= to).map((sample) => sample.mib),
  );
  return { cpuMs: cpuPerSecond(usage, from, to), mib };
}
