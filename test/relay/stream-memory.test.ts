import { expect, it } from 'vitest';
import type { Notice } from '../../src/monitor/monitor.js';
import { readRecord } from '../../src/records/read.js';
import type { Outgoing } from '../../src/relay/outbox.js';
import { Publications } from '../../src/relay/publisher.js';
import type { LastRecord, LastRecords } from '../../src/relay/stream.js';
import { holds, StreamMemory } from '../../src/relay/stream-memory.js';
import { makeTransfer } from '../support/transfers.js';

const item = (subject: string, messageId = '', stands: string | null = null): Outgoing => ({
  subject,
  messageId,
  body: '',
  stands,
});

/** Last records of a stream: sequence numbers by subject, and what can be read of them. */
function last(
  sequences: Readonly<Record<string, number>>,
  readable: readonly LastRecord[] = [],
): LastRecords {
  return {
    sequences: new Map(Object.entries(sequences)),
    records: new Map(readable.map((one) => ['availability', one])),
    unreadable: 0,
  };
}

/** The availability of a Room, as a stream holds it. */
function availability(sequence: number): LastRecord {
  const record = readRecord(
    JSON.stringify({
      v: 1,
      type: 'availability',
      time: '2026-01-01T00:00:00Z',
      room: 'r',
      state: 'available',
      code: 0,
    }),
  );
  if (record.type === 'unreadable') throw new Error(record.reason);
  return { record, messageId: 'a', sequence };
}

it('link records of one relay are told apart from those of others, however many there were', () => {
  const memory = new StreamMemory();
  memory.begin(last({ link: 7 }), 'link');
  memory.linkSent('a');
  memory.linkSent('b');
  expect([memory.linksFrom, memory.areOwnLinks(['a', 'b']), memory.areOwnLinks(['a', 'other'])]).toEqual([
    7,
    true,
    false,
  ]);
  memory.stored(item('link', 'a'), 9);
  memory.stored(item('link', 'other'), 10);
  for (let nth = 0; nth < 1_000; nth++) {
    memory.linkSent(`${nth}`);
    memory.stored(item('link', `${nth}`), 11 + nth);
  }
  // The oldest are dropped, and are not asked for any more.
  expect([memory.linksFrom, memory.areOwnLinks(['a']), memory.areOwnLinks(['910', '999'])]).toEqual([
    910,
    false,
    true,
  ]);
});

it('sequence numbers are known of the newest subjects, and of all that still stand', () => {
  const memory = new StreamMemory();
  memory.load(last({ before: 3 }));
  memory.stored(item('standing', '', 't'), 4);
  expect([memory.lastUnder('before'), memory.lastUnder('never')]).toEqual([3, 0]);
  for (let nth = 1; nth <= 50_000; nth++) memory.stored(item(`${nth}`), nth + 4);
  expect(['before', '1', '40000', '50000', 'standing'].map((one) => memory.lastUnder(one))).toEqual([
    0, 0, 40_004, 50_004, 4,
  ]);
  memory.load(last({}));
  expect(memory.lastUnder('50000')).toBe(0);
});

it('what stands before a sequence number is published again, once', () => {
  const memory = new StreamMemory();
  memory.load(last({ availability: 2, unreadable: 3 }, [availability(2)]));
  memory.stored(item('one', '', '1'), 4);
  memory.stored(item('two', '', '2'), 5);
  memory.stored(item('three', '', '3'), 6);
  memory.stored(item('one'), 7);
  expect([...memory.takeBefore(6)]).toEqual([
    ['availability', ''],
    ['two', '2'],
  ]);
  expect([...memory.takeBefore(6)]).toEqual([]);
  expect([memory.lastUnder('two'), memory.lastUnder('three')]).toEqual([5, 6]);
});

it('what stood and is no longer in the stream is published again, whatever goes next', () => {
  const memory = new StreamMemory();
  memory.stored(item('trimmed', '', '1'), 4);
  memory.stored(item('ended'), 5);
  memory.load(last({ ended: 5 }));
  expect(memory.lastUnder('trimmed')).toBe(0);
  expect([...memory.takeBefore(1)]).toEqual([['trimmed', '1']]);
});

