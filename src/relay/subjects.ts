import { encodeToken, isTokenOf } from './token.js';

/** What a stream of records covers, and what its readers ask for. */
export const FILES_SUBJECTS = 'trueconf.files.>';
/** Plain messages, never stored. */
const PROGRESS_SUBJECTS = 'trueconf.progress.>';

/** Kinds of records about a Room as a whole; only the last of each is a Room's present. */
export type RoomTopic = 'link' | 'availability' | 'warning';

export function transferSubject(room: string, id: string): string {
  return `${FILES}.${encodeToken(room)}.transfer.${encodeToken(id)}`;
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
  const ownId = typeof record.id === 'string' ? record.id : '';
  if (second === 'progress') {
    return record.type === 'progress' && id === '' && topic !== undefined && isTokenOf(topic, ownId);
  }
  if (second !== 'files' || topic === undefined) return false;
  if (topic === 'transfer') {
    const isAbout = record.type === 'transfer' || record.type === 'removed';
    return isAbout && rest.length === 0 && isTokenOf(id, ownId);
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
  ['warning', 'warning'],
]);
