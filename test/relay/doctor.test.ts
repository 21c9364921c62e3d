import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, JETSTREAM, type NatsServer } from '../support/nats-server.js';
import type { RunOptions } from '../support/program.js';
import { closedPort, useSilentServers } from '../support/silent-server.js';
import { makeCertificates, makeOperator } from './credentials.js';
import { killed, useRelays } from './support.js';

const LINK = ['address', 'name', 'port', 'server'];
const SIGNED_IN = ['sign-in', 'ping', 'jetstream'];
const SHARED = ['stream', 'leases', 'may-watch', 'may-relay', 'relays', 'rooms', 'commands'];
const CHECKS = [...LINK, ...SIGNED_IN, ...SHARED];
const BRIEFLY = ['--step-timeout', '1500ms'];

/** The very lines that the page tells people to configure. */
const [, DOCUMENTED = ''] =
  /```\n(accounts \{\n.*?\n\}\n)```/s.exec(readFileSync('docs/relay.md', 'utf8')) ?? [];
const RELAY = { TRUECONF_FILES_NATS_USER: 'relay', TRUECONF_FILES_NATS_PASSWORD: 'change me' };
const WATCHER = { TRUECONF_FILES_NATS_USER: 'watcher', TRUECONF_FILES_NATS_PASSWORD: 'change me too' };

