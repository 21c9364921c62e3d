import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Effect, pressKey } from '../../src/screen/update.js';
import { wasShown } from '../../src/screen/view.js';
import { BURST_MS } from '../../src/terminal/bursts.js';
import { InputDecoder, SEQUENCE_MS } from '../../src/terminal/decoder.js';
import { inStatus, NOW } from './sample.js';
import { modelWith } from './sample-model.js';

const READ_MS = 300;
const FRAME_MS = 100;
const REACH = { page: 10, lastTop: 0, matches: [] };

/** Something that arrives at once, or in parts so long after one another. */
interface Piece {
  /** Silence before it, in milliseconds. */
  readonly after: number;
  readonly parts: readonly { readonly after: number; readonly bytes: Uint8Array }[];
  /** A character that was pressed, where it was one. */
  readonly key: string | null;
}

interface Answered {
  readonly at: number;
  readonly effect: Effect;
}

/** Runs the table with one waiting request selected; a frame is drawn within a moment of each input. */
function answersTo(pieces: readonly Piece[]): Answered[] {
  const waiting = modelWith([inStatus('waiting', 5, { id: 'w' })]);
  let model = pressKey(waiting, { kind: 'key', key: 'down' }, REACH, NOW).model;
  let now = NOW;
  const decoder = new InputDecoder();
  const answered: Answered[] = [];
  const take = (inputs: ReturnType<InputDecoder['push']>, at: number): void => {
    for (const input of inputs) {
      const update = pressKey(model, input, REACH, at);
      model = update.model;
      if (update.effect?.kind === 'decide') answered.push({ at, effect: update.effect });
    }
  };
  const waitFor = (ms: number): void => {
    for (const end = now + ms; now < end; ) {
      const next = Math.min(end, decoder.dueAt ?? end, now - ((now - NOW) % FRAME_MS) + FRAME_MS);
      now = next;
      take(decoder.settle(now), now);
      if ((now - NOW) % FRAME_MS === 0) model = wasShown(model, now);
    }
  };
  for (const { after, parts } of pieces) {
    waitFor(after);
    for (const part of parts) {
      waitFor(part.after);
      take(decoder.push(part.bytes, now), now);
    }
  }
  waitFor(2 * SEQUENCE_MS);
  return answered;
}

/** When keys were pressed that nothing else came close to. */
function pressed(pieces: readonly Piece[]): { readonly key: string; readonly at: number }[] {
  let now = NOW;
  const times = pieces.flatMap(({ after, parts, key }) => {
    now += after;
    return parts.map((part) => {
      now += part.after;
      return { key, at: now };
    });
  });
  return times.flatMap(({ key, at }, index) => {
    const isAlone = times.every(
      (other, place) => place === index || other.key === null || Math.abs(other.at - at) >= BURST_MS,
    );
    return key !== null && isAlone ? [{ key, at }] : [];
  });
}

const gap = fc.oneof(fc.nat(BURST_MS * 2), fc.nat(1_000));

const typed = fc.constantFrom(...'aaarryyyYnjx ').map((key) => ({
  key,
  parts: [{ after: 0, bytes: Buffer.from(key) }],
}));

/** Cut anywhere behind its first two bytes, its parts nearly as late as may be. */
const sequence = fc
  .tuple(
    fc.constantFrom(
      '\x1b]52;c;YXJyYXkgeWF5\x07',
      '\x1b]52;c;ayaryy\x1b\\',
      '\x1bPa|yry\x1b\\',
      '\x1b_ay\x1b\\',
      '\x1b[200~a\ry\x1b[201~',
      '\x1b[200~Please reply\x1b[201~',
      '\x1b[M ay',
      '\x1b[?62;22c',
      '\x1b[<0;10;5M',
      '\x1b[121;1:3u',
    ),
    fc.array(fc.tuple(fc.nat(40), fc.nat(SEQUENCE_MS - 1)), { maxLength: 3 }),
  )
  .map(([text, cuts]) => {
    const bytes = Buffer.from(text);
    const at = [
      0,
      ...cuts.map(([place]) => Math.max(2, place % bytes.length)).sort((a, b) => a - b),
      bytes.length,
    ];
    const parts = at.slice(1).map((end, index) => ({
      after: index === 0 ? 0 : (cuts[index - 1]?.[1] ?? 0),
      bytes: bytes.subarray(at[index], end),
    }));
    return { key: null, parts };
  });

/** A paste without marks, in parts that come one after the other. */
const unmarked = fc
  .tuple(
    fc.constantFrom('Please reply', 'ay', 'display name', 'a\ry\r', 'aaaaayyyyy', 'ray ray'),
    fc.array(fc.tuple(fc.nat(12), fc.nat(BURST_MS - 1)), { maxLength: 3 }),
  )
  .map(([text, cuts]) => {
    const at = [0, ...cuts.map(([place]) => Math.min(place, text.length)).sort((a, b) => a - b), text.length];
    const parts = at
      .slice(1)
      .map((end, index) => ({ after: cuts[index]?.[1] ?? 0, bytes: Buffer.from(text.slice(at[index], end)) }))
      .filter(({ bytes }) => bytes.length > 0);
    return { key: '', parts };
  });

const piece: fc.Arbitrary<Piece> = fc
  .tuple(gap, fc.oneof(typed, typed, sequence, unmarked))
  .map(([after, rest]) => ({ after, ...rest }));

const press = (after: number, text: string) => ({ after, bytes: Buffer.from(text) });

/** Its parts come so late that the first of them was once taken for a key. */
const LINE_END_IN_A_PASTE: readonly Piece[] = [
  { after: 0, key: '', parts: [press(0, 'a'), press(10, '\r'), press(10, 'y'), press(0, '\r')] },
  { after: 360, key: 'y', parts: [press(0, 'y')] },
];

test('a request is answered only by a or r and then, once the question was on the screen for 300 ms, by y', () => {
  let count = 0;
  fc.assert(
    fc.property(fc.array(piece, { minLength: 2, maxLength: 12 }), (pieces: readonly Piece[]) => {
      const keys = pressed(pieces);
      for (const { at } of answersTo(pieces)) {
        count += 1;
        const asked = keys.filter(({ key }) => key === 'a' || key === 'r').map((key) => key.at);
        const answered = keys.filter(({ key }) => key === 'y' || key === 'Y').map((key) => key.at);
        const isDeliberate = answered.some(
          (y) => y <= at && asked.some((question) => y - question >= READ_MS),
        );
        expect(isDeliberate).toBe(true);
      }
    }),
    { numRuns: 1_000, examples: [[LINE_END_IN_A_PASTE]] },
  );
  // Those that were meant to be answered were.
  expect(count).toBeGreaterThan(0);
});

test('no bytes that come together answer anything, whatever they are and however they are cut', () => {
  const bytes = fc.uint8Array({ minLength: 2, maxLength: 30 });
  const letters = fc.array(fc.constantFrom(...Buffer.from('ary\x1b[]O;0~\r')), {
    minLength: 2,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        bytes,
        letters.map((codes) => Uint8Array.from(codes)),
      ),
      fc.array(fc.nat(BURST_MS - 1)),
      (all, waits) => {
        const parts = [...all].map((byte, index) => ({
          after: waits[index] ?? 0,
          bytes: Uint8Array.of(byte),
        }));
        expect(answersTo([{ after: 0, parts, key: '' }])).toEqual([]);
        expect(answersTo([{ after: 0, parts: [{ after: 0, bytes: all }], key: '' }])).toEqual([]);
      },
    ),
  );
});
