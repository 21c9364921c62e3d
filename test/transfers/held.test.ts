import { describe, expect, it } from 'vitest';
import { Book } from '../../src/relay/book.js';
import { DEFAULT_ARRANGEMENT, Rows } from '../../src/screen/rows.js';
import { Ledger } from '../../src/transfers/ledger.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { changeOf, inStatus } from '../screen/sample.js';
import { list, status } from '../support/messages.js';

const KEEP = 200;
/** As much as 200 ended and 512 active transfers of 2,048 characters each take. */
const MAX_UNITS = 712 * 2_048;
const LONG = '語'.repeat(4_000);
const FACTS = { name: LONG, peer: { id: 'p', name: LONG } };

/** What is held of transfers that come one after the other, in their order. */
const HOLDERS: Readonly<Record<string, (transfers: readonly Transfer[]) => readonly Transfer[]>> = {
  'a ledger': (transfers) => {
    const ledger = new Ledger({ keep: KEEP });
    for (const { id, status: name, peer } of transfers) {
      ledger.apply(status(id, name === 'complete' ? 3 : 1, { name: LONG, peer }), 1);
    }
    return [...ledger.values()];
  },
  'the table': (transfers) => {
    const rows = new Rows(KEEP);
    rows.arrange(DEFAULT_ARRANGEMENT);
    for (const transfer of transfers) rows.change('room', changeOf(transfer));
    const { shown } = rows;
    // The table shows the newest first.
    return shown.slice(0, shown.length).map(({ transfer }) => transfer);
  },
};

const many = (ids: string, how: 'complete' | 'waiting', count: number) =>
  Array.from({ length: count }, (_, at) => inStatus(how, 1, { id: `${ids}${at}`, ...FACTS }));
const unitsOf = (held: readonly Transfer[]) =>
  held.reduce((sum, { name, peer }) => sum + (name?.length ?? 0) + (peer?.name?.length ?? 0), 0);

describe.each(Object.entries(HOLDERS))('%s is bounded in size', (_, hold) => {
  it('ended transfers with long texts are dropped, the oldest first, before there are too many', () => {
    const held = hold([...many('active-', 'waiting', 10), ...many('ended-', 'complete', 199)]);
    expect(unitsOf(held)).toBeLessThanOrEqual(MAX_UNITS);
    expect(unitsOf(held)).toBeGreaterThan(MAX_UNITS / 2);
    const ids = held.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('active-'))).toHaveLength(10);
    const ended = ids.filter((id) => id.startsWith('ended-')).map((id) => Number(id.slice(6)));
    expect(ended.length).toBeGreaterThan(100);
    expect(Math.min(...ended)).toBe(199 - ended.length);
  });

  it('an active one is never dropped: beyond the bound its texts are short', () => {
    const held = hold([...many('ended-', 'complete', 50), ...many('active-', 'waiting', 1_000)]);
    expect(held).toHaveLength(1_000);
    expect(unitsOf(held)).toBeLessThanOrEqual(MAX_UNITS + 1_000 * 2 * 257);
    expect(held.some(({ name }) => name === `${LONG.slice(0, 256)}…`)).toBe(true);
  });
});

it('what a ledger dropped for its size is not reported again by a listing', () => {
  const ledger = new Ledger({ keep: KEEP });
  for (const { id } of many('ended-', 'complete', 199)) ledger.apply(status(id, 3, FACTS), 1);
  expect(ledger.get('ended-0')).toBeUndefined();
  ledger.beginListing('resync');
  expect(ledger.apply(list('inbound', { 'ended-0': 3, 'ended-198': 3 }), 2)).toEqual([]);
});

it('a ledger of all there is holds them whole', () => {
  const ledger = new Ledger({ keep: Number.POSITIVE_INFINITY });
  const name = LONG.repeat(10);
  for (const { id } of many('ended-', 'complete', KEEP)) ledger.apply(status(id, 3, { ...FACTS, name }), 1);
  expect([...ledger.values()].filter((held) => held.name === name)).toHaveLength(KEEP);
});

it('a transfer of ordinary size is never dropped for it', () => {
  const ledger = new Ledger({ keep: KEEP });
  const raw = 'x'.repeat(1_500);
  for (let at = 0; at < KEEP; at++) ledger.apply(status(`id-${at}`, 3, { name: 'n'.repeat(255) }), 1, raw);
  expect(ledger.size).toBe(KEEP);
});

it('what is known of a relay’s Rooms is bounded, too', () => {
  const book = new Book(KEEP);
  const take = (transfer: Transfer) =>
    book.take({ type: 'transfer', room: 'r', at: 1, id: transfer.id, ...BY_EVENT, transfer }, false);
  const told = many('ended-', 'complete', 199);
  for (const transfer of told) expect(take(transfer)).not.toBeNull();
  const [oldest, newest] = [told[0], told[198]];
  if (oldest === undefined || newest === undefined) throw new Error('there are 199');
  expect(take(newest)).toBeNull();
  expect(take(oldest)).not.toBeNull();
});

const BY_EVENT = { origin: 'event', previousStatus: null, event: 'fileRequestStatusChanged' } as const;
