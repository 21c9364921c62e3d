import { expect, it } from 'vitest';
import { readRecord } from '../../src/records/read.js';
import { Outbox, type Outgoing } from '../../src/relay/outbox.js';
import { Publications } from '../../src/relay/publisher.js';
import { RoomRelay, type RoomRelayOptions } from '../../src/relay/room-relay.js';
import type { LastRecords } from '../../src/relay/stream.js';
import { parseAddress } from '../../src/room/address.js';
import { asSeen } from '../../src/transfers/change.js';
import type { Status } from '../../src/transfers/transfer.js';
import { useRooms } from '../simulator/rooms.js';
import { TestClock } from '../support/clock.js';
import { makeTransfer } from '../support/transfers.js';
import { USUAL } from '../support/watch.js';

const rooms = useRooms();
const EMPTY: LastRecords = { records: new Map(), sequences: new Map(), unreadable: 0 };

/** What a stream holds of the transfer "a" once a relay has stored its status. */
function holding(room: string, status: Status, sequence: number): LastRecords {
  const publication = new Publications(room).of(asSeen(makeTransfer({ status, direction: 'inbound' }), 0));
  if (publication?.kind !== 'stored') throw new Error('a transfer is stored');
  const { subject, messageId, body } = publication.item;
  const record = readRecord(body);
  if (record.type === 'unreadable') throw new Error(record.reason);
  return {
    records: new Map([[subject, { record, messageId, sequence }]]),
    sequences: new Map([[subject, sequence]]),
    unreadable: 0,
  };
}

/** A relay of one Room, whose stream the test answers for; and what it has stored there. */
function makeRelay(room: string, options: Partial<RoomRelayOptions> = {}) {
  const sent: Outgoing[] = [];
  const outbox = new Outbox({
    store: { store: async (item) => sent.push(item) },
    onStored: () => {},
    limit: 100,
    onOverflow: () => {},
    onFull: () => {},
    onRoom: () => {},
    onTrouble: () => {},
    onRefused: () => {},
    isHopeless: () => false,
  });
  const relay = new RoomRelay({
    watcher: { ...USUAL, address: parseAddress(room) },
    outbox,
    readLast: async () => EMPTY,
    readIdsAfter: async () => [],
    storeLate: async () => 0,
    publishPlain: () => {},
    onLeftOut: () => {},
    onEntry: () => {},
    onNotice: () => {},
    shares: () => true,
    ...options,
  });
  return { relay, outbox, sent };
}

it.each([
  { what: 'what only it did not know is not reported', stored: 'processing', told: [] },
  { what: 'what is true of the Room is', stored: 'waiting', told: ['processing', 'handover'] },
] as const)('what the relay before stored while one could not begin: $what', async ({ stored, told }) => {
  const simulator = await rooms.room();
  const room = simulator.webSocketUrl;
  simulator.receive({ id: 'a' });
  let last = holding(room, 'waiting', 1);
  const stop = new AbortController();
  const { relay, outbox, sent } = makeRelay(room, {
    readLast: async () => last,
    onEntry: ({ kind }) => {
      if (kind === 'listing-answered') simulator.receive({ id: 'after the listing' });
    },
  });
  await relay.restore();
  simulator.setStatus('a', 2);
  last = holding(room, stored, 2);
  await relay.reconcile(false, stop.signal);
  await relay.announce(1_000, true, stop.signal);
  const running = relay.run(stop.signal);
  const transfers = () => sent.flatMap(({ body }) => transfersIn(body));
  await expect.poll(() => transfers().some(({ id }) => id !== 'a')).toBe(true);
  await outbox.drained();
  stop.abort();
  await running;
  const statuses = transfers().flatMap(({ id, status }) => (id === 'a' ? status : []));
  const codes = sent.flatMap(({ body }) => (body.includes('"handover"') ? 'handover' : []));
  expect([...statuses, ...codes]).toEqual(told);
});

it('stores a warning again that the stream has lost, under the same id', async () => {
  const room = 'ws://10.0.0.5:8765';
  const clock = new TestClock();
  let last = holding(room, 'waiting', 9);
  const { relay, outbox, sent } = makeRelay(room, {
    watcher: { ...USUAL, address: parseAddress(room), clock },
    readLast: async () => last,
  });
  await relay.restore();
  relay.tellCut();
  await outbox.drained();
  // What it lacks may come yet, until it was read several times.
  last = holding(room, 'waiting', 8);
  let isDone = false;
  void relay.reconcile(false, new AbortController().signal).then(() => {
    isDone = true;
  });
  while (!isDone) await clock.pass(1_000);
  await outbox.drained();
  const ids = sent.flatMap(({ body, messageId }) => (body.includes('texts-cut') ? messageId : []));
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
});

function transfersIn(body: string) {
  const record = readRecord(body);
  return record.type === 'transfer' ? record.transfer : [];
}
