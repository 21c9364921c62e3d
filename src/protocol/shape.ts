import { FIRST_MILLISECONDS } from './fields.js';
import { isObject, type JsonObject } from './json.js';

/** What a value on the wire may be. Its name is how the table of the wire writes it. */
export type Kind =
  | { readonly is: 'any' | 'text' | 'boolean' | 'number' | 'list' | 'object'; readonly name: string }
  /** A whole number, of which maybe only some are documented. */
  | { readonly is: 'integer'; readonly name: string; readonly takes: (value: number) => boolean }
  /** Since 1970. `time` is in milliseconds for inbound requests and in seconds for outbound ones. */
  | { readonly is: 'time'; readonly name: 'milliseconds' | 'seconds' | 'time' }
  /** A list of objects, or one object, of another shape. */
  | { readonly is: 'rows' | 'row'; readonly name: string; readonly shape: Shape };

/** An object on the wire, as it is documented. */
export interface Shape {
  readonly fields: ReadonlyMap<string, { readonly kind: Kind; readonly isOptional: boolean }>;
  /** Whether it can have unlisted fields. */
  readonly isOpen: boolean;
}

/**
 * Reads a shape as the table writes it: `name:kind` for each field, `name?:kind` where it may be absent, `*` where there
 * may be others. Kinds are `any` (where none is given), `text`, `boolean`, `number`, `integer`, `bytes`, `percent`, `port`,
 * `milliseconds`, `seconds`, `time`, `list`, `object`, numbers such as `0..3` and `0|1|3`, and `row[]` or `row{}` for rows
 * of another shape.
 * @param rows the other shapes, by name
 * @throws Error where the table is wrong
 */
export function readShape(text: string, rows: Readonly<Record<string, Shape>> = {}): Shape {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const fields = words
    .filter((word) => word !== '*')
    .map((word) => {
      const [, name = '', optional, kind] = /^(\w+)(\?)?(?::(.+))?$/.exec(word) ?? [];
      if (name === '') throw new Error(`the table of the wire has the field "${word}"`);
      const isOptional = optional !== undefined;
      return [name, { kind: readKind(kind ?? USUAL_KINDS[name] ?? 'any', rows), isOptional }] as const;
    });
  return { fields: new Map(fields), isOpen: words.includes('*') };
}

/** Of fields that are the same wherever they stand. */
const USUAL_KINDS: Readonly<Record<string, string>> = {
  confId: 'text',
  fileName: 'text',
  message: 'text',
  peerDisplayName: 'text',
  peerDn: 'text',
  peerId: 'text',
};

function readKind(name: string, rows: Readonly<Record<string, Shape>>): Kind {
  switch (name) {
    case 'any':
    case 'text':
    case 'boolean':
    case 'number':
    case 'list':
    case 'object':
      return { is: name, name };
    case 'milliseconds':
    case 'seconds':
    case 'time':
      return { is: 'time', name };
    case 'integer':
      return { is: 'integer', name, takes: () => true };
    case 'bytes':
      return { is: 'integer', name, takes: (value) => value >= 0 };
    case 'percent':
      return { is: 'integer', name, takes: (value) => value >= 0 && value <= 100 };
    case 'port':
      return { is: 'integer', name, takes: (value) => value > 0 && value <= 65_535 };
  }
  const [, row = '', brackets] = /^(\w+)(\[\]|\{\})$/.exec(name) ?? [];
  const shape = rows[row];
  if (shape !== undefined) {
    return brackets === '[]' ? { is: 'rows', name: 'list', shape } : { is: 'row', name: 'object', shape };
  }
  const [, least, most] = /^(-?\d+)\.\.(\d+)$/.exec(name) ?? [];
  if (most !== undefined) {
    return { is: 'integer', name, takes: (value) => value >= Number(least) && value <= Number(most) };
  }
  const values = name.split('|').map(Number);
  if (values.some(Number.isNaN)) throw new Error(`the table of the wire has the kind "${name}"`);
  return { is: 'integer', name, takes: (value) => values.includes(value) };
}

/** The way to a field: names, and `null` for each row of a list. */
export type Path = readonly (string | null)[];

/** Where an object is not what is documented. */
export interface Deviation {
  readonly finding: 'absent' | 'extra' | 'type' | 'unit' | 'value';
  readonly path: Path;
  /** A kind, as the table writes it; `null` for an extra field. */
  readonly expected: string | null;
  /** What came: a type or a unit, or for `value` the number; `null` for an absent field. */
  readonly got: string | number | null;
}

/** What a value is, in the words of the table. What was hidden before it was recorded is `hidden`. */
export type ValueType = 'text' | 'integer' | 'number' | 'boolean' | 'null' | 'list' | 'object' | 'hidden';

export function typeOf(value: unknown): ValueType {
  if (value === '***') return 'hidden';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
    default:
      return value === null ? 'null' : 'object';
  }
}

/**
 * Everything in which an object is not of a shape.
 * @param isWhole whether all documented fields must be there: a refusal has none of what was asked for
 */
export function deviations(
  from: JsonObject,
  { fields, isOpen }: Shape,
  isWhole: boolean,
  path: Path = [],
): readonly Deviation[] {
  const found: Deviation[] = [];
  for (const [name, { kind, isOptional }] of fields) {
    const value = Object.hasOwn(from, name) ? from[name] : undefined;
    const at = [...path, name];
    if (value !== undefined) found.push(...deviationsOf(value, kind, from, isWhole, at));
    else if (isWhole && !isOptional)
      found.push({ finding: 'absent', path: at, expected: kind.name, got: null });
  }
  if (isOpen) return found;
  for (const [name, value] of Object.entries(from)) {
    if (fields.has(name)) continue;
    found.push({ finding: 'extra', path: [...path, name], expected: null, got: typeOf(value) });
  }
  return found;
}

function deviationsOf(
  value: unknown,
  kind: Kind,
  beside: JsonObject,
  isWhole: boolean,
  path: Path,
): readonly Deviation[] {
  const got = typeOf(value);
  const wrong = (finding: Deviation['finding'], found: Deviation['got'], expected: string = kind.name) => [
    { finding, path, expected, got: found },
  ];
  if (got === 'hidden') return [];
  switch (kind.is) {
    case 'any':
      return [];
    case 'text':
    case 'boolean':
    case 'list':
    case 'object':
      return got === kind.is ? [] : wrong('type', got);
    case 'number':
      return typeof value === 'number' ? [] : wrong('type', got);
    case 'integer':
      if (typeof value !== 'number' || got !== 'integer') return wrong('type', got);
      return kind.takes(value) ? [] : wrong('value', value);
    case 'time': {
      if (typeof value !== 'number') return wrong('type', got);
      const unit = value < FIRST_MILLISECONDS ? 'seconds' : 'milliseconds';
      const expected = kind.name === 'time' ? unitOf(beside['directionType']) : kind.name;
      return expected === null || expected === unit ? [] : wrong('unit', unit, expected);
    }
    case 'row':
      return isObject(value) ? deviations(value, kind.shape, isWhole, path) : wrong('type', got);
    case 'rows':
      if (!Array.isArray(value)) return wrong('type', got);
      return value.flatMap((row: unknown) =>
        isObject(row)
          ? deviations(row, kind.shape, isWhole, [...path, null])
          : [{ finding: 'type', path: [...path, null], expected: 'object', got: typeOf(row) } as const],
      );
  }
}

/** No page says so, but every example has it: 0 is inbound, 1 outbound. */
function unitOf(directionType: unknown): 'milliseconds' | 'seconds' | null {
  return directionType === 0 ? 'milliseconds' : directionType === 1 ? 'seconds' : null;
}
