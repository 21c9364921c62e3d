/**
 * What Node's own iterators and promises end with on an abort (`events.on`, `timers/promises`): `name` is `AbortError`,
 * `code` is `ABORT_ERR`, and `cause` is the signal's reason.
 */
export class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';

  static {
    // Node shows an error by the name of its class, which the bundle shortens.
    Object.defineProperty(AbortError, 'name', { value: 'AbortError' });
  }

  constructor(reason: unknown) {
    super('The operation was aborted', { cause: reason });
  }
}
