import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/room/address.js';
import { discover, fetchText, settle } from '../../src/room/discovery.js';
import { listen } from '../support/silent-server.js';

const servers: Server[] = [];
const signal = new AbortController().signal;

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return `http://127.0.0.1:${await listen(server)}`;
}

function config(websocket: unknown, http: unknown = { hostname: null, port: 8766 }): string {
  return JSON.stringify({ config: { websocket, http } });
}

const page =
  (text: string): RequestListener =>
  (_, response) =>
    response.end(text);

describe('the WebSocket of a Room', () => {
  it.each<[name: string, websocket: unknown, url: string]>([
    ['is at the port that its page names', { hostname: null, port: 8770 }, 'ws://127.0.0.1:8770'],
    ['is at the page’s host where none is named', { hostname: '', port: 8770 }, 'ws://127.0.0.1:8770'],
    ['is at the host that is named', { hostname: 'room.local', port: 1 }, 'ws://room.local:1'],
    ['may be at an IPv6 address', { hostname: '[fd00::1]', port: 65_535 }, 'ws://[fd00::1]:65535'],
    ['may be at an IPv6 address without brackets', { hostname: 'fd00::1', port: 1 }, 'ws://[fd00::1]:1'],
    ['may have its port as text', { hostname: ' room.local ', port: ' 8770 ' }, 'ws://room.local:8770'],
    [
      'may be at a name in any script',
      { hostname: 'комната.example', port: 1 },
      'ws://xn--80aa2aife5a.example:1',
    ],
    ['may be at a number', { hostname: '0xa.1', port: 1 }, 'ws://10.0.0.1:1'],
    ...[
      ...['0.0.0.0', 'localhost', '::', '[::1]', '127.0.0.1', ' '],
      ...['LOCALHOST.', '127.1', '0:0:0:0:0:0:0:0', '::ffff:127.0.0.1', '::ffff:0.0.0.0'],
    ].map((hostname): [string, unknown, string] => [
      `is at the page’s host for ${hostname}`,
      { hostname, port: 8770 },
      'ws://127.0.0.1:8770',
    ]),
  ])('%s', async (_, websocket, url) => {
    const address = parseAddress(await serve(page(config(websocket))));
    const http = { host: '127.0.0.1', port: 8766 };
    expect(await discover(address, signal)).toEqual({ url, http, note: null, address });
  });

  it.each<[name: string, http: unknown, place: unknown]>([
    ['at the host that is named', { hostname: 'files.local', port: 1 }, { host: 'files.local', port: 1 }],
    [
      'at the page’s host where the named one is none',
      { hostname: '/@x', port: 1 },
      { host: '127.0.0.1', port: 1 },
    ],
    ['nowhere without a port', { hostname: 'files.local' }, null],
    ['nowhere where nothing is said of it', undefined, null],
    ['nowhere at port 0', { port: 0 }, null],
  ])('may come with the HTTP server %s', async (_, http, place) => {
    const address = parseAddress(await serve(page(config({ port: 8770 }, http ?? null))));
    expect(await discover(address, signal)).toMatchObject({
      url: 'ws://127.0.0.1:8770',
      http: place,
      note: null,
    });
  });

  it.each<[name: string, body: Buffer, headers: Record<string, string>]>([
    ['a byte order mark', Buffer.from(`\ufeff${config({ port: 8770 })}`), {}],
    ['UTF-16', Buffer.from(`\ufeff${config({ port: 8770 })}`, 'utf16le'), {}],
    ['gzip', gzipSync(config({ port: 8770 })), { 'content-encoding': 'gzip' }],
    ['deflate', deflateSync(config({ port: 8770 })), { 'content-encoding': 'deflate' }],
  ])('is read from a page with %s', async (_, body, headers) => {
    const address = parseAddress(await serve((__, response) => response.writeHead(200, headers).end(body)));
    expect(await discover(address, signal)).toMatchObject({ url: 'ws://127.0.0.1:8770', note: null });
  });

  it('of a twin is named by the page of the twin', async () => {
    const paths: unknown[] = [];
    const origin = await serve((request, response) => {
      paths.push(request.url);
      response.end(config({ port: 8770 }));
    });
    await discover(parseAddress(`${origin}/twin`), signal);
    expect(paths).toEqual(['/public/twin/config.json']);
  });

  it('that is given is used as it is', async () => {
    const address = parseAddress('ws://room:1234');
    expect(await discover(address, signal)).toMatchObject({ url: 'ws://room:1234/', http: null, note: null });
  });
});

