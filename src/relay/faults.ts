import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import {
  AuthorizationError,
  InvalidArgumentError,
  PermissionViolationError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { clauseOf, TrueConfFilesError } from '../errors.js';
import { describeFault } from '../faults.js';
import { isObject } from '../protocol/json.js';

/** A fault of NATS in words: a clause. */
export function describeNatsFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof TrueConfFilesError) return clauseOf(error);
  const violation = violationOf(error);
  if (violation !== null) {
    const what = violation.operation === 'publish' ? 'publish to' : 'subscribe to';
    return `this NATS user may not ${what} "${violation.subject}"`;
  }
  if (isRefusal(error)) return 'the server refused the credentials';
  if (isWrongSequence(error)) return 'another relay has stored a newer record';
  if (isWithoutJetStream(error) || error.message.includes('no responders')) {
    return 'no stream takes it: JetStream is not enabled, or the stream was deleted';
  }
  return WORDS.get(error.message) ?? describeFault(error);
}

/** A fault that ends a command, as the ending it is. */
export function natsEnding(server: string, error: unknown): TrueConfFilesError {
  if (error instanceof TrueConfFilesError) return error;
  const reason = describeNatsFault(error);
  if (violationOf(error) !== null) {
    const hint = 'Ask for that permission (docs/relay.md), or sign in as another user.';
    return new TrueConfFilesError('refused', `The NATS server ${server} refused: ${reason}.`, hint);
  }
  if (isRefusal(error)) {
    const hint =
      'Check --nats-creds, --nats-nkey, or --nats-user with TRUECONF_FILES_NATS_PASSWORD; nothing in the address counts.';
    return new TrueConfFilesError('refused', `The NATS server ${server} refused the sign-in.`, hint);
  }
  if (isWithoutJetStream(error)) {
    const sentence = `JetStream is not enabled on ${server}.`;
    return new TrueConfFilesError('unreachable', sentence, 'Start the server with: nats-server -js');
  }
  if (error instanceof Error && isAccountBare(error.cause)) {
    const sentence = `JetStream is not enabled for the account of this user on ${server}.`;
    return new TrueConfFilesError('unreachable', sentence, ACCOUNT_HINT);
  }
  const hint = adviseOn(error, reason);
  return new TrueConfFilesError('unreachable', `The NATS server ${server} can't be used: ${reason}.`, hint, {
    cause: error,
  });
}

/** Whether a record is larger than the stream or the server takes. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof InvalidArgumentError) return true;
  return error instanceof JetStreamApiError && error.code === MESSAGE_TOO_LARGE;
}

/** Whether nothing answers for JetStream; of a record that is published also that no stream takes it. */
export function isWithoutJetStream(error: unknown): boolean {
  return error instanceof Error && error.message === NO_JETSTREAM;
}

export function isWrongSequence(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  return error.code === JetStreamApiCodes.StreamWrongLastSequence || error.code === WRONG_SEQUENCE_IN_FLIGHT;
}

/**
 * The last record under a subject, for which another one was refused: its sequence number, 0 where there is none; `null`
 * where that is not the reason.
 */
export function lastSequenceIn(error: unknown): number | null {
  if (!isWrongSequence(error) || !(error instanceof Error)) return null;
  const [, sequence] = /: (\d+)$/.exec(error.message) ?? [];
  return sequence === undefined ? null : Number(sequence);
}

export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

export function isRefusal(error: unknown): boolean {
  return error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError;
}

function isAccountBare(cause: unknown): boolean {
  return cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.JetStreamNotEnabledForAccount;
}

