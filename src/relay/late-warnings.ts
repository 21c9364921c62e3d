import { backoffMs, type Clock, delay } from '../room/timers.js';
import type { LeftOut } from './left-out.js';
import type { Outgoing } from './outbox.js';
import { PUBLISH_TIMEOUT_MS } from './publisher.js';
import type { RoomStream } from './stream.js';
import { endedByTaking } from './stream-memory.js';
import { filesFilter, roomSubject } from './subjects.js';

export interface LateWarningsOptions extends Omit<RoomStream, 'publishPlain'> {
  readonly room: string;
  readonly watcher: { readonly clock?: Clock | undefined };
  readonly leftOut: LeftOut;
  /** Warnings that are not known to be stored, in order; `leftOut` adds to them. */
  readonly warnings: readonly Outgoing[];
  /** Records that this relay stored without an acknowledgement have higher sequence numbers than this. */
  readonly since: number;
}

/**
 * Stores what a relay has to report of a Room that another relay holds by now: which steps it left out, as only this
 * one knows it. Tries again until all of it is stored. Never throws.
 */
export async function storeLateWarnings(options: LateWarningsOptions, signal: AbortSignal): Promise<void> {
  const { leftOut, warnings } = options;
  const { clock } = options.watcher;
  // What is in flight is answered by then, or never.
  let waitMs = PUBLISH_TIMEOUT_MS;
  for (let tries = 1; !signal.aborted; tries++) {
    await delay(waitMs, signal, clock).catch(() => {});
    if (!leftOut.isWaiting) leftOut.ended(() => false);
    const isSaid = warnings.length === 0 && !leftOut.isWaiting;
    if (isSaid || signal.aborted || (await storeAll(options).catch(() => false))) return;
    waitMs = Math.max(LEAST_WAIT_MS, backoffMs(tries, 1));
  }
}

/** The newest warnings that a relay has stored: nothing else tells what they do, and a server may lose them again. */
export class StoredWarnings {
  readonly #subject: string;
  readonly #readIdsAfter: RoomStream['readIdsAfter'];
  readonly #sequences = new Map<Outgoing, number>();

  constructor(subject: string, readIdsAfter: RoomStream['readIdsAfter']) {
    this.#subject = subject;
    this.#readIdsAfter = readIdsAfter;
  }

  /** A record was stored, which may be a warning. */
  stored(item: Outgoing, sequence: number): void {
    if (item.subject !== this.#subject) return;
    this.#sequences.set(item, sequence);
    const [oldest] = this.#sequences.keys();
    if (this.#sequences.size > MAX_KEPT && oldest !== undefined) this.#sequences.delete(oldest);
  }

  /** Takes out those that the stream does not hold, as they have to be stored again. */
  async takeLost(): Promise<readonly Outgoing[]> {
    if (this.#sequences.size === 0) return [];
    const before = Math.min(...this.#sequences.values()) - 1;
    const held = new Set(await this.#readIdsAfter(this.#subject, before));
    const lost = [...this.#sequences.keys()].filter(({ messageId }) => !held.has(messageId));
    for (const item of lost) this.#sequences.delete(item);
    return lost;
  }
}

/** @returns whether all is stored */
async function storeAll(options: LateWarningsOptions): Promise<boolean> {
  const { room, leftOut, warnings, since, readLast, readIdsAfter, storeLate } = options;
  const subject = roomSubject(room, 'warning');
  const last = await readLast(room);
  // The next relay learns from the last warning that another client took the Room.
  if (endedByTaking(room, last.records)) {
    return warnings.some(({ messageId }) => messageId === last.records.get(subject)?.messageId);
  }
  const from = leftOut.isWaiting ? filesFilter(room) : subject;
  const stored = new Set(await readIdsAfter(from, since));
  leftOut.ended((messageId) => stored.has(messageId));
  let sequence = last.sequences.get(subject) ?? 0;
  for (const item of warnings) {
    if (!stored.has(item.messageId)) sequence = await storeLate(item, room, sequence);
  }
  return true;
}

const LEAST_WAIT_MS = 500;
/** Warnings. */
const MAX_KEPT = 20;
