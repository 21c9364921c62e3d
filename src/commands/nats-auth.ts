import { createPrivateKey, createPublicKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Authenticator, NodeConnectionOptions } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import type { NatsOptions } from './options.js';

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
    const { fromCreds } = await import('./nats-auth.js');
    const readAgain = () => {
      try {
        last = readFileSync(natsCreds, 'utf8');
      } catch {
        // It is being replaced: what was there before may still do.
      }
      return last;
    };
    return { authenticator: fromCreds(natsCreds, readAgain) };
  }
  if (natsNkey !== undefined) {
    const seed = await readText(natsNkey, '--nats-nkey', host);
    const { fromSeed } = await import('./nats-auth.js');
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
    return await readFile(file, { encoding: 'utf8', signal: host.signal });
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

/** The keys of somebody whom NATS knows, by the seed that its tools write. */
export interface Nkey {
  readonly publicKey: string;
  /** @returns the signature in Base64 */
  sign(text: string): string;
}

/**
 * Reads a seed. Node has the arithmetic, which the client of NATS brings along once more: more code than all else that
 * connects it.
 * @throws Error where it is none; the text is not quoted
 */
export function readSeed(text: string): Nkey {
  const bytes = fromBase32(text);
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (bytes.length !== SEED_BYTES || bytes.readUInt16LE(body.length) !== checksum(body)) throw notASeed();
  const [first = 0, second = 0] = body;
  // Each prefix is made of five bits, so that it is a letter in Base32: here the S of a seed, then whose it is.
  const owner = ((first & 0b111) << 5) | (second >> 3);
  if ((first & 0b11111_000) !== SEED || !OWNERS.has(owner)) throw notASeed();
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEADER, body.subarray(2)]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: withChecksum(Buffer.from([owner, ...spki.subarray(-KEY_BYTES)])),
    sign: (message) => sign(null, Buffer.from(message), key).toString('base64'),
  };
}

function withChecksum(body: Buffer): string {
  const bytes = Buffer.alloc(body.length + CHECKSUM_BYTES);
  body.copy(bytes);
  bytes.writeUInt16LE(checksum(body), body.length);
  return toBase32(bytes);
}

/** CRC-16/XMODEM. */
function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

/** Bits that fill no byte are left out, and so is padding, which NATS does not write. */
function fromBase32(text: string): Buffer {
  const bytes = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) throw notASeed();
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = bits >> count;
  }
  return bytes;
}

function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (count += 8; count >= 5; count -= 5) text += LETTERS.charAt((bits >> (count - 5)) & 31);
  }
  return count === 0 ? text : text + LETTERS.charAt((bits << (5 - count)) & 31);
}

function notASeed(): Error {
  return new Error('it is no seed of an nkey that signs');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 2;
/** Two for the prefixes, the key, and the checksum. */
const SEED_BYTES = 2 + KEY_BYTES + CHECKSUM_BYTES;
const letterBits = (letter: string) => LETTERS.indexOf(letter) << 3;
const SEED = letterBits('S');
/** Operators, accounts, users, servers and clusters. Curve keys (X) sign nothing. */
const OWNERS: ReadonlySet<number> = new Set(['O', 'A', 'U', 'N', 'C'].map(letterBits));
/** What an Ed25519 key is preceded by in PKCS #8. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
