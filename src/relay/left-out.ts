import type { Notice } from '../monitor/monitor.js';
import type { Outgoing } from './outbox.js';
import { isTransferSubject } from './subjects.js';

/** Reports to a Room's watchers which steps they are not shown: a code and a message. */
export type Report = (code: Cause, message: string) => void;

/**
 * Counts the steps that watchers of a Room are not shown: those that could not be stored in time, those that no relay saw
 * while one took the Room from another, and those that NATS had acknowledged and lost. Of the first each is known, of the
 * others only the transfers. It reports them once the records are stored that are there in their place, as these may have
 * to be dropped as well. Pure.
 */
export class LeftOut {
  readonly #report: Report;
  /** Records on their way in place of steps that are left out, by id. */
  readonly #waiting = new Map<string, Substitute>();
  /** Subjects of those that were stored, and not reported yet. */
  readonly #stored: Readonly<Record<Cause, Set<string>>> = {
    handover: new Set(),
    'steps-left-out': new Set(),
    'stream-set-back': new Set(),
  };
  /** Records that were dropped since the stream was compared, by the subject of their transfer. */
  readonly #dropped = new Map<string, Dropped>();
  /** Steps that are in place of none that waits, and not reported yet. */
  #steps = 0;
  #isListed = false;

  constructor(report: Report) {
    this.#report = report;
  }

  /** A change that the first listing after a handover found, or before which there may have been others. */
  found({ messageId, subject }: Outgoing): void {
    this.#waiting.set(messageId, { subject, cause: 'handover', steps: 0, first: null });
  }

  /** That listing has found all. */
  listed(): void {
    this.#isListed = true;
    this.#settle();
  }

  /** Records that will not be stored: `compared` follows. */
  dropped(items: readonly Outgoing[]): void {
    for (const { messageId, subject } of items) {
      const before = this.#dropped.get(subject);
      const substitute = this.#waiting.get(messageId);
      this.#waiting.delete(messageId);
      if (!isTransferSubject(subject)) continue;
      const records = 1 + (substitute?.steps ?? 0);
      if (before === undefined && this.#dropped.size >= MAX_DROPPED) {
        this.#steps += records;
        continue;
      }
      const cause = substitute?.cause === 'handover' ? 'handover' : (before?.cause ?? 'steps-left-out');
      const first = before?.first ?? substitute?.first ?? messageId;
      this.#dropped.set(subject, { records: (before?.records ?? 0) + records, cause, first });
    }
  }

  /**
   * The stream was compared: these records report what is different there. Where it was made anew, that is all there is.
   * @param lost subjects that NATS had acknowledged newer records of
   * @param stored subjects that the stream has records of
   */
  compared(
    items: readonly Outgoing[],
    lost: ReadonlySet<string>,
    stored: { has(subject: string): boolean },
  ): void {
    for (const { messageId, subject } of items.filter((item) => isTransferSubject(item.subject))) {
      const dropped = this.#dropped.get(subject);
      const cause = dropped?.cause ?? (lost.has(subject) ? 'stream-set-back' : null);
      if (cause === null) continue;
      // The record itself is the last of the steps that were dropped. How many a handover hides is not known.
      const steps = dropped?.cause === 'steps-left-out' ? dropped.records - 1 : 0;
      this.#waiting.set(messageId, { subject, cause, steps, first: dropped?.first ?? null });
      this.#dropped.delete(subject);
    }
    for (const [subject, { records, cause }] of this.#dropped) {
      // What is not different though it was dropped another relay has stored, and reports.
      if (cause === 'steps-left-out' && !stored.has(subject)) this.#steps += records;
    }
    this.#dropped.clear();
    this.#settle();
  }

  /**
   * What was sent without an answer, and dropped as the stream did not hold it, may be stored late: then what stands for
   * it is refused, and the stream is read again.
   * @param last the last record of each subject
   */
  storedLate(last: { get(subject: string): { readonly messageId: string } | undefined }): void {
    for (const [messageId, substitute] of this.#waiting) {
      const { subject, steps, first } = substitute;
      if (steps === 0 || last.get(subject)?.messageId !== first) continue;
      this.#waiting.set(messageId, { ...substitute, steps: steps - 1, first: null });
    }
  }

  /** A record is in the stream, or can never be stored. */
  settled({ messageId }: Outgoing): void {
    const substitute = this.#waiting.get(messageId);
    if (substitute === undefined) return;
    this.#waiting.delete(messageId);
    this.#store(substitute);
    this.#settle();
  }

  /** Another relay has stored the same, and reports what there is to report of it. */
  overtaken({ messageId }: Outgoing): void {
    this.#waiting.delete(messageId);
    this.#settle();
  }

  /** Whether it is not known yet of some records whether they are stored. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Another relay holds the Room now. What this one stored in place of steps it must report itself, as the other finds
   * the last states there; what it did not store the other finds changed.
   * @param isStored whether a record with this id is in the stream
   */
  ended(isStored: (messageId: string) => boolean): void {
    for (const [messageId, substitute] of this.#waiting) if (isStored(messageId)) this.#store(substitute);
    this.#waiting.clear();
    this.#dropped.clear();
    this.#isListed = true;
    this.#settle();
  }

  #store({ subject, cause, steps }: Substitute): void {
    this.#stored[cause].add(subject);
    this.#steps += steps;
  }

  #settle(): void {
    if (this.#waiting.size > 0 || this.#dropped.size > 0) return;
    const { handover, 'steps-left-out': leftOut, 'stream-set-back': setBack } = this.#stored;
    if (setBack.size > 0) {
      const again = `the last state of ${counted(setBack.size, 'transfer')} is stored again, and steps may be missing`;
      setBack.clear();
      this.#report('stream-set-back', `NATS has lost records that it had acknowledged; ${again}`);
    }
    if (leftOut.size > 0 || this.#steps > 0) {
      const steps = counted(this.#steps, 'step');
      const last = `only the last state of ${counted(leftOut.size, 'transfer')} is reported`;
      this.#steps = 0;
      leftOut.clear();
      this.#report('steps-left-out', `${steps} could not be stored in time; ${last}`);
    }
    if (!this.#isListed || handover.size === 0) return;
    const changed = `${counted(handover.size, 'transfer')} changed while one relay took the Room from another`;
    handover.clear();
    this.#report('handover', `${changed}; only the last state of each is reported`);
  }
}

type Cause = 'handover' | 'steps-left-out' | 'stream-set-back';

interface Dropped {
  readonly records: number;
  readonly cause: 'handover' | 'steps-left-out';
  /** Id of the first of them. */
  readonly first: string;
}

interface Substitute {
  readonly subject: string;
  readonly cause: Cause;
  /** Left out before it. */
  readonly steps: number;
  /** Id of the first record that was dropped for it; `null` where none was, or where that is stored. */
  readonly first: string | null;
}

/** Whether there may have been steps before a change that no relay has seen. */
export function mayLackSteps(notice: Notice): boolean {
  if (notice.kind === 'removed') return notice.reason === 'gone';
  if (notice.kind !== 'transfer') return false;
  const { origin, previousStatus: before, transfer } = notice;
  if (origin === 'resync') return true;
  if (before === null) return transfer.status !== 'waiting';
  return before === 'waiting' && transfer.status !== 'processing' && transfer.status !== 'rejected';
}

/** So many of something, in words. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** As many transfers as a Room's ledger holds of those that have ended, unless told otherwise. */
const MAX_DROPPED = 10_000;
