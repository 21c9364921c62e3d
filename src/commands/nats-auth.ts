import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import {
  type Authenticator,
  jwtAuthenticator,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { decodeText } from '../encoding.js';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { readInputFile } from '../input.js';
import type { NatsOptions } from './command-options.js';

/**
 * The options as the client takes them.
 * @throws TrueConfFilesError `usage` where a file can't be read or holds something else, or options exclude each other
 */
export async function readNatsAuth(
  options: NatsOptions,
  host: Host,
): Promise<Partial<NodeConnectionOptions>> {
  const [ca, cert, key] = await Promise.all([
    readText(options.natsCa, '--nats-ca', host),
    readText(options.natsCert, '--nats-cert', host),
    readText(options.natsKey, '--nats-key', host),
  ]);
  if ((cert === null) !== (key === null)) {
    throw new TrueConfFilesError('usage', 'A client certificate needs its key: --nats-cert with --nats-key.');
  }
  checkCertificates({ ca: options.natsCa, cert: options.natsCert }, { ca, cert, key });
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return { ...(await readIdentity(options, host)), ...(Object.keys(tls).length > 0 && { tls }) };
}

async function readIdentity(options: NatsOptions, host: Host): Promise<Partial<NodeConnectionOptions>> {
  const { natsCreds, natsNkey, natsPasswordFile } = options;
  const given = [natsCreds, natsNkey, options.natsUser].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new TrueConfFilesError('usage', 'Give one of --nats-creds, --nats-nkey and --nats-user.');
  }
  if (natsCreds !== undefined) {
    let last = await readText(natsCreds, '--nats-creds', host);
    const readAgain = () => {
      try {
        if (statSync(natsCreds).isFile()) last = decodeText(readFileSync(natsCreds));
      } catch {
        // It is being replaced: what was there before may still do.
      }
      return last;
    };
    return { authenticator: fromCreds(natsCreds, readAgain) };
  }
  if (natsNkey !== undefined) {
    const seed = await readText(natsNkey, '--nats-nkey', host);
    return { authenticator: fromSeed(natsNkey, seed) };
  }
  const user = options.natsUser ?? host.env['TRUECONF_FILES_NATS_USER'] ?? '';
  if (user === '') {
    if (natsPasswordFile === undefined) return {};
    throw new TrueConfFilesError(
      'usage',
      'A password needs its user: --nats-password-file with --nats-user.',
    );
  }
  const fromFile = await readText(natsPasswordFile, '--nats-password-file', host);
  const pass = fromFile?.replace(/\r?\n$/, '') ?? host.env['TRUECONF_FILES_NATS_PASSWORD'];
  return { user, ...(pass !== undefined && { pass }) };
}

/** What can't be used is said before anything is connected, and of each file by itself. */
function checkCertificates(
  files: { readonly ca: string | undefined; readonly cert: string | undefined },
  {
    ca,
    cert,
    key,
  }: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null },
): void {
  for (const [option, file, text] of [
    ['--nats-ca', files.ca, ca],
    ['--nats-cert', files.cert, cert],
  ] as const) {
    if (text === null || isCertificate(text)) continue;
    const hint = 'Give a file in PEM: -----BEGIN CERTIFICATE-----.';
    throw new TrueConfFilesError(
      'usage',
      `The file "${file}" of ${option} does not hold certificates.`,
      hint,
    );
  }
  if (cert === null || key === null) return;
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new TrueConfFilesError(
      'usage',
      'The certificate of --nats-cert and the key of --nats-key do not go together.',
      'Give both in PEM, and the key without a password.',
    );
  }
}

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}

async function readText(file: string, option: string, host: Host): Promise<string>;
async function readText(file: string | undefined, option: string, host: Host): Promise<string | null>;
async function readText(file: string | undefined, option: string, host: Host): Promise<string | null> {
  if (file === undefined) return null;
  try {
    return decodeText(await readInputFile(file, host.signal, MAX_FILE_BYTES));
  } catch (error) {
    host.signal.throwIfAborted();
    throw new TrueConfFilesError(
      'usage',
      `The file "${file}" of ${option} can't be read: ${fileFault(error)}.`,
    );
  }
}

/**
 * Signs in with credentials that NATS tools made: JWT and seed.
 * @param read gives the file's content now: credentials may be replaced while the program runs
 * @throws TrueConfFilesError `usage` where the file holds none
 */
export function fromCreds(file: string, read: () => string): Authenticator {
  return checked(
    (nonce) => {
      const [jwt = '', seed = ''] = partsOf(read());
      return jwtAuthenticator(jwt, encode(seed))(nonce);
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
    nkeyAuthenticator(encode(seed.trim())),
    `The file "${file}" of --nats-nkey does not hold a NATS nkey seed.`,
    'Give a file with nothing but the seed of a user: it begins with SU.',
  );
}

/** Tried at once: the client would fail only while connecting, as if the server were at fault. */
function checked(authenticator: Authenticator, sentence: string, hint: string): Authenticator {
  try {
    authenticator('a nonce');
    return authenticator;
  } catch {
    // The client's own words may quote the secret.
    throw new TrueConfFilesError('usage', sentence, hint);
  }
}

/** The lines below lines of dashes: the JWT, then the seed. Read line by line, as the client's expression is slow on some files. */
function partsOf(creds: string): readonly string[] {
  const lines = creds.split('\n').map((line) => line.trim());
  const isRule = (line = '') => line.startsWith('---') && line.endsWith('---');
  return lines.filter((line, at) => line !== '' && !isRule(line) && isRule(lines[at - 1]));
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Credentials, keys and certificates are far smaller. */
const MAX_FILE_BYTES = 1_024 * 1_024;
