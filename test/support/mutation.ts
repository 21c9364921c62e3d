import { readFileSync } from 'node:fs';
import fc from 'fast-check';

/** The documented messages, one a line. */
export const PAYLOADS: readonly string[] = ['events', 'answers'].flatMap((name) =>
  readFileSync(new URL(`../fixtures/${name}.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n'),
);

type Mutation = (text: string) => string;

/** Documented messages after one to four accidents: to their text, or to the values in them. */
export function mutatedPayloads(): fc.Arbitrary<string> {
  const accidents = fc.array(mutation(), { minLength: 1, maxLength: 4 });
  return fc
    .noBias(fc.tuple(fc.constantFrom(...PAYLOADS), accidents))
    .map(([payload, mutations]) => mutations.reduce((text, mutate) => mutate(text), payload));
}

function mutation(): fc.Arbitrary<Mutation> {
  const place = fc.nat(1_000);
  const value = fc.constantFrom(...VALUES);
  return fc.oneof(
    fc.tuple(place, value).map((args) => withValue(...args)),
    fc.tuple(place, value).map((args) => withElement(...args)),
    fc.tuple(place, fc.constantFrom(...NAMES)).map((args) => withName(...args)),
    place.map(withoutField),
    place.map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
    fc.tuple(place, fc.constantFrom(...PIECES)).map(
      ([at, piece]) =>
        (text: string) =>
          insert(text, at % (text.length + 1), piece),
    ),
    fc.tuple(place, fc.nat(0xffff)).map(
      ([at, unit]) =>
        (text: string) =>
          replaceUnit(text, at % (text.length + 1), unit),
    ),
    fc.constantFrom(...NUMBERS).map((number) => (text: string) => text.replace(/:\d+/g, `:${number}`)),
    fc.tuple(place, fc.constantFrom(...PAYLOADS)).map(
      ([at, other]) =>
        (text: string) =>
          text.slice(0, at % (text.length + 1)) + other.slice(at % 100),
    ),
  );
}

/** An object or array in a message, and one of its keys; `null` where the text is no message with any. */
interface Slot {
  readonly whole: unknown;
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

function slotAt(text: string, at: number): Slot | null {
  const whole = parse(text);
  const slots: Slot[] = [];
  const visit = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
    // Arrays are objects, too, whose keys are their indexes.
    const owner = value as Record<string, unknown>;
    for (const key of Object.keys(owner).slice(0, MAX_KEYS)) {
      slots.push({ whole, owner, key });
      visit(owner[key], depth + 1);
    }
  };
  visit(whole, 0);
  return slots[at % slots.length] ?? null;
}

/** A message with one of its fields changed. */
function changed(text: string, at: number, change: (slot: Slot) => void): string {
  const slot = slotAt(text, at);
  if (slot === null) return text;
  change(slot);
  return JSON.stringify(slot.whole);
}

function withValue(at: number, value: unknown): Mutation {
  return (text) =>
    changed(text, at, ({ owner, key }) => {
      owner[key] = value;
    });
}

function withElement(at: number, value: unknown): Mutation {
  return (text) =>
    changed(text, at, ({ owner, key }) => {
      owner[key] = [value, owner[key], value];
    });
}

function withName(at: number, name: string): Mutation {
  return (text) =>
    changed(text, at, ({ owner, key }) => {
      const { [key]: value } = owner;
      delete owner[key];
      Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });
    });
}

function withoutField(at: number): Mutation {
  return (text) =>
    changed(text, at, ({ owner, key }) => {
      delete owner[key];
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

function replaceUnit(text: string, at: number, unit: number): string {
  return text.slice(0, at) + String.fromCharCode(unit) + text.slice(at + 1);
}

const MAX_DEPTH = 6;
const MAX_KEYS = 40;

const DEEP: unknown = JSON.parse(`${'['.repeat(200)}1${']'.repeat(200)}`);

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  2,
  3,
  4,
  1e308,
  -1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER + 1,
  8.64e15,
  8.64e15 + 1,
  1e11 - 1,
  '',
  ' ',
  '0',
  '3',
  '-3',
  'NaN',
  '1e999',
  '9'.repeat(400),
  'x'.repeat(5_000),
  '\0',
  '\x1b]52;c;eA==\x07',
  '\u009b31m',
  '\u202e',
  '\ud800',
  '👩‍👩‍👧',
  [],
  {},
  [null],
  [[]],
  { fileRequestId: 'a' },
  [{ fileRequestId: 'a', status: 1 }],
  { toString: 1, valueOf: 2, toJSON: 3 },
  DEEP,
];

const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'toJSON',
  'hasOwnProperty',
  'id',
  'event',
  'method',
  'result',
  'error',
  'files',
  'status',
  'processedSize',
  'totalSize',
  'available',
  '',
];

const PIECES: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  'null',
  '\u2028',
  '\ufeff',
  '\n',
  '\0',
  '\\u',
];

/** `1e999` is Infinity once parsed. */
const NUMBERS: readonly string[] = ['1e999', '-1e999', '-1', '0.5', '1e300', '00', '"7"', '{}', 'null'];
