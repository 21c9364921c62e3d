import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Census } from '../../src/conform/census.js';
import { conformLines, conformRecords } from '../../src/conform/output.js';
import { report } from '../../src/conform/report.js';
import { SHARED } from '../../src/conform/share.js';
import { makeStyle, UNICODE_SYMBOLS } from '../../src/output/look.js';
import { received } from '../support/frames.js';
import { PAYLOADS } from '../support/mutation.js';

/** Every documented message: the examples, and the other events with the fields that a client lists. */
const MESSAGES: readonly Readonly<Record<string, unknown>>[] = [
  ...PAYLOADS.map((line) => JSON.parse(line)),
  ...readFileSync(new URL('../fixtures/other-events.ndjson', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ event, fields }) => ({
      method: 'event',
      event,
      ...Object.fromEntries((fields ?? []).map((field: string) => [field, ''])),
    })),
];

/** Something private: a name, a PIN, an address, a sentence. Each has the mark, in some case, whole or in pieces. */
const mark = fc
  .tuple(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('Quokka', 'quokka', 'QUOKKA'),
    fc.string({ maxLength: 12 }),
  )
  .map((parts) => parts.join(''));
const identifier = fc
  .tuple(
    fc.constantFrom('', 'file', 'peerId', 'on'),
    fc.constantFrom('Quokka', 'quokka'),
    fc.constantFrom('', 'Changed', 'Name', '_id'),
  )
  .map((parts) => parts.join(''));
const PRIVATE_NUMBER = 48_151_623;

/** The message with the mark in every value, and in names, wherever they may stand. */
function marked(value: unknown, text: string, keys: readonly string[]): unknown {
  if (Array.isArray(value)) return [...value.map((row) => marked(row, text, keys)), text, { [text]: text }];
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, inner]) => [name, marked(inner, text, keys)]);
    const extra = keys.map((key) => [key, { [key]: [text, PRIVATE_NUMBER, { [key]: text }] }]);
    return Object.fromEntries([...fields, ...extra]);
  }
  return typeof value === 'number' ? PRIVATE_NUMBER : text;
}

it('nothing that came as a value, a name or a sentence is in a report to be shared', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MESSAGES),
      mark,
      fc.array(fc.oneof(identifier, mark), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('as it is', 'refused', 'unknown event', 'unknown method', 'no message', 'all numbers'),
      (message, text, keys, how) => {
        const { method, event } = message;
        const body = Object.assign({}, marked(message, text, keys));
        const names = event === undefined ? { method } : { method, event };
        const frames: Readonly<Record<typeof how, unknown>> = {
          'as it is': { ...body, ...names },
          refused: { ...body, ...names, result: false, error: text, resultCode: text },
          'unknown event': { ...body, method: 'event', event: keys[0] },
          'unknown method': { ...body, event: undefined, method: keys[0] },
          'no message': body,
          'all numbers': {
            ...body,
            ...names,
            status: PRIVATE_NUMBER,
            resultCode: PRIVATE_NUMBER,
            cause: PRIVATE_NUMBER,
          },
        };
        const census = new Census();
        census.take({ kind: 'sent', at: 0, text: JSON.stringify({ method: text, requestId: text }) }, text);
        census.take(received(JSON.stringify(frames[how]), 10_000), text);
        census.take(received(text, 10_000), text);
        census.take({ kind: 'warning', at: 10_000, code: 'binary-frame', message: text }, text);
        const made = report(census, SHARED);
        const about = { at: 10_000, room: null, program: 'trueconf-files' };
        const lines = conformLines(made, about, makeStyle(false), UNICODE_SYMBOLS);
        const shared = `${JSON.stringify(conformRecords(made, about))}\n${lines.join('\n')}`;
        expect(made.frames).toBe(3);
        expect(shared).not.toMatch(/quokka/i);
        expect(shared).not.toContain(String(PRIVATE_NUMBER));
      },
    ),
    { numRuns: 400 },
  );
});
