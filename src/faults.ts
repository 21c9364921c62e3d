/** The cause of a failed connection, in words; Node's own text where there are none for it. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Where a name has several addresses, each has failed; the first tells enough.
  if (error instanceof AggregateError && error.errors.length > 0) return describeFault(error.errors[0]);
  return FAULTS.get(code) ?? error.message;
}

/** What to do about a failed connection, where its cause tells. */
export function adviseOnFault(error: unknown): string {
  if (error instanceof HttpStatusError) return adviseOnStatus(error.status);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'Check the name for typing errors, or give the IP address.';
  if (CERTIFICATE_FAULTS.has(code))
    return 'If it is a certificate of your own, name the file with it, or with its CA, in NODE_EXTRA_CA_CERTS.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Give the host by a name that its certificate has.';
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return 'Give ws:// instead of wss://, or the port that is encrypted.';
  return "Check that the Room runs and its API is on, and that the address and a firewall's rules are right.";
}

/** The upgrade to a WebSocket was answered with an HTTP status instead. */
export class HttpStatusError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`it answers HTTP ${status} instead of opening a WebSocket`);
    this.status = status;
  }
}

function adviseOnStatus(status: number): string {
  if (status === 401 || status === 403 || status === 407)
    return 'Something before the Room lets only some in: ask who runs it, or connect to the Room itself.';
  if (status === 429 || status >= 500)
    return 'It is busy or not ready: try again later, or keep trying with --wait.';
  return 'Something else answers there: check host and port (a Room has its WebSocket at 8765, or the next free port).';
}

const FAULTS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection closed while sending'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['HPE_INVALID_CONSTANT', 'it does not speak HTTP'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from a CA that this machine does not know'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from a CA that this machine does not know'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from a CA that this machine does not know'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name'],
  ['EPROTO', 'it does not speak TLS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS'],
]);

/** Nobody whom this machine trusts vouches for the certificate. */
const CERTIFICATE_FAULTS: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Why a file can't be used, in words. */
export function fileFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return FILE_FAULTS.get(code) ?? describeFault(error);
}

const FILE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['ENOSPC', 'no space is left on the device'],
]);
