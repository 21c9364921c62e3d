import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../src/metrics/server.js';
import { settled, useRelays } from '../relay/support.js';
import { useRooms } from '../simulator/rooms.js';
import { received } from '../support/frames.js';
import { hasNatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';
import { makeTransfer } from '../support/transfers.js';
import { readExposition, type Series, seriesValue } from './exposition-text.js';

const { room } = useRooms();
const { run, natsServer, relay, startRelay, watcher } = useRelays();

/** Where a program says that it serves metrics. */
function metricsOf(program: Program): Promise<string> {
  return program.until(() => /metrics on (\S+)\/metrics/.exec(program.stderr.text)?.[1]);
}

async function scrape(origin: string): Promise<readonly Series[]> {
  const response = await fetch(`${origin}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readExposition(await response.text());
}

async function health(origin: string): Promise<[number, unknown]> {
  const response = await fetch(`${origin}/healthz`);
  return [response.status, await response.json()];
}

/** A limit that only ends what hangs. */
const PATIENCE = { timeout: 30_000 };

describe('watch --metrics', () => {
  it('reports the Room whatever is shown of it, and no person by name', async () => {
    const simulator = await room();
    const { url } = simulator;
    simulator.receive({ id: 'before' });
    const program = run(['watch', url, '--json', '--metrics', '0', '--direction', 'outbound']);
    await program.connected();
    simulator.receive({ id: 'secret-id', name: 'secret-name', peerId: 'secret-peer', size: 5_000 });
    simulator.setStatus('secret-id', 3);
    simulator.send({ id: 'seen' });
    simulator.broadcast('no JSON');
    await program.record(({ type }) => type === 'warning');
    const origin = await metricsOf(program);
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const series = await scrape(origin);
    const value = (name: string, labels: Record<string, string> = {}) =>
      seriesValue(series, `trueconf_files_${name}`, { room: url, ...labels });
    expect(value('transfers_total', { direction: 'inbound', status: 'complete' })).toBe(1);
    expect(value('transfers_total', { direction: 'inbound', status: 'failed' })).toBe(0);
    expect(value('transferred_bytes_total', { direction: 'inbound' })).toBe(5_000);
    expect(value('active_transfers', { direction: 'inbound' })).toBe(1);
    expect(value('active_transfers', { direction: 'outbound' })).toBe(1);
    expect(value('link_state', { state: 'connected' })).toBe(1);
    expect(value('link_state', { state: 'disconnected' })).toBe(0);
    expect(value('reconnects_total')).toBe(0);
    expect(value('frames_refused_total')).toBe(1);
    expect(seriesValue(series, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(JSON.stringify(series)).not.toMatch(/secret/);
  });

  it('says whether the link is up, and ends with the watch', async () => {
    const simulator = await room();
    const program = run(['watch', simulator.url, '--json', '--metrics', '127.0.0.1:0']);
    await program.connected();
    const origin = await metricsOf(program);
    expect(await health(origin)).toEqual([
      200,
      { status: 'up', nats: [], problems: [], links: { total: 1, up: 1, down: [] } },
    ]);
    await simulator.close();
    await program.record(({ state }) => state === 'disconnected');
    const [status, body] = await health(origin);
    expect([status, body]).toMatchObject([
      503,
      { status: 'down', links: { up: 0, down: [{ room: simulator.url }] } },
    ]);
    program.kill('SIGTERM');
    expect(await program.ended).toBe(143);
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
  });

  it('serves nothing else', async () => {
    const metrics = await Metrics.open({ host: '::1', port: 0 }, { nats: false, relay: false }, '1.2.3');
    try {
      expect(metrics.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
      expect((await fetch(`${metrics.url}/`)).status).toBe(404);
      expect((await fetch(`${metrics.url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405);
      expect((await fetch(`${metrics.url}/metrics?x=y`, { method: 'HEAD' })).status).toBe(200);
      const socket = connect(Number(new URL(metrics.url).port), '::1');
      socket.write('\x00no HTTP\r\n\r\n');
      await once(socket, 'close');
      expect((await fetch(`${metrics.url}/healthz`)).status).toBe(200);
    } finally {
      await metrics.close();
    }
  });

  it('answers one request of many in one write, and serves others at the same time', async () => {
    const metrics = await Metrics.open({ host: '127.0.0.1', port: 0 }, { nats: false, relay: false }, '1');
    const port = Number(new URL(metrics.url).port);
    try {
      const greedy = connect(port, '127.0.0.1');
      greedy.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_500));
      let answer = '';
      greedy.on('data', (part) => {
        answer += part;
      });
      await once(greedy, 'close');
      expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
      // Clients that never finish their request keep no other from being served.
      const halves = Array.from({ length: 64 }, () => connect(port, '127.0.0.1'));
      await Promise.all(
        halves.map(async (half) => {
          half.on('error', () => {});
          await once(half, 'connect');
          half.write('GET /met');
        }),
      );
      expect((await fetch(`${metrics.url}/metrics`)).status).toBe(200);
      for (const half of halves) half.destroy();
    } finally {
      await metrics.close();
    }
  });

  it('ends at once though clients are connected', async () => {
    const metrics = await Metrics.open({ host: '127.0.0.1', port: 0 }, { nats: false, relay: false }, '1');
    const idle = connect(Number(new URL(metrics.url).port), '127.0.0.1');
    idle.on('error', () => {});
    await once(idle, 'connect');
    // A second one shows that the server has seen the first.
    await fetch(`${metrics.url}/healthz`);
    const closed = once(idle, 'close');
    await metrics.close();
    await closed;
  });

  const WRONG = 'Give HOST:PORT, [IPv6]:PORT, or a port alone for 127.0.0.1; 0 is any free port.';
  const wrong = ['', 'x', ':9464', '65536', '-1', 'http://x:1', 'a b:1', 'u@h:1', '::1:9464', '1.5'];
  it.each(wrong)('refuses the address %j', async (address) => {
    const program = run(['watch', 'demo', `--metrics=${address}`]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain(WRONG);
  });

  it('says in a sentence why nothing can listen there', async () => {
    const metrics = await Metrics.open({ host: '127.0.0.1', port: 0 }, { nats: false, relay: false }, '1');
    const taken = new URL(metrics.url).host;
    try {
      for (const [address, why] of [
        [taken, 'something else listens there'],
        ['192.0.2.1:9464', 'this machine has no such address'],
        ['no-such-host.invalid:9464', 'the host name is not known'],
      ] as const) {
        for (const command of [
          ['watch', 'demo'],
          ['relay', 'demo', '--to', 'nats://127.0.0.1:1'],
        ]) {
          const program = run([...command, '--metrics', address]);
          expect(await program.ended).toBe(2);
          expect(program.stderr.text).toContain(`Metrics can't be served at ${address}: ${why}.\n`);
          expect(program.stderr.lines).toHaveLength(2);
        }
      }
    } finally {
      await metrics.close();
    }
  });
});

