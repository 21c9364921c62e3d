import { describeFault } from '../faults.js';
import { isChange, type Notice } from '../monitor/monitor.js';
import { MonitoredRoom } from '../monitor/monitored-room.js';
import type { Decision } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import type { Outcome } from '../room/ask.js';
import type { Entry, Link } from '../room/entry.js';
import { aborted, delay, within } from '../room/timers.js';
import type { RoomWatcherOptions } from '../room/watcher.js';
import { asSeen, type Change } from '../transfers/change.js';
import { isForward } from '../transfers/transfer.js';
import { StoredWarnings, storeLateWarnings } from './late-warnings.js';
import { LeftOut, mayLackSteps } from './left-out.js';
import type { Memory, Outbox, Outgoing } from './outbox.js';
import { Publications } from './publisher.js';
import { type LastRecords, type RoomStream, readCaughtUp } from './stream.js';
import {
  differences,
  endedByTaking,
  holds,
  learn,
  StreamMemory,
  standing,
  TAKEN,
  unreported,
} from './stream-memory.js';
import { roomSubject } from './subjects.js';

export interface RoomRelayOptions extends RoomStream {
  readonly watcher: Omit<RoomWatcherOptions, 'onEntry'>;
  readonly outbox: Outbox;
  /** So many records were left out for want of room. */
  readonly onLeftOut: (records: number) => void;
  readonly onEntry: (entry: Entry, room: string, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice, room: string) => void;
  /** Whether a change is shared. */
  readonly shares: (change: Change, room: string) => boolean;
}

/** One Room that the relay holds: watched as `watch` does, and everything it tells goes to the outbox. */
export class RoomRelay {
  readonly room: string;
  readonly #options: RoomRelayOptions;
  readonly #monitored: MonitoredRoom;
  readonly #publications: Publications;
  readonly #linkSubject: string;
  readonly #warningSubject: string;
  readonly #warnings: StoredWarnings;
  readonly #memory = new StreamMemory();
  /** The memory, as the outbox uses it. */
  readonly #stream: Memory = {
    lastUnder: (subject) => this.#memory.lastUnder(subject),
    stored: (item, sequence) => {
      this.#memory.stored(item, sequence);
      this.#leftOut.settled(item);
      if (item.subject === this.#linkSubject) this.#onLinkStored();
      this.#warnings.stored(item, sequence);
    },
    refused: (item) => this.#leftOut.settled(item),
  };
  readonly #present = unreported();
  /** Steps were left out: until the stream was compared, only the ledger knows what is. */
  #isBehind = false;
  readonly #leftOut = new LeftOut((code, message) => this.#warn(code, message));
  #isRetired = false;
  /** Warnings to be stored by a relay that lost the Room. */
  readonly #late: Outgoing[] = [];
  #wasTaken = false;
  #wasCutTold = false;
  #isAnnounced = false;
  #isInherited = false;
  #onLinkStored: () => void = () => {};

