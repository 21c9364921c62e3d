import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { roomSubject, transferSubject } from '../../src/relay/subjects.js';
import { readExposition, seriesValue } from '../metrics/exposition-text.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer } from '../support/nats-server.js';
import { settled, tableOf, useRelays } from './support.js';

const TIME = '2026-01-01T00:00:00.000Z';
const record = (fields: object) => ({ v: 1, time: TIME, room: 'r', ...fields });
const transfer = (fields: object = {}) =>
  record({
    type: 'transfer',
    id: 'x',
    direction: 'inbound',
    status: 'waiting',
    statusCode: 1,
    previousStatus: null,
    name: 'a',
    size: 1,
    peer: null,
    conferenceId: null,
    fileId: null,
    createdAt: null,
    progress: null,
    origin: 'event',
    event: null,
    ...fields,
  });
const LINK = roomSubject('r', 'link');
const X = transferSubject('r', 'x');

/** What somebody who may publish to the stream writes into it; none of it is to be believed. */
const HOSTILE: readonly (readonly [name: string, subject: string, body: unknown])[] = [
  ['no JSON', X, 'no JSON'],
  ['nothing', X, ''],
  ['bytes', X, '\xff\xfe\x00'],
  ['a number', X, 7],
  ['null', X, null],
  ['an array', X, [transfer()]],
  ['deep nesting', X, '['.repeat(200_000)],
  ['another version', X, transfer({ v: 2 })],
  ['no type', X, record({})],
  ['an unknown type', X, record({ type: 'nonsense' })],
  ['a heartbeat', X, record({ type: 'heartbeat', connected: true })],
  ['an id that is a number', X, transfer({ id: 7 })],
  ['an empty id', transferSubject('r', ''), transfer({ id: '' })],
  ['an unknown status', X, transfer({ status: 'done' })],
  ['a negative size', X, transfer({ size: -1 })],
  ['a size beyond numbers', X, JSON.stringify(transfer()).replace('"size":1', '"size":1e999')],
  ['a peer that is a text', X, transfer({ peer: 'eve' })],
  ['a peer whose name is a number', X, transfer({ peer: { id: 'a', name: 7 } })],
  ['a time that is none', X, transfer({ time: 'soon' })],
  ['a percentage over 100', X, transfer({ progress: 101 })],
  ['the wrong Room', X, transfer({ room: 'other' })],
  ['the wrong id', X, transfer({ id: 'y' })],
  ['a transfer in place of a link', LINK, transfer()],
  ['a link in place of a transfer', X, record({ type: 'connection', state: 'connected' })],
  ['a token that is none', 'trueconf.files.*.transfer.>', transfer({ room: '*', id: '>' })],
  ['too few tokens', 'trueconf.files.r', transfer()],
  ['too many tokens', `${X}.more`, transfer()],
  ['what would be huge', X, transfer({ status: 'x'.repeat(900_000) })],
];

describe.skipIf(!hasNatsServer)('hostile messages in the stream', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, watcher } = useRelays();

  it('are counted and said, by relay and watcher, and nothing of them is shown', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const first = await relay(nats, [name]);
    const early = await watcher(nats, { options: ['--metrics', '0'] });
    const connection = await connect({ servers: nats.address });
    const js = jetstream(connection);
    for (const [, subject, body] of HOSTILE) {
      await js.publish(subject, typeof body === 'string' ? body : JSON.stringify(body));
    }
    // And under the subjects of the Room that the relay reads back.
    await js.publish(transferSubject(name, 'bad'), 'no JSON');
    await js.publish(
      roomSubject(name, 'availability'),
      JSON.stringify(record({ type: 'availability', room: name })),
    );
    for (const body of [
      'no JSON',
      JSON.stringify(record({ type: 'progress', room: 'r', id: 'x', percent: 'all' })),
    ]) {
      connection.publish('trueconf.progress.r.x', body);
    }
    room.receive({ id: 'good' });
    await settled(early, { good: 'waiting' });
    const late = await watcher(nats);
    for (const each of [early, late]) {
      expect([...tableOf(each).keys()]).toEqual([`${name} good`]);
      await each.record(({ code }) => code === 'record-refused');
      const shown = each.records.filter((one) => one['room'] !== name && one['room'] !== nats.url);
      expect(shown).toEqual([]);
    }
    const origin = /metrics on (\S+)\/metrics/.exec(early.stderr.text)?.[1] ?? '';
    const refused = async () => {
      const series = readExposition(await (await fetch(`${origin}/metrics`)).text());
      return seriesValue(series, 'trueconf_files_records_refused_total');
    };
    await expect.poll(refused).toBe(HOSTILE.length + 4);
    first.kill('SIGKILL');
    await first.ended;
    const second = await relay(nats, [name]);
    expect(second.stderr.text).toContain(
      "2 of the stream's last records can't be read, and are reported again",
    );
    room.setStatus('good', 3);
    await settled(early, { good: 'complete' });
    await connection.close();
  });

  it('that are records of strangers are made safe before a person sees them', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl]);
    const program = run(['watch', nats.url, '--plain']);
    await program.stderrHas(`${room.webSocketUrl}: connected`);
    const connection = await connect({ servers: nats.address });
    const js = jetstream(connection);
    const evil = '\x1b]0;pwned\x07\r\n\u202e';
    const peer = { id: evil, name: evil };
    const stranger = transfer({ room: evil, id: evil, name: evil, peer, conferenceId: evil, event: evil });
    await js.publish(transferSubject(evil, evil), JSON.stringify(stranger));
    const link = {
      type: 'connection',
      state: 'disconnected',
      attempt: 1e300,
      retryInMs: 1e300,
      reason: evil,
    };
    await js.publish(roomSubject(evil, 'link'), JSON.stringify(record({ room: evil, ...link })));
    const warning = { type: 'warning', code: evil, message: evil, count: 1, id: null };
    await js.publish(roomSubject(evil, 'warning'), JSON.stringify(record({ room: evil, ...warning })));
    // The server's own link is told under its address, for which no record may speak.
    const forged = record({
      room: nats.url,
      type: 'connection',
      state: 'closed',
      attempt: null,
      retryInMs: null,
      reason: 'x',
    });
    await js.publish(roomSubject(nats.url, 'link'), JSON.stringify(forged));
    await program.stderrHas(`"${nats.url}" does not name a Room`);
    await program.stdoutHas('\\x1b]0;pwned');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(program.stdout.text + program.stderr.text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    await connection.close();
  });
});
