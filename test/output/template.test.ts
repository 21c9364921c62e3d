import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlacedError } from '../../src/errors.js';
import { makeLook } from '../../src/output/look.js';
import { compileTemplate } from '../../src/output/template.js';
import { displayWidth } from '../../src/output/width.js';
import { type Facts, FIELDS, factsOf } from '../../src/rules/fields.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { anyTransfer } from '../support/any-transfer.js';
import { makeTransfer } from '../support/transfers.js';

const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);
const LOOK = makeLook({ color: false, unicode: true });
const FULL: Partial<Transfer> = {
  id: 'id-1',
  direction: 'inbound',
  status: 'processing',
  statusCode: 2,
  name: 'Bericht für Анна.pdf',
  size: 5_000_000,
  peer: { id: 'ada@some.server', name: 'Ada' },
  createdAt: NOW - 125_000,
  firstSeenAt: NOW - 125_000,
  progress: 42.5,
};

function fill(template: string, facts: Partial<Transfer> = FULL, change: Partial<Facts> = {}): string {
  return compileTemplate(template).fill(factsOf(makeTransfer(facts), NOW, '10.0.0.5', change), LOOK);
}

describe('a template', () => {
  it.each<[template: string, text: string]>([
    ['{status} {name}', 'processing Bericht für Анна.pdf'],
    ['{time} {createdAt}', '2026-01-31T12:00:00.000Z 2026-01-31T11:57:55.000Z'],
    ['{size} {size:bytes} {size / 1000}', '5000000 4.8 MiB 5000'],
    ['{age}, {progress}%, {ended}', '2m 5s, 42.5%, false'],
    ['{peer} <{peer.id}>', 'Ada <ada@some.server>'],
    ['{conferenceId}|{conferenceId:json}|{rate:bytes}|{peer.id + "!"}', '-|null|-|ada@some.server!'],
    ['[{status:12}] [{status:>12}] [{status:^13}]', '[processing  ] [  processing] [ processing  ]'],
    ['[{size:9}] [{size:<9}] [{size:9bytes}]', '[  5000000] [5000000  ] [  4.8 MiB]'],
    ['[{name:.10}] [{name:12.10}] [{name:.1}]', '[Bericht f…] [Bericht f…  ] […]'],
    ['[{name:>.10 12}]', '[  Bericht f…]'],
    ['{ended ? "a" : "b"}{ended ? 1:2}{ended ? "x:y" : "}":>3}', 'b2  }'],
    ['{{{id}}} {[1, 2][1]} {{"a"}}', '{id-1} 2 {"a"}'],
    ['{ {"a": 7}["a"] :3}', '  7'],
    ['{name.startsWith("{") ? \'}\' : "\\"}"}', '"}'],
    ['a\\tb\\nc\\\\t\\x', 'a\tb\nc\\t\\x'],
    [
      '{peer:json} {name:json} {[1, 2]:json}',
      '{"id":"ada@some.server","name":"Ada"} "Bericht für Анна.pdf" [1,2]',
    ],
    ['{createdAt:json} {age:json} {size > MB:json}', '"2026-01-31T11:57:55.000Z" 125 true'],
    ['no field', 'no field'],
  ])('%s: %s', (template, text) => {
    expect(fill(template)).toBe(text);
  });

  it('makes text from outside safe, and exact as JSON', () => {
    const name = 'a\x1b[2J\nb\u202e\u009b.txt';
    expect(fill('{name}', { name })).toBe('a\\x1b[2J\\x0ab\\u202e\\x9b.txt');
    expect(fill('{name:json}', { name })).toBe('"a\\u001b[2J\\nb\\u202e\\u009b.txt"');
    expect(JSON.parse(fill('{name:json}', { name }))).toBe(name);
    expect(JSON.parse(fill('{name:json}', { name: '👩‍👩‍👧\u{e0041}' }))).toBe('👩‍👩‍👧\u{e0041}');
    expect(fill('{name:json} {[name]}', { name: 'a\ud800\\ud800' })).toBe(
      '"a\ufffd\\\\ud800" ["a\ufffd\\\\ud800"]',
    );
    expect(fill('{[name]}', { name })).toBe('["a\\u001b[2J\\nb\\u202e\\u009b.txt"]');
  });

  it('shows an empty name as lists do, and as it is as JSON', () => {
    expect(fill('{name} {name:json} {name + ""}', { name: '' })).toBe('(no name) "" ');
  });

  it('counts columns of the display', () => {
    expect(fill('[{name:8.6}]', { name: '佐藤花子.txt' })).toBe('[佐藤…   ]');
    expect(fill('[{name:>6}]', { name: '佐藤' })).toBe('[  佐藤]');
  });

  it('can show every field, known or not', () => {
    for (const { name } of FIELDS) {
      expect(fill(`{${name}}`)).not.toBe('');
      expect(fill(`{${name}}`, {})).not.toMatch(/null|undefined|NaN|object/);
      expect(() => JSON.parse(fill(`{${name}:json}`, {}))).not.toThrow();
    }
  });

  it('never writes a control character, never two lines, and never more columns than its cut', () => {
    const names = FIELDS.map(({ name }) => name);
    const fields = fc.constantFrom(...names, 'peer.id', 'peer.name', '[name, peer.id]', 'name + id');
    fc.assert(
      fc.property(anyTransfer, fields, fc.nat(30), fc.nat(30), (transfer, field, cut, width) => {
        const facts = factsOf(transfer, NOW, 'lobby\x1b');
        const json = compileTemplate(`{${field}:json}`).fill(facts, LOOK);
        const text = compileTemplate(`{${field}:${width}.${cut}}`).fill(facts, LOOK);
        expect(text + json).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(displayWidth(text)).toBeLessThanOrEqual(Math.max(cut, width));
        expect(displayWidth(text)).toBeGreaterThanOrEqual(width);
        expect(() => JSON.parse(json)).not.toThrow();
      }),
    );
  });
});

