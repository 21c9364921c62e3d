import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChange as isAnyChange, type Notice } from '../../src/monitor/monitor.js';
import { readRecord, type WireRecord } from '../../src/records/read.js';
import { Book } from '../../src/relay/book.js';
import { Publications } from '../../src/relay/publisher.js';
import type { LastRecord } from '../../src/relay/stream.js';
import { differences } from '../../src/relay/stream-memory.js';
import { isSubjectOf } from '../../src/relay/subjects.js';
import { Ledger } from '../../src/transfers/ledger.js';
import { cleared, deleted, implied, list, progress, status } from '../support/messages.js';
import { type Step, take, told } from '../support/told.js';

const ROOM = 'ws://10.0.0.5:8765';
const id = fc.constantFrom('a', 'b.c', '*', 'Ж');
const code = fc.integer({ min: 0, max: 5 });
const name = fc.string({ unit: 'binary', maxLength: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.tuple(id, code, name).map(([one, to, called]) => status(one, to, { name: called })),
    weight: 4,
  },
  fc.tuple(id, fc.constantFrom('waiting', 'processing', 'rejected')).map((args) => implied(...args)),
  fc.tuple(id, fc.integer({ min: 0, max: 100 })).map((args) => progress(...args)),
  fc.tuple(fc.constantFrom('inbound', 'outbound'), fc.dictionary(id, code)).map((args) => list(...args)),
  id.map((one) => deleted(one)),
  fc.constant(cleared()),
  fc.constantFrom('snapshot?', 'resync?', 'both', 'in only'),
);
const steps = fc.array(step, { maxLength: 40 });

/** A stream of one Room, as far as relay and watchers see of it. */
class Stream {
  readonly records: { readonly subject: string; readonly record: WireRecord; readonly messageId: string }[] =
    [];
  readonly #publications = new Publications(ROOM);

  store(notice: Notice): void {
    const publication = this.#publications.of(notice);
    if (publication?.kind !== 'stored') return;
    const { subject, body, messageId } = publication.item;
    const record = readRecord(body);
    if (record.type === 'unreadable') throw new Error(record.reason);
    if (!isSubjectOf(subject, record)) throw new Error(`not under ${subject}`);
    this.records.push({ subject, record, messageId });
  }

  /** The last of each subject, in the order in which they were stored. */
  get last(): ReadonlyMap<string, LastRecord> {
    const last = new Map<string, LastRecord>();
    for (const [at, { subject, record, messageId }] of this.records.entries()) {
      last.delete(subject);
      last.set(subject, { record, messageId, sequence: at + 1 });
    }
    return last;
  }
}

const isChange = (notice: Notice) => notice.kind === 'transfer' || notice.kind === 'removed';
const tell = (notices: readonly Notice[]) =>
  notices.map((notice) => (isAnyChange(notice) ? told(notice) : ''));

function readAll(records: Iterable<WireRecord>, book: Book, isSnapshot: boolean): readonly Notice[] {
  return [...records].map((record) => book.take(record, isSnapshot)).filter((one) => one !== null);
}

function tableOf(notices: readonly Notice[]): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const notice of notices) {
    if (notice.kind === 'transfer') table.set(notice.transfer.id, notice.transfer.status);
    if (notice.kind === 'removed') table.delete(notice.id);
  }
  return table;
}

function statusesIn(ledger: Ledger): ReadonlyMap<string, string> {
  return new Map([...ledger.values()].map((one) => [one.id, one.status]));
}

