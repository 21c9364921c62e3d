/**
 * What can end a command, apart from a fault of the program:
 * - `usage` the command line or a file named on it is wrong
 * - `unreachable` the Room can't be reached
 * - `lost` the link was lost and must not be tried again
 * - `refused` the sign-in was refused
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

/** An ending with a cause that is not the program's fault: what happened, and what to do. */
export class TrueConfFilesError extends Error {
  override readonly name = 'TrueConfFilesError';
  readonly code: ErrorCode;
  /** What to do, as a sentence; `null` where there is nothing to add. */
  readonly hint: string | null;

  /** @param message what happened, as a sentence with the value that was wrong */
  constructor(code: ErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
