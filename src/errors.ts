import { constants } from 'node:os';

/**
 * What can end a command, apart from a fault of the program:
 * - `usage` the command line or a file named on it is wrong, or an argument from code
 * - `unreachable` the Room can't be reached, before it was signed in to and listed once
 * - `lost` the link was lost and must not be tried again, or a request was not answered on it
 * - `refused` the sign-in was refused; it is never tried again
 * - `taken-over` another client signed in in this mode
 * - `rejected` the Room said no to a request, or knows no request with the id given
 * - `failed` a watched transfer failed or was rejected
 * - `output` what was to be written can't be, as on a full disk
 */
export type ErrorCode =
  | 'usage'
  | 'unreachable'
  | 'lost'
  | 'refused'
  | 'taken-over'
  | 'rejected'
  | 'failed'
  | 'output';

/** What an error says, as a clause. */
export function clauseOf({ message }: Error): string {
  return message.replace(/\.$/, '');
}

/** An ending with a cause that is not the program's fault: what happened, and what to do. */
export class TrueConfFilesError extends Error {
  /** Always `TrueConfFilesError`, so that it can be told apart without `instanceof`. */
  override readonly name = 'TrueConfFilesError';
  /** What kind of ending it is; stable, for programs. */
  readonly code: ErrorCode;
  /** What to do, as a sentence; `null` where there is nothing to add. */
  readonly hint: string | null;

  static {
    // Node shows an error by the name of its class, which the bundle shortens.
    Object.defineProperty(TrueConfFilesError, 'name', { value: 'TrueConfFilesError' });
  }

  /** @param message what happened, as a sentence with the value that was wrong */
  constructor(code: ErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** What the exit codes mean is settled in the README. */
export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  takenOver: 5,
  failed: 6,
  rejected: 7,
  timeout: 124,
} as const;

const BY_ERROR: Readonly<Record<ErrorCode, number>> = {
  usage: EXIT.usage,
  unreachable: EXIT.unreachable,
  lost: EXIT.unreachable,
  refused: EXIT.refused,
  'taken-over': EXIT.takenOver,
  rejected: EXIT.rejected,
  failed: EXIT.failed,
  output: EXIT.fault,
};

/** A signal ended the program: 128 and the signal's number, as shells have it. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** The one place where an error becomes an exit code. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  return error instanceof TrueConfFilesError ? BY_ERROR[error.code] : EXIT.fault;
}

/** A fault of the program while it took in what a Room sent: nothing that trying again would mend. */
export class ProgramFault extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What a person reads of a fault of the program's own, as lines: where it came from, to be reported. */
export function faultReport(error: unknown): readonly string[] {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return ['a fault of the program; please report it with the text below.', ...trace.split('\n')];
}

/** Something that can't be used in a text that was given, such as an expression or a glob, with its place. */
export class PlacedError extends TrueConfFilesError {
  /** The text. */
  readonly source: string;
  /** UTF-16 units from its start. */
  readonly place: Place;

  constructor(message: string, hint: string | null, source: string, place: Place) {
    super('usage', message, hint);
    this.source = source;
    this.place = place;
  }
}

/**
 * Reads the value of an option.
 * @throws PlacedError that names the option; whatever else `read` throws
 */
export function fromOption<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PlacedError)) throw error;
    throw new PlacedError(`${option}: ${error.message}`, error.hint, error.source, error.place);
  }
}

/** A part of a text: UTF-16 units from its start. */
export interface Place {
  readonly start: number;
  readonly end: number;
}
