import { isObject, type JsonObject, quote } from '../protocol/fields.js';

/**
 * Reads the fields of a record strictly. What is wrong is noted, once, and something harmless is given in its place:
 * whoever reads asks `problem` at the end.
 */
export class Fields {
  readonly #from: JsonObject;
  readonly #parent: Fields | null;
  readonly #name: string;
  #problem: string | null = null;

  constructor(from: JsonObject, parent: Fields | null = null, name = '') {
    this.#from = from;
    this.#parent = parent;
    this.#name = name;
  }

  /** The first field that was wrong, as a sentence. */
  get problem(): string | null {
    return this.#problem;
  }

  /** A string that is not empty. */
  text(field: string): string {
    const value = this.#from[field];
    return typeof value === 'string' && value !== '' ? value : this.#wrong(field, 'a string', '');
  }

  textOrNull(field: string): string | null {
    const value = this.#from[field];
    return typeof value === 'string' || value === null ? value : this.#wrong(field, 'a string or null', null);
  }

  number(field: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
    const value = this.#from[field];
    return isWithin(value, min, max) ? value : this.#wrong(field, 'a number in its range', min);
  }

  numberOrNull(field: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number | null {
    return this.#from[field] === null ? null : this.number(field, min, max);
  }

  booleanOrNull(field: string): boolean | null {
    const value = this.#from[field];
    if (typeof value === 'boolean' || value === null) return value;
    return this.#wrong(field, 'true, false or null', null);
  }

  /** A time in RFC 3339 as milliseconds since 1970. */
  time(field: string): number {
    const value = this.#from[field];
    const at = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? this.#wrong(field, 'a time', 0) : at;
  }

  timeOrNull(field: string): number | null {
    return this.#from[field] === null ? null : this.time(field);
  }

  /** One of the values; the first of them stands in for what is wrong. */
  one<Value extends string>(field: string, values: readonly Value[]): Value {
    const value = this.#from[field];
    const found = values.find((known) => known === value);
    if (found !== undefined) return found;
    const [first] = values;
    if (first === undefined) throw new Error('a field without values');
    return this.#wrong(field, `one of ${values.join(', ')}`, first);
  }

  oneOrNull<Value extends string>(field: string, values: readonly Value[]): Value | null {
    return this.#from[field] === null ? null : this.one(field, values);
  }

  objectOrNull(field: string): Fields | null {
    const value = this.#from[field];
    if (value === null) return null;
    if (isObject(value)) return new Fields(value, this, field);
    return this.#wrong(field, 'an object or null', null);
  }

  #wrong<Value>(field: string, expected: string, harmless: Value): Value {
    const got = this.#from[field];
    if (this.#parent === null) this.#problem ??= `${field} is ${quote(got)}, expected ${expected}`;
    else this.#parent.#wrong(this.#name, `one whose ${field} is ${expected}`, null);
    return harmless;
  }
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

const RFC_3339 = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
