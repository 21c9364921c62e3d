import { describe, expect, it } from 'vitest';
import type { Peer } from '../../src/protocol/fields.js';
import type { Message } from '../../src/protocol/message.js';
import { Ledger } from '../../src/transfers/ledger.js';
import { availability, deleted, fileFacts, implied, list, progress, status } from '../support/messages.js';
import { IS_MUTATED } from '../support/soak.js';
import { type Row, type Step, tell, told } from '../support/told.js';

describe('before 4.1 an inbound and an outbound request may have the same number', () => {
  const told = (ledger: Ledger) =>
    [...ledger.values()].map(({ id, direction, status: now }) => `${id} ${direction} ${now}`);

  it('and they are two transfers', () => {
    const ledger = new Ledger();
    for (const message of [
      implied('1', 'waiting', { direction: 'inbound', name: 'in.pdf' }),
      implied('1', 'waiting', { direction: 'outbound', name: 'out.docx' }),
      status('1', 2, { direction: 'inbound' }),
      status('1', 3, { direction: 'outbound' }),
    ])
      ledger.apply(message, 0);
    expect(told(ledger)).toEqual(['1 inbound processing', '1 outbound complete']);
    expect([...ledger.values()].map(({ name }) => name)).toEqual(['in.pdf', 'out.docx']);
    expect(ledger.get('1')?.direction).toBe('inbound');
    expect(ledger.standing('1', 'outbound')).toBe('complete');
    expect(ledger.standing('1')).toBe('processing');
    expect([...ledger.values()].map(({ key }) => ledger.get(key)?.name)).toEqual(['in.pdf', 'out.docx']);
  });

  it('each list removes its own, and a deletion the one that it names', () => {
    const ledger = new Ledger();
    ledger.beginListing('snapshot');
    ledger.apply(list('inbound', { 1: 1 }), 0);
    ledger.apply(list('outbound', { 1: 1 }), 0);
    ledger.endListing({ inbound: true, outbound: true }, 0);
    expect(told(ledger)).toEqual(['1 inbound waiting', '1 outbound waiting']);
    ledger.beginListing('resync');
    ledger.apply(list('inbound', { 1: 1 }), 1);
    ledger.apply(list('outbound', {}), 1);
    const gone = ledger.endListing({ inbound: true, outbound: true }, 1);
    expect(gone).toMatchObject([{ kind: 'removed', id: '1', transfer: { direction: 'outbound' } }]);
    ledger.apply(implied('1', 'waiting', { direction: 'outbound' }), 2);
    const removed = ledger.apply(deleted('1', true, { direction: 'outbound' }), 2);
    expect(removed).toMatchObject([
      { kind: 'removed', id: '1', key: '>1', transfer: { direction: 'outbound' } },
    ]);
    expect(told(ledger)).toEqual(['1 inbound waiting']);
  });

  it('and a message without a direction means the one that is held', () => {
    const ledger = new Ledger();
    ledger.apply(implied('1', 'waiting', { direction: 'outbound' }), 0);
    ledger.apply(status('1', 2, { direction: 'unknown' }), 0);
    expect(told(ledger)).toEqual(['1 outbound processing']);
    expect(ledger.get('1')).toMatchObject({ key: '>1', direction: 'outbound' });
    expect(ledger.get('2')).toBeUndefined();
    ledger.apply(status('2', 1, { direction: 'unknown' }), 0);
    ledger.apply(implied('2', 'waiting', { direction: 'outbound' }), 0);
    ledger.apply(status('2', 3, { direction: 'outbound' }), 0);
    expect(told(ledger)).toEqual(['1 outbound processing', '2 outbound complete']);
  });

  it('and one whose direction came late is not taken for the other', () => {
    const ledger = new Ledger();
    ledger.apply(status('1', 1, { direction: 'unknown' }), 0);
    ledger.apply(implied('1', 'waiting', { direction: 'outbound', name: 'out.docx' }), 0);
    ledger.apply(implied('1', 'waiting', { direction: 'inbound', name: 'in.pdf' }), 0);
    ledger.apply(status('1', 0, { direction: 'outbound' }), 0);
    ledger.apply(status('1', 3, { direction: 'unknown' }), 0);
    expect(told(ledger)).toEqual(['1 outbound failed', '1 inbound complete']);
    expect(new Set([...ledger.values()].map(({ key }) => ledger.get(key)?.name))).toEqual(
      new Set(['out.docx', 'in.pdf']),
    );
    const gone = ledger.apply(deleted('1', true, { direction: 'inbound' }), 1);
    expect(gone).toMatchObject([{ kind: 'removed', id: '1', transfer: { name: 'in.pdf' } }]);
    expect(told(ledger)).toEqual(['1 outbound failed']);
  });
});

