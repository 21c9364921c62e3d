import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/protocol/decode.js';
import { Redactor } from '../../src/protocol/secrets.js';
import { entryLine, headerLine, readBeginning, readEntry } from '../../src/recording/format.js';
import type { Entry } from '../../src/room/entry.js';
import { received } from '../support/frames.js';

const AT = Date.UTC(2022, 6, 31, 16, 17, 3, 120);
const TEXT = '{"method":"event","event":"fileTransferHistoryCleared"}';

const ENTRIES: readonly Entry[] = [
  received(TEXT, AT),
  received('no JSON', AT),
  { kind: 'held', at: AT, text: TEXT, message: decode(TEXT) },
  { kind: 'sent', at: AT, text: '{"method":"getAppState"}' },
  { kind: 'link', at: AT, link: { state: 'connecting', attempt: 1 } },
  { kind: 'link', at: AT, link: { state: 'signing-in', attempt: 1 } },
  { kind: 'link', at: AT, link: { state: 'listing', attempt: 2 } },
  { kind: 'link', at: AT, link: { state: 'live', attempt: 2 } },
  {
    kind: 'link',
    at: AT,
    link: { state: 'waiting', attempt: 0, retryInMs: 250, reason: 'cut', wasLive: true },
  },
  { kind: 'link', at: AT, link: { state: 'closed', reason: 'stopped' } },
  { kind: 'listing-asked', at: AT, cause: 'snapshot' },
  { kind: 'listing-asked', at: AT, cause: 'resync' },
  { kind: 'listing-asked', at: AT, cause: 'cleared' },
  { kind: 'listing-answered', at: AT, inbound: true, outbound: false },
  { kind: 'warning', at: AT, code: 'binary-frame', message: 'a binary frame came' },
  { kind: 'heartbeat', at: AT, connected: false },
];

describe('a recording', () => {
  it('begins with what it is', () => {
    const part = { id: 'x', number: 2, held: 3 };
    const line = headerLine({ time: AT, program: 'trueconf-files 1.2.3', rooms: ['a', 'b'], part });
    expect(line).toBe(
      '{"type":"recording","v":1,"time":"2022-07-31T16:17:03.120Z","program":"trueconf-files 1.2.3","rooms":["a","b"],"id":"x","part":2,"held":3}\n',
    );
    expect(readBeginning(line)).toMatchObject({ kind: 'recording', time: AT, rooms: ['a', 'b'], part });
  });

  it.each(ENTRIES.map((entry) => [entry.kind, entry] as const))('keeps an entry whole: %s %j', (_, entry) => {
    const line = entryLine(entry, 'room', new Redactor());
    expect(line).toMatch(/^\{"at":"2022-07-31T16:17:03\.120Z","room":"room","kind":"[a-z-]+",[^\n]*\}\n$/);
    expect(readEntry(line)).toEqual({ room: 'room', entry });
  });

  it('keeps any text of a frame, in a line without controls', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = entryLine({ kind: 'sent', at: AT, text }, 'room', new Redactor());
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        expect(line.slice(0, -1)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
        expect(readEntry(line)).toEqual({ room: 'room', entry: { kind: 'sent', at: AT, text } });
      }),
    );
  });
});

const WAITING = { state: 'waiting', attempt: 1, retryInMs: 1, reason: 'cut', wasLive: true };
const incomplete = (kind: string) => `is not a complete entry of the kind "${kind}"`;

