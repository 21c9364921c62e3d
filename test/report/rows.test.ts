import { expect, it } from 'vitest';
import type { Notice } from '../../src/monitor/monitor.js';
import { Chosen, gapsWithin } from '../../src/report/choose.js';
import { saysNothing } from '../../src/report/intake.js';
import type { Outcome } from '../../src/report/outcome.js';
import { Rows } from '../../src/report/rows.js';
import { groupBy } from '../../src/report/summary.js';
import { Zone } from '../../src/report/zone.js';
import type { Link } from '../../src/room/entry.js';
import { expressionOf } from '../../src/rules/filter.js';
import type { Origin, RemovedReason } from '../../src/transfers/change.js';
import type { Status, Transfer } from '../../src/transfers/transfer.js';
import { makeTransfer } from '../support/transfers.js';

const ALL = { since: null, until: null, condition: null };
const ROOM = '10.0.0.5';

/** What a Room does, a second after the other. */
class Told {
  readonly rows = new Rows();
  #at = 0;
  #statuses = new Map<string, Status>();

  /** @param id and facts of the transfer */
  transfer(status: Status, facts: Partial<Transfer> = {}, origin: Origin = 'event'): this {
    const transfer = makeTransfer({ id: 'a', size: 1_000, ...facts, status });
    const previousStatus = this.#statuses.get(transfer.id) ?? null;
    this.#statuses.set(transfer.id, status);
    return this.#take({ kind: 'transfer', at: this.#tick(), transfer, previousStatus, origin, event: null });
  }

  /** Records that another watch wrote: they tell what was known to that watch. */
  anew(): this {
    this.#statuses = new Map();
    return this;
  }

  removed(reason: RemovedReason, id = 'a'): this {
    return this.#take({
      kind: 'removed',
      at: this.#tick(),
      id,
      key: id,
      transfer: null,
      reason,
      removedFromDisk: null,
    });
  }

  link(link: Link): this {
    return this.#take({ kind: 'link', at: this.#tick(), link });
  }

  warning(code: string): this {
    return this.#take({ kind: 'warning', at: this.#tick(), code, message: '', count: 1, id: null });
  }

  get outcomes(): readonly Outcome[] {
    return [...new Chosen(this.rows, ALL)];
  }

  get only(): Outcome | undefined {
    return this.outcomes.length === 1 ? this.outcomes[0] : undefined;
  }

  #take(notice: Notice): this {
    this.rows.take(notice, ROOM);
    return this;
  }

  #tick(): number {
    this.#at += 1_000;
    return this.#at;
  }
}

const LIVE: Link = { state: 'live', attempt: 1 };
const LOST: Link = { state: 'waiting', attempt: 0, retryInMs: 250, reason: 'cut', wasLive: true };
const STOPPED: Link = { state: 'closed', reason: 'stopped' };
const TAKEN: Link = { state: 'closed', reason: 'The Room 10.0.0.5 was taken over.' };

it('a transfer that was seen from its request to its end has all times, and its mean rate', () => {
  const { only } = new Told().transfer('waiting').transfer('processing').transfer('complete');
  expect(only).toMatchObject({
    status: 'complete',
    known: 'event',
    reason: null,
    beganAt: 2_000,
    endedAt: 3_000,
    waitedMs: 1_000,
    tookMs: 1_000,
    bytesPerSecond: 1_000,
    time: 3_000,
  });
});

it.each([
  ['failed-before-start', ['waiting', 'failed'], 1_000],
  ['failed-in-transfer', ['waiting', 'processing', 'failed'], 1_000],
  ['failed', ['failed'], null],
] as const)('%s is the reason after %j', (reason, statuses, waitedMs) => {
  const told = new Told();
  for (const status of statuses) told.transfer(status);
  expect(told.only).toMatchObject({ status: 'failed', reason, waitedMs, bytesPerSecond: null });
});

it('one that had ended before it was listed counts when it was requested, and has no other times', () => {
  const { only } = new Told().transfer('failed', { createdAt: 500 }, 'snapshot');
  expect(only).toMatchObject({ time: 500, endedAt: null, tookMs: null, known: 'snapshot', reason: 'failed' });
});