const NO_AVAILABILITY: Message = {
  kind: 'availability-answer',
  method: 'getFileTransferAvailability',
  requestId: '1',
  result: true,
  error: null,
  code: null,
  problems: [],
};

const TABLES: Record<string, readonly Row[]> = {
  'an event': [
    [
      'that deletes a file removes the requests for it',
      [
        status('a', 3, { fileId: '77' }),
        status('b', 3, { fileId: '78' }),
        { kind: 'file-deleted', event: 'fileTransferFileDeleted', fileId: '77', problems: [] },
      ],
      ['a →complete (event)', 'b →complete (event)', 'a removed (deleted)'],
    ],
    ['of a new transfer tells of it', [status('a', 1)], ['a →waiting (event)']],
    ['that repeats the status tells nothing', [status('a', 1), status('a', 1)], ['a →waiting (event)']],
    [
      'with a status is believed, even backwards from an end',
      [status('a', 3), status('a', 2), status('a', 0)],
      ['a →complete (event)', 'a complete→processing (event)', 'a processing→failed (event)'],
    ],
    [
      'that implies a status moves forward',
      [implied('a', 'waiting'), implied('a', 'processing'), implied('a', 'rejected')],
      ['a →waiting (event)', 'a waiting→processing (event)', 'a processing→rejected (event)'],
    ],
    [
      'that implies a status does not move back',
      [status('a', 2), implied('a', 'waiting'), status('a', 3), implied('a', 'rejected')],
      ['a →processing (event)', 'a processing→complete (event)'],
    ],
    [
      'with two undocumented numbers tells of both',
      [status('a', 7), status('a', 7), status('a', 8)],
      ['a →unknown (event)', 'a unknown→unknown (event)'],
    ],
    [
      'that implies a status leaves an undocumented one behind',
      [status('a', 7), implied('a', 'waiting'), implied('a', 'processing')],
      ['a →unknown (event)', 'a unknown→processing (event)'],
    ],
  ],
  progress: [
    ['of a new transfer begins it', [progress('a', 5)], ['a →processing (event)', 'a 5%']],
    [
      'of a waiting one moves it',
      [status('a', 1), progress('a', 5)],
      ['a →waiting (event)', 'a waiting→processing (event)', 'a 5%'],
    ],
    [
      'that repeats itself tells nothing',
      [progress('a', 5), progress('a', 5)],
      ['a →processing (event)', 'a 5%'],
    ],
    [
      'that goes back is told as it is',
      [progress('a', 50), progress('a', 5)],
      ['a →processing (event)', 'a 50%', 'a 5%'],
    ],
    [
      'without a percentage begins the transfer, and tells no more',
      [progress('a', 5), { ...progress('a', 0), percent: null }, { ...progress('b', 0), percent: null }],
      ['a →processing (event)', 'a 5%', 'b →processing (event)'],
    ],
    [
      'after the end is told and moves nothing',
      [status('a', 3), progress('a', 99)],
      ['a →complete (event)', 'a 99%'],
    ],
  ],
  'a removal': [
    ['is told', [status('a', 1), deleted('a')], ['a →waiting (event)', 'a removed (deleted)']],
    ['is told of a transfer never seen', [deleted('a')], ['a removed (deleted)']],
    ['is told once', [deleted('a'), deleted('a')], ['a removed (deleted)']],
    [
      'does not keep a newer listing from naming the transfer',
      [status('a', 1), deleted('a'), 'resync?', list('inbound', { a: 1 }), 'both', deleted('a')],
      ['a →waiting (event)', 'a removed (deleted)', 'a →waiting (resync)', 'a removed (deleted)'],
    ],
  ],
  availability: [
    [
      'is told when it changes',
      [availability(3), availability(3), availability(1)],
      ['availability 3', 'availability 1'],
    ],
    ['is not told by an answer that leaves it out', [availability(3), NO_AVAILABILITY], ['availability 3']],
  ],
};

for (const [subject, rows] of Object.entries(TABLES)) {
  describe(subject, () => {
    it.each(rows)('%s', (_, steps, expected) => {
      expect(tell(steps)).toEqual(expected);
    });
  });
}

