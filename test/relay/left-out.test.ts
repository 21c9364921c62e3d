import { describe, expect, it } from 'vitest';
import { StoredWarnings, storeLateWarnings } from '../../src/relay/late-warnings.js';
import { LeftOut } from '../../src/relay/left-out.js';
import type { Outgoing } from '../../src/relay/outbox.js';
import type { LastRecords } from '../../src/relay/stream.js';
import { TAKEN } from '../../src/relay/stream-memory.js';
import { roomSubject, transferSubject } from '../../src/relay/subjects.js';
import { TestClock } from '../support/clock.js';

const ROOM = 'room';
const NONE: ReadonlySet<string> = new Set();

function item(id: string, subject = transferSubject(ROOM, id)): Outgoing {
  return { subject, messageId: id, body: '', stands: null };
}

/** One that has said nothing yet, and what it says. */
function leftOut(): { readonly told: string[]; readonly leftOut: LeftOut } {
  const told: string[] = [];
  return { told, leftOut: new LeftOut((code, message) => told.push(`${code}: ${message}`)) };
}

describe('what a relay has left out when it loses its Room', () => {
  it('is reported of what it stored itself, and left to the next of what it did not', () => {
    const { told, leftOut: out } = leftOut();
    out.dropped(['a1', 'a2', 'b1', 'c1'].map((id) => item(id, transferSubject(ROOM, id.charAt(0)))));
    out.compared([item('a'), item('b'), item('c')], NONE, NONE);
    out.settled(item('a'));
    out.ended((id) => id === 'b');
    expect(told).toEqual([
      'steps-left-out: 1 step could not be stored in time; only the last state of 2 transfers is reported',
    ]);
    // An acknowledgement that comes too late changes nothing.
    out.settled(item('c'));
    expect(told).toHaveLength(1);
  });

  it('is not what a stream that was made anew is given besides', () => {
    const { told, leftOut: out } = leftOut();
    out.dropped([item('a1', 'trueconf.files.r.transfer.a'), item('a2', 'trueconf.files.r.transfer.a')]);
    const again = ['a', 'b', 'c'].map((id) => item(`${id}-again`, `trueconf.files.r.transfer.${id}`));
    out.compared(again, NONE, NONE);
    for (const one of again) out.settled(one);
    expect(told).toEqual([
      'steps-left-out: 1 step could not be stored in time; only the last state of 1 transfer is reported',
    ]);
  });

  it('is told apart from what NATS has lost', () => {
    const { told, leftOut: out } = leftOut();
    out.dropped([item('a')]);
    const again = ['a', 'b'].map((id) => item(`${id}-again`, transferSubject(ROOM, id)));
    out.compared(again, new Set(again.map(({ subject }) => subject)), NONE);
    for (const one of again) out.settled(one);
    expect(told).toEqual([
      expect.stringMatching(/^stream-set-back: .* the last state of 1 transfer is stored again/),
      'steps-left-out: 0 steps could not be stored in time; only the last state of 1 transfer is reported',
    ]);
  });

  it('is reported though its listing never came', () => {
    const { told, leftOut: out } = leftOut();
    out.found(item('a'));
    out.settled(item('a'));
    expect(told).toEqual([]);
    out.ended(() => false);
    expect(told).toEqual([expect.stringMatching(/^handover: 1 transfer changed /)]);
  });

  it('is not what another relay has stored before', () => {
    const { told, leftOut: out } = leftOut();
    for (const id of ['a', 'b']) out.found(item(id));
    out.settled(item('a'));
    out.overtaken(item('b'));
    out.listed();
    expect(told).toEqual([expect.stringMatching(/^handover: 1 transfer changed /)]);
  });

  it('is, in steps too, only what its own records stand for', () => {
    const { told, leftOut: out } = leftOut();
    const dropped = ['a1', 'a2', 'b1', 'b2', 'b3'];
    out.dropped(dropped.map((id) => item(id, transferSubject(ROOM, id.charAt(0)))));
    out.compared([item('a'), item('b')], NONE, NONE);
    // Dropped again, and what stands for it then.
    out.dropped([item('a')]);
    out.compared([item('a-again', transferSubject(ROOM, 'a'))], NONE, NONE);
    out.overtaken(item('b'));
    expect(told).toEqual([]);
    out.settled(item('a-again'));
    expect(told).toEqual([
      'steps-left-out: 1 step could not be stored in time; only the last state of 1 transfer is reported',
    ]);
  });

  it('is not what the stream holds though this relay has dropped it', () => {
    const { told, leftOut: out } = leftOut();
    // It came and went in between: nothing is different.
    const [gone, stored] = [transferSubject(ROOM, 'gone'), transferSubject(ROOM, 'stored')];
    out.dropped([item('a', gone), item('b', gone), item('c', stored), item('d', stored)]);
    out.compared([], NONE, new Set([stored]));
    expect(told).toEqual([
      'steps-left-out: 2 steps could not be stored in time; only the last state of 0 transfers is reported',
    ]);
  });

  it('is not what was sent before it was dropped, and is stored late', () => {
    const { told, leftOut: out } = leftOut();
    const [a, b] = [transferSubject(ROOM, 'a'), transferSubject(ROOM, 'b')];
    out.dropped([item('a1', a), item('a2', a), item('a3', a), item('b1', b), item('b2', b)]);
    out.compared([item('a', a), item('b', b)], NONE, new Set([a, b]));
    const last = new Map([
      [a, { messageId: 'a1' }],
      [b, { messageId: 'of another relay' }],
    ]);
    // The second time it is known.
    for (let nth = 0; nth < 2; nth++) out.storedLate(last);
    for (const id of ['a', 'b']) out.settled(item(id));
    expect(told).toEqual([
      'steps-left-out: 2 steps could not be stored in time; only the last state of 2 transfers is reported',
    ]);
  });

  it('is a handover alone where that was dropped', () => {
    const { told, leftOut: out } = leftOut();
    const [a, b] = [transferSubject(ROOM, 'a'), transferSubject(ROOM, 'b')];
    for (const one of [item('a1', a), item('b1', b)]) out.found(one);
    out.dropped([item('a1', a), item('a2', a), item('b1', b)]);
    out.listed();
    out.compared([item('a', a)], NONE, new Set([a, b]));
    out.settled(item('a'));
    expect(told).toEqual([expect.stringMatching(/^handover: 1 transfer changed /)]);
  });

  it('is left to the next where nothing was compared since', () => {
    const { told, leftOut: out } = leftOut();
    out.dropped([item('a')]);
    out.ended(() => true);
    expect(told).toEqual([]);
  });
});

