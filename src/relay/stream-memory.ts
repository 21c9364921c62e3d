import type { Notice } from '../monitor/monitor.js';
import { readRecord, type WireRecord } from '../records/read.js';
import type { Link } from '../room/entry.js';
import type { Ledger } from '../transfers/ledger.js';
import { hasEnded, isForward, type Transfer } from '../transfers/transfer.js';
import type { Outgoing } from './outbox.js';
import type { LastRecord, LastRecords } from './stream.js';
import { isTransferSubject, roomSubject, transferSubject } from './subjects.js';
import { Newest } from './trail.js';

/**
 * What the relay of a Room knows of the stream: the last record under each subject, whether that record is still true,
 * and which link records are its own. Pure.
 */
export class StreamMemory {
  /** Records that are true until the next one under their subject. */
  readonly #standing = new Map<string, Standing>();
  /** Sequence numbers of the other last records. */
  readonly #settled = new Newest(MAX_SETTLED);
  /** Sequence numbers of this relay's link records by id, oldest first; 0 while not known to be stored. */
  readonly #ownLinks = new Map<string, number>();
  #linksFrom = 0;
  #newest = 0;

  /** @param link subject of the Room's link: what follows its last record is this relay's or another's */
  begin(last: LastRecords, link: string): void {
    this.load(last);
    this.#linksFrom = last.sequences.get(link) ?? 0;
  }

