import { type JetStreamManager, jetstream, jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { bucketShortfalls, Inspection, streamShortfalls } from '../../src/relay/inspection.js';
import { withTextsCut } from '../../src/relay/record-store.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import { killed, settled, tableOf, useRelays } from './support.js';

const SUBJECTS = { subjects: ['trueconf.files.>'] };
const configOf = (store: string, account: string) =>
  `jetstream { store_dir: "$STORE", ${store} }
no_auth_user: all
accounts { ROOMS { jetstream: ${account}, users: [ { user: all, password: x } ] } }
`;

describe.skipIf(!hasNatsServer)('a stream with limits', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, startRelay, watcher, listing } = useRelays();
  const connections: NatsConnection[] = [];
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
  });

  /** Makes a stream as an operator does. */
  async function made(nats: NatsServer, config: Partial<StreamConfig>, name = 'TCFILES'): Promise<void> {
    const { streams } = await manager(nats);
    await streams.add({ ...config, name });
  }

  async function manager(nats: NatsServer): Promise<JetStreamManager> {
    return jetstreamManager(await opened(nats));
  }

  async function opened(nats: NatsServer): Promise<NatsConnection> {
    const connection = await connect({ servers: nats.address });
    connections.push(connection);
    return connection;
  }

  it.each([
    [
      'refuses further records of a transfer',
      { ...SUBJECTS, discard: 'new' as const, max_msgs_per_subject: 1, discard_new_per_subject: true },
      'nats stream edit TCFILES --discard old',
    ],
    [
      'takes small records only',
      { ...SUBJECTS, max_msg_size: 300 },
      'nats stream edit TCFILES --max-msg-size=-1',
    ],
  ])('that %s is refused, with the command that mends it', async (_, config, mend) => {
    const nats = await natsServer();
    await made(nats, config);
    const program = run(['relay', 'demo', '--to', nats.url]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain(mend);
  });

  it('that can not hold the leases is refused, with the command that mends it', async () => {
    const nats = await natsServer();
    const config = { subjects: ['$KV.trueconf-leases.>'], max_age: 15e9, max_bytes: 100 };
    await made(nats, config, 'KV_trueconf-leases');
    const program = run(['relay', 'demo', '--to', nats.url]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain('it holds 100 bytes, and the leases need 512');
    expect(program.stderr.text).toContain('nats stream edit KV_trueconf-leases --max-bytes=-1');
    const doctor = run(['doctor', nats.url]);
    await doctor.ended;
    expect(doctor.stdout.text).toContain('it holds 100 bytes, and the leases need 512');
  });

  it.each([
    [
      'more copies than there are servers',
      'relay demo --replicas 3 --to',
      { subjects: ['other.>'] },
      'Leave --replicas out',
    ],
    [
      'something else',
      'watch --stream OTHER',
      { subjects: ['other.>'] },
      'the stream "OTHER" holds something else.\n',
    ],
    ['what another takes', 'relay demo --to', SUBJECTS, 'name it with --stream'],
    [
      'no reader more',
      'watch --stream OTHER',
      { ...SUBJECTS, max_consumers: 1 },
      'Check the stream (nats stream info)',
    ],
  ])('that would hold %s is not used, with what to do', async (_, args, config, advice) => {
    const nats = await natsServer();
    await made(nats, config, 'OTHER');
    await (await manager(nats)).consumers.add('OTHER', { durable_name: 'first' });
    const program = run([...args.split(' '), nats.url]);
    expect(await program.ended).toBe(3);
    expect(program.stderr.text).toContain(advice);
  });

  it('for leases that can not be deleted, as NATS tools make it, is used, and said', async () => {
    const nats = await natsServer();
    const config = { subjects: ['$KV.trueconf-leases.>'], max_msgs_per_subject: 1, max_age: 1.5e9 };
    await made(nats, { ...config, deny_delete: true }, 'KV_trueconf-leases');
    const { webSocketUrl: name } = await rooms.room();
    const holder = await relay(nats, [name]);
    await holder.stderrHas('nothing in it can be deleted');
    const standby = startRelay(nats, [name]);
    await standby.stderrHas('nothing in it can be deleted');
    await killed(holder, 'SIGTERM');
    await standby.stderrHas(`${name}: connected`);
    expect(standby.stderr.text).not.toContain('trying again');
  });

  it.each([
    ['the server has no room for it', 'max_file_store: 64MB', 'enabled', '--max-bytes 1G: give less'],
    ['the account has no room for it', '', '{\nmax_file: 64MB\n}', '--max-bytes 1G: give less'],
    ['the account may have one only', '', '{\nmax_streams: 1\n}', 'the limits of the account'],
    [
      'the account wants sizes',
      '',
      '{\nmax_file: 8G\nmax_bytes_required: true\n}',
      '--max-bytes, as docs/relay.md shows',
    ],
  ])('that can not be made, as %s, is refused with what to do', async (_, store, account, advice) => {
    const nats = await natsServer(() => configOf(store, account));
    const program = run(['relay', 'demo', '--to', nats.url]);
    expect(await program.ended).toBe(3);
    expect(program.stderr.text).toContain(advice);
  });

  it('that is full keeps a relay from signing in, until it can say so', async () => {
    const nats = await natsServer();
    await made(nats, { ...SUBJECTS, discard: 'new' as const, max_msgs: 1 });
    const { streams } = await manager(nats);
    await jetstream(await opened(nats)).publish('trueconf.files.another', '');
    const room = await rooms.room();
    const holder = startRelay(nats, [room.webSocketUrl], { options: ['--lease', '10m'] });
    await holder.stderrHas('NATS: the stream is full (max-msgs); trying again');
    expect(room.connections).toBe(0);
    await streams.update('TCFILES', { max_msgs: -1 });
    await holder.stderrHas(`${room.webSocketUrl}: connected`);
  });

  it.each([
    [{ max_msgs: 20 }, 'it keeps 20 records only', '--max-msgs=-1'],
    [{ max_bytes: 32_768 }, 'it keeps 32768 bytes only', '--max-bytes 1GB'],
    [{ max_age: 3e9 }, 'it keeps records for 3 s only', '--max-age 30d'],
  ])(
    'with %o shows a late watcher all that the Room holds, and says what it loses',
    async (limits, keeps, edit) => {
      const nats = await natsServer();
      await made(nats, { ...SUBJECTS, discard: 'old' as const, ...limits });
      const room = await rooms.room();
      const holder = await relay(nats, [room.webSocketUrl]);
      await holder.stderrHas(
        `The stream "TCFILES": ${keeps}. Mend it with: nats stream edit TCFILES ${edit}`,
      );
      for (let nth = 0; nth < 60; nth++) room.receive({ id: `t${nth}` });
      const late = await watcher(nats, { options: ['--wait'] });
      await late.until(() => tableOf(late).size === 60 || undefined);
      await late.record(({ type, state }) => type === 'state' && state === 'in-conference');
      const trimmed = `older transfers were trimmed by the stream's limits: ${keeps}`;
      await expect
        .poll(async () => (await listing(nats)).records)
        .toContainEqual(expect.objectContaining({ code: 'history-trimmed', message: trimmed }));
      room.setStatus('t0', 3);
      await settled(late, { t0: 'complete' });
      expect(holder.stderr.text).not.toContain('trying again');
    },
  );

  it('that takes no large records gets them with their texts cut, and says so', async () => {
    const nats = await natsServer();
    await made(nats, { ...SUBJECTS, max_msg_size: 4_096 });
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const watching = await watcher(nats);
    room.receive({ id: 'long', name: 'x'.repeat(20_000) });
    const record = await watching.record(({ id }) => id === 'long');
    expect(String(record['name'])).toMatch(/^x{1000}…$/);
    await watching.record(({ code }) => code === 'texts-cut');
    room.setStatus('long', 3);
    await settled(watching, { long: 'complete' });
  });
});

