import { getSystemErrorMap } from 'node:util';
import { TrueConfFilesError } from './errors.js';

/** The cause of a failed connection, in words; Node's own text where there are none for it. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A name may have several addresses, each of which failed in its own way.
  if (error instanceof AggregateError && error.errors.length > 0) return describeEach(error.errors);
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return NOT_HTTP;
  const reason = tlsReason(error);
  if (reason !== null) return FAULTS.get(code) ?? describeTls(reason);
  return (
    FAULTS.get(code) ?? webSocketWords(error) ?? invalidAddress(error) ?? systemWords(error) ?? error.message
  );
}

/**
 * What the system calls its error, without the call and the path that Node's own text has; `null` for another error.
 * zlib has numbers of its own, which are other errors of the system.
 */
function systemWords(error: Error): string | null {
  if (!('errno' in error) || typeof error.errno !== 'number') return null;
  const [code, words = null] = getSystemErrorMap().get(error.errno) ?? [];
  return code === codeOf(error) ? words : null;
}

/** An address of the right form that the system takes for none; `null` for another error. */
function invalidAddress(error: Error): string | null {
  if (codeOf(error) !== 'EINVAL' || !('address' in error)) return null;
  const [, zone] = /%(.+)$/.exec(String(error.address)) ?? [];
  return zone === undefined ? null : `this machine has no network interface "${zone}"`;
}

function describeEach(errors: readonly unknown[]): string {
  const addresses = new Map<string, string[]>();
  for (const error of errors) {
    const words = describeFault(error);
    const address = error instanceof Error && 'address' in error ? String(error.address) : '';
    addresses.set(words, [...(addresses.get(words) ?? []), address]);
  }
  if (addresses.size === 1) return [...addresses.keys()].join();
  return [...addresses].map(([words, from]) => `${words} (${from.join(', ')})`).join(', ');
}

/** What to do about a failed connection, where its cause tells. */
export function adviseOnFault(error: unknown): string {
  if (error instanceof HttpStatusError) return adviseOnStatus(error.status);
  if (error instanceof NoSuchRoomError) return error.hint;
  const code = codeOf(error);
  if (code === '' && error instanceof Error && error.cause instanceof Error)
    return adviseOnFault(error.cause);
  if (code.startsWith('HPE_')) return 'Check host and port.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'Check the name for typing errors, or give the IP address.';
  if (CERTIFICATE_FAULTS.has(code))
    return 'If it is a certificate of your own, name the file with it, or with its CA, in NODE_EXTRA_CA_CERTS.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Give the host by a name that its certificate has.';
  if (error instanceof Error && invalidAddress(error) !== null)
    return 'Give the name of an interface of this machine after the percent sign.';
  const reason = tlsReason(error);
  if (reason !== null && NOT_TLS.has(reason))
    return 'Give ws:// instead of wss://, or the port that is encrypted.';
  if (reason !== null)
    return 'Ask the administrator of that server, or of the proxy before the Room, to change this.';
  return "Check that the Room runs and its API is on, and that the address and a firewall's rules are right.";
}

/** The system's or Node's code of an error, such as `ENOENT`; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether a WebSocket was closed because a frame was larger than may be read. */
export function isFrameTooLarge(fault: unknown): boolean {
  return codeOf(fault) === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
}

/** What OpenSSL says; `null` where the fault is none of TLS. */
function tlsReason(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('reason' in error && typeof error.reason === 'string' && codeOf(error).startsWith('ERR_SSL')) {
    return error.reason;
  }
  return /:SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] ?? null;
}

function describeTls(reason: string): string {
  if (NOT_TLS.has(reason)) return 'it does not speak TLS';
  if (/version|unsupported protocol|no protocols/.test(reason))
    return 'it speaks only a version of TLS that this program does not accept';
  if (/certificate required|bad certificate/.test(reason))
    return 'it asks for a client certificate, and this program has none';
  return `the TLS handshake failed: ${reason}`;
}

/** Reasons that OpenSSL gives for an answer that is not TLS. */
const NOT_TLS: ReadonlySet<string> = new Set([
  'wrong version number',
  'http request',
  'packet length too long',
  'unknown protocol',
]);

