import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonView, Sink } from '../../src/output/sink.js';
import { toLine } from '../../src/records/record.js';

describe('a line of JSON', () => {
  it.each([
    [{ a: 1, b: null, c: 'x' }, '{"a":1,"b":null,"c":"x"}\n'],
    [{ a: '\x00\x1b\n\r\t' }, '{"a":"\\u0000\\u001b\\n\\r\\t"}\n'],
    [{ a: '\x7f\x80\x9b\x9f\xa0' }, '{"a":"\\u007f\\u0080\\u009b\\u009f\xa0"}\n'],
    [{ a: '"\\' }, '{"a":"\\"\\\\"}\n'],
    [{ a: '\ud83d' }, '{"a":"\\ud83d"}\n'],
    [{ a: '🙂\u202e\u2028' }, '{"a":"🙂\u202e\u2028"}\n'],
    [{ '\x9b': 1 }, '{"\\u009b":1}\n'],
  ])('of %j', (value, line) => {
    expect(toLine(value)).toBe(line);
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
      { kind: 'removed', at: 1, id: 'a\n', transfer: null, reason: 'gone', removedFromDisk: null },
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
