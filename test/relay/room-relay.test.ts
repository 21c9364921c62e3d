import { expect, it } from 'vitest';
import { readRecord } from '../../src/records/read.js';
import { Outbox, type Outgoing } from '../../src/relay/outbox.js';
import { Publications } from '../../src/relay/publisher.js';
import { RoomRelay } from '../../src/relay/room-relay.js';
import type { LastRecords } from '../../src/relay/stream.js';
import { parseAddress } from '../../src/room/address.js';
import { asSeen } from '../../src/transfers/change.js';
import type { Status } from '../../src/transfers/transfer.js';
import { useRooms } from '../simulator/rooms.js';
import { makeTransfer } from '../support/transfers.js';
import { USUAL } from '../support/watch.js';

const rooms = useRooms();

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

it.each([
  { what: 'news only to itself is no news', stored: 'processing', told: [] },
  { what: 'what is true of the Room is', stored: 'waiting', told: ['processing', 'handover'] },
] as const)('what the relay before stored while one could not begin: $what', async ({ stored, told }) => {
  const simulator = await rooms.room();
  const room = simulator.webSocketUrl;
  simulator.receive({ id: 'a' });
  let last = holding(room, 'waiting', 1);
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
  const stop = new AbortController();
  const relay = new RoomRelay({
    watcher: { ...USUAL, address: parseAddress(room) },
    outbox,
    readLast: async () => last,
    readIdsAfter: async () => [],
    storeLate: async () => 0,
    publishPlain: () => {},
    onLeftOut: () => {},
    onEntry: ({ kind }) => {
      if (kind === 'listing-answered') simulator.receive({ id: 'after the listing' });
    },
    onNotice: () => {},
    shares: () => true,
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

function transfersIn(body: string) {
  const record = readRecord(body);
  return record.type === 'transfer' ? record.transfer : [];
}