describe.skipIf(!hasNatsServer)('--metrics over NATS', () => {
  it('tells what a relay stored, and what it holds since before it began', async () => {
    const nats = await natsServer();
    const simulator = await room();
    const name = simulator.webSocketUrl;
    const first = await relay(nats, [name]);
    const early = await watcher(nats, { options: ['--metrics', '0'] });
    simulator.receive({ id: 'a' });
    simulator.receive({ id: 'b' });
    await settled(early, { a: 'waiting', b: 'waiting' });
    first.kill('SIGTERM');
    await first.ended;
    const second = await relay(nats, [name], { options: ['--metrics', '0'] });
    simulator.setStatus('b', 3);
    await settled(early, { b: 'complete' });
    const value = (series: readonly Series[], name: string, labels: Record<string, string> = {}) =>
      seriesValue(series, `trueconf_files_${name}`, labels);
    const stateAt = async (program: Program) =>
      value(await scrape(await metricsOf(program)), 'room_state', { room: name });
    for (const program of [second, early]) await expect.poll(() => stateAt(program), PATIENCE).toBe(5);
    const ofRelay = await scrape(await metricsOf(second));
    expect(value(ofRelay, 'active_transfers', { room: name, direction: 'inbound' })).toBe(1);
    expect(value(ofRelay, 'transfers_total', { room: name, status: 'waiting' })).toBe(0);
    expect(value(ofRelay, 'records_published_total')).toBeGreaterThanOrEqual(3);
    expect(value(ofRelay, 'rooms_held')).toBe(1);
    expect(value(ofRelay, 'records_left_out_total')).toBe(0);
    expect(value(ofRelay, 'nats_up', { server: nats.url })).toBe(1);
    const ofWatcher = await scrape(await metricsOf(early));
    expect(value(ofWatcher, 'active_transfers', { room: name, direction: 'inbound' })).toBe(1);
    expect(value(ofWatcher, 'transfers_total', { room: name, status: 'complete' })).toBe(1);
    expect(value(ofWatcher, 'nats_up', { server: nats.url })).toBe(1);
    expect(value(ofWatcher, 'records_published_total')).toBeUndefined();
  });

  it('says where NATS is away, and that records wait; a standby relay is healthy', async () => {
    const nats = await natsServer();
    const simulator = await room();
    const name = simulator.webSocketUrl;
    const holder = await relay(nats, [name], { options: ['--metrics', '0'] });
    const standby = startRelay(nats, [name], { options: ['--metrics', '0'] });
    await standby.stderrHas('relaying 1 Room');
    expect(await health(await metricsOf(standby))).toEqual([
      200,
      {
        status: 'up',
        problems: [],
        nats: [{ server: nats.url, up: true, reason: null }],
        links: { total: 0, up: 0, down: [] },
      },
    ]);
    await nats.kill();
    await holder.stderrHas('the connection to NATS was lost');
    simulator.receive();
    const origin = await metricsOf(holder);
    expect(await health(origin)).toMatchObject([
      503,
      { nats: [{ up: false, reason: 'the connection to NATS was lost' }], links: { total: 1, up: 1 } },
    ]);
    const waiting = async () => seriesValue(await scrape(origin), 'trueconf_files_records_waiting') ?? 0;
    await expect.poll(waiting, PATIENCE).toBeGreaterThan(0);
    await nats.start();
    await expect.poll(waiting, PATIENCE).toBe(0);
    await expect.poll(async () => (await health(origin))[0], PATIENCE).toBe(200);
    expect(seriesValue(await scrape(origin), 'trueconf_files_nats_reconnects_total')).toBe(1);
  });
});

