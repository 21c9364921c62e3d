import { describe, expect, it } from 'vitest';
import { type Memory, Outbox, type OutboxOptions, type Outgoing } from '../../src/relay/outbox.js';
import { Recovery } from '../../src/relay/recovery.js';
import { SYSTEM_CLOCK } from '../../src/room/timers.js';

const item = (subject: string, messageId: string): Outgoing => ({
  subject,
  messageId,
  body: '',
  stands: null,
});

/** An outbox whose publications the test ends itself, one by one. */
function makeOutbox(options: Partial<OutboxOptions> = {}) {
  const sent: {
    readonly id: string;
    readonly last: number | null;
    store(): void;
    fail(error?: Error): void;
  }[] = [];
  const told: string[] = [];
  /** Knows the last record under each subject by the number of records stored so far. */
  const memory: Memory = {
    lastUnder: () => stored,
    refused: () => {},
    stored: ({ messageId }) => {
      stored++;
      told.push(`stored ${messageId}`);
    },
  };
  let stored = 0;
  const outbox = new Outbox({
    store: {
      store: ({ messageId: id }, _, last) =>
        new Promise((resolve, reject) =>
          sent.push({
            id,
            last,
            store: () => resolve(sent.length),
            fail: (error = new Error('away')) => reject(error),
          }),
        ),
    },
    onStored: () => told.push('stored again'),
    limit: 1_000,
    onOverflow: () => told.push('overflow'),
    onFull: () => told.push('full'),
    onRoom: () => told.push('room'),
    onTrouble: () => told.push('trouble'),
    onRefused: (room) => told.push(`refused ${room}`),
    isHopeless: (error) => error instanceof RangeError,
    ...options,
  });
  /** Ends the oldest publication that is under way, and lets what follows from it happen. */
  const end = async (how: 'store' | 'fail', error?: Error) => {
    const next = sent.shift();
    if (how === 'store') next?.store();
    else next?.fail(error);
    await new Promise(setImmediate);
  };
  return { outbox, memory, sent, told, end, ids: () => sent.map(({ id }) => id) };
}

