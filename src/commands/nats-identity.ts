import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';

/**
 * Signs in with credentials that NATS tools made: JWT and seed.
 * @param read gives what the file holds now: the credentials may be replaced while the program runs
 * @throws TrueConfFilesError `usage` where the file holds none
 */
export function fromCreds(file: string, read: () => string): Authenticator {
  return checked(
    credsAuthenticator(() => bytesOf(read())),
    `The file "${file}" of --nats-creds does not hold NATS credentials.`,
    'Give the file with JWT and seed that NATS tools make for a user (.creds).',
  );
}

/**
 * Signs in with the seed of an nkey.
 * @throws TrueConfFilesError `usage` where it is none
 */
export function fromSeed(file: string, seed: string): Authenticator {
  return checked(
    nkeyAuthenticator(bytesOf(seed.trim())),
    `The file "${file}" of --nats-nkey does not hold a NATS nkey seed.`,
    'Give a file with nothing but the seed of a user: it begins with SU.',
  );
}

/** The client would say it no sooner than it connects, and then like a fault of the server. */
function checked(authenticator: Authenticator, sentence: string, hint: string): Authenticator {
  try {
    authenticator('a nonce');
    return authenticator;
  } catch {
    // The client's own words may quote the secret.
    throw new TrueConfFilesError('usage', sentence, hint);
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