describe('where the page does not tell, the default port is tried and the reason said', () => {
  const redirect =
    (to: (url: string) => string): RequestListener =>
    (request, response) =>
      response.writeHead(302, { location: to(request.url ?? '') }).end();

  it.each<[name: string, listener: RequestListener, reason: string]>([
    ['404', (_, response) => response.writeHead(404).end('no'), 'HTTP 404'],
    ['500', (_, response) => response.writeHead(500).end('no'), 'HTTP 500'],
    ['a login page', page('<html>'), 'not JSON'],
    ['another JSON', page('{"config":[]}'), 'names no WebSocket port'],
    ['no object', page('null'), 'names no WebSocket port'],
    ['port 0', page(config({ port: 0 })), 'names no WebSocket port'],
    ['port 65536', page(config({ port: 65_536 })), 'names no WebSocket port'],
    ['port 1.5', page(config({ port: 1.5 })), 'names no WebSocket port'],
    ['a port in words', page(config({ port: '8765a' })), 'names no WebSocket port'],
    [
      'an upgrade',
      (_, response) => response.writeHead(101, { upgrade: 'x', connection: 'upgrade' }).end(),
      'HTTP 101',
    ],
    [
      'gzip of too much',
      (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1e6))),
      'larger than 65536 bytes',
    ],
    ...(['gzip', 'deflate', 'br'] as const).map((encoding): [string, RequestListener, string] => [
      `${encoding} that is none`,
      (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end('{"config":{}}'),
      `of a Room: its ${encoding} can't be unpacked)`,
    ]),
    ...['evil/@x', 'room:81', '999.1.1.1', `${'a'.repeat(300)}.example`, 'a b', '[::1'].map(
      (hostname): [string, RequestListener, string] => [
        `the host ${hostname}`,
        page(config({ hostname, port: 1 })),
        'hostname is not a host name',
      ],
    ),
    ['too much', page(' '.repeat(65_537)), 'larger than 65536 bytes'],
    ['a redirect to itself', redirect((url) => url), 'more than 3 redirects'],
    ['a growing redirect', redirect((url) => `${url}x`), 'more than 3 redirects'],
    [
      'a redirect elsewhere',
      redirect(() => 'http://example.invalid/'),
      'redirects to http://example.invalid',
    ],
    ['a redirect to https', redirect(() => 'https://127.0.0.1/'), 'redirects to https://127.0.0.1'],
    ['a redirect to nowhere', redirect(() => 'http://:x'), 'redirects to something that is not an address'],
    ['a redirect to a script', redirect(() => 'javascript:alert(1)'), 'redirects to a javascript: address'],
    ['a redirect to a file', redirect(() => 'file:///etc/passwd'), 'redirects to a file: address'],
    [
      'half an answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"config"');
        setImmediate(() => response.destroy());
      },
      '',
    ],
    ['a cut connection', (request) => request.destroy(), ''],
  ])('%s', async (_, listener, reason) => {
    const endpoint = await discover(parseAddress(await serve(listener)), signal);
    expect(endpoint).toMatchObject({
      url: 'ws://127.0.0.1:8765',
      http: null,
      note: expect.stringContaining(reason),
    });
  });

  it('a closed port', async () => {
    const origin = await serve(page(''));
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    const { note } = await discover(parseAddress(origin), signal);
    expect(note).toBe(
      `${origin}/public/default/config.json can't be read (connection refused): trying ws://127.0.0.1:8765`,
    );
  });
});

describe('the last part of an address', () => {
  /** Answers for these folders alone. */
  const folders =
    (...names: readonly string[]): RequestListener =>
    ({ url }, response) =>
      names.some((name) => url === `/public/${name}/config.json`)
        ? response.end(config({ port: 8770 }))
        : response.writeHead(404).end();

  it('names a Room where the host has one of that name', async () => {
    const origin = await serve(folders('default', 'abc'));
    const { address } = await discover(parseAddress(`${origin}/abc`), signal);
    expect(address).toMatchObject({ label: `${origin}/abc`, folder: 'abc', pin: null });
  });

  it('is the PIN where the host has none, but a default Room', async () => {
    const origin = await serve(folders('default'));
    const { address } = await discover(parseAddress(`${origin}/abc`), signal);
    expect(address).toMatchObject({ label: origin, folder: 'default', pin: expect.anything() });
  });

  it('is the PIN also where the server answers every path with its own page', async () => {
    const own = page('<html>');
    const room = folders('default');
    const origin = await serve((request, response) =>
      (request.url?.includes('/default/') ? room : own)(request, response),
    );
    const { address } = await discover(parseAddress(`${origin}/abc`), signal);
    expect(address).toMatchObject({ folder: 'default' });
  });

  it.each<[what: string, last: string, listener: RequestListener]>([
    ['it can be no PIN', 'public/abc', folders('default')],
    ['it is longer than a PIN', 'longername', folders('default')],
    ['there is no default Room either', 'abc', folders('other')],
  ])('is a wrong name where the host has none and %s: no other Room is tried', async (_, last, listener) => {
    const origin = await serve(listener);
    await expect(discover(parseAddress(`${origin}/${last}`), signal)).rejects.toThrow(
      `${origin} has no Room of the name in its address`,
    );
  });

  it.each<[what: string, listener: RequestListener, reason: string]>([
    ['busy', (_, response) => response.writeHead(503).end(), 'HTTP 503'],
    ['gone', (request) => request.destroy(), "can't be read"],
  ])('decides nothing while the host is %s', async (_, listener, reason) => {
    const given = parseAddress(`${await serve(listener)}/abc`);
    await expect(discover(given, signal)).rejects.toThrow(reason);
    expect(await settle(given, signal)).toBe(given);
  });
});

describe('a page that is slow', () => {
  const limits = { signal, timeoutMs: 100, maxBytes: 1_024, maxRedirects: 3 };

  it('is given up, also where it drips', async () => {
    const origin = await serve((_, response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    await expect(fetchText(origin, limits)).rejects.toThrow('no answer within 0.1 s');
  });

  it('is given up, also where each redirect is quick', async () => {
    const origin = await serve((_, response) => {
      const timer = setTimeout(() => response.writeHead(302, { location: '/' }).end(), 20);
      response.on('close', () => clearTimeout(timer));
    });
    const many = { ...limits, maxRedirects: 1_000 };
    await expect(fetchText(origin, many)).rejects.toThrow('no answer within 0.1 s');
  });

  it('is left at once when the watch ends', async () => {
    const origin = await serve(() => {});
    const stop = new AbortController();
    const discovering = discover(parseAddress(origin), stop.signal);
    stop.abort(new Error('stopped'));
    await expect(discovering).rejects.toThrow('stopped');
  });
});