describe('a transfer', () => {
  it('gathers facts, and loses none to a message that leaves them out', () => {
    const ledger = new Ledger();
    const peer = { id: 'p@s', name: 'P' };
    ledger.apply(status('a', 1, { name: '2.jpg', size: 3_200, peer, createdAt: 5 }), 10);
    ledger.apply(status('a', 3, { direction: 'unknown', fileId: '9', conferenceId: 'c' }), 20, 'raw');
    expect(ledger.get('a')).toMatchObject({
      ...fileFacts('a', { name: '2.jpg', size: 3_200, peer, createdAt: 5, fileId: '9', conferenceId: 'c' }),
      status: 'complete',
      statusCode: 3,
      path: [
        { status: 'waiting', at: 10 },
        { status: 'complete', at: 20 },
      ],
      omittedSteps: 0,
      firstSeenAt: 10,
      raw: 'raw',
    });
  });

  it('is held with long texts cut, and told with them whole', () => {
    const ledger = new Ledger();
    const long = 'n'.repeat(900_000);
    const facts = { name: long, peer: { id: long, name: long }, conferenceId: long, fileId: long };
    const [change] = ledger.apply(status('a', 1, facts), 1, long);
    expect(change).toMatchObject({ kind: 'transfer', transfer: { ...facts, raw: long } });
    const cut = `${'n'.repeat(4_096)}…`;
    expect(ledger.get('a')).toMatchObject({
      name: cut,
      peer: { id: cut, name: cut },
      conferenceId: cut,
      fileId: cut,
      raw: cut,
    });
    const [next] = ledger.apply(status('a', 3, facts), 2);
    expect(next).toMatchObject({ kind: 'transfer', transfer: { name: long } });
  });

  it('with a name of the longest usual length is held whole', () => {
    const ledger = new Ledger();
    ledger.apply(status('a', 1, { name: '語'.repeat(4_096) }), 1);
    expect(ledger.get('a')?.name).toBe('語'.repeat(4_096));
  });

  it('learns the number of a status that was implied, which is no change', () => {
    const ledger = new Ledger();
    ledger.apply(implied('a', 'waiting'), 1);
    expect(ledger.apply(status('a', 1), 2)).toEqual([]);
    expect(ledger.get('a')).toMatchObject({ statusCode: 1, path: [{ status: 'waiting', at: 1 }] });
  });

  it('keeps the number of its status and its progress where an event tells neither', () => {
    const ledger = new Ledger();
    ledger.apply(status('a', 2, { size: 200 }), 1);
    ledger.apply(progress('a', 50), 2);
    expect(ledger.apply(implied('a', 'processing'), 3)).toEqual([]);
    expect(ledger.get('a')).toMatchObject({ statusCode: 2, progress: 50, bytes: 100, progressAt: 2 });
  });

  it('has its progress from the first sight on', () => {
    const [change] = new Ledger().apply(progress('a', 48, { size: 3_200 }), 1);
    expect(change).toMatchObject({ kind: 'transfer', transfer: { progress: 48, bytes: 1_536 } });
  });

  it('keeps how it began and how it got here, in a path that does not grow for ever', () => {
    const ledger = new Ledger();
    for (let step = 0; step < 100; step++) ledger.apply(status('a', 1 + (step % 2)), step);
    const { path = [], omittedSteps } = ledger.get('a') ?? {};
    expect(path).toHaveLength(16);
    expect(omittedSteps).toBe(84);
    expect(path.map(({ at }) => at)).toEqual([0, ...Array.from({ length: 15 }, (_, i) => 85 + i)]);
    ledger.apply(progress('a', 5), 100);
    expect(ledger.get('a')).toMatchObject({ path, omittedSteps });
  });

  it('keeps no path where none is wanted', () => {
    const ledger = new Ledger({ keepsPaths: false });
    for (const code of [1, 2, 3]) ledger.apply(status('a', code), code);
    expect(ledger.get('a')).toMatchObject({ status: 'complete', path: [], omittedSteps: 0 });
  });

  it.each([
    ['an event', (peer: Peer) => status('a', 2, { peer })],
    ['a listing', (peer: Peer) => list('inbound', { a: 2 }, { peer })],
  ] as const)('keeps the half of its peer that %s does not name', (_, naming) => {
    const ledger = new Ledger();
    ledger.apply(implied('a', 'waiting', { peer: { id: 'p@q', name: 'Peter' } }), 1);
    const [byName] = ledger.apply(naming({ id: null, name: 'Peter' }), 2);
    expect(byName).toMatchObject({ transfer: { peer: { id: 'p@q', name: 'Peter' } } });
    ledger.apply(naming({ id: 'p@q', name: null }), 3);
    expect(ledger.get('a')?.peer).toEqual({ id: 'p@q', name: 'Peter' });
  });

  it('keeps its name where a message has an empty one, which is a name where none was known', () => {
    const ledger = new Ledger();
    const nameAfter = (name: string | null) => {
      ledger.apply(status('a', 1, { name }), 1);
      return ledger.get('a')?.name;
    };
    expect([null, '', 'x', '', null].map(nameAfter)).toEqual([null, '', 'x', 'x', 'x']);
  });
});

