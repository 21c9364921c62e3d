import { TrueConfFilesError } from '../errors.js';

/**
 * The fault that an `authorizationNeeded` is to whoever was signed in: `taken-over`, or an error like a lost link.
 * @param label of the Room
 */
export function sessionEnding(cause: number, label: string): Error {
  const what = authorizationCause(cause);
  if (cause !== CAUSE_TAKEN_OVER) return new Error(`the Room ended the session: ${what}`);
  return new TrueConfFilesError('taken-over', `The Room ${label} was taken over: ${what}.`, TAKEN_OVER_HINT);
}

/** Why a session ended. Source: `notifications/authorizationNeeded`, field `cause`. */
export function authorizationCause(cause: number): string {
  return CAUSES.get(cause) ?? `the Room asks to sign in again (cause ${cause})`;
}

/** The cause that must never lead to signing in again unasked: two clients would throw each other out for ever. */
const CAUSE_TAKEN_OVER = 1;

const CAUSES: ReadonlyMap<number, string> = new Map([
  [CAUSE_TAKEN_OVER, 'another client signed in in this mode'],
  [2, "the user's protection was reset, because the administrator is unsecured"],
  [3, "the administrator's credentials were changed by the administrator"],
  [4, "the user's credentials were changed by the administrator"],
  [5, "the user's credentials were changed by the user"],
  [6, 'the account type is not covered by the licence'],
  [7, "the user's PIN changed by itself after a conference"],
  [8, 'the token expired'],
]);

const TAKEN_OVER_HINT =
  'A Room has one seat per mode. Use --role user or --role admin to keep out of the way, or --takeover to take it back.';