describe.skipIf(!hasNatsServer)('doctor nats://…', () => {
  const { room } = useRooms();
  const { run, natsServer, relay, startRelay, watcher } = useRelays();
  const silentServer = useSilentServers();

  /** Checks a server, and gives the records by their check's name. */
  async function examine(url: string, args: readonly string[] = [], options: RunOptions = {}) {
    const program = run(['doctor', url, '--json', ...args], options);
    const code = await program.ended;
    expect(program.records.map(({ check }) => check)).toEqual(CHECKS);
    expect(program.stderr.text).toBe('');
    const named = (ok: boolean) =>
      program.records.filter((one) => one['ok'] === ok).map(({ check }) => check);
    const check = (name: string) => program.records.find((record) => record['check'] === name) ?? {};
    return { code, wrong: named(false), fine: named(true), check };
  }

  it('finds a server, its stream and a relay with a Room well, and leaves nothing behind', async () => {
    const nats = await natsServer();
    const { webSocketUrl: name } = await room();
    await relay(nats, [name], { options: ['--allow-commands'] });
    const watching = await watcher(nats);
    const last = await lastSequence(nats);
    const known = watching.records.length;
    const program = run(['doctor', nats.url]);
    expect(await program.ended).toBe(0);
    const { lines, text } = program.stdout;
    expect(lines.map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
      ...CHECKS.map((check) => `${check === 'name' ? '·' : '✓'} ${check}`),
      'All is',
    ]);
    expect(text).toMatch(/^✓ relays {8}1 relay of 1 Room: \S+:\d+ \(1\)$/m);
    expect(text).toMatch(/^✓ rooms {9}1 of 1 Room connected$/m);
    expect(text).toContain('relays of 1 of 1 Room take requests');
    expect(await lastSequence(nats)).toBe(last);
    expect(watching.records.slice(known)).toEqual([]);
    expect(await examine(`${nats.url}/${name}`)).toMatchObject({ code: 0, wrong: [] });
  });

  it('asks about Rooms whose names are too long for a subject, too', async () => {
    const nats = await natsServer();
    const { webSocketUrl: address } = await room();
    const [long, config] = ['Переговорная-на-третьем-этаже', join(nats.folder, 'config.json')];
    await writeFile(config, JSON.stringify({ rooms: { [long]: { address } } }));
    const holder = startRelay(nats, [`@${long}`], { options: ['--allow-commands', '--config', config] });
    await holder.stderrHas(`${long}: connected`);
    const { code, check } = await examine(nats.url);
    expect(code).toBe(0);
    expect(check('commands')['detail']).toContain('relays of 1 of 1 Room take requests');
  });

  it('says where no relay has run yet, and still checks the user', async () => {
    const nats = await natsServer();
    const { code, wrong, fine, check } = await examine(nats.url);
    expect(code).toBe(3);
    expect(wrong).toEqual(['stream', 'leases', 'relays']);
    expect(fine).toContain('may-relay');
    expect(check('stream')['hint']).toContain(`trueconf-files relay ROOM --to ${nats.url}`);
  });

  it('says where JetStream is not on, for the server or for the account', async () => {
    const bare = await natsServer(() => '');
    const without = await examine(bare.url);
    expect(without).toMatchObject({ code: 3, wrong: ['jetstream'] });
    expect(without.check('jetstream')['hint']).toContain('nats-server -js');
    const nats = await natsServer(() => `${JETSTREAM}${TWO_ACCOUNTS}`);
    const other = await examine(nats.url, BRIEFLY, { env: { ...RELAY, TRUECONF_FILES_NATS_USER: 'bare' } });
    expect(other).toMatchObject({ code: 3, wrong: ['jetstream'] });
    expect(other.check('jetstream')['hint']).toContain('jetstream: enabled');
  });

  it('says where the user is of another account than the relay', async () => {
    const nats = await natsServer(() => `${JETSTREAM}${TWO_ACCOUNTS}`);
    const { webSocketUrl: name } = await room();
    await relay(nats, [name], { env: RELAY });
    expect(await examine(nats.url, [], { env: RELAY })).toMatchObject({ code: 0 });
    const { code, check } = await examine(nats.url, [], { env: WATCHER });
    expect(code).toBe(3);
    expect(check('stream')['hint']).toContain('sign in as a user of its account');
  });

  it('says that the sign-in was refused', async () => {
    const nats = await natsServer(() => `${JETSTREAM}${DOCUMENTED}`);
    const { code, wrong, check } = await examine(nats.url);
    expect(code).toBe(4);
    expect(wrong).toEqual(['sign-in']);
    expect(check('sign-in')['hint']).toContain('--nats-creds');
    const wrongPassword = { ...RELAY, TRUECONF_FILES_NATS_PASSWORD: 'nothing' };
    expect(await examine(nats.url, [], { env: wrongPassword })).toMatchObject({
      code: 4,
      wrong: ['sign-in'],
    });
    expect(await examine(nats.url, ['--no-sign-in'])).toMatchObject({ code: 0, wrong: [] });
  });

  it('finds the users of docs/relay.md well, each for what it is there for', async () => {
    const nats = await natsServer(() => `${JETSTREAM}${DOCUMENTED}`);
    const { webSocketUrl: name } = await room();
    await relay(nats, [name], { env: RELAY });
    expect(await examine(nats.url, [], { env: RELAY })).toMatchObject({ code: 0, wrong: [] });
    const watches = await examine(nats.url, [], { env: WATCHER });
    expect(watches).toMatchObject({ code: 0, wrong: [] });
    expect(watches.check('may-relay')).toMatchObject({ ok: null });
    expect(watches.check('may-relay')['detail']).toContain("This user can't run a relay");
    expect(watches.check('relays')['detail']).toBe('1 Room held; by which relay this user may not see');
    expect(watches.check('commands')['detail']).toBe('this user may not accept and reject');
  });

  it.each([
    ['"trueconf.files.>", ', RELAY, 'may-relay', 6, 'publish to "trueconf.files.'],
    [', "trueconf.progress.>"', RELAY, 'may-relay', 6, 'publish to "trueconf.progress.'],
    ['"$KV.trueconf-leases.>"', RELAY, 'may-relay', 6, 'publish to "$KV.trueconf-leases.'],
    ['"$JS.API.STREAM.MSG.GET.KV_trueconf-leases", ', RELAY, 'may-relay', 6, 'STREAM.MSG.GET'],
    [', "$JS.API.STREAM.MSG.DELETE.KV_trueconf-leases"', RELAY, 'may-relay', 6, 'STREAM.MSG.DELETE'],
    ['"$JS.API.CONSUMER.*.TCFILES.>", ', RELAY, 'may-watch', 4, 'CONSUMER.CREATE.TCFILES'],
    [', "$JS.API.CONSUMER.MSG.NEXT.TCFILES.>"', WATCHER, 'may-watch', 4, 'CONSUMER.MSG.NEXT.TCFILES'],
    [', "$JS.API.STREAM.INFO.KV_trueconf-leases"', WATCHER, 'may-watch', 4, 'STREAM.INFO.KV_trueconf-leases'],
    ['"$JS.API.STREAM.INFO.TCFILES", ', WATCHER, 'jetstream', 4, 'STREAM.INFO.TCFILES'],
    [', "trueconf.progress.>" ]', WATCHER, 'may-watch', 6, 'subscribe to "trueconf.progress.>"'],
  ])('names a permission that is missing: %s', async (permission, env, name, code, subject) => {
    const nats = await natsServer(() => `${JETSTREAM}${DOCUMENTED}`);
    await relay(nats, [(await room()).webSocketUrl], { env: RELAY });
    const end = permission.endsWith(' ]') ? ' ]' : '';
    expect(DOCUMENTED).toContain(permission);
    await nats.kill();
    await nats.configure(`${JETSTREAM}${DOCUMENTED.replaceAll(permission, end)}`);
    await nats.start();
    const found = await examine(nats.url, [], { env });
    expect(found.wrong).toContain(name);
    expect(found.check(name)['detail']).toContain(subject);
    expect(found.code).toBe(code);
  });

  it('takes no relay for down where the user may not see the leases', async () => {
    const config = DOCUMENTED.replace(', "$JS.API.STREAM.INFO.KV_trueconf-leases"', '');
    const nats = await natsServer(() => `${JETSTREAM}${config}`);
    await relay(nats, [(await room()).webSocketUrl], { env: RELAY });
    const { wrong, check } = await examine(nats.url, [], { env: WATCHER });
    expect(wrong).toEqual(['leases', 'may-watch']);
    expect(check('relays')).toMatchObject({ ok: null, detail: 'the leases do not tell' });
    expect(check('rooms')['detail']).toBe('1 of 1 Room connected');
  });

  it('takes credentials files and certificates, and says what is missing', async () => {
    const operator = makeOperator();
    const nats = await natsServer(() => `${JETSTREAM}${operator.config}`);
    const file = join(nats.folder, 'user.creds');
    await writeFile(file, operator.creds());
    const creds = await examine(nats.url, ['--nats-creds', file]);
    expect(creds.fine).toEqual(expect.arrayContaining(['sign-in', 'jetstream', 'may-watch', 'may-relay']));
    const encrypted = await natsServer((folder) => {
      const { server } = makeCertificates(folder);
      return `${JETSTREAM}tls { cert_file: "${server.cert}", key_file: "${server.key}" }`;
    });
    const stranger = await examine(encrypted.url);
    expect(stranger).toMatchObject({ code: 3, wrong: ['sign-in'] });
    expect(stranger.check('server')['detail']).toContain('asks for encryption');
    expect(stranger.check('sign-in')['hint']).toContain('--nats-ca');
    const known = await examine(encrypted.url, ['--nats-ca', join(encrypted.folder, 'ca.pem')]);
    expect(known.fine).toContain('jetstream');
    const both = await natsServer((folder) => {
      const { server, ca } = makeCertificates(folder);
      return `tls { cert_file: "${server.cert}", key_file: "${server.key}", ca_file: "${ca}", verify: true }`;
    });
    const unproved = await examine(both.url, ['--nats-ca', join(both.folder, 'ca.pem'), ...BRIEFLY]);
    expect(unproved).toMatchObject({ code: 3, wrong: ['sign-in'] });
    expect(unproved.check('server')['detail']).toContain('asks for encryption and a certificate');
    expect(unproved.check('sign-in')['detail']).not.toContain('everyone');
    expect(unproved.check('sign-in')['hint']).toContain('--nats-cert');
  });

  it('checks each of several servers', async () => {
    const [one, other] = [await natsServer(), await natsServer()];
    const { webSocketUrl: name } = await room();
    await relay(one, [name]);
    const dead = `127.0.0.1:${await closedPort()}`;
    const half = await examine(`nats://${dead},${one.address}`);
    expect(half).toMatchObject({ code: 6, wrong: ['port'] });
    expect(half.check('port')['detail']).toContain(`${dead}: connection refused`);
    const apart = await examine(`nats://${one.address},${other.address}`);
    expect(apart).toMatchObject({ code: 6, wrong: ['server'] });
    expect(apart.check('server')['detail']).toContain('they are not of one cluster');
  });

  it('says what does not answer, or is no NATS server', async () => {
    const silent = await silentServer();
    const { code, check } = await examine(`nats://127.0.0.1:${silent.port}`, BRIEFLY);
    expect(code).toBe(3);
    expect(check('port')['detail']).toContain('no answer within 1.5 s');
    const web = await examine((await room()).url.replace('http', 'nats'), BRIEFLY);
    expect(web).toMatchObject({ code: 3, wrong: ['port'] });
    expect(await examine('nats://a:b@127.0.0.1')).toMatchObject({ code: 2, wrong: ['address'] });
    expect(await examine('nats://no.such.name.invalid')).toMatchObject({ code: 3, wrong: ['name'] });
  });

  it.each(['all', 'streams'])('says that JetStream does not answer a user who may see %s', async (may) => {
    const deaf = await silentServer();
    const { port } = deaf;
    const info = { server_id: 'x', server_name: 'x', version: '2.10.0', proto: 1, host: '127.0.0.1', port };
    const greeting = { ...info, max_payload: 1_048_576, headers: true, jetstream: true };
    deaf.server.on('connection', (socket) => {
      socket.write(`INFO ${JSON.stringify(greeting)}\r\n`);
      socket.on('data', (data) => {
        for (const _ of String(data).matchAll(/^PING/gm)) socket.write('PONG\r\n');
        if (may === 'streams' && String(data).includes('PUB $JS.API.INFO ')) socket.write(NO_ACCOUNT);
      });
    });
    const { code, check } = await examine(`nats://127.0.0.1:${port}`, BRIEFLY);
    expect(code).toBe(3);
    expect(check('jetstream')['detail']).toContain('JetStream does not answer in time');
    expect(check('jetstream')['hint']).toContain('servers of the cluster');
  });

  it('names what a stream is short of, with the command that mends it', async () => {
    const nats = await natsServer();
    await withManager(nats, ({ streams }) =>
      streams.add({ name: 'TCFILES', subjects: ['trueconf.files.>'], max_msgs: 20 }),
    );
    await relay(nats, [(await room()).webSocketUrl]);
    const { code, wrong, check } = await examine(nats.url);
    expect(code).toBe(6);
    expect(wrong).toEqual(['stream']);
    expect(check('stream')['hint']).toContain('nats stream edit TCFILES --max-msgs=-1');
  });

  it('names Rooms that are away, without a relay, or unknown', async () => {
    const nats = await natsServer();
    const { webSocketUrl: name } = await room();
    const holder = await relay(nats, [name]);
    const away = `ws://127.0.0.1:${await closedPort()}`;
    const other = run(['relay', away, '--to', nats.url, '--lease', '1500ms']);
    await other.stderrHas('connection refused');
    const found = await examine(nats.url);
    expect(found).toMatchObject({ code: 6, wrong: ['rooms'] });
    expect(found.check('rooms')['detail']).toBe(`1 of 2 Rooms connected; ${away}: connection refused`);
    await killed(holder);
    await killed(other);
    await expect
      .poll(async () => (await examine(nats.url)).check('rooms')['detail'])
      .toContain(`${name}: its relay is down`);
    const unknown = await examine(`${nats.url}/nothing`);
    expect(unknown.check('rooms')['detail']).toBe('no relay has reported "nothing"');
  });
});

/** A relay's user in one account, and users in two others: one with JetStream, one without. */
const TWO_ACCOUNTS = `accounts {
  ROOMS { jetstream: enabled, users: [ { user: relay, password: "change me" } ] }
  OTHERS { jetstream: enabled, users: [ { user: watcher, password: "change me too" } ] }
  BARE { users: [ { user: bare, password: "change me" } ] }
}
`;

const NO_ACCOUNT = `-ERR 'Permissions Violation for Publish to "$JS.API.INFO"'\r\n`;

function lastSequence(nats: NatsServer): Promise<number> {
  return withManager(nats, async ({ streams }) => (await streams.info('TCFILES')).state.last_seq);
}

async function withManager<T>(nats: NatsServer, act: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: nats.address });
  try {
    return await act(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}
