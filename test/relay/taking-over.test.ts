import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { holderOf, leaseSubject } from '../../src/relay/lease-bucket.js';
import { encodeToken, roomSubject, transferSubject } from '../../src/relay/subjects.js';
import { useRooms } from '../simulator/rooms.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { hasNatsServer, type NatsServer } from '../support/nats-server.js';
import type { Program } from '../support/program.js';
import { answer, type ScriptedRequest, ScriptedRoom } from '../support/scripted-room.js';
import { killed, linkOf, settled, statusesOf, useRelays } from './support.js';

const LEASES = ['--lease', '1500ms'];
/** Of a lease, in its life. */
const RENEWALS = 3;

describe.skipIf(!hasNatsServer)('one holder for each Room', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, startRelay, watcher } = useRelays();
  const proxies: FaultProxy[] = [];
  const scripted: ScriptedRoom[] = [];
  afterEach(async () => {
    await Promise.all([...proxies.splice(0), ...scripted.splice(0)].map((one) => one.close()));
  });

  /** A relay that stands by: it has looked, and somebody else holds the Room. */
  async function standby(nats: NatsServer, room: string): Promise<Program> {
    const program = startRelay(nats, [room]);
    await program.stderrHas('relaying 1 Room');
    return program;
  }

  /** Stores a record as another relay does. */
  async function store(nats: NatsServer, subject: string, record: object): Promise<void> {
    const connection = await connect({ servers: nats.address });
    await jetstream(connection).publish(subject, JSON.stringify(record), { msgID: 'of another relay' });
    await connection.close();
  }

  /** Takes a Room's lease as another relay does that found it free. */
  async function seize(nats: NatsServer, room: string): Promise<void> {
    const connection = await connect({ servers: nats.address });
    const lease = JSON.stringify({ owner: 'another', since: new Date().toISOString() });
    await jetstream(connection).publish(leaseSubject(encodeToken(room)), lease);
    await connection.close();
  }

  /** Resolves once a lease was renewed so often that each relay has seen it. */
  async function renewed(nats: NatsServer, room: string): Promise<void> {
    const connection = await connect({ servers: nats.address });
    const jsm = await jetstreamManager(connection);
    const seen = new Set<number | undefined>();
    await expect
      .poll(async () => seen.add((await holderOf(jsm, encodeToken(room)))?.revision).size, {
        timeout: 20_000,
      })
      .toBeGreaterThan(RENEWALS);
    await connection.close();
  }

  it('a standby takes over from a killed relay, and repeats nothing', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const first = await relay(nats, [name]);
    const second = await standby(nats, name);
    const watching = await watcher(nats);
    const { id: same } = room.receive();
    const { id: moved } = room.receive();
    await settled(watching, { [same]: 'waiting', [moved]: 'waiting' });
    expect(room.connections).toBe(1);
    await killed(first);
    room.setStatus(moved, 3);
    await second.stderrHas(`${name}: connected`);
    const { id: born } = room.receive();
    await settled(watching, { [moved]: 'complete', [born]: 'waiting' });
    expect(statusesOf(watching, same)).toEqual(['waiting']);
    expect(statusesOf(watching, moved)).toEqual(['waiting', 'complete']);
    expect(room.connections).toBe(2);
  });

  it('a relay that is ended in order hands over at once, and says goodbye', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const first = await relay(nats, [room.webSocketUrl]);
    const second = await standby(nats, room.webSocketUrl);
    const watching = await watcher(nats);
    await killed(first, 'SIGTERM');
    expect(await first.ended).toBe(143);
    await second.stderrHas(`${room.webSocketUrl}: connected`);
    await watching.until(() => linkOf(watching, room.webSocketUrl) === 'connected' || undefined);
    const states = watching.records
      .filter((one) => one.type === 'connection' && one['room'] === room.webSocketUrl)
      .map(({ state }) => state);
    expect(states).toEqual(['connected', 'closed', 'connecting', 'connected']);
    expect(watching.records.filter(({ code }) => code === 'handover')).toEqual([]);
  });

  it('a relay that is cut off from NATS and loses the Room to another stands by when it is back', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const proxy = await FaultProxy.start(nats.url);
    proxies.push(proxy);
    const first = run(['relay', name, '--to', proxy.url, ...LEASES]);
    await first.stderrHas(`${name}: connected`);
    const second = await standby(nats, name);
    const watching = await watcher(nats);
    const { id } = room.receive();
    await settled(watching, { [id]: 'waiting' });
    proxy.freeze();
    proxy.cut();
    // What the first sees now it can't tell; the second tells it by listing.
    await first.stderrHas('the connection to NATS was lost');
    room.setStatus(id, 2);
    await second.stderrHas(`${name}: connected`);
    room.setStatus(id, 3);
    await settled(watching, { [id]: 'complete' });
    proxy.heal();
    await first.stderrHas('another relay holds it now; standing by');
    expect(first.stderr.text).toMatch(/standing by; \d+ records? not stored and left out/);
    const { message } = await watching.record(({ code }) => code === 'handover');
    expect(message).toMatch(/^1 transfer changed while one relay took the Room from another/);
    expect(statusesOf(watching, id)).toEqual(['waiting', 'processing', 'complete']);
    expect(room.connections).toBe(2);
    // And takes it back once the second is gone, without telling anything old.
    const { id: last } = room.receive();
    await settled(watching, { [last]: 'waiting' });
    await killed(second);
    await first.until(() => first.stderr.text.split(`${name}: connected`).length === 3 || undefined);
    room.setStatus(last, 3);
    await settled(watching, { [last]: 'complete' });
    expect(statusesOf(watching, id)).toEqual(['waiting', 'processing', 'complete']);
    expect(statusesOf(watching, last)).toEqual(['waiting', 'complete']);
  });

  it.each<[string, (nats: NatsServer, relay: Program, room: string) => Promise<unknown>]>([
    ['loses the Room to another', (nats, _, room) => seize(nats, room)],
    ['is ended in order', (_, relay) => killed(relay, 'SIGTERM')],
  ])('a relay that %s still reports what it has left out itself', async (_, ended) => {
    const nats = await natsServer();
    let lists = 0;
    const once = (asked: ScriptedRequest, socket: WebSocket) => {
      if (++lists === 1) socket.send(answer(asked));
    };
    const room = await ScriptedRoom.start({ getIncomingFilesRequests: once });
    scripted.push(room);
    const first = await relay(nats, [room.url]);
    const second = await standby(nats, room.url);
    const watching = await watcher(nats);
    await killed(first);
    await second.until(() => lists === 2 || undefined);
    // While it has not listed it can't tell what else has changed.
    const file = { fileRequestId: 'x', directionType: 1, fileName: 'x', fileSize: 1, timestamp: 1 };
    room.send(JSON.stringify({ method: 'event', event: 'fileRequestStatusChanged', ...file, status: 2 }));
    await settled(watching, { x: 'processing' });
    await ended(nats, second, room.url);
    const { message } = await watching.record(({ code }) => code === 'handover');
    expect(message).toMatch(/^1 transfer changed while one relay took the Room from another/);
  });

  it('a person who takes the seat keeps it: neither the relay nor its standby takes it back', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const first = await relay(nats, [name]);
    const second = await standby(nats, name);
    const watching = await watcher(nats);
    await rooms.signedIn(room);
    expect(await first.ended).toBe(5);
    expect(await second.ended).toBe(5);
    expect(second.stderr.text).toContain('was taken over by another client, from the relay before this one.');
    expect(room.connections).toBe(2);
    await watching.record(({ code }) => code === 'taken-over');
    expect(linkOf(watching, name)).toBe('closed');
    // Started again it was asked to.
    await relay(nats, [name]);
    await watching.until(() => linkOf(watching, name) === 'connected' || undefined);
  });

  it('a client that takes the seat while NATS is away keeps it, and ends no relay', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const proxy = await FaultProxy.start(nats.url);
    proxies.push(proxy);
    const first = run(['relay', name, '--to', proxy.url, ...LEASES]);
    await first.stderrHas(`${name}: connected`);
    proxy.freeze();
    proxy.cut();
    await first.stderrHas('the connection to NATS was lost');
    const person = await rooms.signedIn(room);
    proxy.heal();
    await first.stderrHas('standing by until another relay has held the Room');
    expect([first.child.exitCode, room.connections]).toEqual([null, 2]);
    // Another relay that is asked to takes the Room, and leaves it to the first.
    const second = await relay(nats, [name]);
    await person.until(({ event, cause }) => event === 'authorizationNeeded' && cause === 1);
    await renewed(nats, name);
    await killed(second, 'SIGTERM');
    await first.until(() => first.stderr.text.split(`${name}: connected`).length === 3 || undefined);
  });

  it('a relay that takes the seat and whose lease ends unseen leaves the Room to others', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const holder = await relay(nats, [name]);
    // All that is left of the other relay.
    const link = { type: 'connection', state: 'connected', attempt: 1, retryInMs: null, reason: null };
    const record = { ...link, v: 1, time: new Date().toISOString(), room: name };
    await store(nats, roomSubject(name, 'link'), record);
    await rooms.signedIn(room);
    await holder.stderrHas(`${name}: another relay holds it now; standing by`);
    await holder.until(() => holder.stderr.text.split(`${name}: connected`).length === 3 || undefined);
  });

  it('what somebody else has stored of a transfer is read before more is told of it', async () => {
    const nats = await natsServer();
    const room = await rooms.room();
    const holder = await relay(nats, [room.webSocketUrl]);
    const watching = await watcher(nats);
    room.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
    const told = watching.transfers.find(({ id }) => id === 'a');
    await store(nats, transferSubject(room.webSocketUrl, 'a'), { ...told, status: 'rejected' });
    await settled(watching, { a: 'rejected' });
    room.setStatus('a', 3);
    await holder.stderrHas('NATS: another relay has stored a newer record; trying again');
    await settled(watching, { a: 'complete' });
    await holder.stderrHas('NATS: connected again');
  });

  it('--claim spreads the Rooms, and one that dies leaves its own to those with room', async () => {
    const nats = await natsServer();
    const made = await Promise.all([1, 2, 3, 4].map(() => rooms.room()));
    const names = made.map(({ webSocketUrl }) => webSocketUrl);
    const connected = ({ stderr }: Program) =>
      names.filter((name) => stderr.text.includes(`${name}: connected`)).sort();
    const two = { options: ['--claim', '2'] };
    const first = startRelay(nats, names, two);
    await first.until(() => connected(first).length === 2 || undefined);
    const second = startRelay(nats, names, two);
    await second.until(() => connected(second).length === 2 || undefined);
    expect([...connected(first), ...connected(second)].sort()).toEqual([...names].sort());
    const third = startRelay(nats, names);
    await third.stderrHas('relaying 4 Rooms');
    await killed(first);
    await third.until(() => connected(third).length === 2 || undefined);
    expect(connected(third)).toEqual(connected(first));
    expect(made.map(({ connections }) => connections).sort()).toEqual([1, 1, 2, 2]);
  });

  it('a Room that refuses is given up, and the others go on', async () => {
    const nats = await natsServer();
    const [open, shut] = [await rooms.room(), await rooms.room({ pin: '4711' })];
    const holder = startRelay(nats, [shut.webSocketUrl, open.webSocketUrl]);
    await holder.stderrHas(`${open.webSocketUrl}: connected`);
    await holder.stderrHas('refused the sign-in');
    const watching = await watcher(nats);
    open.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
    await open.close();
    const alone = startRelay(nats, [shut.webSocketUrl]);
    expect(await alone.ended).toBe(4);
  });

  it('one that refuses while NATS is away says so once that is back, and holds up no other', async () => {
    const nats = await natsServer();
    const [open, shut] = [await rooms.room(), await rooms.room()];
    const { webSocketUrl: name } = shut;
    const options = ['--lease', '30s'];
    const holder = await relay(nats, [name, open.webSocketUrl], { options });
    await nats.kill();
    await holder.stderrHas('the connection to NATS was lost');
    await shut.close();
    await rooms.room({ webSocketPort: Number(new URL(name).port), pin: '4711' });
    await holder.stderrHas('refused the sign-in');
    open.receive({ id: 'a' });
    await nats.start();
    const watching = await watcher(nats);
    await settled(watching, { a: 'waiting' });
    await watching.until(() => linkOf(watching, name) === 'closed' || undefined);
    await holder.stderrHas('NATS: connected again');
    open.setStatus('a', 3);
    await settled(watching, { a: 'complete' });
    expect(holder.stderr.text).not.toContain('in doubt');
  });
});
