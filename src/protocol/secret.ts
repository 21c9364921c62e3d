import { inspect } from 'node:util';

/**
 * A credential or token. It prints as `***` wherever it is turned into text (string, JSON, inspection), so that
 * it cannot reach a log by accident; only `reveal()` gives the value, and only what builds a request calls that.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** Always `***`. */
  toString(): string {
    return '***';
  }

  /** Always `***`. */
  toJSON(): string {
    return '***';
  }

  /** @internal */
  [inspect.custom](): string {
    return '***';
  }
}