describe('a line that is no entry', () => {
  const line = (fields: object) =>
    JSON.stringify({ at: '2022-07-31T16:17:03.120Z', room: 'r', kind: 'heartbeat', ...fields });

  it.each<[what: string, text: string, fault: string]>([
    ['no JSON', '{"at":', 'is not an entry'],
    ['no object', '[1]', 'is not an entry'],
    ['no time', line({ at: 'noon' }), 'has the time "noon"'],
    ['a time that is not a text', line({ at: 5 }), 'has the time 5'],
    ['no Room', line({ room: null }), 'has the Room null'],
    ['no kind', line({ kind: undefined }), 'has the kind missing, which is not known'],
    ['a kind that is not known', line({ kind: 'toString' }), 'has the kind "toString", which is not known'],
    ['a part missing', line({}), 'is not a complete entry of the kind "heartbeat"'],
    ['no frame', line({ kind: 'received' }), 'is not a complete entry of the kind "received"'],
    ['a text that is none', line({ kind: 'sent', text: 5 }), incomplete('sent')],
    ['a known text that is none', line({ kind: 'held', text: 5 }), incomplete('held')],
    ['a kind that is not a text', line({ kind: ['heartbeat'] }), 'has the kind an array, which is not known'],
    ['a cause that is not known', line({ kind: 'listing-asked', cause: 'x' }), incomplete('listing-asked')],
    ...[{ inbound: true }, { outbound: true }, { inbound: 1, outbound: 1 }].map(
      (fields): [string, string, string] => [
        `half an answer ${JSON.stringify(fields)}`,
        line({ kind: 'listing-answered', ...fields }),
        incomplete('listing-answered'),
      ],
    ),
    ...[{ code: 'a' }, { message: 'a' }].map((fields): [string, string, string] => [
      `half a warning ${JSON.stringify(fields)}`,
      line({ kind: 'warning', ...fields }),
      incomplete('warning'),
    ]),
    ...[
      { state: 'live' },
      { state: 'connecting', attempt: '1' },
      { state: 'closed' },
      { ...WAITING, attempt: null },
      { ...WAITING, retryInMs: '1' },
      { ...WAITING, reason: 5 },
      { ...WAITING, wasLive: 'yes' },
    ].map((link): [string, string, string] => [
      `a link that lacks something ${JSON.stringify(link)}`,
      line({ kind: 'link', link }),
      incomplete('link'),
    ]),
    ['no link', line({ kind: 'link', link: 'live' }), 'is not a complete entry of the kind "link"'],
    [
      'a link that is not known',
      line({ kind: 'link', link: { state: 'x' } }),
      'is not a complete entry of the kind "link"',
    ],
    [
      'half a link',
      line({ kind: 'link', link: { state: 'waiting', attempt: 1, reason: 'cut', wasLive: true } }),
      'is not a complete entry of the kind "link"',
    ],
  ])('is told: %s', (_, text, fault) => {
    expect(readEntry(text)).toEqual({ fault });
  });

  it('any text is reported or read, never thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readEntry(text)).toBeTypeOf('object');
        expect(readBeginning(text)).toBeTypeOf('object');
      }),
    );
  });
});

const PART = '"type":"recording","v":1,"rooms":[]';

it.each([
  ['a message', '{"method":"event"}', { kind: 'messages' }],
  ['no JSON', 'hello', { kind: 'messages' }],
  ['a message with a type', '{"method":"event","type":"x"}', { kind: 'messages' }],
  ['a record', '{"type":"heartbeat","v":1,"time":"2022-07-31T16:17:03.120Z"}', { kind: 'records' }],
  ['a record without a readable time', '{"type":"x","v":1,"time":"noon"}', { kind: 'records', time: 0 }],
  ['a time without a version', '{"type":"x","time":"2022-07-31T16:17:03.120Z"}', { kind: 'messages' }],
  ['a version without a time', '{"type":"x","v":1}', { kind: 'messages' }],
  ['a type that is not a text', '{"type":1,"v":1,"time":"2022-07-31T16:17:03.120Z"}', { kind: 'messages' }],
  [
    'an entry, as a piece of a recording',
    '{"at":"2022-07-31T16:17:03.120Z","room":"r","kind":"heartbeat","connected":true}',
    { kind: 'recording', time: AT, rooms: ['r'], hasHeader: false, part: null },
  ],
  [
    'Rooms that are none',
    '{"type":"recording","v":1,"rooms":["a",5,null]}',
    { kind: 'recording', rooms: ['a'], hasHeader: true, part: null },
  ],
  ['a first part', `{${PART},"id":"x","part":0}`, { part: { id: 'x', number: 0, held: 0 } }],
  ['a part without an id', `{${PART},"part":1,"held":0}`, { part: null }],
  ['a part without a number', `{${PART},"id":"x","held":0}`, { part: null }],
  ['a part with a wrong number', `{${PART},"id":"x","part":-1}`, { part: null }],
  ['a part that holds half a line', `{${PART},"id":"x","part":1,"held":0.5}`, { part: null }],
  ['a newer version', '{"type":"recording","v":2}', { kind: 'newer', version: '2' }],
  ['no version', '{"type":"recording"}', { kind: 'newer', version: 'missing' }],
  ['no Rooms', '{"type":"recording","v":1}', { kind: 'recording', time: 0, rooms: [] }],
])('the first line shows what it is: %s', (_, text, beginning) => {
  expect(readBeginning(text)).toMatchObject(beginning);
});