  /** The stream was read again. A subject that it no longer has was trimmed: sequence number 0. */
  load({ records, sequences }: LastRecords): void {
    this.#newest = newestOf(sequences);
    const missing = [...this.#standing].filter(([subject]) => !sequences.has(subject));
    this.#standing.clear();
    this.#settled.clear();
    for (const [subject, { transfer }] of missing) this.#put(subject, 0, transfer);
    for (const [subject, sequence] of sequences) {
      const last = records.get(subject);
      this.#put(subject, sequence, last === undefined ? null : standsFor(last.record));
      if (last !== undefined) this.#linkStored(last.messageId, sequence);
    }
  }

  /**
   * Subjects of which records are gone that the stream had acknowledged, as a server may lose some when it is killed. Of a subject that is gone altogether only its number tells that: limits take the oldest away, not the newest.
   */
  lackedBy({ sequences }: LastRecords): ReadonlySet<string> {
    const newest = newestOf(sequences);
    const lacked = new Set<string>();
    // One that was emptied holds nothing to compare with.
    if (newest === 0) return lacked;
    const compare = (subject: string, known: number) => {
      if (known > (sequences.get(subject) ?? newest)) lacked.add(subject);
    };
    for (const [subject, { sequence }] of this.#standing) compare(subject, sequence);
    for (const [subject, sequence] of this.#settled.entries()) compare(subject, sequence);
    return lacked;
  }

  /** Sequence number of the last record of the Room when the stream was read. */
  get newest(): number {
    return this.#newest;
  }

  /** A record of this relay was stored. */
  stored({ subject, messageId, stands }: Outgoing, sequence: number): void {
    this.#put(subject, sequence, stands);
    this.#linkStored(messageId, sequence);
  }

  /** Sequence number of the last record under a subject; 0 where none is known. */
  lastUnder(subject: string): number {
    return this.#standing.get(subject)?.sequence ?? this.#settled.get(subject) ?? 0;
  }

  /**
   * Takes out what stands before a sequence number, as it has to be published again.
   * @returns the transfer of each subject, `''` for the Room itself
   */
  takeBefore(sequence: number): ReadonlyMap<string, string> {
    const old = [...this.#standing].filter(([, standing]) => standing.sequence < sequence);
    for (const [subject, standing] of old) this.#put(subject, standing.sequence, null);
    return new Map(old.map(([subject, { transfer }]) => [subject, transfer]));
  }

  /** A link record of this relay is on its way. */
  linkSent(messageId: string): void {
    this.#ownLinks.set(messageId, 0);
    const [oldest] = this.#ownLinks;
    if (this.#ownLinks.size <= MAX_OWN_LINKS || oldest === undefined) return;
    this.#ownLinks.delete(oldest[0]);
    this.#linksFrom = Math.max(this.#linksFrom, oldest[1]);
  }

  /** Link records behind this sequence number are this relay's, or another relay has published them. */
  get linksFrom(): number {
    return this.#linksFrom;
  }

  /** Whether all of these ids are of this relay's link records. */
  areOwnLinks(messageIds: readonly string[]): boolean {
    return messageIds.every((id) => this.#ownLinks.has(id));
  }

  #put(subject: string, sequence: number, transfer: string | null): void {
    if (transfer !== null) {
      this.#standing.set(subject, { sequence, transfer });
      return;
    }
    this.#standing.delete(subject);
    this.#settled.set(subject, sequence);
  }

  #linkStored(messageId: string, sequence: number): void {
    if (this.#ownLinks.has(messageId)) this.#ownLinks.set(messageId, sequence);
  }
}

function newestOf(sequences: LastRecords['sequences']): number {
  let newest = 0;
  for (const sequence of sequences.values()) newest = Math.max(newest, sequence);
  return newest;
}

/** A last record that is true until the next one. */
interface Standing {
  readonly sequence: number;
  /** The transfer it is about; `''` for the Room itself. */
  readonly transfer: string;
}

/** The transfer whose present a record gives, `''` for the Room itself; `null` where it gives an end. */
function standsFor(record: WireRecord): string | null {
  switch (record.type) {
    case 'transfer':
      return hasEnded(record.transfer.status) ? null : record.transfer.key;
    case 'connection':
    case 'availability':
    case 'state':
      return '';
    case 'removed':
    case 'progress':
    case 'warning':
      return null;
  }
}

const MAX_SETTLED = 10_000;
/** A Room that is down for long is tried again and again. */
const MAX_OWN_LINKS = 100;

/** Whether a Room's relay ended because another client took the Room. */
export function endedByTaking(room: string, records: LastRecords['records']): boolean {
  const warning = records.get(roomSubject(room, 'warning'))?.record;
  const link = records.get(roomSubject(room, 'link'))?.record;
  return warning?.type === 'warning' && warning.notice.code === TAKEN && (link?.at ?? 0) <= warning.at;
}

/** Code of the warning that tells the next holder of a Room so. */
export const TAKEN = 'taken-over';

/** What is true of a Room besides its transfers. */
export interface Present {
  readonly link: Link | null;
  readonly availability: number | null;
  readonly state: number | null;
  /** Whether the Room was listed: only then does it mean something that a transfer is not known. */
  readonly isListed: boolean;
}

/** What was reported of a Room so far. */
type Learned = { -readonly [Field in keyof Present]: Present[Field] };

/** A Room of which nothing was reported yet. */
export function unreported(): Learned {
  return { link: null, availability: null, state: null, isListed: false };
}

/**
 * Takes what a notice says of the Room.
 * @returns whether it is new to the stream, which may hold it since before this relay held the Room
 */
export function learn(present: Learned, notice: Notice): boolean {
  switch (notice.kind) {
    case 'link':
      present.link = notice.link;
      return true;
    case 'availability':
    case 'state': {
      const isNew = notice.code !== present[notice.kind];
      present[notice.kind] = notice.code;
      return isNew;
    }
    default:
      return true;
  }
}

/** What a stream has to be told so that the last record of everything is true. Pure. */
export function differences(
  room: string,
  ledger: Ledger,
  present: Present,
  last: LastRecords['records'],
  at: number,
): readonly Notice[] {
  const notices: Notice[] = [];
  for (const transfer of ledger.values()) {
    const stored = last.get(transferSubject(room, transfer.key))?.record ?? null;
    if (stored !== null && isSame(stored, transfer)) continue;
    const previousStatus = stored?.type === 'transfer' ? stored.transfer.status : null;
    notices.push({ kind: 'transfer', at, transfer, previousStatus, origin: 'resync', event: null });
  }
  for (const { record } of last.values()) {
    if (record.type !== 'transfer' || record.room !== room) continue;
    const { id, transfer } = record;
    const standing = ledger.standing(id, transfer.direction);
    if (standing === 'removed' || (standing === null && present.isListed)) {
      notices.push({
        kind: 'removed',
        at,
        id,
        key: transfer.key,
        transfer,
        reason: 'gone',
        removedFromDisk: null,
      });
    } else if (standing !== null && standing !== transfer.status && ledger.get(transfer.key) === undefined) {
      // It ended, and the ledger holds no more of it than how.
      const ended = { ...transfer, status: standing, statusCode: null };
      const previousStatus = transfer.status;
      notices.push({ kind: 'transfer', at, transfer: ended, previousStatus, origin: 'resync', event: null });
    }
  }
  const { link } = present;
  for (const kind of ['availability', 'state'] as const) {
    const code = present[kind];
    const stored = last.get(roomSubject(room, kind))?.record;
    if (code !== null && !(stored?.type === kind && stored.code === code)) notices.push({ kind, at, code });
  }
  const toldLink = last.get(roomSubject(room, 'link'))?.record;
  if (link !== null && !(toldLink?.type === 'connection' && toldLink.link.state === link.state)) {
    notices.push({ kind: 'link', at, link });
  }
  return notices;
}

/**
 * What is true of a Room under these subjects, for a stream that has forgotten it. Pure.
 * @param subjects the transfer that each is about, `''` for the Room itself
 */
export function standing(
  room: string,
  ledger: Ledger,
  { link, availability, state }: Present,
  subjects: ReadonlyMap<string, string>,
  at: number,
): readonly Notice[] {
  const notices: Notice[] = [];
  for (const [subject, key] of subjects) {
    const transfer = ledger.get(key);
    if (transfer !== undefined && !hasEnded(transfer.status)) {
      const { status: previousStatus } = transfer;
      notices.push({ kind: 'transfer', at, transfer, previousStatus, origin: 'resync', event: null });
    } else if (subject === roomSubject(room, 'link') && link !== null) {
      notices.push({ kind: 'link', at, link });
    } else if (subject === roomSubject(room, 'availability') && availability !== null) {
      notices.push({ kind: 'availability', at, code: availability });
    } else if (subject === roomSubject(room, 'state') && state !== null) {
      notices.push({ kind: 'state', at, code: state });
    }
  }
  return notices;
}

/** Whether a stored record is this one, or reports the same state of its transfer, or one that comes after it. */
export function holds(
  { messageId, record }: LastRecord,
  { messageId: id, body, subject }: Outgoing,
): boolean {
  if (messageId === id) return true;
  if (!isTransferSubject(subject)) return false;
  const other = readRecord(body);
  if (other.type === 'removed') return record.type === 'removed';
  if (other.type !== 'transfer' || record.type !== 'transfer') return false;
  return isSame(record, other.transfer) || isForward(other.transfer.status, record.transfer.status);
}

function isSame(stored: WireRecord, { status, statusCode }: Transfer): boolean {
  if (stored.type !== 'transfer' || stored.transfer.status !== status) return false;
  return status !== 'unknown' || stored.transfer.statusCode === statusCode;
}
