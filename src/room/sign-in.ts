import { TrueConfFilesError } from '../errors.js';
import { NoSuchRoomError } from '../faults.js';
import type { AuthAnswer } from '../protocol/message.js';
import type { Role } from '../protocol/requests.js';
import type { Redactor, Secret } from '../protocol/secrets.js';
import { isUnsettled, type RoomAddress } from './address.js';
import type { Session } from './session.js';

export interface SignInOptions {
  /** PIN, password or token; `null` signs in unsecured. */
  readonly credentials: Secret | null;
  readonly role: Role | null;
  /** Whether the credentials are the last part of the Room's address. */
  readonly isFromAddress?: boolean | undefined;
  /** Asks a person for credentials where the Room refuses the unsecured sign-in. */
  readonly askCredentials?: ((signal: AbortSignal) => Promise<Secret | null>) | undefined;
}

/**
 * How to sign in to a Room whose address may hold the PIN.
 * @throws NoSuchRoomError where other credentials are given as well: they are for the Room that was named, and the host
 *   has none of that name
 */
export function withPin<T extends SignInOptions>(options: T, address: RoomAddress): T {
  if (address.kind === 'socket' || address.pin === null || isUnsettled(address)) return options;
  if (options.credentials !== null) throw new NoSuchRoomError(address.origin);
  return { ...options, credentials: address.pin, isFromAddress: true };
}

/** What a sign-in gave; the next one begins with its token. */
export interface SignedIn {
  /** What worked: the options' credentials, or what a person gave. */
  readonly credentials: Secret | null;
  readonly token: Secret | null;
  readonly tokenForHttpServer: Secret | null;
}

/**
 * Signs in: with the token of the link before, then with the original credentials, then with what a person gives.
 * Source: `commands/auth`.
 * @throws TrueConfFilesError `refused`; Error where the Room has an internal error, which may pass
 */
export async function signIn(
  session: Session,
  options: SignInOptions & Labelled,
  before: SignedIn | null,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<SignedIn> {
  const original = before?.credentials ?? options.credentials;
  const tries = before?.token ? [before.token, original] : [original];
  let refusal: AuthAnswer | null = null;
  redactor.add(original);
  for (const credentials of tries) {
    const answer = await authenticate(session, credentials, options.role, redactor);
    if (answer.result) return { credentials: original, ...tokens(answer, redactor) };
    refusal = answer;
  }
  const asked = original === null ? ((await options.askCredentials?.(signal)) ?? null) : null;
  redactor.add(asked);
  if (asked !== null) {
    const answer = await authenticate(session, asked, options.role, redactor);
    if (answer.result) return { credentials: asked, ...tokens(answer, redactor) };
    refusal = answer;
  }
  throw refused(refusal, { ...options, given: original ?? asked, wasSignedIn: before !== null }, redactor);
}

async function authenticate(
  session: Session,
  credentials: Secret | null,
  role: Role | null,
  redactor: Redactor,
): Promise<AuthAnswer> {
  const answer = await session.request({ method: 'auth', credentials, role });
  // The session matches answers by their method, so only `auth` answers `auth`.
  if (answer.kind !== 'auth-answer') throw new Error(`"auth" was answered by ${answer.method}`);
  if (!answer.result && answer.resultCode === INTERNAL_ERROR) {
    // Without secrets already here: it may be shown as the cause of another error.
    const words = answer.error === null ? '' : `: ${redactor.redact(answer.error)}`;
    throw new Error(`the Room could not sign us in${words} (code ${INTERNAL_ERROR})`);
  }
  return answer;
}

function tokens(answer: AuthAnswer, redactor: Redactor): Pick<SignedIn, 'token' | 'tokenForHttpServer'> {
  redactor.addLink([answer.token, answer.tokenForHttpServer]);
  return { token: answer.token, tokenForHttpServer: answer.tokenForHttpServer };
}

interface Labelled {
  /** Of the Room, for messages. */
  readonly label: string;
}

interface Attempt extends SignInOptions, Labelled {
  readonly given: Secret | null;
  /** Whether the same credentials were good on the link before. */
  readonly wasSignedIn: boolean;
}

function refused(
  answer: AuthAnswer | null,
  { label, given, role, wasSignedIn, isFromAddress }: Attempt,
  redactor: Redactor,
): Error {
  const code = answer?.resultCode ?? null;
  const words = answer?.error === null || answer === null ? '' : `: ${redactor.redact(answer.error)}`;
  const mode = role === null ? '' : ` as ${role}`;
  const hint = wasSignedIn && given !== null ? CHANGED_HINT : hintFor(given, isFromAddress === true);
  const number = code === null ? '' : ` (code ${code})`;
  return new TrueConfFilesError(
    'refused',
    `The Room ${label} refused the sign-in${mode}${words}${number}.`,
    hint,
  );
}

function hintFor(given: Secret | null, isFromAddress: boolean): string {
  if (given === null)
    return "It asks for a PIN or the administrator's password: give it with --credentials-file FILE or TRUECONF_FILES_CREDENTIALS.";
  if (isFromAddress)
    return 'Check the last part of the address: it was used as the PIN, as the host has no Room of that name.';
  const secret = given.reveal();
  const blank = /^\s|\s$/.test(secret) ? ' The credentials begin or end with a blank.' : '';
  const end = /[\r\n]/.test(secret) ? ' The credentials are several lines.' : blank;
  return `Check the PIN or password, and that it belongs to the mode asked for with --role. A Room without a PIN refuses any.${end}`;
}

const CHANGED_HINT =
  "They were good before. A Room may change its PIN after each conference (its setting changeUserAuthPinAfterConf): turn that off, or sign in with the administrator's password.";
/** `resultCode` of an internal error, as while a Room restarts. */
const INTERNAL_ERROR = 1;

/**
 * The fault that an `authorizationNeeded` means for the client that was signed in: `taken-over`, or an error like a lost link.
 * @param label of the Room
 */
export function sessionEnding(cause: number, label: string): Error {
  const what = authorizationCause(cause);
  if (cause !== CAUSE_TAKEN_OVER) return new Error(`the Room ended the session: ${what}`);
  return new TrueConfFilesError('taken-over', `The Room ${label} was taken over: ${what}.`, TAKEN_OVER_HINT);
}

/** Why a session ended. Source: `notifications/authorizationNeeded`, field `cause`. */
function authorizationCause(cause: number): string {
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
