import { compare, type Figure, mebibytes, millis, whole } from '../support/figure.js';
import { hasNatsServer, withNats } from '../support/nats.js';
import { relayNothing, relayUntil } from '../support/relay.js';
import { withRoom } from '../support/room.js';
import { inTurns } from '../support/turns.js';
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
  const speed = (cpuMs: number) => (events * 1_000) / cpuMs;
  const [relayed = [], watched = []] = await withRoom(BLAST, ({ url }) =>
    inTurns(RUNS, [
      () => withNats(async (nats) => speed((await relayUntil(nats, [url], () => nats.stored(events))).cpuMs)),
      async () => speed((await watchAsRecords(url, events)).cpuMs),
    ]),
  );
  return compare(relayed, watched, {
    row: 'relay',
    what: 'records a CPU second into a stream, against `watch --json`',
    format: whole,
    wants: 'more',
  });
}

async function idle(): Promise<readonly Figure[]> {
  const [few, many] = [await idleWith(FEW_ROOMS), await idleWith(MANY_ROOMS)];
  const against = `of ${MANY_ROOMS} idle Rooms, against ${FEW_ROOMS}`;
  const about = { row: 'relay' };
  return [
    compare([many.mib], [few.mib], { ...about, what: `memory ${against}`, format: mebibytes }),
    compare([many.cpuMs], [few.cpuMs], { ...about, what: `CPU of a second ${against}`, format: millis }),
    further('memory', (mib) => `${mib.toFixed(2)} MiB`, many.mib - few.mib),
    further('CPU of a second', (ms) => `${ms.toFixed(3)} ms`, many.cpuMs - few.cpuMs),
  ];
}

function further(what: string, format: (value: number) => string, more: number): Figure {
  const program = format(more / (MANY_ROOMS - FEW_ROOMS));
  const each = `${what} of each further idle Room`;
  const figure = { row: 'relay', what: each, program, other: '', ratio: null, spread: null };
  return { ...figure, wants: 'less', bound: null };
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