it('a record that was read stands for what it stood for when it was stored', () => {
  const publications = new Publications('r');
  const [waiting, complete] = [makeTransfer({ id: 'a' }), makeTransfer({ id: 'b', status: 'complete' })];
  const change = { kind: 'transfer', at: 1, previousStatus: null, origin: 'event', event: null } as const;
  const notices: readonly Notice[] = [
    { ...change, transfer: waiting },
    { ...change, transfer: complete },
    { kind: 'removed', at: 1, id: 'c', key: 'c', transfer: null, reason: 'deleted', removedFromDisk: null },
    { kind: 'link', at: 1, link: { state: 'live', attempt: 1 } },
    { kind: 'availability', at: 1, code: 0 },
    { kind: 'state', at: 1, code: 3 },
    { kind: 'warning', at: 1, code: 'partly-read', message: 'm', count: 1, id: null },
  ];
  const [stored, read] = [new StreamMemory(), new StreamMemory()];
  const records = new Map<string, LastRecord>();
  for (const [sequence, notice] of notices.entries()) {
    const publication = publications.of(notice);
    if (publication?.kind !== 'stored') throw new Error(`${notice.kind} is not stored`);
    stored.stored(publication.item, sequence);
    const record = readRecord(publication.item.body);
    if (record.type === 'unreadable') throw new Error(record.reason);
    const { subject, messageId } = publication.item;
    records.set(subject, { record, messageId, sequence });
  }
  const sequences = new Map([...records].map(([subject, { sequence }]) => [subject, sequence]));
  read.load({ sequences, records, unreadable: 0 });
  const standing = read.takeBefore(notices.length);
  expect(standing).toEqual(stored.takeBefore(notices.length));
  expect([...standing.values()]).toEqual(['a', '', '', '']);
});

it('what the stream had acknowledged and no longer has is missed, unless limits took it or all was deleted', () => {
  const memory = new StreamMemory();
  memory.load(last({ old: 2, link: 3 }));
  memory.stored(item('waiting', '', 't'), 4);
  memory.stored(item('ended'), 5);
  const whole = { old: 2, link: 3, waiting: 4, ended: 5 };
  expect([...memory.lackedBy(last({ ...whole, byAnother: 6 }))]).toEqual([]);
  expect([...memory.lackedBy(last({ link: 6, waiting: 4, ended: 5 }))]).toEqual([]);
  expect([...memory.lackedBy(last({}))]).toEqual([]);
  expect([...memory.lackedBy(last({ ...whole, ended: 1 }))]).toEqual(['ended']);
  expect([...memory.lackedBy(last({ ...whole, waiting: 3 }))]).toEqual(['waiting']);
  expect([...memory.lackedBy(last({ old: 2, link: 3, waiting: 4 }))]).toEqual(['ended']);
});

it('a stored record is the same where its id is, or where it reports the same state of its transfer', () => {
  const publications = new Publications('r');
  const told = (status: 'waiting' | 'complete' | 'rejected', at: number): Outgoing => {
    const transfer = makeTransfer({ id: 'a', status });
    const notice = {
      kind: 'transfer',
      at,
      transfer,
      previousStatus: null,
      origin: 'event',
      event: null,
    } as const;
    const publication = publications.of(notice);
    if (publication?.kind !== 'stored') throw new Error('it is not stored');
    return publication.item;
  };
  const [first, again, next] = [told('waiting', 1), told('waiting', 2), told('complete', 3)];
  const record = readRecord(first.body);
  if (record.type === 'unreadable') throw new Error(record.reason);
  const stored = { record, messageId: first.messageId, sequence: 1 };
  expect([first, again, next].map((one) => holds(stored, one))).toEqual([true, true, false]);
  const ended = readRecord(next.body);
  if (ended.type === 'unreadable') throw new Error(ended.reason);
  const later = { record: ended, messageId: next.messageId, sequence: 2 };
  expect([first, next, told('rejected', 4)].map((one) => holds(later, one))).toEqual([true, true, false]);
  // What is of the Room as a whole is recognised by its id alone.
  const link = { ...again, subject: 'trueconf.files.r.link' };
  expect([holds(stored, link), holds(stored, { ...link, messageId: first.messageId })]).toEqual([
    false,
    true,
  ]);
});
