import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Monitor } from '../../src/monitor/monitor.js';
import { decode } from '../../src/protocol/decode.js';
import { OTHER_EVENTS } from '../../src/protocol/other-events.js';
import { Redactor } from '../../src/protocol/secrets.js';
import { WIRE } from '../../src/protocol/wire.js';
import { entryLine } from '../../src/recording/format.js';
import { RecordingRedactor } from '../../src/recording/redact.js';
import { toRecord } from '../../src/records/record.js';
import type { Entry } from '../../src/room/entry.js';
import { received } from '../support/frames.js';
import { runs } from '../support/soak.js';

const MARK = 'zqx';
/** Texts that a person could have chosen: bare, in a sentence, as a name, an id, an address, a number. */
const marked = fc
  .tuple(
    fc.constantFrom('', 'a ', 'the Room said: ', 'connection refused ', '"', 'https://', '10.0.0.5 '),
    fc.constantFrom(
      MARK,
      `${MARK}@${MARK}.server`,
      `${MARK}.pdf`,
      `a.${MARK}`,
      `Ж${MARK}🎉`,
      `${MARK}-1`,
      `error-${MARK}`,
    ),
    fc.constantFrom('', ' b', '.jpg', '"', '/x', ' 42'),
  )
  .map((parts) => parts.join(''));
const ADDRESS = /10\.0\.0\.5|987654321/;
const NUMBER = 987_654_321;

const FIELDS = [
  ...new Set(
    [...WIRE.events.values(), ...WIRE.answers.values()].flat().flatMap(({ fields }) => [...fields.keys()]),
  ),
  ...[
    'room',
    'peer',
    'reason',
    'message',
    'stderr',
    'command',
    'rule',
    'hook',
    'fault',
    'error',
    'to',
    'address',
  ],
  ...[
    'type',
    'v',
    'time',
    'id',
    'status',
    'event',
    'method',
    'requestId',
    'state',
    'code',
    'origin',
    MARK,
    '__proto__',
  ],
];
const NAMES = [...WIRE.events.keys(), ...WIRE.answers.keys(), ...OTHER_EVENTS];
const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  object: fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), marked), tie('value'), { maxKeys: 6 }),
  value: fc.oneof(
    { depthSize: 'small' },
    marked,
    fc.constantFrom(null, true, 1),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
}));
const frame = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 12 }),
    fc.oneof(
      fc.constantFrom(...NAMES).map((event) => ({ method: 'event', event })),
      fc.constantFrom(...NAMES).map((method) => ({ method })),
      marked.map((event) => ({ method: 'event', event })),
      fc
        .constantFrom('transfer', 'warning', 'hook')
        .map((type) => ({ type, v: 1, time: '2022-07-31T16:17:02.000Z' })),
      fc.constant({}),
    ),
  )
  .map(([fields, name]) => JSON.stringify({ ...fields, ...name }));
const text = fc.oneof(
  { weight: 8, arbitrary: frame },
  marked,
  fc.tuple(frame, fc.nat(60)).map(([whole, length]) => whole.slice(0, length)),
  value.map((one) => JSON.stringify(one)),
);

const asEntry = (kind: 'received' | 'sent' | 'held', frameText: string): Entry =>
  kind === 'sent'
    ? { kind, at: 0, text: frameText }
    : { kind, at: 0, text: frameText, message: decode(frameText) };
const entry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom('received', 'sent', 'held'), text)
      .map(([kind, one]) => asEntry(kind, one)),
  },
  marked.map((reason): Entry => ({ kind: 'link', at: 0, link: { state: 'closed', reason } })),
  marked.map((reason): Entry => {
    return {
      kind: 'link',
      at: 0,
      link: { state: 'waiting', attempt: 1, retryInMs: 1, reason, wasLive: true },
    };
  }),
  fc.tuple(marked, marked).map(([code, message]): Entry => ({ kind: 'warning', at: 0, code, message })),
);