it('warnings that the stream has lost are known, the newest 20', async () => {
  const subject = roomSubject(ROOM, 'warning');
  const asked: (readonly [string, number])[] = [];
  const warnings = new StoredWarnings(subject, async (...one) => {
    asked.push(one);
    return ['w2', 'w5', 'of another relay'];
  });
  expect([await warnings.takeLost(), asked]).toEqual([[], []]);
  warnings.stored(item('a'), 1);
  for (let nth = 1; nth <= 25; nth++) warnings.stored(item(`w${nth}`, subject), 10 + nth);
  const lost = (await warnings.takeLost()).map(({ messageId }) => messageId);
  // The first five are forgotten.
  expect(lost).toEqual(Array.from({ length: 20 }, (_, at) => `w${at + 6}`));
  expect(asked).toEqual([[subject, 15]]);
  expect(await warnings.takeLost()).toEqual([]);
});

describe('warnings of a relay that lost its Room', () => {
  /** A stream that a relay stores its warnings in, and how that ends. */
  function late(ids: readonly string[], stream: Partial<FakeStream> = {}) {
    const clock = new TestClock();
    const stored: (readonly [string, number])[] = [];
    const { leftOut: out } = leftOut();
    const fake: FakeStream = { ids: [], last: () => NOTHING, faults: 0, ...stream };
    const done = storeLateWarnings(
      {
        room: ROOM,
        watcher: { clock },
        leftOut: out,
        warnings: ids.map((id) => item(id, roomSubject(ROOM, 'warning'))),
        since: 0,
        readIdsAfter: async () => [...fake.ids, ...stored.map(([id]) => id)],
        readLast: async () => fake.last(),
        storeLate: async ({ messageId }, _, last) => {
          stored.push([messageId, last]);
          if (fake.faults-- > 0) throw new Error('no answer');
          return last + 1;
        },
      },
      new AbortController().signal,
    );
    return { clock, stored, done };
  }

  it('are stored in order, but for those that are there', async () => {
    const sequences = new Map([[roomSubject(ROOM, 'warning'), 7]]);
    const { clock, stored, done } = late(['a', 'b', 'c'], {
      ids: ['b'],
      last: () => ({ ...NOTHING, sequences }),
    });
    await clock.pass(60_000);
    await done;
    expect(stored).toEqual([
      ['a', 7],
      ['c', 8],
    ]);
  });

  it('are stored once, though NATS does not answer that they are', async () => {
    const { clock, stored, done } = late(['a', 'b'], { faults: 2 });
    await clock.pass(600_000);
    await done;
    expect(stored.map(([id]) => id)).toEqual(['a', 'b']);
  });

  it('wait while the last one says that a person took the Room', async () => {
    let isTaken = true;
    const { clock, stored, done } = late(['a'], { last: () => (isTaken ? taken() : NOTHING) });
    await clock.pass(600_000);
    expect(stored).toEqual([]);
    isTaken = false;
    await clock.pass(60_000);
    await done;
    expect(stored).toHaveLength(1);
  });
});

interface FakeStream {
  readonly ids: readonly string[];
  readonly last: () => LastRecords;
  /** Records that are stored without an answer. */
  faults: number;
}

const NOTHING: LastRecords = { records: new Map(), sequences: new Map(), unreadable: 0 };

function taken(): LastRecords {
  const notice = { kind: 'warning', at: 0, code: TAKEN, message: '', count: 1, id: null } as const;
  const record = { type: 'warning', room: ROOM, at: 0, notice } as const;
  const records = new Map([[roomSubject(ROOM, 'warning'), { record, messageId: '', sequence: 1 }]]);
  return { ...NOTHING, records };
}