/** What broke the rules of WebSocket, as ws has it; `null` for another error. */
function webSocketWords(error: Error): string | null {
  if (!codeOf(error).startsWith('WS_ERR_')) return null;
  return `it does not keep to the rules of WebSocket (${error.message.replace(/^Invalid WebSocket frame: /, '')})`;
}

/** The fault of an answer that opens no WebSocket: ws has sentences for it and no codes. */
export function handshakeFault(error: Error): Error {
  const isOfSystem = error instanceof AggregateError || codeOf(error) !== '' || tlsReason(error) !== null;
  if (isOfSystem) return error;
  return new Error(`its answer does not open a WebSocket (${error.message})`, { cause: error });
}

/** An HTTP status other than the one that was needed. */
export class HttpStatusError extends Error {
  readonly status: number;

  /** @param instead what it should have done, as in " instead of opening a WebSocket" */
  constructor(status: number, instead: string = '') {
    super(`it answers HTTP ${status}${instead}`);
    this.status = status;
  }
}

/** A Room was named, and its host has a page, but no such Room. */
export class NoSuchRoomError extends Error {
  readonly hint: string;

  /** @param origin of the host. The name is not quoted: it may be a PIN. */
  constructor(origin: string) {
    super(`${origin} has no Room of the name in its address`);
    this.hint = `Check the last part of the address, or give ${origin} alone. The page of VideoSDK is at port 8080.`;
  }
}

/**
 * The fault of the default port, where the page should have named another: what answers at the port that was given, but
 * not in HTTP, is not the page of a Room. Any other fault of the page was reported in a warning.
 * @param page the fault of the page, at `origin`
 */
export function defaultPortFault(origin: string, page: unknown, fault: unknown): unknown {
  if (describeFault(page) !== NOT_HTTP) return fault;
  const place = origin.replace('http://', '');
  return new Error(`something other than a Room answers at ${place} (${NOT_HTTP})`, { cause: page });
}

function adviseOnStatus(status: number): string {
  if (status === 401 || status === 403 || status === 407)
    return 'Something before the Room lets only some in: ask who runs it, or connect to the Room itself.';
  if (status === 429 || (status >= 500 && status < 600))
    return 'It is busy or not ready: try again later, or keep trying with --wait.';
  return 'Something else answers there: check host and port (a Room has its WebSocket at 8765, or the next free port).';
}

const NOT_HTTP = 'it does not speak HTTP';

const FAULTS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection closed while sending'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EMFILE', 'this process may open no more files (ulimit -n)'],
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'a frame is larger than 64 MiB'],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'a frame is larger than 64 MiB'],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 'a frame is in too many pieces'],
  ['EADDRNOTAVAIL', 'the address does not belong to this machine, or it has no free port'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from a CA that this machine does not know'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from a CA that this machine does not know'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from a CA that this machine does not know'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name'],
]);

/** The certificate leads to no CA that this machine trusts. */
const CERTIFICATE_FAULTS: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Why a file can't be used, in words. */
export function fileFault(error: unknown): string {
  return FILE_FAULTS.get(codeOf(error)) ?? describeFault(error);
}

/** Of a new file that can't be made. */
export function newFileError(name: string, option: string, error: unknown, hint: string) {
  const code = codeOf(error);
  const reason = code === 'ENOENT' ? 'its folder does not exist' : fileFault(error);
  const fault = code === 'EEXIST' ? 'exists already and is never overwritten' : `can't be created: ${reason}`;
  const remedy = code === 'ENOENT' ? 'Make the folder first.' : hint;
  return new TrueConfFilesError('usage', `The file "${name}" of ${option} ${fault}.`, remedy);
}

const FILE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ENOSPC', 'no space is left on the device'],
  ['EDQUOT', 'the quota of this user is used up'],
  ['EFBIG', 'a file may not be larger here'],
  ['EROFS', 'it is on a read-only file system'],
  ['EPERM', 'this user may not'],
  ['ELOOP', 'its symbolic links lead in a circle'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ENFILE', 'this machine has no room for more open files'],
]);