it('an end that was found after a gap says so, and does not tell how long it took', () => {
  const told = new Told().link(LIVE).transfer('processing').link(LOST);
  expect(told.only).toMatchObject({ status: 'unknown', reason: 'connection-lost', known: 'gap' });
  told.transfer('failed', {}, 'resync').link(LIVE);
  expect(told.only).toMatchObject({ status: 'failed', known: 'resync', endedAt: 4_000, tookMs: null });
  expect(told.rows.gaps).toEqual([{ room: ROOM, from: 3_000, to: 5_000, why: 'cut' }]);
});

it.each([
  ['watch-ended', TAKEN],
  ['watch-ended', { state: 'connecting', attempt: 1 }],
  ['connection-lost', LOST],
] as const)('what was open is unknown for %s', (reason, link) => {
  const told = new Told()
    .link(LIVE)
    .transfer('processing', { id: 'open' })
    .transfer('complete', { id: 'done' });
  told.link(link);
  expect(told.outcomes).toMatchObject([
    { id: 'open', status: 'unknown', reason, known: 'gap' },
    { id: 'done', status: 'complete', reason: null, known: 'event' },
  ]);
});

it('what was open when a watch was stopped is as it was; what no list named after a gap is not known', () => {
  const told = new Told().link(LIVE).transfer('processing').link(STOPPED);
  expect(told.only).toMatchObject({ status: 'processing', reason: null, known: 'event' });
  expect(told.rows.gaps).toEqual([]);
  told.link({ state: 'connecting', attempt: 1 }).warning('listing-failed').link(LIVE);
  expect(told.only).toMatchObject({ status: 'unknown', reason: 'not-listed', known: 'gap' });
  told.link(LOST).link(LIVE);
  expect(told.only).toMatchObject({ status: 'processing' });
});

it.each([
  ['deleted', 'event'],
  ['cleared', 'event'],
  ['gone', 'resync'],
] as const)('one that was %s before its end is unknown; after its end it keeps it', (reason, known) => {
  const open = new Told().transfer('waiting').removed(reason);
  expect(open.only).toMatchObject({ status: 'unknown', reason, known, time: 2_000 });
  const ended = new Told().transfer('waiting').transfer('rejected').removed(reason);
  expect(ended.only).toMatchObject({ status: 'rejected', reason: null, known: 'event', time: 2_000 });
});

it('an id that is used again after a removal is another transfer, unless it is listed again', () => {
  const told = new Told()
    .transfer('waiting', { createdAt: 1_900 })
    .transfer('complete', { createdAt: 7_000 });
  expect(told.outcomes).toHaveLength(1);
  // In whole seconds, as some messages have it.
  told.removed('gone').anew().transfer('complete', { createdAt: 7_250 }, 'snapshot');
  expect(told.outcomes).toHaveLength(1);
  told.removed('deleted').anew().transfer('waiting', { createdAt: 9_000 });
  expect(told.outcomes).toMatchObject([{ status: 'complete' }, { status: 'waiting' }]);
});

it('an inbound and an outbound request of the same number are two; of them an ended one is removed first', () => {
  const told = new Told().transfer('waiting', { id: '7', direction: 'inbound' });
  told.anew().transfer('complete', { id: '7', direction: 'outbound' }).removed('deleted', '7');
  expect(told.outcomes).toMatchObject([
    { id: '7', direction: 'inbound', status: 'waiting' },
    { id: '7', direction: 'outbound', status: 'complete' },
  ]);
});

it('the listing of a later watch repeats nothing, and takes back no end', () => {
  const told = new Told().transfer('waiting').transfer('processing').transfer('complete');
  told.anew().transfer('processing', {}, 'snapshot');
  expect(told.only).toMatchObject({ status: 'complete', known: 'event', endedAt: 3_000 });
  const open = new Told().transfer('waiting').anew().transfer('failed', { name: 'x' }, 'snapshot');
  expect(open.only).toMatchObject({ status: 'failed', known: 'resync', endedAt: 2_000, name: 'x' });
});

