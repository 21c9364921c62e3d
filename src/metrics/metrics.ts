import { toLine } from '../output/json.js';
import { makeExposition } from './exposition.js';
import { healthOf } from './health.js';
import type { Uses } from './metric-list.js';
import { type ListenAddress, type Page, PageServer } from './server.js';
import { Tally } from './tally.js';

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
