import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

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
