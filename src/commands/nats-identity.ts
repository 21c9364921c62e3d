import type { Authenticator } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { readSeed } from '../relay/nkey.js';

/**
 * Signs in with credentials that NATS tools made: JWT and seed.
 * @param read gives what the file holds now: the credentials may be replaced while the program runs
 * @throws TrueConfFilesError `usage` where the file holds none
 */
export function fromCreds(file: string, read: () => string): Authenticator {
  return checked(
    (nonce) => {
      const [jwt = '', seed = ''] = partsOf(read());
      return { jwt, ...proof(seed, nonce) };
    },
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
    (nonce) => proof(seed.trim(), nonce),
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

/** Who it is, and that it is them: a server that asks for no proof sends no nonce. */
function proof(seed: string, nonce = '') {
  const key = readSeed(seed);
  return { nkey: key.publicKey, sig: nonce === '' ? '' : key.sign(nonce) };
}

/** What stands below a line between dashes: the JWT, then the seed. */
function partsOf(creds: string): readonly string[] {
  const lines = creds.split('\n').map((line) => line.trim());
  const isRule = (line = '') => line.startsWith('---') && line.endsWith('---');
  return lines.filter((line, at) => line !== '' && !isRule(line) && isRule(lines[at - 1]));
}
