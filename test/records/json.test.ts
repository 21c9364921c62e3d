import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonView, Sink } from '../../src/output/sink.js';
import { changeLine, toExactLine, toLine } from '../../src/records/line.js';
import { toRecord } from '../../src/records/record.js';
import { STATUSES } from '../../src/transfers/transfer.js';
import { makeTransfer } from '../support/transfers.js';

describe('a line of JSON', () => {
  it.each([
    [{ a: 1, b: null, c: 'x' }, '{"a":1,"b":null,"c":"x"}\n'],
    [{ a: '\x00\x1b\n\r\t' }, '{"a":"\\u0000\\u001b\\n\\r\\t"}\n'],
    [{ a: '\x7f\x80\x9b\x9f\xa0' }, '{"a":"\\u007f\\u0080\\u009b\\u009f\xa0"}\n'],
    [{ a: '"\\' }, '{"a":"\\"\\\\"}\n'],
    [
      { a: '\ud83d', b: '\ude42x', '\udfff': '\ud800\ud800🙂' },
      '{"a":"\ufffd","b":"\ufffdx","\ufffd":"\ufffd\ufffd🙂"}\n',
    ],
    [
      { a: '\\ud800', b: '\\\\ud800', c: '\\\ud800' },
      '{"a":"\\\\ud800","b":"\\\\\\\\ud800","c":"\\\\\ufffd"}\n',
    ],
    [{ a: 'ud800 and "ud83d' }, '{"a":"ud800 and \\"ud83d"}\n'],
    [{ a: '🙂\u202e\u2028' }, '{"a":"🙂\u202e\u2028"}\n'],
    [{ '\x9b': 1 }, '{"\\u009b":1}\n'],
  ])('of %j', (value, line) => {
    expect(toLine(value)).toBe(line);
  });

  it('has U+FFFD for each half character, and all else as it is', () => {
    fc.assert(
      fc.property(fc.array(anyText), (value) => {
        const line = toLine(value);
        expect(line.replaceAll('\\\\', '')).not.toContain('\\ud');
        expect(JSON.parse(line)).toEqual(value.map((one) => one.replace(/\p{Surrogate}/gu, '\ufffd')));
        expect(JSON.parse(toExactLine(value))).toEqual(value);
      }),
    );
  });

  it('is one line without controls, and reads back as what it was', () => {
    const unit = fc.constantFrom('grapheme', 'binary');
    const texts = unit.chain((kind) => fc.dictionary(fc.string({ unit: kind }), fc.string({ unit: kind })));
    fc.assert(
      fc.property(texts, (value) => {
        const line = toLine(value);
        expect(line.slice(0, -1)).not.toMatch(/\p{Cc}/u);
        expect(JSON.parse(line)).toEqual({ ...value });
      }),
    );
  });
});

describe('the view of records', () => {
  it('writes one line for each notice that has a record', async () => {
    const stream = new PassThrough();
    const sink = new Sink(stream);
    const view = new JsonView(sink);
    const written = text(stream);
    view.show({ kind: 'link', at: 0, link: { state: 'signing-in', attempt: 1 } }, 'demo');
    view.show({ kind: 'heartbeat', at: 0, connected: true }, 'demo');
    view.show(
      {
        kind: 'removed',
        at: 1,
        id: 'a\n',
        key: 'a\n',
        transfer: null,
        reason: 'gone',
        removedFromDisk: null,
      },
      'demo',
    );
    await view.close();
    await view.close();
    await sink.flush(new AbortController().signal);
    stream.end();
    expect(await written).toBe(
      '{"type":"heartbeat","v":1,"time":"1970-01-01T00:00:00.000Z","room":"demo","connected":true}\n' +
        '{"type":"removed","v":1,"time":"1970-01-01T00:00:00.001Z","room":"demo","id":"a\\n","reason":"gone","removedFromDisk":null}\n',
    );
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'grapheme-ascii' }),
  // Lone halves of pairs, what looks like them, and controls that only we escape.
  fc.string({
    unit: fc.constantFrom('a', 'ud800', '"', '\\', '\ud83d', '\ude42', '\x7f', '\x9b', '\xa0', '\n'),
  }),
);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const amount = orNull(fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e21, noNaN: true })));
/** Often the same as before, as in a stream of events. */
const time = fc.oneof(fc.constantFrom(1_659_284_223_120, 1_659_284_223_121), fc.nat(253_402_300_799_999));

const change = fc
  .record({
    at: time,
    kind: fc.constantFrom('transfer' as const, 'progress' as const),
    transfer: fc.record({
      id: anyText,
      direction: fc.constantFrom('inbound' as const, 'outbound' as const, 'unknown' as const),
      status: fc.constantFrom(...STATUSES),
      statusCode: orNull(fc.integer()),
      name: orNull(anyText),
      size: amount,
      peer: orNull(fc.record({ id: orNull(anyText), name: orNull(anyText) })),
      conferenceId: orNull(anyText),
      fileId: orNull(anyText),
      createdAt: orNull(time),
      progress: amount,
      bytes: amount,
      bytesPerSecond: amount,
    }),
    previousStatus: orNull(fc.constantFrom(...STATUSES)),
    origin: fc.constantFrom('snapshot' as const, 'event' as const, 'resync' as const),
    event: orNull(fc.oneof(fc.constant('fileRequestStatusChanged'), anyText)),
  })
  .map(({ transfer, ...fields }) => ({ ...fields, transfer: makeTransfer(transfer) }));

describe('the line of a change', () => {
  it('is the line of its record', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), fc.constantFrom('10.0.0.5', 'a"b'), (changes, room) => {
        for (const one of changes) expect(changeLine(one, room)).toBe(toLine(toRecord(one, room)));
      }),
      { numRuns: 1_000 },
    );
  });
});