  constructor(options: RoomRelayOptions) {
    this.room = options.watcher.address.label;
    this.#options = options;
    this.#publications = new Publications(this.room);
    this.#linkSubject = roomSubject(this.room, 'link');
    this.#warningSubject = roomSubject(this.room, 'warning');
    this.#warnings = new StoredWarnings(this.#warningSubject, options.readIdsAfter);
    this.#monitored = new MonitoredRoom({
      ...options.watcher,
      beats: false,
      onEntry: (entry, redactor) => options.onEntry(entry, this.room, redactor),
      onNotice: (notice) => this.#take(notice),
      onListed: () => {
        this.#present.isListed = true;
        this.#leftOut.listed();
      },
    });
  }

  /** Takes the last records of the stream into the ledger, so that only differences are reported. Once, before `run`. */
  async restore(): Promise<void> {
    const last = await this.#options.readLast(this.room);
    const { records, unreadable } = last;
    this.#memory.begin(last, this.#linkSubject);
    this.#takeKnown(records);
    this.#wasTaken = endedByTaking(this.room, records);
    if (this.#isRetired) return;
    if (unreadable > 0) {
      const message = `${unreadable} of the stream's last records can't be read, and are reported again`;
      this.#warn('records-unreadable', message);
    }
    this.#options.outbox.open(this.room, this.#stream);
  }

  /** What the stream tells is known, where the Room itself has not told more. */
  #takeKnown(records: LastRecords['records']): void {
    for (const { record } of records.values()) {
      if (record.type === 'availability' || record.type === 'state')
        this.#present[record.type] ??= record.code;
      if (record.type !== 'transfer') continue;
      const { at, transfer } = record;
      const known = this.#monitored.ledger.standing(transfer.id, transfer.direction);
      if (known !== null && (known === 'removed' || !isForward(known, transfer.status))) continue;
      this.#monitored.restore(transfer);
      this.#options.onNotice(asSeen(transfer, at), this.room);
    }
  }

  /** Whether the last record of the Room's link says that another client took it from its relay. */
  get wasTaken(): boolean {
    return this.#wasTaken;
  }

  /** Whether another relay has reported the Room's link since this one holds it. */
  async wasOvertaken(): Promise<boolean> {
    const ids = await this.#options.readIdsAfter(this.#linkSubject, this.#memory.linksFrom);
    return !this.#memory.areOwnLinks(ids);
  }

  /** Says, once, that texts of records were cut. */
  tellCut(): void {
    if (this.#wasCutTold) return;
    this.#wasCutTold = true;
    this.#warn('texts-cut', 'texts of records were cut, as the stream takes no larger ones');
  }

  /** Stores for the next holder of the Room that another client took it. */
  readonly tellTaken = (message: string): void => this.#warn(TAKEN, message);

  /**
   * Says in the stream that this relay holds the Room, before it signs in: the relay that loses the seat by that finds
   * the reason there. Where nothing can be stored for a lease life, it is not waited for longer.
   * @param isInherited whether another relay held the Room before
   */
  async announce(lifeMs: number, isInherited: boolean, signal: AbortSignal): Promise<void> {
    this.#isInherited = isInherited;
    const stored = new Promise<void>((resolve) => (this.#onLinkStored = resolve));
    this.#take({ kind: 'link', at: Date.now(), link: CONNECTING });
    await within(Promise.race([stored, aborted(signal)]), lifeMs);
    this.#isAnnounced = true;
  }

  /**
   * Watches until the signal is aborted.
   * @throws TrueConfFilesError as `RoomWatcher.run` does
   */
  async run(signal: AbortSignal): Promise<void> {
    // Where it was not listed, nothing more is found.
    await this.#monitored.run(signal).finally(() => this.#leftOut.listed());
  }

  /** Accepts or rejects a request. Never throws. */
  async decide(decision: Decision, id: string): Promise<Outcome> {
    try {
      return await this.#monitored.decide(decision, id);
    } catch (error) {
      return { ok: false, reason: describeFault(error) };
    }
  }

  readonly pause = (): void => this.#monitored.pause();
  readonly resume = (): void => this.#monitored.resume();

  /**
   * Reports nothing more, as another relay does. What waits must not be reported later: it would be old then. What only
   * this relay knows is stored late, until the signal is aborted.
   * @returns how many records are left out by that
   */
  retire(signal: AbortSignal): number {
    if (this.#isRetired) return 0;
    this.#isRetired = true;
    const forgotten = this.#options.outbox.forget(this.room);
    this.#late.push(...forgotten.filter(({ subject }) => subject === this.#warningSubject));
    const dropped = forgotten.length - this.#late.length;
    if (dropped > 0) this.#options.onLeftOut(dropped);
    const [room, leftOut, warnings, since] = [this.room, this.#leftOut, this.#late, this.#memory.newest];
    void storeLateWarnings({ ...this.#options, room, leftOut, warnings, since }, signal);
    return dropped;
  }

  /** Drops what waits, for want of room: the ledger still knows the last state of each transfer. */
  leaveOut(): void {
    this.#isBehind = true;
    this.#clear(false);
  }

  /**
   * Brings the stream up to date after NATS was away, or after steps were left out.
   * @param isNew whether the stream was made anew and has forgotten everything
   */
  async reconcile(isNew: boolean, signal: AbortSignal): Promise<void> {
    const { outbox } = this.#options;
    const last = await readCaughtUp(
      () => this.#options.readLast(this.room),
      (found) => this.#memory.lackedBy(found).size > 0,
      (ms) => delay(ms, signal, this.#options.watcher.clock),
    );
    const lost = isNew ? new Set<string>() : this.#memory.lackedBy(last);
    const again = lost.size > 0 ? await this.#warnings.takeLost() : [];
    if (this.#isRetired) return;
    if (isNew || lost.size > 0) this.#isBehind = true;
    this.#memory.load(last);
    for (const item of again) outbox.push(this.room, item, true);
    // The relay before this one may have stored more.
    if (!this.#present.isListed) this.#takeKnown(last.records);
    this.#leftOut.storedLate(last.records);
    // What was stored without an answer, or by another relay, must not be stored twice, however long ago that was.
    for (const [subject, stored] of last.records) {
      const dropped = outbox.dropStored(this.room, subject, (item) => holds(stored, item));
      const isOwn = dropped.at(-1)?.messageId === stored.messageId;
      for (const item of dropped) this.#leftOut[isOwn ? 'settled' : 'overtaken'](item);
    }
    if (this.#isBehind) this.#tellDifferences(last.records, lost);
    outbox.open(this.room, this.#stream);
  }

  /** Tells again what is true, where that was last told before a sequence number of the stream. */
  refresh(before: number): void {
    const old = this.#memory.takeBefore(before);
    const again = standing(this.room, this.#monitored.ledger, this.#present, old, Date.now());
    for (const notice of again) this.#publish(notice, true);
  }

  #tellDifferences(records: LastRecords['records'], lost: ReadonlySet<string>): void {
    this.#clear(true);
    this.#isBehind = false;
    const found = differences(this.room, this.#monitored.ledger, this.#present, records, Date.now());
    const told = found.flatMap((notice) => this.#publish(notice, true) ?? []);
    this.#leftOut.compared(told, lost, records);
  }

  /** Warnings stay, as nothing else tells what they do. */
  #clear(isCompared: boolean): void {
    this.#leave(this.#options.outbox.clear(this.room, isCompared, this.#warningSubject));
  }

  #leave(records: readonly Outgoing[]): void {
    this.#leftOut.dropped(records);
    if (records.length > 0) this.#options.onLeftOut(records.length);
  }

  #take(notice: Notice): void {
    if (this.#isAnnounced && notice.kind === 'link') {
      this.#isAnnounced = false;
      if (notice.link.state === CONNECTING.state) return;
    }
    this.#options.onNotice(notice, this.room);
    if (learn(this.#present, notice)) this.#publish(notice);
  }

  /** @returns the record that waits for being stored, where there is one */
  #publish(notice: Notice, isExtra = false): Outgoing | null {
    const { outbox, publishPlain } = this.#options;
    if (this.#isRetired || (isChange(notice) && !this.#options.shares(notice, this.room))) return null;
    const publication = this.#publications.of(notice);
    if (publication === null) return null;
    if (publication.kind === 'plain') {
      publishPlain(publication.subject, publication.body);
      return null;
    }
    const { item } = publication;
    const isTakingOver = this.#isInherited && !this.#present.isListed && !isExtra;
    if (isTakingOver && mayLackSteps(notice)) this.#leftOut.found(item);
    if (this.#isBehind && !isExtra) {
      this.#leave([item]);
      return null;
    }
    if (notice.kind === 'link') this.#memory.linkSent(item.messageId);
    outbox.push(this.room, item, isExtra);
    return item;
  }

  /** Its own warnings are few, and none is left out. */
  #warn(code: string, message: string): void {
    const notice = { kind: 'warning', at: Date.now(), code, message, count: 1, id: null } as const;
    this.#options.onNotice(notice, this.room);
    if (!this.#isRetired) this.#publish(notice, true);
    else {
      const publication = this.#publications.of(notice);
      // That another client took the Room stays the last of all.
      if (publication?.kind === 'stored') this.#late.unshift(publication.item);
    }
  }
}

/** How each run begins. */
const CONNECTING: Link = { state: 'connecting', attempt: 1 };