function adviseOn(error: unknown, reason: string): string {
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(reason)) ?? [];
  if (advice !== undefined) return advice;
  const names = error instanceof Error && 'cert' in error ? coveredNames(error.cert) : null;
  if (names !== null) return `Use a name that the certificate covers: ${names}.`;
  if (/certificate|tls|ssl/i.test(reason)) {
    return 'Check --nats-ca, and --nats-cert with --nats-key where the server asks for a certificate.';
  }
  // A server that misses the client's certificate hangs up without a word.
  if (error instanceof TimeoutError) return SILENCE_HINT;
  // Whatever JetStream says itself, it runs and can be reached.
  if (error instanceof JetStreamApiError) {
    return 'Check the stream (nats stream info) and the limits of the account (nats account info).';
  }
  return 'Check that the server runs with JetStream (nats-server -js), and that the address and the firewall are right.';
}

/** The names in a certificate, as Node gives it with an error. */
function coveredNames(cert: unknown): string | null {
  if (!isObject(cert) || typeof cert['subjectaltname'] !== 'string') return null;
  return cert['subjectaltname'].replace(/\b(?:DNS|IP Address):/g, '');
}

/** What a user may not do, where that is the fault. */
export function violationOf(error: unknown): PermissionViolationError | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof PermissionViolationError) return error;
  return violationOf(error.cause);
}

/** Until it has elected one, each server describes its own copy. */
export const NO_LEADER = 'its cluster has no leader now';

const WORDS: ReadonlyMap<string, string> = new Map([
  ["server does not support 'tls'", 'the server does not encrypt'],
  ['timeout', 'it did not answer in time'],
  ['connection closed', 'the connection was closed'],
  ['closed connection', 'the connection was closed'],
  ['stream not found', 'the stream was deleted'],
  ['JetStream system temporarily unavailable', NO_LEADER],
  ['maximum bytes exceeded', 'the stream is full (max-bytes)'],
  ['maximum messages exceeded', 'the stream is full (max-msgs)'],
  ['maximum messages per subject exceeded', 'the stream takes no further record of a transfer (discard new)'],
  ['insufficient resources', "the server's disk or its limits are full"],
  ['insufficient storage resources available', "the server's disk or its limits are full"],
  ['resource limits exceeded for account', "the account's limits are full"],
  ['invalid operation on sealed stream', 'the stream is sealed'],
]);
export const NAME_HINT =
  'Check the name for typing errors and the name servers of this machine, or give the IP address.';
export const QUORUM_HINT =
  'Start the servers of the cluster that are down (nats server report jetstream), and wait until a leader is elected.';
export const SILENCE_HINT =
  'Check the address and the firewall, and where the server asks for a certificate give --nats-cert with --nats-key.';
/** What to do about what a server says. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/replicas > 1 not supported/, 'Leave --replicas out, or give 1: this server is not part of a cluster.'],
  [/host name is not known/, NAME_HINT],
  [/no leader now/, QUORUM_HINT],
  [
    /does not encrypt/,
    'Give nats:// instead of tls://, without --nats-ca and --nats-cert, or let the server encrypt ("tls" in its configuration).',
  ],
  [
    /subjects overlap/,
    'Another stream takes trueconf.files.> already (nats stream ls): name it with --stream, or delete it.',
  ],
  [
    /limits are full/,
    'A stream is made with --max-bytes 1G: give less, or raise the limits of the account (nats account info) or of the server.',
  ],
  [/have max bytes set/, "Make the leases' bucket yourself, with --max-bytes, as docs/relay.md shows."],
  [/no suitable peers/, 'Give --replicas a number that the cluster has servers for.'],
  [
    /filter subject is not a valid subset/,
    'The stream holds something else: name the one that the relay stores in with --stream.',
  ],
];
/** What the client says of every subject that no stream answers for. */
const NO_JETSTREAM = 'jetstream is not enabled';
const ACCOUNT_HINT =
  'Give the account "jetstream: enabled" in the configuration of the server, or sign in as a user of another account.';
const MESSAGE_TOO_LARGE = 10_054;
/** From 2.11: another record for the subject is being stored. */
const WRONG_SEQUENCE_IN_FLIGHT = 10_164;