describe('a wrong template', () => {
  it.each<[template: string, message: string, marked: string, hint: string]>([
    ['{time} {nmae}', '"nmae" is not a field.', 'nmae', 'Did you mean name? The fields are time, room, id,'],
    ['{foo}', '"foo" is not a field.', 'foo', 'The fields are time, room, id,'],
    ['{name} {size + name}', "These types don't go together: int + string.", 'size + name', ''],
    ['a {name', 'The { is never closed.', '{', 'a brace itself is written {{'],
    ['{name + "}', 'The { is never closed.', '{', ''],
    ['a}b', 'A } closes nothing.', '}', 'A brace itself is written }}.'],
    ['x {} y', 'Nothing stands in the braces.', '{}', 'Write a field'],
    ['{name:wide}', '"wide" is not a layout of a field.', 'wide', 'a width (10)'],
    ['{name:10 20}', '"20" is not a layout of a field.', '20', 'at most once'],
    ['{name:1001}', 'A field has at most 1000 columns.', '1001', ''],
    ['{name:bytes}', 'bytes is for numbers.', 'name:bytes', '{size:bytes}'],
    ['{name:json.4}', "JSON can't be cut.", 'json.4', 'Leave out'],
    ['', 'The template is empty.', '', '{name}'],
  ])('%s: %s', (template, message, marked, hint) => {
    const error = wrong(template);
    expect(error.message).toBe(message);
    expect(template.slice(error.place.start, error.place.end)).toBe(marked);
    expect(error.hint ?? '').toContain(hint);
  });

  it('fails with its place, whatever it is', () => {
    const parts = fc.constantFrom(
      '{',
      '}',
      ':',
      '"',
      "'",
      '\\',
      'name',
      'size',
      '.4',
      'json',
      '?',
      ' ',
      '[',
      ')',
      '<',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
        const template = some.join('');
        try {
          compileTemplate(template);
        } catch (error) {
          expect(error).toBeInstanceOf(PlacedError);
          const { source, place } = error as PlacedError;
          expect(source).toBe(template);
          expect(place.start).toBeLessThanOrEqual(template.length);
        }
      }),
    );
  });
});

function wrong(template: string): PlacedError {
  try {
    compileTemplate(template);
  } catch (error) {
    if (error instanceof PlacedError) return error;
    throw error;
  }
  throw new Error(`"${template}" is taken`);
}