it('what a later watch was told in part, or not at all, keeps what was known before', () => {
  const peer = { id: 'p@q', name: 'Peter' };
  const told = new Told().transfer('waiting', { name: 'x', peer, conferenceId: 'c' }).anew();
  told.transfer('complete', { name: '', size: null, peer: { id: null, name: 'Peter' } }, 'snapshot');
  expect(told.only).toMatchObject({ status: 'complete', name: 'x', size: 1_000, peer, conferenceId: 'c' });
  told.transfer('complete', { peer: { id: 'p@q', name: null } }, 'snapshot');
  expect(told.only).toMatchObject({ peer });
});

it('rows are chosen by their time and by a condition, which sees what the row shows', () => {
  const told = new Told();
  for (const id of ['a', 'b', 'c']) told.transfer('waiting', { id }).transfer('failed', { id });
  const ids = (choice: object) => [...new Chosen(told.rows, { ...ALL, ...choice })].map(({ id }) => id);
  expect(ids({ since: 4_000 })).toEqual(['b', 'c']);
  expect(ids({ until: 4_000 })).toEqual(['a']);
  expect(ids({ condition: expressionOf({ where: 'id != "b" && status == "failed"' }) })).toEqual(['a', 'c']);
  expect(ids({ condition: expressionOf({ where: 'time == timestamp("1970-01-01T00:00:04Z")' }) })).toEqual([
    'b',
  ]);
  expect(ids({ condition: expressionOf({ where: 'origin == "snapshot"' }) })).toEqual([]);
});

it('gaps are those of the time that is wanted', () => {
  const { rows } = new Told().link(LIVE).link(LOST).link(LIVE).link(TAKEN);
  expect(gapsWithin(rows, ALL).map(({ from, to }) => [from, to])).toEqual([
    [2_000, 3_000],
    [4_000, null],
  ]);
  expect(gapsWithin(rows, { ...ALL, since: 3_000 })).toHaveLength(1);
  expect(gapsWithin(rows, { ...ALL, until: 4_000 })).toHaveLength(1);
});

it('groups count by the days of a zone, in order, and by peer with the most first', () => {
  const evening = Date.parse('2026-11-24T22:30:00Z');
  const one = new Told().transfer('waiting').only;
  if (one === undefined) throw new Error('no row');
  const ann = { ...one, time: evening, peer: { id: 'ann', name: 'Ann' } };
  const outcomes = [{ ...ann, time: evening + 3_600_000 }, ann, ann, { ...one, time: evening }];
  const days = (zone: string) =>
    groupBy(outcomes, ['day'], new Zone(zone)).map(({ values, totals }) => [...values, totals.transfers]);
  expect(days('UTC')).toEqual([['2026-11-24', 4]]);
  expect(days('Europe/Berlin')).toEqual([
    ['2026-11-24', 3],
    ['2026-11-25', 1],
  ]);
  const peers = groupBy(outcomes, ['peer'], new Zone('UTC'));
  expect(peers).toMatchObject([
    { values: ['ann'], peerName: 'Ann' },
    { values: [null], peerName: null },
  ]);
});

it.each([
  ['{"at":"","room":"a","kind":"heartbeat","connected":true}', true],
  ['{"at":"","room":"a","kind":"sent","text":"{\\"method\\":\\"getIncomingFilesRequests\\"}"}', true],
  ['{"at":"","room":"a","kind":"received","text":"{\\"event\\":\\"incomingChatMessage\\"}"}', true],
  ['{"at":"","room":"a","kind":"received","text":"{\\"event\\":\\"fileStatus\\"}"}', false],
  ['{"at":"","room":"a","kind":"received","text":"{\\"event\\":\\"\\\\u0066ileStatus\\"}"}', false],
  ['{"at":"","room":"a","kind":"received","text":"{\\"files\\":[]}"}', false],
  ['{"at":"","room":"\\"kind\\":\\"sent\\"","kind":"link","link":{}}', false],
  ['{"at":"","room":"a","kind":"warning","code":"listing-failed"}', false],
  ['{"at": "", "room": "a", "kind": "heartbeat"}', false],
  ['{"type":"progress","v":1}', true],
  ['{"type":"transfer","v":1}', false],
  ['{"type":"recording","v":1}', true],
  ['torn', false],
] as const)('the line %s says nothing: %s', (line, expected) => {
  expect(saysNothing(line)).toBe(expected);
});
