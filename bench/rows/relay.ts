import { type Figure, mebibytes, millis } from '../support/figure.js';
import { hasNatsServer, withNats } from '../support/nats.js';
import { relayNothing, relayRecords } from '../support/relay.js';
import { withRoom } from '../support/room.js';
import { inTurns, median } from '../support/turns.js';
import { BLAST } from '../support/wire.js';
import { watchAsRecords } from './records.js';

const RUNS = 3;
const FEW_ROOMS = 20;
const MANY_ROOMS = 500;
/** Long enough for two heartbeats and six renewals of each lease. */
const IDLE_S = 30;

/** What a relay costs: for each record that it stores, and for each Room in which nothing happens. */
export async function relay(): Promise<readonly Figure[]> {
  if (hasNatsServer()) return [await records(), ...(await idle())];
  console.error('relay is left out: nats-server is not installed');
  return [];
}

async function records(): Promise<Figure> {
  const { events } = BLAST;
  const runs = await withRoom(BLAST, ({ url }) =>
    inTurns(RUNS, [
      () => withNats((nats) => relayRecords(nats, url, events)),
      async () => (await watchAsRecords(url, events)).cpuMs,
    ]),
  );
  const [relayed = 0, watched = 0] = runs.map((cpuMs) => (events * 1_000) / median(cpuMs));
  const what = 'records a CPU second into a stream, against `watch --json`';
  return compare(what, (each) => Math.round(each).toLocaleString('en'), relayed, watched);
}

async function idle(): Promise<readonly Figure[]> {
  const [few, many] = [await idleWith(FEW_ROOMS), await idleWith(MANY_ROOMS)];
  const against = `of ${MANY_ROOMS} idle Rooms, against ${FEW_ROOMS}`;
  return [
    compare(`memory ${against}`, mebibytes, many.mib, few.mib),
    compare(`CPU of a second ${against}`, millis, many.cpuMs, few.cpuMs),
    further('memory', (mib) => `${mib.toFixed(2)} MiB`, many.mib - few.mib),
    further('CPU of a second', (ms) => `${ms.toFixed(3)} ms`, many.cpuMs - few.cpuMs),
  ];
}

function compare(what: string, format: (value: number) => string, program: number, other: number): Figure {
  const ratio = program / other;
  return { row: 'relay', what, program: format(program), other: format(other), ratio, bound: null };
}

function further(what: string, format: (value: number) => string, more: number): Figure {
  const program = format(more / (MANY_ROOMS - FEW_ROOMS));
  const each = `${what} of each further idle Room`;
  return { row: 'relay', what: each, program, other: '', ratio: null, bound: null };
}

/** Memory once all are connected, and CPU of each second from then on. */
async function idleWith(rooms: number): Promise<{ readonly mib: number; readonly cpuMs: number }> {
  return withRoom({ ...BLAST, events: 0 }, ({ url }) =>
    withNats(async (nats) => {
      const urls = Array.from({ length: rooms }, (_, nth) => `${url}/${nth}`);
      const [before, after] = await relayNothing(nats, urls, IDLE_S * 1_000);
      return { mib: after.mib, cpuMs: (after.cpuMs - before.cpuMs) / IDLE_S };
    }),
  );
}