describe('the outbox', () => {
  it('says once that a record was stored, where that is expected', async () => {
    const { outbox, memory, end, told } = makeOutbox();
    outbox.open('r', memory);
    for (const id of ['a', 'b', 'c']) outbox.push('r', item(id, id));
    await end('store');
    outbox.expect();
    await end('store');
    await end('store');
    expect(told).toEqual(['stored a', 'stored b', 'stored again', 'stored c']);
  });

  it('has one of each subject in flight, in order', async () => {
    const { outbox, memory, end, ids } = makeOutbox();
    outbox.open('r', memory);
    for (const [subject, id] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['a', 'a3'],
    ] as const) {
      outbox.push('r', item(subject, id));
    }
    expect(ids()).toEqual(['a1', 'b1']);
    await end('store');
    expect(ids()).toEqual(['b1', 'a2']);
    await end('store');
    await end('store');
    expect(ids()).toEqual(['a3']);
    await end('store');
    expect([outbox.waiting, outbox.published]).toEqual([0, 4]);
  });

  it('says of each record which must be the last under its subject', async () => {
    const { outbox, memory, sent, end } = makeOutbox();
    outbox.push('r', item('a', 'a1'));
    outbox.push('r', item('a', 'a2'));
    outbox.open('r', memory);
    const lasts = [sent[0]?.last];
    await end('store');
    lasts.push(sent[0]?.last);
    expect(lasts).toEqual([0, 1]);
  });

  it('has a bounded number in flight', () => {
    const { outbox, memory, sent } = makeOutbox();
    outbox.open('r', memory);
    for (let at = 0; at < 1_000; at++) outbox.push('r', item(`s${at}`, `m${at}`));
    expect([sent.length, outbox.waiting]).toEqual([256, 1_000]);
  });

  it('stops at the first trouble, and sends the same again', async () => {
    const { outbox, memory, end, ids, told } = makeOutbox();
    outbox.open('r', memory);
    for (const one of ['a', 'b', 'c']) outbox.push('r', item(one, one));
    await end('fail');
    await end('fail');
    await end('store');
    outbox.push('r', item('d', 'd'));
    expect(ids()).toEqual([]);
    expect(told).toEqual(['trouble', 'stored c']);
    outbox.resume();
    expect(ids().sort()).toEqual(['a', 'b', 'd']);
  });

  it('drops what can never be stored, and goes on', async () => {
    const { outbox, memory, end, ids, told } = makeOutbox();
    outbox.open('r', memory);
    outbox.push('r', item('a', 'a1'));
    outbox.push('r', item('a', 'a2'));
    await end('fail', new RangeError('too large'));
    expect([told, ids(), outbox.waiting]).toEqual([['refused r'], ['a2'], 1]);
  });

  it('holds what comes of a Room that is not open', () => {
    const { outbox, memory, ids } = makeOutbox();
    outbox.push('r', item('a', 'a1'));
    expect([ids(), outbox.waiting]).toEqual([[], 1]);
    outbox.open('r', memory);
    expect(ids()).toEqual(['a1']);
  });

  it('asks for no more while too many are on their way, until half of them are stored', async () => {
    const { outbox, memory, told, end } = makeOutbox({ limit: 4 });
    outbox.open('r', memory);
    for (const id of ['1', '2', '3', '4']) outbox.push('r', item(id, id));
    expect(told).toEqual([]);
    for (const id of ['5', '6']) outbox.push('r', item(id, id));
    expect(told).toEqual(['full']);
    for (const stored of [1, 2, 3, 4]) {
      expect([stored, told.includes('room')]).toEqual([stored, false]);
      await end('store');
    }
    expect(told.filter((one) => !one.startsWith('stored'))).toEqual(['full', 'room']);
  });

  it('lets come what comes once nothing goes out, and says that it is too much', async () => {
    const { outbox, memory, told, end } = makeOutbox({ limit: 1 });
    outbox.open('r', memory);
    for (const id of ['1', '2', '3']) outbox.push('r', item(id, id));
    await end('fail');
    expect(told.slice(0, 4)).toEqual(['full', 'room', 'overflow', 'trouble']);
  });

  it('says when more wait than it may hold; what catches up does not count', () => {
    const { outbox, told } = makeOutbox({ limit: 2 });
    outbox.suspend();
    for (const id of ['1', '2']) outbox.push('r', item('a', id));
    expect(told).toEqual([]);
    outbox.push('r', item('a', '3'), true);
    expect(told).toEqual([]);
    outbox.push('r', item('a', '4'));
    expect(told).toEqual(['overflow']);
    expect(outbox.clear('r', true)).toHaveLength(4);
    expect(outbox.waiting).toBe(0);
  });

  it('says so once, though what is in flight or of a quiet Room leaves it as full as it was', async () => {
    let overflows = 0;
    const { outbox, memory, sent } = makeOutbox({
      limit: 1,
      onOverflow: () => {
        overflows++;
        for (const room of ['quiet', 'busy']) outbox.clear(room, true);
        outbox.suspend();
      },
    });
    outbox.open('busy', memory);
    for (const id of ['1', '2', '3']) outbox.push('busy', item(id, id));
    expect(sent.length).toBe(3);
    outbox.suspend();
    expect([overflows, outbox.waiting]).toEqual([1, 3]);
  });

  it('drops what the stream is found to hold already, and what came before it', async () => {
    const { outbox, memory, end, ids } = makeOutbox();
    outbox.open('r', memory);
    for (const id of ['1', '2', '3']) outbox.push('r', item('a', id));
    await end('fail');
    outbox.dropStored('r', 'a', ({ messageId }) => messageId === '2');
    outbox.resume();
    expect([ids(), outbox.waiting]).toEqual([['3'], 1]);
  });

  it('keeps what may be stored, as no answer came, until the stream was compared', async () => {
    const { outbox, memory, end, ids } = makeOutbox();
    const left = (isCompared: boolean) => outbox.clear('r', isCompared).map(({ messageId }) => messageId);
    outbox.open('r', memory);
    for (const [subject, id] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['b', 'b2'],
      ['c', 'c1'],
    ] as const) {
      outbox.push('r', item(subject, id));
    }
    await end('fail');
    await end('fail');
    await end('store');
    outbox.push('r', item('c', 'c2'));
    expect(left(false)).toEqual(['a2', 'b2', 'c2']);
    expect(outbox.dropStored('r', 'a', ({ messageId }) => messageId === 'a1')).toHaveLength(1);
    outbox.push('r', item('a', 'a3'));
    expect(left(false)).toEqual(['a3']);
    expect(left(true)).toEqual(['b1']);
    expect([outbox.waiting, ids()]).toEqual([0, []]);
  });

  it('never sends again what a Room waited to say when it was forgotten', async () => {
    const { outbox, memory, end, ids, told } = makeOutbox();
    outbox.open('r', memory);
    for (const id of ['1', '2']) outbox.push('r', item('a', id));
    outbox.forget('r');
    expect(outbox.waiting).toBe(0);
    await end('fail');
    outbox.resume();
    outbox.open('r', memory);
    expect([ids(), told, outbox.waiting]).toEqual([[], ['trouble'], 0]);
    outbox.push('r', item('a', '3'));
    expect(ids()).toEqual(['3']);
  });

  it('is drained once all is stored, or nothing more can be', async () => {
    const { outbox, memory, end } = makeOutbox();
    outbox.open('r', memory);
    outbox.push('r', item('a', '1'));
    outbox.push('r', item('a', '2'));
    let isDrained = false;
    const drained = outbox.drained().then(() => {
      isDrained = true;
    });
    await end('store');
    expect(isDrained).toBe(false);
    await end('fail');
    await drained;
  });
});

describe('what is wrong with NATS', () => {
  it('is said once until that is over, though several things are wrong by turns', () => {
    const notes: string[] = [];
    const recovery = new Recovery({
      clock: SYSTEM_CLOCK,
      link: { isUp: true, listen: () => () => true },
      outbox: makeOutbox().outbox,
      confirmLeases: async () => {},
      ensureStream: async () => '',
      rooms: () => [],
      created: '',
      note: (text) => notes.push(text),
    });
    for (const reason of ['no leader', 'timeout', 'no leader', 'timeout', 'no leader']) {
      recovery.tell(new Error(reason));
    }
    expect(recovery.reason).toBe('no leader');
    recovery.stored();
    recovery.tell(new Error('no leader'));
    expect(notes).toEqual([
      'NATS: no leader; trying again',
      'NATS: it did not answer in time; trying again',
      'NATS: connected again',
      'NATS: no leader; trying again',
    ]);
  });
});
