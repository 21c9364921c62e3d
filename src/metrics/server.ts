import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { TrueConfFilesError } from '../errors.js';
import { codeOf, describeFault } from '../faults.js';
import { toLine } from '../records/line.js';
import type { Problem } from '../relay/inspection.js';
import { type HistogramMetric, type Metric, metricsOf, type Uses } from './metric-list.js';
import type { LinkState } from './room-tally.js';
import { Tally } from './tally.js';

/** Where to listen. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
}

/**
 * Serves `/metrics` for Prometheus, and `/healthz`: 200 if everything is up, else 503. Clients are strangers: each
 * connection gets one answer and a few seconds, and only so many are open at once.
 */
export class Metrics {
  readonly tally: Tally;
  readonly #server: Server;
  readonly #host: string;
  readonly #exposition: Exposition;
  /** Open connections, the oldest first, and whether each has been answered. */
  readonly #clients = new Map<Socket, { hasAsked: boolean }>();
  /** The page that is being made: other clients that ask before it is done get the same. */
  #page: Promise<string> | null = null;

  /** @throws TrueConfFilesError `usage` if nothing can listen at the address */
  static async open({ host, port }: ListenAddress, uses: Uses, version: string): Promise<Metrics> {
    const server = createServer();
    const metrics = new Metrics(server, host, uses, version);
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch (error) {
      throw new TrueConfFilesError(
        'usage',
        `Metrics can't be served at ${bracketed(host)}:${port}: ${listenFault(error)}.`,
        'Give another address with --metrics HOST:PORT.',
        { cause: error },
      );
    }
    // A connection that can't be accepted, as when all file handles are used, must not end the program.
    server.on('error', () => {});
    return metrics;
  }

  private constructor(server: Server, host: string, uses: Uses, version: string) {
    this.tally = new Tally();
    this.#server = server;
    this.#host = host;
    this.#exposition = makeExposition(this.tally, uses, version);
    server.on('connection', (socket: Socket) => this.#admit(socket));
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('clientError', (_, socket) => socket.destroy());
  }

  /** Where it listens: `http://HOST:PORT`. */
  get url(): string {
    const address = this.#server.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    return `http://${bracketed(this.#host)}:${port}`;
  }

  /** Ends at once, whatever clients are connected. */
  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#clients.keys()) socket.destroy();
    await once(this.#server, 'close');
  }

  #admit(socket: Socket): void {
    if (this.#clients.size >= MAX_CLIENTS) this.#dropOne();
    this.#clients.set(socket, { hasAsked: false });
    const deadline = setTimeout(() => socket.destroy(), CLIENT_MS);
    socket.once('close', () => {
      clearTimeout(deadline);
      this.#clients.delete(socket);
    });
  }

  /** Makes room for a new client: the oldest that has not asked for anything yet goes first. */
  #dropOne(): void {
    const open = [...this.#clients];
    const [socket] = open.find(([, { hasAsked }]) => !hasAsked) ?? open[0] ?? [];
    if (socket === undefined) return;
    this.#clients.delete(socket);
    socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = this.#clients.get(request.socket);
    // One answer for each connection: many requests in one write would otherwise be many pages in memory.
    if (client === undefined || client.hasAsked) return;
    client.hasAsked = true;
    const { method = '', url = '' } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    const page = isRead ? await this.#pageAt(url.replace(/\?.*$/, '')) : METHOD_NOT_ALLOWED;
    response.writeHead(page.status, {
      'content-type': page.contentType,
      'content-length': Buffer.byteLength(page.body),
      'cache-control': 'no-store',
      connection: 'close',
      ...(!isRead && { allow: 'GET, HEAD' }),
    });
    response.end(method === 'HEAD' ? '' : page.body);
  }

  async #pageAt(path: string): Promise<Page> {
    if (path === '/healthz') return healthPage(this.tally);
    if (path !== '/metrics') return NOT_FOUND;
    try {
      this.#page ??= this.#exposition.text().finally(() => {
        this.#page = null;
      });
      return { status: 200, contentType: this.#exposition.contentType, body: await this.#page };
    } catch (error) {
      return plain(500, `${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

function healthPage(tally: Tally): Page {
  const health = healthOf(tally);
  return {
    status: health.status === 'up' ? 200 : 503,
    contentType: 'application/json; charset=utf-8',
    body: toLine(health),
  };
}

function plain(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function listenFault(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') return 'something else listens there';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (code === 'EACCES') return 'this user may not listen there';
  return describeFault(error);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

const NOT_FOUND = plain(404, 'There are /metrics and /healthz.\n');
const METHOD_NOT_ALLOWED = plain(405, 'Only GET and HEAD are served.\n');
/** From the first byte to the last of the answer. */
const CLIENT_MS = 5_000;
const MAX_CLIENTS = 20;

/** The tally as Prometheus text. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

function makeExposition(tally: Tally, uses: Uses, version: string): Exposition {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Gauges, whatever their names say; promtool refuses them. Those by type stay.
  for (const what of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${what}_total`);
  for (const metric of metricsOf(tally, uses, version)) {
    if (metric.type === 'histogram') registry.registerMetric(new CountedHistogram(metric));
    else register(metric, registry);
  }
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

/** Values are read at each scrape, so that counting costs no more than an addition. */
function register({ type, name, help, labels, samples }: Metric, registry: Registry): void {
  const options = { name, help, labelNames: labels, registers: [registry] };
  const fill = (set: (labels: Record<string, string>, value: number) => void) => {
    for (const [value, ...values] of samples()) {
      set(Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])), value);
    }
  };
  if (type === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...options,
      collect: () => {
        gauge.reset();
        fill((named, value) => gauge.set(named, value));
      },
    });
    return;
  }
  const counter: Counter = new Counter({
    ...options,
    collect: () => {
      counter.reset();
      fill((named, value) => counter.inc(named, value));
    },
  });
}