describe('of what is marked', () => {
  it('nothing survives in any text field', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, marked), { maxLength: 8 }), (entries) => {
        const redactor = new RecordingRedactor();
        const lines = entries.map(([one, room]) =>
          entryLine(redactor.entry(one), redactor.room(room), new Redactor()),
        );
        expect(lines.join('')).not.toMatch(new RegExp(MARK, 'i'));
        expect(lines.join('')).not.toMatch(ADDRESS);
        for (const [one] of entries)
          if ('text' in one) expect(redactor.frame(one.text)).not.toMatch(new RegExp(MARK, 'i'));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it.each(['fileRequestId', 'id', 'fileId', 'file', 'confId', 'peerId', 'fileName', 'peerDn', 'other'])(
    'no number survives that is an id or a name: %s',
    (field) => {
      const redactor = new RecordingRedactor();
      const about = { method: 'event', event: 'fileRequestStatusChanged', fileRequestId: 'a', status: 1 };
      expect(redactor.frame(JSON.stringify({ ...about, [field]: NUMBER }))).not.toContain(String(NUMBER));
    },
  );

  it('no chat is left, not even its words', () => {
    const redactor = new RecordingRedactor();
    const chat = {
      method: 'event',
      event: 'incomingChatMessage',
      message: 'the file is received',
      peerId: 'a',
    };
    expect(redactor.frame(JSON.stringify(chat))).toBe('{"method":"event","event":"incomingChatMessage"}');
  });
});

const id = fc.constantFrom('a', 'b', '7', 'x'.repeat(2_000), '');
const facts = fc.record(
  {
    fileRequestId: fc.oneof(id, fc.constant(7)),
    status: fc.constantFrom(0, 1, 2, 3, 9, '2', 'two', null),
    directionType: fc.constantFrom(0, 1, 5),
    fileName: fc.constantFrom('Смета.pdf', 'plan', '', 5, null),
    fileSize: fc.constantFrom(0, 3_200, -1, '12'),
    peerId: fc.constantFrom('ann@server', ''),
    peerDn: fc.constantFrom('Анна', 7),
    timestamp: fc.constantFrom(1_659_284_222_850, 'noon'),
    processedPercents: fc.constantFrom(0, 50, 200),
    file: fc.constantFrom('f', 3),
    fileId: fc.constantFrom('f', 3),
    appState: fc.nat(6),
    availability: fc.nat(3),
    result: fc.constantFrom(true, false, 'yes'),
  },
  { requiredKeys: [] },
);
const message = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(facts, fc.constantFrom(...WIRE.events.keys()))
      .map(([fields, event]) => JSON.stringify({ method: 'event', event, ...fields })),
  },
  fc
    .tuple(fc.constantFrom(...WIRE.answers.keys()), fc.array(facts, { maxLength: 3 }), fc.boolean())
    .map(([method, rows, result]) =>
      JSON.stringify({
        method,
        requestId: '1',
        result,
        incomingFilesRequests: rows,
        outgoingFilesRequests: rows,
        files: rows,
      }),
    ),
  fc.constantFrom('no JSON', '[1]', '7', '{}', '{"method":"event"}', '{"event":"somethingNew"}'),
);

it('what became of each transfer stays as it was', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), (frames) => {
      const redactor = new RecordingRedactor();
      const [before, after] = [new Monitor(), new Monitor()];
      const ids = new Map<unknown, unknown>();
      for (const [at, frameText] of frames.entries()) {
        const one = received(frameText, at);
        const { text: redacted } = redactor.entry(one) as Extract<Entry, { kind: 'received' }>; // It keeps its kind.
        const told = before.feed(one).map((notice) => toRecord(notice, 'r'));
        const again = after
          .feed({ ...one, text: redacted, message: decode(redacted) })
          .map((notice) => toRecord(notice, 'r'));
        expect(again.map(factsOf)).toEqual(told.map(factsOf));
        for (const [nth, record] of told.entries()) {
          const [own, pseudonym] = [idOf(record), idOf(again[nth])];
          expect(ids.get(own) ?? pseudonym).toBe(pseudonym);
          ids.set(own, pseudonym);
        }
      }
      expect(new Set(ids.values()).size).toBe(ids.size);
    }),
    { numRuns: runs(1_000) },
  );
});

const idOf = (record: object | null | undefined): unknown => (record && 'id' in record ? record.id : null);

/** All of a record but its texts that a person could have chosen. */
function factsOf(record: object | null): unknown {
  if (record === null) return null;
  const {
    id: _id,
    name,
    peer,
    fileId,
    message: _message,
    ...rest
  } = record as Readonly<Record<string, unknown>>; // A record is an object.
  return { ...rest, name: typeof name, peer: typeof peer, fileId: fileId === null };
}
