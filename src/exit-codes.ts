import { constants } from 'node:os';
import { type ErrorCode, TrueConfFilesError } from './errors.js';

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
