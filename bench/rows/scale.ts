import { readFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { cpuPerSecond, LineCounter, runNode, type Usage } from '../support/child.js';
import { type Figure, mebibytes, millis, whole } from '../support/figure.js';
import { hasNatsServer, type Nats, withNats } from '../support/nats.js';
import { PROGRAM } from '../support/paths.js';
import { relayUntil } from '../support/relay.js';
import { withRoom } from '../support/room.js';
import { median, quantile } from '../support/turns.js';
import { BLAST } from '../support/wire.js';

const ROOMS = 1_000;
const RELAYS = 2;
const WATCHERS = Number(process.env['BENCH_WATCHERS'] ?? 20);
/** Of each Room, one a second: the first while they connect, the last while they end. */
const PLAN = { ...BLAST, events: 90, perSecond: 1, isStamped: true };
const ALL = ROOMS * PLAN.events;
/** Records at the first watcher between which is measured. */
const [FROM, TO] = [ROOMS * 40, ROOMS * 80];

/** A thousand Rooms with an event a second each, two relays and many watchers of all: what each of them uses. */
export async function scale(): Promise<readonly Figure[]> {
  if (hasNatsServer()) return withRoom(PLAN, ({ url }) => withNats((nats) => measure(nats, url)));
  console.error('scale is left out: nats-server is not installed');
  return [];
}

async function measure(nats: Nats, room: string): Promise<readonly Figure[]> {
  await makeStream(nats);
  const server = new ServerUsage(nats.pid);
  const delays: number[] = [];
  const counters = Array.from({ length: WATCHERS }, () => new LineCounter());
  // Each ends when it has seen every step, so that a lost one would keep it until its time is over.
  const watchers = counters.map((counter, nth) => {
    const read = nth === 0 ? delaysInto(delays, counter, server) : counter.read;
    return runNode([PROGRAM, 'watch', nats.url, '--json', '--count', String(ALL)], read, LIMIT_MS);
  });
  const seen = Promise.all(watchers);
  seen.catch(() => {});
  while (counters.some(({ lines }) => lines < LINES_OF_LINK)) await new Promise((go) => setTimeout(go, 50));
  const urls = Array.from({ length: ROOMS }, (_, nth) => `${room}/${nth}`);
  const claim = ['--claim', String(ROOMS / RELAYS)];
  const relays = await Promise.all(
    Array.from({ length: RELAYS }, () => relayUntil(nats, urls, async () => void (await seen), claim)),
  );
  return figures(server, relays, await seen, delays);
}

function figures(
  server: ServerUsage,
  relays: readonly Usage[],
  watchers: readonly Usage[],
  delays: readonly number[],
): readonly Figure[] {
  const { fromAt, toAt, cpuMs, mib } = server;
  // A thousand records are a second's, and cost as much where the machine is too slow for that.
  const cost = (ofSecond: number) => (ofSecond * (toAt - fromAt)) / (TO - FROM);
  const cpu = (usages: readonly Usage[]) =>
    cost(median(usages.map((usage) => cpuPerSecond(usage, fromAt, toAt))));
  const memory = (usages: readonly Usage[]) => median(usages.map(({ peakMib }) => peakMib));
  const speed = ((TO - FROM) * 1_000) / (toAt - fromAt);
  return [
    figure(`records a second from ${ROOMS} Rooms, each to ${WATCHERS} watchers`, whole(speed)),
    figure(`CPU of each of ${RELAYS} relays for a thousand of them`, millis(cpu(relays))),
    figure('memory of each, at most', mebibytes(memory(relays))),
    figure('CPU of nats-server for the same', millis(cost(cpuMs))),
    figure('memory of the same', mebibytes(mib)),
    figure('CPU of a watcher for the same', millis(cpu(watchers))),
    figure('memory of a watcher, at most', mebibytes(memory(watchers))),
    figure('p50 from the Room to a watcher', millis(quantile(delays, 0.5))),
    figure('p99 from the Room to a watcher', millis(quantile(delays, 0.99))),
  ];
}

function figure(what: string, program: string): Figure {
  const alone = { other: '', ratio: null, spread: null, bound: null };
  return { row: 'scale', what, program, wants: 'less', ...alone };
}

/** Watchers are there before the first relay, and see each step. */
async function makeStream({ url }: Nats): Promise<void> {
  const connection = await connect({ servers: url });
  try {
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: 'TCFILES', subjects: ['trueconf.files.>'], max_msgs_per_subject: 64 });
  } finally {
    await connection.close();
  }
}

/** Notes how long each record took, and when the measured time begins and ends. */
function delaysInto(delays: number[], counter: LineCounter, server: ServerUsage) {
  let rest = '';
  return (chunk: Buffer) => {
    const now = process.hrtime.bigint();
    counter.read(chunk);
    if (counter.lines >= FROM) server.begin();
    if (counter.lines >= TO) server.end();
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (!server.isMeasuring) return;
    for (const line of lines) {
      const [, stamp] = /"name":"at-(\d+)"/.exec(line) ?? [];
      if (stamp !== undefined) delays.push(Number(now - BigInt(stamp)) / 1e6);
    }
  };
}

/** What a process of another language uses, as Linux counts it. */
class ServerUsage {
  readonly #pid: number;
  #before = 0;
  fromAt = 0;
  toAt = 0;
  /** Of a second. */
  cpuMs = Number.NaN;
  mib = Number.NaN;

  constructor(pid: number) {
    this.#pid = pid;
  }

  get isMeasuring(): boolean {
    return this.fromAt > 0 && this.toAt === 0;
  }

  begin(): void {
    if (this.fromAt > 0) return;
    this.fromAt = Date.now();
    this.#before = this.#cpuMs();
  }

  end(): void {
    if (this.toAt > 0) return;
    this.toAt = Date.now();
    this.cpuMs = ((this.#cpuMs() - this.#before) * 1_000) / (this.toAt - this.fromAt);
    this.mib =
      Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))?.[1]) / 1_024;
  }

  #cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) * TICK_MS;
  }
}

const LIMIT_MS = 600_000;
/** Connecting, and connected. */
const LINES_OF_LINK = 2;
/** Of the fields behind the name of the program (proc(5)). */
const UTIME = 11;
const TICK_MS = 10;
