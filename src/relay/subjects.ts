import { createHash } from 'node:crypto';
import { keysOf } from '../transfers/transfer.js';

/** What a stream of records covers, and what its readers ask for. */
export const FILES_SUBJECTS = 'trueconf.files.>';
/** Plain messages, never stored. */
const PROGRESS_SUBJECTS = 'trueconf.progress.>';

/** Kinds of records about a Room as a whole; only the last of each is a Room's present. */
export type RoomTopic = 'link' | 'availability' | 'state' | 'warning';

/** @param key the transfer's */
export function transferSubject(room: string, key: string): string {
  return `${FILES}.${encodeToken(room)}.transfer.${encodeToken(key)}`;
}

/** Whether what is stored under it is a step of a transfer. */
export function isTransferSubject(subject: string): boolean {
  return subject.split('.')[3] === 'transfer';
}

export function roomSubject(room: string, topic: RoomTopic): string {
  return `${FILES}.${encodeToken(room)}.${topic}`;
}

/** All stored records of a Room. */
function roomFilter(room: string): string {
  return `${FILES}.${encodeToken(room)}.>`;
}

/** All stored records of a Room, or of all. */
export function filesFilter(room: string | null): string {
  return room === null ? FILES_SUBJECTS : roomFilter(room);
}

/** The link of a Room, or of all. */
export function linkFilter(room: string | null): string {
  return room === null ? `${FILES}.*.link` : roomSubject(room, 'link');
}

/** All progress of a Room, or of all. */
export function progressFilter(room: string | null): string {
  return room === null ? PROGRESS_SUBJECTS : `${PROGRESS}.${encodeToken(room)}.*`;
}

/** Where the relay that holds a Room takes requests to accept or reject. */
export function commandSubject(room: string): string {
  return `trueconf.command.${encodeToken(room)}`;
}

/** Whether a record may stand under a subject: what is allowed to one Room must not speak for another. */
export function isSubjectOf(
  subject: string,
  record: { readonly type: string; readonly room: string; readonly id?: unknown },
): boolean {
  const [first, second, room = '', topic, id = '', ...rest] = subject.split('.');
  if (first !== 'trueconf' || !isTokenOf(room, record.room)) return false;
  const keys = keysOf(typeof record.id === 'string' ? record.id : '');
  if (second === 'progress') {
    return (
      record.type === 'progress' &&
      id === '' &&
      topic !== undefined &&
      keys.some((key) => isTokenOf(topic, key))
    );
  }
  if (second !== 'files' || topic === undefined) return false;
  if (topic === 'transfer') {
    const isAbout = record.type === 'transfer' || record.type === 'removed';
    return isAbout && rest.length === 0 && keys.some((key) => isTokenOf(id, key));
  }
  return id === '' && TYPES.get(topic) === record.type;
}

/** Subjects of one Room, and the ids of what is stored under them: a Room's token is made once, not for each record. */
export class RoomSubjects {
  readonly #token: string;
  readonly #ids = new MessageIds();

  constructor(room: string) {
    this.#token = encodeToken(room);
  }

  /** Of a record about a transfer, or about the Room where there is none. */
  stored(topic: RoomTopic | { readonly transfer: string }, status: string, time: string): Stored {
    const token = this.#token;
    if (typeof topic === 'string') {
      const messageId = this.#ids.next(token, encodeToken(''), status, time);
      return { subject: `${FILES}.${token}.${topic}`, messageId };
    }
    const id = encodeToken(topic.transfer);
    const messageId = this.#ids.next(token, id, status, time);
    return { subject: `${FILES}.${token}.transfer.${id}`, messageId };
  }

  progress(id: string): string {
    return `${PROGRESS}.${this.#token}.${encodeToken(id)}`;
  }
}

/** Where a message is stored, and its id. */
export interface Stored {
  readonly subject: string;
  readonly messageId: string;
}

/**
 * Ids of stored messages, by which NATS drops doubles: made from Room, transfer, status and the time it was seen, and
 * a number where several changes share all of these. Never made twice for one record: a retry keeps its id.
 */
class MessageIds {
  #time = '';
  readonly #counts = new Map<string, number>();

  /** @param room and `transfer`: their tokens */
  next(room: string, transfer: string, status: string, time: string): string {
    if (time !== this.#time) {
      this.#time = time;
      this.#counts.clear();
    }
    const id = `${room}.${transfer}.${status}.${time}`;
    const count = this.#counts.get(id) ?? 0;
    this.#counts.set(id, count + 1);
    return count === 0 ? id : `${id}.${count}`;
  }
}

const FILES = 'trueconf.files';
const PROGRESS = 'trueconf.progress';
const TYPES: ReadonlyMap<string, string> = new Map([
  ['link', 'connection'],
  ['availability', 'availability'],
  ['state', 'state'],
  ['warning', 'warning'],
]);

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
  // A lone surrogate is not UTF-8, but JSON can carry it.
  const pieces = token.split(LONE).map((piece, at) => (at % 2 === 0 ? decodeBytes(piece) : loneUnit(piece)));
  if (pieces.includes(null)) return null;
  const text = pieces.join('');
  // One text has one token: a longer spelling of the same is refused.
  return encodeToken(text) === token ? text : null;
}

/** Whether a token stands for this text; true for capped tokens as well. */
function isTokenOf(token: string, text: string): boolean {
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
