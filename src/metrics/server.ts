import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { TrueConfFilesError } from '../errors.js';
import { describeFault } from '../faults.js';
import { toLine } from '../records/record.js';
import { type Metric, metricsOf, type Uses } from './metric-list.js';
import type { LinkState } from './room-tally.js';
import { Tally } from './tally.js';

/** Where to listen. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
}

/** What a page answers. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Serves a few pages over HTTP, to whoever may reach the address. */
export class PageServer {
  readonly #server: Server;
  readonly #host: string;

  /**
   * @param pages by path, made anew for each request
   * @throws TrueConfFilesError `usage` where nothing can listen at the address
   */
  static async open(
    { host, port }: ListenAddress,
    pages: ReadonlyMap<string, () => Page | Promise<Page>>,
  ): Promise<PageServer> {
    const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
    server.maxConnections = MAX_CONNECTIONS;
    server.on('request', (request, response) => void answer(request, response, pages));
    server.on('clientError', (_, socket) => socket.destroy());
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
    // A connection that can't be taken, as where all file handles are used, must not end the program.
    server.on('error', () => {});
    return new PageServer(server, host);
  }

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.#host = host;
  }

  get url(): string {
    const address = this.#server.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    return `http://${bracketed(this.#host)}:${port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  pages: ReadonlyMap<string, () => Page | Promise<Page>>,
): Promise<void> {
  const make = pages.get((url ?? '').replace(/\?.*$/, ''));
  const isRead = method === 'GET' || method === 'HEAD';
  const page = isRead ? await made(make) : METHOD_NOT_ALLOWED;
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
    'cache-control': 'no-store',
    ...(!isRead && { allow: 'GET, HEAD' }),
  });
  response.end(method === 'HEAD' ? '' : page.body);
}

async function made(make: (() => Page | Promise<Page>) | undefined): Promise<Page> {
  if (make === undefined) return NOT_FOUND;
  try {
    return await make();
  } catch (error) {
    return text(500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function text(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function listenFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'something else listens there';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (code === 'EACCES') return 'this user may not';
  return describeFault(error);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

const NOT_FOUND = text(404, 'There are /metrics and /healthz.\n');
const METHOD_NOT_ALLOWED = text(405, 'Only GET and HEAD are served.\n');
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 64;

/** The tally as Prometheus text. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

export function makeExposition(tally: Tally, uses: Uses, version: string): Exposition {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const metric of metricsOf(tally, uses, version)) register(metric, registry);
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

/** Values are taken when somebody looks, so that counting costs nothing but an addition. */
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

/** What `/healthz` says, as JSON. */
export interface Health {
  readonly status: 'up' | 'down';
  /** NATS servers; empty where none is used. */
  readonly nats: readonly { readonly server: string; readonly up: boolean; readonly reason: string | null }[];
  /** The links to Rooms that this process holds itself. */
  readonly links: {
    readonly total: number;
    readonly up: number;
    /** The first `MAX_DOWN` that are not up. */
    readonly down: readonly {
      readonly room: string;
      readonly state: LinkState | null;
      readonly reason: string | null;
    }[];
  };
}

/** Up is who has every link of its own, and every NATS server it was given. Pure. */
export function healthOf({ own, servers }: Pick<Tally, 'own' | 'servers'>): Health {
  const nats = [...servers].map(([server, { reason }]) => ({ server, up: reason === null, reason }));
  const down = [...own].filter(([, { linkState }]) => linkState !== 'connected');
  const isUp = down.length === 0 && nats.every(({ up }) => up);
  return {
    status: isUp ? 'up' : 'down',
    nats,
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

/** `/metrics` for Prometheus, and `/healthz`: 200 where all is up, else 503. */
export class Metrics {
  /** What is to be counted is told to it. */
  readonly tally: Tally;
  readonly #server: PageServer;

  /** @throws TrueConfFilesError `usage` where nothing can listen at the address */
  static async open(address: ListenAddress, uses: Uses, version: string): Promise<Metrics> {
    const tally = new Tally();
    const exposition = makeExposition(tally, uses, version);
    const pages = new Map<string, () => Page | Promise<Page>>([
      [
        '/metrics',
        async () => ({ status: 200, contentType: exposition.contentType, body: await exposition.text() }),
      ],
      ['/healthz', () => healthPage(tally)],
    ]);
    return new Metrics(tally, await PageServer.open(address, pages));
  }

  private constructor(tally: Tally, server: PageServer) {
    this.tally = tally;
    this.#server = server;
  }

  /** Where it listens: `http://HOST:PORT`. */
  get url(): string {
    return this.#server.url;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function healthPage(tally: Tally): Page {
  const health = healthOf(tally);
  return {
    status: health.status === 'up' ? 200 : 503,
    contentType: 'application/json; charset=utf-8',
    body: toLine(health),
  };
}