describe('whatever a Room says, by way of a stream', () => {
  it('a watcher from the start is told the same, once, in order', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const [ledger, stream, book] = [new Ledger(), new Stream(), new Book()];
        const changes = plan.flatMap((one, at) => take(ledger, one, at)).filter(isChange);
        for (const change of changes) stream.store(change);
        const notices = readAll(
          stream.records.map(({ record }) => record),
          book,
          false,
        );
        expect(tell(notices)).toEqual(tell(changes));
        // A record that comes again, as from a relay that tells what is true once more, is no news.
        const present = [...stream.last.values()].map(({ record }) => record);
        expect(
          readAll(
            present.filter(({ type }) => type === 'transfer'),
            book,
            false,
          ),
        ).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('a late watcher has the same table', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const [ledger, stream] = [new Ledger(), new Stream()];
        const changes = plan.flatMap((one, at) => take(ledger, one, at));
        for (const change of changes) stream.store(change);
        const late = readAll(
          [...stream.last.values()].map(({ record }) => record),
          new Book(),
          true,
        );
        expect(new Map([...tableOf(late)].sort())).toEqual(new Map([...statusesIn(ledger)].sort()));
        for (const notice of late) if (notice.kind === 'transfer') expect(notice.origin).toBe('snapshot');
      }),
      { numRuns: 500 },
    );
  });

  it('what was lost on the way is made good by the differences, and nothing else is told', () => {
    const lost = fc.array(fc.boolean(), { maxLength: 60 });
    fc.assert(
      fc.property(steps, lost, fc.constantFrom(0, 1, 1_000), (plan, isLost, keep) => {
        const [ledger, stream, book] = [new Ledger({ keep }), new Stream(), new Book()];
        const changes = plan.flatMap((one, at) => take(ledger, one, at)).filter(isChange);
        changes.forEach((change, at) => {
          if (isLost[at] !== true) stream.store(change);
        });
        readAll(
          stream.records.map(({ record }) => record),
          book,
          false,
        );
        const present = { link: null, availability: null, state: null, isListed: true };
        const missing = differences(ROOM, ledger, present, stream.last, 1_000);
        const before = stream.records.length;
        for (const notice of missing) stream.store(notice);
        // Each of them is news to a watcher that saw all before.
        expect(
          readAll(
            stream.records.slice(before).map(({ record }) => record),
            book,
            false,
          ),
        ).toHaveLength(missing.length);
        const late = tableOf(
          readAll(
            [...stream.last.values()].map(({ record }) => record),
            new Book(),
            true,
          ),
        );
        for (const [one, is] of late) expect([is, 'removed']).toContain(ledger.standing(one));
        for (const [one, is] of statusesIn(ledger)) expect(late.get(one)).toBe(is);
        expect(differences(ROOM, ledger, present, stream.last, 1_001)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it('a late watcher gets both requests of one number, as a Room before 4.1 may have', () => {
  const [ledger, stream] = [new Ledger(), new Stream()];
  const apply = (...message: Parameters<typeof implied>) => {
    for (const change of ledger.apply(implied(...message), 0)) stream.store(change);
  };
  apply('7', 'waiting', { direction: 'inbound', name: 'theirs' });
  apply('7', 'waiting', { direction: 'outbound', name: 'ours' });
  apply('7', 'processing', { direction: 'outbound' });
  const book = new Book();
  const seen = [...stream.last.values()].map(({ record }) => book.take(record, true));
  expect(seen).toMatchObject([
    { transfer: { id: '7', name: 'theirs', status: 'waiting' } },
    { transfer: { id: '7', name: 'ours', status: 'processing' } },
  ]);
});

it('of two of one number the one whose direction came late stays another than the inbound one', () => {
  const [ledger, stream, book] = [new Ledger(), new Stream(), new Book()];
  for (const [fate, direction, name] of [
    ['waiting', 'unknown', null],
    ['processing', 'outbound', 'ours'],
    ['waiting', 'inbound', 'theirs'],
    ['rejected', 'inbound', null],
  ] as const) {
    for (const change of ledger.apply(implied('7', fate, { direction, name }), 0)) stream.store(change);
  }
  const notices = readAll(
    stream.records.map(({ record }) => record),
    book,
    false,
  );
  expect(notices).toMatchObject([
    { transfer: { key: '7', direction: 'unknown' } },
    { transfer: { key: '7', name: 'ours', status: 'processing' } },
    { transfer: { key: '<7', name: 'theirs', status: 'waiting' } },
    { transfer: { key: '<7', name: 'theirs', status: 'rejected' } },
  ]);
  const late = readAll(
    [...stream.last.values()].map(({ record }) => record),
    new Book(),
    true,
  );
  expect(late).toMatchObject([
    { transfer: { name: 'ours', status: 'processing' } },
    { transfer: { name: 'theirs', status: 'rejected' } },
  ]);
});