describe('put back as it was known before', () => {
  const known = (code: number, facts = {}) => {
    const ledger = new Ledger();
    ledger.apply(status('1', code, facts), 5);
    return [...ledger.values()];
  };

  it('a transfer is held without a change, and a listing tells what differs', () => {
    const ledger = new Ledger();
    for (const transfer of known(1, { name: 'a.txt' })) ledger.restore(transfer);
    expect([...ledger.values()]).toEqual(known(1, { name: 'a.txt' }));
    expect(tell(['resync?', list('inbound', { 1: 2 }), 'both'], ledger)).toEqual([
      '1 waiting→processing (resync)',
    ]);
    expect(ledger.get('1')).toMatchObject({ name: 'a.txt', firstSeenAt: 5 });
  });

  it('an outbound one has its own key, though it was kept with its number alone', () => {
    const ledger = new Ledger();
    for (const transfer of known(1, { direction: 'outbound', name: 'b.txt' })) {
      ledger.restore({ ...transfer, key: '1' });
    }
    expect([...ledger.values()]).toMatchObject([{ id: '1', key: '>1', name: 'b.txt', status: 'waiting' }]);
    expect(ledger.standing('1', 'outbound')).toBe('waiting');
    expect(ledger.standing('1', 'inbound')).toBeNull();
  });
});

describe('what a recording says that was known', () => {
  it('is reported as in a listing, and is not missing from the listing that it stands for', () => {
    const ledger = new Ledger();
    ledger.beginListing('snapshot');
    expect(ledger.hold(status('a', 1), 1).map(told)).toEqual(['a →waiting (snapshot)']);
    expect(ledger.hold(implied('b', 'rejected'), 2).map(told)).toEqual(['b →rejected (snapshot)']);
    expect(ledger.endListing({ inbound: true, outbound: true }, 3)).toEqual([]);
    expect(ledger.get('a')).toMatchObject({ statusCode: 1, firstSeenAt: 1 });
    expect(ledger.get('b')).toMatchObject({ statusCode: null, firstSeenAt: 2 });
  });

  it('is true even of what has ended, and tells nothing twice', () => {
    const ledger = new Ledger();
    ledger.apply(status('a', 3), 1);
    expect(ledger.hold(status('a', 3), 2)).toEqual([]);
    expect(ledger.hold(status('a', 1), 3).map(told)).toEqual(['a complete→waiting (snapshot)']);
  });
});

it('what a Room says of anything else changes nothing', () => {
  const ledger = new Ledger();
  expect(
    ledger.apply(
      { kind: 'app-state', event: 'appStateChanged', appState: 3, embeddedHttpPort: null, problems: [] },
      1,
    ),
  ).toEqual([]);
  expect(ledger.standing('a')).toBeNull();
  expect(ledger.availability).toBeNull();
  ledger.apply(availability(2), 2);
  expect(ledger.availability).toBe(2);
});

describe('with a limit to the ended ones', () => {
  it('keeps one that became active again', () => {
    const ledger = new Ledger({ keep: 1 });
    tell([status('a', 3), status('a', 1), status('b', 3), status('c', 3)], ledger);
    expect([...ledger.values()].map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('lets the oldest go, and never an active one', () => {
    const ledger = new Ledger({ keep: 2 });
    tell([status('x', 1), status('a', 3), status('b', 0), status('c', 3)], ledger);
    expect([...ledger.values()].map(({ id }) => id)).toEqual(['x', 'b', 'c']);
  });

  it.each([
    [
      'a listing that names one again tells nothing',
      ['resync?', list('inbound', { a: 3, b: 3 }), 'both'],
      [],
    ],
    ['an event that repeats its end tells nothing', [status('a', 3)], []],
    ['an implied status tells nothing', [implied('a', 'processing')], []],
    ['a new status is told from the end it had', [status('a', 2)], ['a complete→processing (event)']],
    ['its deletion is told', [deleted('a')], ['a removed (deleted)']],
  ] satisfies [string, Step[], string[]][])('%s', (_, steps, expected) => {
    const ledger = new Ledger({ keep: 1 });
    tell([status('a', 3), status('b', 3)], ledger);
    expect(ledger.get('a')).toBeUndefined();
    expect(tell(steps, ledger)).toEqual(expected);
  });

  it.skipIf(IS_MUTATED)('tells nothing of both lists at their longest when they come again', () => {
    const ledger = new Ledger({ keep: 1 });
    const ids = Array.from({ length: 60_000 }, (_, index) => String(index));
    const lists = (['inbound', 'outbound'] as const).map((direction) =>
      list(direction, Object.fromEntries(ids.map((id) => [`${direction} ${id}`, 3]))),
    );
    const listing = (cause: 'snapshot?' | 'resync?'): Step[] => [cause, ...lists, 'both'];
    expect(tell(listing('snapshot?'), ledger)).toHaveLength(120_000);
    expect(tell(listing('resync?'), ledger)).toEqual([]);
  });
});
