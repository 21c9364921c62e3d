import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OTHER_EVENTS } from '../../src/protocol/other-events.js';
import { deviations, readShape } from '../../src/protocol/shape.js';
import { shapeOf, WIRE } from '../../src/protocol/wire.js';
import { LEGACY_METHODS } from '../../src/simulator/legacy.js';
import { METHODS } from '../../src/simulator/methods.js';
import { fieldProblems } from '../simulator/field-sets.js';
import { PAYLOADS } from '../support/mutation.js';

const examples = PAYLOADS.map((line) => JSON.parse(line));
const listed: readonly { event: string; fields: readonly string[] | null; file?: string }[] = readFileSync(
  new URL('../fixtures/other-events.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('the table of the wire', () => {
  it.each(examples.map((example) => [example.event ?? example.method, example]))(
    'agrees with the example of %s',
    (_, example) => {
      expect(fieldProblems(example)).toEqual([]);
    },
  );

  it('has every event that a client lists, with the fields that it lists', () => {
    const missing = listed.filter(({ event, fields }) => {
      const shapes = WIRE.events.get(event) ?? [];
      return !shapes.some((shape) => (fields ?? []).every((field) => shape.fields.has(field)));
    });
    expect(missing).toEqual([]);
    const open = listed.filter(({ fields, file }) => fields === null && file === undefined);
    expect(open.filter(({ event }) => !shapeOf('event', event, {})?.isOpen)).toEqual([]);
    const others = listed.filter(({ event, file }) => file === undefined && event !== 'appStateChanged');
    expect([...OTHER_EVENTS.keys()].filter((name) => name !== 'fileTransferPinChanged')).toEqual(
      others.map(({ event }) => event),
    );
  });

  it('has every method that a simulated Room answers', () => {
    const methods = ['auth', ...METHODS.keys(), ...LEGACY_METHODS.keys()];
    expect(methods.filter((method) => !WIRE.answers.has(method))).toEqual([]);
  });

  it('can only be written in its own words', () => {
    expect(() => readShape('size:bites')).toThrow('"bites"');
    expect(() => readShape('a-b')).toThrow('"a-b"');
  });
});

describe('an object that is not of its shape', () => {
  const shape = readShape('id:text size:bytes at:time level:0..3 code:0|2 note?:text rows:row[] one:row{}', {
    row: readShape('x:integer'),
  });
  const good = { id: '1', size: 3, at: 1_659_284_222, level: 3, code: 2, rows: [{ x: 1 }], one: { x: 2 } };
  const found = (changes: object) =>
    deviations({ ...good, ...changes }, shape, true).map(({ finding, path, expected, got }) =>
      [finding, path.map((part) => part ?? '[]').join('.'), expected, got].join(' '),
    );

  it.each<[what: string, changes: object, deviations: readonly string[]]>([
    ['nothing, where it is of the shape', {}, []],
    ['an absent field', { id: undefined }, ['absent id text ']],
    ['an extra field', { more: null }, ['extra more  null']],
    [
      'another type',
      { id: 7, size: '3', rows: {} },
      ['type id text integer', 'type size bytes text', 'type rows list object'],
    ],
    ['a fraction', { size: 1.5 }, ['type size bytes number']],
    [
      'numbers that are not documented',
      { level: 4, code: 1, size: -1 },
      ['value size bytes -1', 'value level 0..3 4', 'value code 0|2 1'],
    ],
    [
      'the other unit, inbound',
      { directionType: 0 },
      ['unit at milliseconds seconds', 'extra directionType  integer'],
    ],
    ['the right unit, outbound', { directionType: 1 }, ['extra directionType  integer']],
    [
      'what is wrong in rows',
      { rows: [{ x: 1 }, {}, 4], one: { x: '' } },
      ['absent rows.[].x integer ', 'type rows.[] object integer', 'type one.x integer text'],
    ],
    ['nothing of what was hidden', { id: '***', size: '***', rows: '***' }, []],
  ])('shows %s', (_, changes, expected) => {
    expect(found(changes)).toEqual(expected);
  });

  it('may lack everything where it is a refusal', () => {
    expect(deviations({}, shape, false)).toEqual([]);
  });
});

describe('each kind of a field', () => {
  it.each<[kind: string, good: readonly unknown[], bad: readonly unknown[]]>([
    ['any', [1, 'x', null, [], {}], []],
    ['number', [1, 1.5], ['1', null]],
    ['integer', [-1, 0, 1], [1.5, '1']],
    ['bytes', [0, 5], [-1, 1.5]],
    ['percent', [0, 100], [-1, 101]],
    ['port', [1, 65_535], [0, 65_536]],
    ['2..3', [2, 3], [1, 4]],
    ['-1..3', [-1, 3], [-2, 4]],
    ['1|3', [1, 3], [0, 2]],
    ['list', [[]], [{}, 'x']],
    ['object', [{}], [[], null, 'x']],
    ['boolean', [true], [1, 'true', null]],
    ['text', ['', 'x'], [1, null]],
    ['seconds', [99_999_999_999], [100_000_000_000, '5']],
    ['milliseconds', [100_000_000_000], [99_999_999_999, null]],
    ['time', [5, 1e12], ['5']],
    ['row{}', [{ x: 1 }], [{}, { x: '' }, [], 1]],
    ['row[]', [[], [{ x: 1 }]], [[{}], [1], {}]],
  ])('%s', (kind, good, bad) => {
    const shape = readShape(`a:${kind}`, { row: readShape('x:integer') });
    const isRight = (a: unknown) => deviations({ a }, shape, true).length === 0;
    expect(good.filter((value) => !isRight(value))).toEqual([]);
    expect(bad.filter(isRight)).toEqual([]);
  });

  it('a time is in the unit of its direction, and in any if none is given', () => {
    const shape = readShape('a:time directionType?');
    const unitFor = (directionType: unknown) =>
      deviations({ a: 5, directionType }, shape, true).map(({ expected }) => expected);
    expect([0, 1, 2, undefined].map(unitFor)).toEqual([['milliseconds'], [], [], []]);
    expect(deviations({ a: 1e12, directionType: 1 }, shape, true)).toMatchObject([
      { expected: 'seconds', got: 'milliseconds' },
    ]);
  });

  it('an open shape may have any other field, and an empty one none', () => {
    expect(deviations({ a: 1 }, readShape('*'), true)).toEqual([]);
    expect(deviations({ a: [] }, readShape(''), true)).toEqual([
      { finding: 'extra', path: ['a'], expected: null, got: 'list' },
    ]);
  });
});

it('a name that meant something else before 4.1 has the shape that fits', () => {
  const event = 'receivedFileRequest';
  expect(shapeOf('event', event, { fileRequestId: 'a' })?.fields.has('fileRequestId')).toBe(true);
  expect(shapeOf('event', event, { id: 1 })?.fields.has('id')).toBe(true);
  expect(shapeOf('event', 'fileStatus', {})?.fields.has('id')).toBe(true);
  expect(shapeOf('event', 'noSuchEvent', {})).toBeNull();
  expect(shapeOf('answer', event, {})).toBeNull();
});