/** A histogram of values that were counted already. */
class CountedHistogram extends Histogram {
  readonly #metric: HistogramMetric;

  constructor(metric: HistogramMetric) {
    const { name, help, labels, distributions } = metric;
    super({ name, help, labelNames: labels, buckets: [...distributions.bounds], registers: [] });
    this.#metric = metric;
  }

  /** What the registry of prom-client asks for when it writes text. */
  async getForPromString() {
    const { name, help, type, distributions } = this.#metric;
    const values = distributions.all.flatMap(({ direction, outcome, upTo, sum, count }) => {
      const labels = { direction, outcome };
      const bounds = [...distributions.bounds, '+Inf'];
      return [
        ...bounds.map((le, at) => ({
          metricName: `${name}_bucket`,
          labels: { le, ...labels },
          value: upTo[at] ?? count,
        })),
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: count },
      ];
    });
    return { name, help, type, values };
  }
}

/** What `/healthz` says, as JSON. */
export interface Health {
  readonly status: 'up' | 'down';
  /** NATS servers; empty if none is used. */
  readonly nats: readonly { readonly server: string; readonly up: boolean; readonly reason: string | null }[];
  /** What else keeps a relay from its work. */
  readonly problems: readonly Problem[];
  /** This process's own links to Rooms. */
  readonly links: {
    readonly total: number;
    readonly up: number;
    /** The first `MAX_DOWN` of those that are down. */
    readonly down: readonly {
      readonly room: string;
      readonly state: LinkState | null;
      readonly reason: string | null;
    }[];
  };
}

/** Up means that every link of this process and every NATS server it was given is connected. Pure. */
export function healthOf({ own, servers, problems }: Pick<Tally, 'own' | 'servers' | 'problems'>): Health {
  const nats = [...servers].map(([server, { reason }]) => ({ server, up: reason === null, reason }));
  const down = [...own].filter(([, { linkState }]) => linkState !== 'connected');
  const isUp = down.length === 0 && problems.length === 0 && nats.every(({ up }) => up);
  return {
    status: isUp ? 'up' : 'down',
    nats,
    problems,
    links: {
      total: own.size,
      up: own.size - down.length,
      down: down.slice(0, MAX_DOWN).map(([room, { link, linkState }]) => {
        const reason = link !== null && 'reason' in link ? link.reason : null;
        return { room, state: linkState, reason };
      }),
    },
  };
}

const MAX_DOWN = 100;
