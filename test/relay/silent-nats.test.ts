import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NatsLink } from '../../src/relay/nats-link.js';
import { parseServerAddress } from '../../src/relay/server-address.js';
import { hasNatsServer } from '../support/nats-server.js';
import { closedPort, useSilentServers } from '../support/silent-server.js';
import { useRelays } from './support.js';

const DIAL_MS = 200;

describe('a port that says nothing, as of a server that is stopped', () => {
  const silentServer = useSilentServers();
  const { run } = useRelays();
  const stops: AbortController[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop.abort();
  });

  /** Connects to a server, and tries again so often. */
  function open(port: number, tries: number) {
    const stop = new AbortController();
    stops.push(stop);
    const address = parseServerAddress(`nats://127.0.0.1:${port}`);
    let left = tries;
    const retries = () => left-- > 0;
    const options = { address, auth: {}, name: 'test', retries, dialMs: DIAL_MS, signal: stop.signal };
    return { opening: NatsLink.open(options), stop };
  }

  it('is given up within the limit, and no socket is left', async () => {
    const silent = await silentServer();
    await expect(open(silent.port, 0).opening).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('it did not answer in time'),
    });
    await expect.poll(() => silent.sockets.size).toBe(0);
  });

  it('is given up where it greets without end', async () => {
    const silent = await silentServer();
    silent.server.on('connection', (socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(`INFO {"server_id":"${'x'.repeat(60_000)}`));
      };
      socket.on('drain', pour);
      pour();
    });
    await expect(open(silent.port, 0).opening).rejects.toMatchObject({ code: 'unreachable' });
    await expect.poll(() => silent.sockets.size).toBe(0);
  });

  it('is tried with one socket at a time, and left at once', async () => {
    const silent = await silentServer();
    let most = 0;
    let tries = 0;
    silent.server.on('connection', () => {
      most = Math.max(most, silent.sockets.size);
      tries++;
    });
    const { opening, stop } = open(silent.port, 100);
    await expect.poll(() => tries).toBe(2);
    stop.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await expect.poll(() => silent.sockets.size).toBe(0);
    expect(most).toBe(1);
  });

  it.each([
    ['watch with --timeout', ['--json', '--once', '--timeout', '1s'], 124],
    ['watch with SIGINT', ['--json'], 130],
    ['relay with SIGINT', ['demo', '--to'], 130],
  ] as const)('is left by a %s', async (what, options, code) => {
    const silent = await silentServer();
    const [command = ''] = what.split(' ');
    const program = run([command, '--wait', ...options, `nats://127.0.0.1:${silent.port}`]);
    if (code === 130) {
      await silent.connected();
      program.kill('SIGINT');
    }
    expect(await program.ended).toBe(code);
  });
});

describe.skipIf(!hasNatsServer)('several servers', () => {
  const { run, natsServer } = useRelays();
  const silentServer = useSilentServers();

  it('are tried until one answers', async () => {
    const nats = await natsServer();
    const url = `nats://127.0.0.1:${await closedPort()},${nats.address}`;
    const relay = run(['relay', 'demo', '--to', url]);
    await relay.stderrHas('relaying 1 Room');
    const watcher = run(['watch', url, '--json', '--once']);
    expect(await watcher.ended).toBe(0);
  });

  it('that were away at first are used once the one that answered is lost', async () => {
    const [one, other] = [await natsServer(), await natsServer()];
    await other.kill();
    const address = parseServerAddress(`nats://${other.address},${one.address}`);
    const stop = new AbortController();
    const options = { address, auth: {}, name: 'test', retries: () => false, signal: stop.signal };
    // The client tries them in an order of its own.
    const links = await Promise.all(Array.from({ length: 8 }, () => NatsLink.open(options)));
    try {
      await other.start();
      const back = links.map((link) => new Promise<void>((onUp) => link.listen({ onUp, onDown: () => {} })));
      await one.kill();
      await Promise.all(back);
    } finally {
      await Promise.all(links.map((link) => link.close()));
    }
  });

  it.each([
    ['connection refused', async () => `nats://127.0.0.1:${await closedPort()}`],
    ['the host name is not known', async () => 'nats://no.such.name.invalid'],
    ['the server does not encrypt', async () => (await natsServer()).url.replace('nats:', 'tls:')],
  ])('that a watch waits for are said to be away, once: %s', async (reason, address) => {
    const url = await address();
    const watcher = run(['watch', url, '--json', '--wait', '--heartbeat', '1s']);
    await watcher.until(() => watcher.records.filter(({ type }) => type === 'heartbeat')[1]);
    const links = watcher.records.filter(({ type }) => type === 'connection');
    expect(links.map(({ state, reason }) => [state, reason])).toEqual([
      ['connecting', null],
      ['disconnected', reason],
    ]);
  });

  it.each(['refuses', 'says nothing'])('behind a name are tried, where one %s', async (how) => {
    const nats = await natsServer();
    const port = Number(nats.address.split(':')[1]);
    const silent = how === 'refuses' ? null : await silentServer({ host: DEAD, port });
    const names = join(nats.folder, 'names.cjs');
    await writeFile(names, NAMES);
    const env = { NODE_OPTIONS: `--require ${names}` };
    const url = `nats://nats.test:${port}`;
    const relay = run(['relay', 'demo', '--to', url], { env });
    await relay.stderrHas('relaying 1 Room');
    const watcher = run(['watch', url, '--json', '--once'], { env });
    expect(await watcher.ended).toBe(0);
    await expect.poll(() => silent?.sockets.size ?? 0).toBe(0);
  });
});

const DEAD = '127.0.0.2';
/** A name with addresses of which only the last is alive. */
const NAMES = `const dns = require('node:dns');
const { lookup } = dns;
const found = ['${DEAD}', '${DEAD}', '127.0.0.1'].map((address) => ({ address, family: 4 }));
dns.lookup = (name, ...rest) => (name === 'nats.test' ? rest.at(-1)(null, found) : lookup(name, ...rest));
`;
