import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TrueConfFilesError } from '../errors.js';
import { describeFault } from '../room/faults.js';

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