const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0;
const HISTOGRAM_PART = /(?<=_seconds|_bytes)_(?:bucket|sum|count)$/;

describe('docs/', () => {
  const exposed = async () => readExposition(await exposition());
  const exposition = async () => {
    const metrics = await Metrics.open({ host: '127.0.0.1', port: 0 }, { nats: true, relay: true }, '1');
    metrics.tally.notice({ kind: 'link', at: 1, link: { state: 'live', attempt: 1 } }, 'r');
    metrics.tally.notice({ kind: 'state', at: 1, code: 3 }, 'r');
    const transfer = makeTransfer({ direction: 'inbound', status: 'waiting', size: 5 });
    const change = { kind: 'transfer', origin: 'event', event: null, transfer } as const;
    metrics.tally.notice({ ...change, at: 1, previousStatus: null }, 'r');
    const ended = { ...transfer, status: 'failed' } as const;
    metrics.tally.notice({ ...change, at: 1_001, transfer: ended, previousStatus: 'waiting' }, 'r');
    metrics.tally.entry(received({ event: 'inviteReceived' }, 1), 'r');
    metrics.tally.server('nats://x', null);
    metrics.tally.problemCounts.set('rooms-not-held', 0);
    try {
      return await (await fetch(`${metrics.url}/metrics`)).text();
    } finally {
      await metrics.close();
    }
  };

  it('dashboard.json and prometheus.rules.yml ask only for metrics and labels that are there', async () => {
    const labels = new Map((await exposed()).map((one) => [one.name, Object.keys(one.labels)]));
    const dashboard = JSON.parse(readFileSync('docs/dashboard.json', 'utf8'));
    const asked: string[] = [
      ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }: { expr: string }) => expr)),
      ...[...readFileSync('docs/prometheus.rules.yml', 'utf8').matchAll(/expr: (?!up\{)(.*)/g)].map(
        ([, expr = '']) => expr,
      ),
    ];
    expect(asked.length).toBeGreaterThan(20);
    for (const expr of asked) {
      const names = [...expr.matchAll(/\b((?:trueconf_files|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
      expect(names, expr).not.toEqual([]);
      for (const [, name = '', matchers = ''] of names) {
        expect(labels.keys(), expr).toContain(name);
        const used = [...matchers.matchAll(/(\w+)(?:=~?|!=)"/g)].map(([, label]) => label);
        // Prometheus itself adds these.
        expect([...(labels.get(name) ?? []), 'job', 'instance', 'part'], expr).toEqual(
          expect.arrayContaining(used),
        );
      }
    }
  });

  it.skipIf(!HAS_PROMTOOL)('what is served has no fault that promtool finds', async () => {
    const page = await exposition();
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
    expect(page).toContain('trueconf_files_transfer_duration_seconds_bucket{le="+Inf",direction="inbound"');
    const complaints = `${stdout}${stderr}`.split('\n');
    // Those of prom-client's own names are not ours.
    expect(complaints.filter((line) => line !== '' && !/^(?:nodejs|process)_/.test(line))).toEqual([]);
  });

  it('metrics.md lists each metric, with its labels, and no other', async () => {
    const rows = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(\w+)` \| \w+ \| (.*?) ?\| /gm)];
    const documented = rows.map(([, name, labels = '']) => [name, labels.replaceAll('`', '')]);
    const there = new Map(
      (await exposed())
        .filter(({ name }) => name.startsWith('trueconf_files_'))
        .map(({ name, labels }) => [
          name.replace(HISTOGRAM_PART, ''),
          Object.keys(labels)
            .filter((label) => label !== 'le')
            .join(' '),
        ]),
    );
    expect(new Map(documented as [string, string][])).toEqual(there);
  });
});
