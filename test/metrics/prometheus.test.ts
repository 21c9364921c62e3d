import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { killed, useRelays } from '../relay/support.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { hasNatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';

const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
if (!isInstalled) console.warn('prometheus is not installed: the tests that need it are skipped');

const { room: startRoom } = useRooms();
const { run, natsServer, relay: startRelay } = useRelays();
const { newPath } = useFolder();

const servers: ChildProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const ended = once(server, 'exit');
    if (server.kill('SIGKILL')) await ended;
  }
});

const PATIENCE = { timeout: 30_000, interval: 100 };
const config = readFileSync('docs/prometheus.yml', 'utf8');
const rules = readFileSync('docs/prometheus.rules.yml', 'utf8');
const dashboard: { panels: readonly { title: string; targets?: readonly { expr: string }[] }[] } = JSON.parse(
  readFileSync('docs/dashboard.json', 'utf8'),
);

describe.skipIf(!isInstalled || !hasNatsServer)('a real Prometheus', () => {
  it('takes configuration, rules and what is served', async () => {
    promtool(['check', 'config', 'docs/prometheus.yml']);
    const room = await startRoom();
    const watch = run(['watch', room.url, '--json', '--metrics', '0']);
    await watch.connected();
    const page = await fetch(`http://${await metricsAddress(watch)}/metrics`);
    promtool(['check', 'metrics'], await page.text());
  });

  it('counts a Room once that a watch and a relay report, has data for each panel, and fires each alert', async () => {
    const nats = await natsServer();
    // A watch and a relay have a seat each in the first Room; the second one is the watch's alone.
    const [both, one] = [await startRoom(), await startRoom()];
    for (const room of [both, one]) room.receive();
    const relayOptions = ['--role', 'user', '--buffer', String(BUFFER), '--metrics', '0'];
    const relay = await startRelay(nats, [both.url], { options: relayOptions });
    const watch = run(['watch', both.url, one.url, '--role', 'admin', '--json', '--metrics', '0']);
    await watch.connected(2);
    const prometheus = await startPrometheus({
      '127.0.0.1:9464': await metricsAddress(watch),
      '127.0.0.1:9465': await metricsAddress(relay),
    });
    const shown = (title: string) => async () => (await prometheus.query(queriesOf(title)[0] ?? ''))[0];

    await expect.poll(() => prometheus.query('sum(trueconf_files_active_transfers)'), PATIENCE).toEqual([3]);
    expect(await shown('Active transfers')()).toBe(2);
    await expect.poll(shown('Rooms connected'), PATIENCE).toBe(2);
    expect(await shown('Rooms not connected')()).toBe(0);
    // Before the first scrape both were absent.
    await expect.poll(() => prometheus.firing(), PATIENCE).toEqual([]);
    prometheus.seen.clear();

    // Four failures, which both report, and a frame that can't be read.
    for (let count = 0; count < 4; count++) both.setStatus(both.receive().id, 0);
    both.broadcast('no JSON');
    await expect.poll(() => prometheus.firing(), PATIENCE).toEqual(['TransfersFail']);
    // Prometheus extrapolates an increase, less so the longer it has scraped.
    await expect
      .poll(async () => Math.round((await shown('Failed in the last hour')()) ?? 0), PATIENCE)
      .toBe(4);
    both.dropClients();
    for (const { title } of dashboard.panels) {
      for (const query of queriesOf(title)) {
        const answers = async () => {
          // The Room goes on working, as rates need a change between two scrapes.
          both.setStatus(both.receive().id, 3);
          return (await prometheus.query(query)).some(Number.isFinite);
        };
        await expect.poll(answers, { ...PATIENCE, message: `${title}: ${query}` }).toBe(true);
      }
    }

    await one.close();
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('RoomLinkDown');
    await expect.poll(shown('Rooms connected'), PATIENCE).toBe(1);
    expect(await shown('Rooms not connected')()).toBe(1);

    await nats.kill();
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('NatsDown');
    report(both, BUFFER - 100);
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('RelayFallsBehind');
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('RelayHasProblem');
    report(both, 200);
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('RecordsLeftOut');

    await killed(relay);
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('RelayDown');
    await killed(watch);
    await expect.poll(() => prometheus.firing(), PATIENCE).toContain('WatchDown');
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    expect([...prometheus.seen].sort()).toEqual(alerts.sort());
  });
});

/** New requests, of which each is one record at least. */
function report(room: RoomSimulator, requests: number): void {
  for (let count = 0; count < requests; count++) room.receive();
}

/** The queries of a panel, as Grafana sends them with all Rooms chosen. */
function queriesOf(title: string): readonly string[] {
  const { targets = [] } = dashboard.panels.find((panel) => panel.title === title) ?? {};
  return targets.map(({ expr }) => expr.replaceAll('$room', '.*').replaceAll('$__rate_interval', '1m'));
}

function metricsAddress(program: Program): Promise<string> {
  return program.until(() => /metrics on http:\/\/(\S+)\/metrics/.exec(program.stderr.text)?.[1]);
}

function promtool(args: readonly string[], input = ''): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.not.stringMatching(/error/i) });
}

/** Prometheus with the shipped files, of which only addresses and times are others. */
async function startPrometheus(addresses: Readonly<Record<string, string>>) {
  const folder = newPath('prometheus');
  mkdirSync(folder);
  let here = config.replaceAll(/interval: 15s/g, 'interval: 200ms');
  for (const [shipped, address] of Object.entries(addresses)) {
    expect(here).toContain(shipped);
    here = here.replace(shipped, address);
  }
  writeFileSync(join(folder, 'prometheus.yml'), here);
  writeFileSync(join(folder, 'prometheus.rules.yml'), rules.replaceAll(/for: \d+m/g, 'for: 0s'));
  const args = [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    '--web.listen-address=127.0.0.1:0',
  ];
  const server = spawn('prometheus', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  servers.push(server);
  const said: string[] = [];
  const origin = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      said.push(line);
      const [, address] = /"Listening on" address=(\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(`http://${address}`);
    });
    server.once('exit', () => reject(new Error(`Prometheus did not start: ${said.join('\n')}`)));
  });
  const get = async (path: string) => {
    const response = await fetch(`${origin}/api/v1/${path}`);
    const body: unknown = await response.json();
    expect(body, path).toMatchObject({ status: 'success' });
    return body;
  };
  const seen = new Set<string>();
  return {
    /** Alerts that fired when they were asked for. */
    seen,
    /** The values of a query now. */
    async query(query: string): Promise<readonly number[]> {
      const body = await get(`query?query=${encodeURIComponent(query)}`);
      // As the API documents it for an instant query.
      const { data } = body as { data: { result: { value: [number, string] }[] } };
      return data.result.map(({ value: [, value] }) => Number(value));
    },
    /** The names of the alerts that fire. */
    async firing(): Promise<readonly string[]> {
      const body = await get('alerts');
      // As the API documents it.
      const { data } = body as { data: { alerts: { state: string; labels: { alertname: string } }[] } };
      const names = data.alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels.alertname);
      for (const name of names) seen.add(name);
      return [...new Set(names)];
    },
  };
}

/** Records that the relay holds while NATS is away: more than `RelayFallsBehind` asks for. */
const BUFFER = 1_200;
