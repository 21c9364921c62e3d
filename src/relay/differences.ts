import type { Notice } from '../monitor/monitor.js';
import type { WireRecord } from '../records/read.js';
import type { Link } from '../room/entry.js';
import type { Ledger } from '../transfers/ledger.js';
import { hasEnded, type Transfer } from '../transfers/transfer.js';
import type { LastRecords } from './stream.js';
import { roomSubject, transferSubject } from './subjects.js';

/** What is true of a Room besides its transfers. */
export interface Present {
  readonly link: Link | null;
  readonly availability: number | null;
  readonly state: number | null;
  /** Whether the Room was listed: only then does it mean something that a transfer is not known. */
  readonly isListed: boolean;
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
    const stored = last.get(transferSubject(room, transfer.id))?.record ?? null;
    if (stored !== null && isSame(stored, transfer)) continue;
    const previousStatus = stored?.type === 'transfer' ? stored.transfer.status : null;
    notices.push({ kind: 'transfer', at, transfer, previousStatus, origin: 'resync', event: null });
  }
  for (const { record } of last.values()) {
    if (record.type !== 'transfer' || record.room !== room) continue;
    const { id, transfer } = record;
    const standing = ledger.standing(id);
    if (standing === 'removed' || (standing === null && present.isListed)) {
      notices.push({ kind: 'removed', at, id, transfer, reason: 'gone', removedFromDisk: null });
    } else if (standing !== null && standing !== transfer.status && ledger.get(id) === undefined) {
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
  for (const [subject, id] of subjects) {
    const transfer = ledger.get(id);
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

function isSame(stored: WireRecord, { status, statusCode }: Transfer): boolean {
  if (stored.type !== 'transfer' || stored.transfer.status !== status) return false;
  return status !== 'unknown' || stored.transfer.statusCode === statusCode;
}