describe('what a configuration lacks', () => {
  it.each([
    [{ ...SUBJECTS }, []],
    [{ ...SUBJECTS, max_msgs: 20 }, ['--max-msgs=-1']],
    [{ ...SUBJECTS, max_bytes: 65_536 }, ['--max-bytes 1GB']],
    [{ ...SUBJECTS, max_age: 3e9 }, ['--max-age 30d']],
    [{ ...SUBJECTS, max_bytes: 2 ** 30, discard: 'new' as const }, ['--discard old']],
    [{ ...SUBJECTS, max_msgs_per_subject: 1 }, ['--max-msgs-per-subject 64']],
    [{ ...SUBJECTS, storage: 'memory' as const }, [null]],
    [{ ...SUBJECTS, sealed: true }, [null]],
  ])('of a stream %o', (config, edits) => {
    expect(streamShortfalls(config, 1).map(({ edit }) => edit)).toEqual(edits);
  });

  it('is copies, where there are servers for more', () => {
    expect(streamShortfalls({ ...SUBJECTS, num_replicas: 1 }, 3).map(({ edit }) => edit)).toEqual([
      '--replicas 3',
    ]);
    expect(bucketShortfalls({ max_age: 15e9, num_replicas: 3 }, 3, 400)).toEqual([]);
  });
});

describe('an inspection', () => {
  const fine = { waiting: 0, published: 5, fault: null, unheld: [] };

  it('finds records that wait for long, and says why', () => {
    const inspection = new Inspection();
    expect(inspection.problems(fine, 0)).toEqual([]);
    const stalled = { ...fine, waiting: 2, fault: 'the stream is full (max-bytes)' };
    expect(inspection.problems(stalled, 9_999)).toEqual([]);
    expect(inspection.problems(stalled, 10_000)).toEqual([
      { reason: 'records-not-stored', detail: '2 records wait: the stream is full (max-bytes)' },
    ]);
    expect(inspection.problems({ ...stalled, published: 6 }, 10_001)).toEqual([]);
  });

  it('finds Rooms that no relay holds', () => {
    expect(new Inspection().problems({ ...fine, unheld: ['a', 'b', 'c'] }, 0)).toEqual([
      { reason: 'rooms-not-held', detail: 'a and 2 more' },
    ]);
    expect(new Inspection().problems({ ...fine, fault: 'it is gone', unheld: ['a'] }, 0)).toEqual([
      { reason: 'rooms-not-held', detail: 'a: it is gone' },
    ]);
  });

  it('names each shortfall once until it is gone', () => {
    const inspection = new Inspection();
    const lacks = [['S', streamShortfalls({ ...SUBJECTS, max_msgs: 20 }, 1)]] as const;
    expect(inspection.news(lacks)).toHaveLength(1);
    expect(inspection.news(lacks)).toEqual([]);
    expect(inspection.news([['S', []]])).toEqual([]);
    expect(inspection.news(lacks)).toHaveLength(1);
  });
});

it('texts are cut as far as they must be, and ids never', () => {
  const id = 'i'.repeat(500);
  const body = JSON.stringify({ id, name: 'n'.repeat(400), peer: 'p'.repeat(200), size: 1 });
  expect(withTextsCut(body, 5_000)).toBe(body);
  const cut = JSON.parse(withTextsCut(body, 1_100) ?? '');
  expect(cut).toEqual({ id, name: `${'n'.repeat(250)}…`, peer: 'p'.repeat(200), size: 1 });
  expect(withTextsCut(body, 400)).toBeNull();
});
