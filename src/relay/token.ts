import { createHash } from 'node:crypto';

/**
 * Any text as one token of a NATS subject: letters, digits, `_` and `-` stay, every other byte of its UTF-8 becomes
 * `=XX`, and empty text is `=`. What would be longer than 96 characters keeps its first 72 and gets a hash of the
 * whole: NATS limits the length of a line, and the records behind a subject hold the full text.
 */
export function encodeToken(text: string): string {
  if (text === '') return EMPTY;
  const encoded = PLAIN.test(text) ? text : escapeBytes(text);
  if (encoded.length <= MAX_TOKEN_UNITS) return encoded;
  const hash = createHash('sha256').update(encoded).digest('base64url').slice(0, HASH_UNITS);
  return `${encoded.slice(0, KEPT_UNITS)}${HASH_MARK}${hash}`;
}

/** The text that a token was made from; `null` where it is none, or was too long to be kept whole. */
export function decodeToken(token: string): string | null {
  if (token === EMPTY) return '';
  if (token === '' || token.length > MAX_TOKEN_UNITS || !TOKEN.test(token)) return null;
  // A lone half of a surrogate pair is no UTF-8, but JSON can carry it.
  const pieces = token.split(LONE).map((piece, at) => (at % 2 === 0 ? decodeBytes(piece) : loneUnit(piece)));
  if (pieces.includes(null)) return null;
  const text = pieces.join('');
  // One text has one token: a longer spelling of the same is refused.
  return encodeToken(text) === token ? text : null;
}

/** Whether a token stands for this text; true for capped tokens as well. */
export function isTokenOf(token: string, text: string): boolean {
  return encodeToken(text) === token;
}

function escapeBytes(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    const isLone = character.length === 1 && code >= 0xd800 && code <= 0xdfff;
    const bytes = isLone ? [0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)] : Buffer.from(character);
    let escaped = '';
    for (const byte of bytes) escaped += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    return escaped;
  });
}

function decodeBytes(piece: string): string | null {
  const bytes: number[] = [];
  for (let at = 0; at < piece.length; at++) {
    if (piece[at] !== '=') bytes.push(piece.charCodeAt(at));
    else {
      bytes.push(Number.parseInt(piece.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

function loneUnit(spelling: string): string {
  const [, second = '', third = ''] = /^=ED=(..)=(..)$/.exec(spelling) ?? [];
  const [high, low] = [Number.parseInt(second, 16) & 0x3f, Number.parseInt(third, 16) & 0x3f];
  return String.fromCharCode(0xd000 | (high << 6) | low);
}

const EMPTY = '=';
const MAX_TOKEN_UNITS = 96;
const KEPT_UNITS = 72;
const HASH_MARK = '=h';
const HASH_UNITS = 22;
const PLAIN = /^[A-Za-z0-9_-]+$/;
const UNSAFE = /[^A-Za-z0-9_-]/gu;
const TOKEN = /^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/;
const LONE = /(=ED=[AB][0-9A-F]=[89AB][0-9A-F])/;
