import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asHeld, ByAge, Forgotten, HeldSize } from '../../src/transfers/memory.js';
import { firstSeen, STATUSES, type Transfer } from '../../src/transfers/transfer.js';
import { fileFacts } from '../support/messages.js';

const step = fc.oneof(
  fc.record({ act: fc.constant('add' as const), id: fc.nat(9).map(String) }),
  fc.record({ act: fc.constant('delete' as const), id: fc.nat(9).map(String) }),
  fc.record({ act: fc.constant('take' as const) }),
);

test('whatever comes and goes, the oldest of those that are there is the next', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const ids = new ByAge<string>();
      const expected: string[] = [];
      for (const one of steps) {
        if (one.act === 'take') expect(ids.takeOldest()).toBe(expected.shift() ?? null);
        else if (one.act === 'delete') {
          ids.delete(one.id);
          if (expected.includes(one.id)) expected.splice(expected.indexOf(one.id), 1);
        } else {
          ids.add(one.id);
          if (!expected.includes(one.id)) expected.push(one.id);
        }
        expect([...ids]).toEqual(expected);
        expect(ids.size).toBe(expected.length);
      }
    }),
  );
});

const fate = fc.record({
  act: fc.constantFrom('add' as const, 'take' as const, 'remove' as const),
  id: fc.oneof(fc.nat(40).map(String), fc.uuid(), fc.string({ unit: 'binary', maxLength: 3 })),
  status: fc.constantFrom(...STATUSES),
});

test('of the newest that were forgotten all is known, and of others nothing wrong', () => {
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (steps, limit) => {
      const forgotten = new Forgotten(limit);
      // Ids in the order in which something was last noted of them.
      const fates = new Map<string, string | null>();
      for (const { act, id, status } of steps) {
        const known = fates.get(id);
        if (act !== 'take' || known != null) fates.delete(id);
        if (act === 'add') forgotten.add(id, status);
        else if (act === 'remove') forgotten.remove(id);
        else forgotten.take(id);
        if (act !== 'take') fates.set(id, act === 'add' ? status : 'removed');
        else if (known != null) fates.set(id, null);
      }
      const newest = new Set([...fates.keys()].slice(-limit));
      for (const [id, expected] of fates) {
        const told = forgotten.isRemoved(id) ? 'removed' : forgotten.get(id);
        if (newest.has(id)) expect(told).toBe(expected);
        else expect([expected, null]).toContain(told);
      }
    }),
  );
});

test('a table of fates grows with what is in it', () => {
  const forgotten = new Forgotten();
  for (let id = 0; id < 1_000; id++) forgotten.add(`id ${id}`, id % 2 === 0 ? 'complete' : 'failed');
  const told = Array.from({ length: 1_000 }, (_, id) => forgotten.get(`id ${id}`));
  expect(told.filter((status, id) => status !== (id % 2 === 0 ? 'complete' : 'failed'))).toEqual([]);
  expect(forgotten.get('id 1000')).toBeNull();
});

test('what is held again is forgotten no more', () => {
  const forgotten = new Forgotten();
  forgotten.add('a', 'failed');
  forgotten.remove('b');
  expect(forgotten.take('a')).toBe('failed');
  expect(forgotten.take('b')).toBeNull();
  expect(forgotten.get('a')).toBeNull();
  expect(forgotten.isRemoved('b')).toBe(false);
});

test('twice the limit is known at most, and one noted again and again counts once', () => {
  const forgotten = new Forgotten(3);
  forgotten.add('a', 'failed');
  for (let time = 0; time < 20; time++) forgotten.add('b', 'complete');
  expect(forgotten.get('a')).toBe('failed');
  for (const id of ['c', 'd', 'e', 'f']) forgotten.add(id, 'complete');
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => forgotten.get(id))).toEqual([
    ...[null, null, null],
    ...['complete', 'complete', 'complete'],
  ]);
});

/** A transfer whose texts are all of one length, but for the given ones. */
function withTexts(length: number, changes: Partial<Transfer> = {}): Transfer {
  const text = 'x'.repeat(length);
  const facts = { name: text, peer: { id: text, name: text }, conferenceId: text, fileId: text };
  return { ...firstSeen(fileFacts(text, facts), 'waiting', 1, 0, text), ...changes };
}

test('each text of what is held counts, up to the bound', () => {
  // What 512 active transfers of 2,048 characters take, as no ended ones are to be kept.
  const bound = 512 * 2_048;
  const size = new HeldSize(0);
  const filling = withTexts(0, { raw: 'x'.repeat(bound - 700) });
  const texts = withTexts(100);
  size.replace(null, filling);
  size.replace(undefined, texts);
  expect(size.isOver).toBe(false);
  size.replace(texts, withTexts(100, { raw: 'x'.repeat(101) }));
  expect(size.isOver).toBe(true);
  size.replace(filling, null);
  size.replace(null, withTexts(0, { peer: { id: null, name: null } }));
  expect(size.isOver).toBe(false);
});

test('a transfer without long texts is held as it is', () => {
  for (const changes of [{}, { peer: null, raw: null }, { peer: { id: null, name: null } }]) {
    const transfer = withTexts(10, changes);
    expect(asHeld(transfer, 10)).toBe(transfer);
  }
});

const LONG = 'x'.repeat(11);
const CUT = `${'x'.repeat(10)}…`;
const SHORT = 'x'.repeat(10);

test.each<[what: string, long: Partial<Transfer>, cut: Partial<Transfer>]>([
  ['name', { name: LONG }, { name: CUT }],
  ['name where no peer is known', { name: LONG, peer: null }, { name: CUT, peer: null }],
  ['id of a peer', { peer: { id: LONG, name: SHORT } }, { peer: { id: CUT, name: SHORT } }],
  ['name of a peer', { peer: { id: SHORT, name: LONG } }, { peer: { id: SHORT, name: CUT } }],
  ['conference', { conferenceId: LONG }, { conferenceId: CUT }],
  ['file', { fileId: LONG }, { fileId: CUT }],
  ['frame', { raw: LONG }, { raw: CUT }],
])('only what is long is cut: %s', (_, long, cut) => {
  expect(asHeld(withTexts(10, long), 10)).toEqual(withTexts(10, cut));
});
