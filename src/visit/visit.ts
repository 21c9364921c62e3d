import { EventEmitter, once } from 'node:events';
import { DEFAULTS } from '../defaults.js';
import { TrueConfFilesError } from '../errors.js';
import type { Notice } from '../monitor/monitor.js';
import { MonitoredRoom } from '../monitor/monitored-room.js';
import type { Redactor } from '../protocol/secrets.js';
import { NoAnswerError } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import type { RoomWatcher, RoomWatcherOptions } from '../room/watcher.js';
import type { Ledger } from '../transfers/ledger.js';

export interface VisitOptions
  extends Pick<
    RoomWatcherOptions,
    'address' | 'credentials' | 'role' | 'askCredentials' | 'keepsAll' | 'clock'
  > {
  /** How often the link is proved alive; default 15 s. */
  readonly heartbeatMs?: number | undefined;
  /** Whether a link that is lost while `Visit.sees` waits is dialled again, for as long as it takes. */
  readonly redials?: boolean | undefined;
  readonly onEntry?: (entry: Entry, redactor: Redactor) => void;
  readonly onNotice?: (notice: Notice) => void;
}

/** A Room that is signed in to and has listed what it holds. */
export interface Visit {
  /** What the user gave as its address. */
  readonly label: string;
  readonly room: RoomWatcher;
  readonly ledger: Ledger;
  /** Why a list did not come, a sentence for each that did not. */
  readonly listingFaults: readonly string[];
  /** Aborted with the signal given, or when the link ends; with the reason of that. */
  readonly signal: AbortSignal;
  /** What `find` returns, tried again after each notice; `null` after a second without a result. */
  readonly hears: <T>(find: () => T | null) => Promise<T | null>;
  /**
   * What `find` returns, tried again after each notice, for as long as it takes.
   * @throws the reason of the signal
   */
  readonly sees: <T>(find: () => T | null) => Promise<T>;
}

/**
 * Connects to a Room, signs in, lists what it holds, does one thing, and disconnects.
 * @throws TrueConfFilesError; the signal's reason
 */
export async function visitRoom<T>(
  options: VisitOptions,
  act: (visit: Visit) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { label } = options.address;
  const stop = new AbortController();
  const over = new AbortController();
  const listed = new AbortController();
  const changed = new EventEmitter();
  const listingFaults: string[] = [];
  const { redials = false } = options;
  let isWaiting = false;
  const room = new MonitoredRoom({
    ...options,
    heartbeatMs: options.heartbeatMs ?? DEFAULTS.heartbeatMs,
    // A visit is short, and what it listed is what it shows.
    keep: Number.POSITIVE_INFINITY,
    wait: false,
    reconnect: redials,
    takeover: false,
    beats: false,
    onEntry: (entry, redactor) => {
      // From entries, as only the first of two warnings with one code becomes a notice.
      if (entry.kind === 'warning' && entry.code === LISTING_FAILED) listingFaults.push(entry.message);
      options.onEntry?.(entry, redactor);
    },
    onNotice: (notice) => {
      options.onNotice?.(notice);
      changed.emit('notice');
      if (notice.kind !== 'link' || notice.link.state !== 'waiting' || isWaiting) return;
      over.abort(
        new TrueConfFilesError('lost', `The Room ${label} was lost: ${notice.link.reason}.`, LOST_HINT),
      );
      stop.abort();
    },
    onListed: () => listed.abort(),
  });
  const ended = room.run(AbortSignal.any([signal, stop.signal])).then(
    () => over.abort(signal.reason),
    (error: unknown) => over.abort(error),
  );
  try {
    if (!listed.signal.aborted) await Promise.race([ended, once(listed.signal, 'abort')]);
    over.signal.throwIfAborted();
    const either = AbortSignal.any([signal, over.signal]);
    return await act({
      label,
      room: room.watcher,
      ledger: room.ledger,
      listingFaults,
      signal: either,
      hears: (find) => heard(find, changed),
      sees: async (find) => {
        isWaiting = true;
        try {
          return await seen(find, changed, either);
        } finally {
          isWaiting = false;
        }
      },
    });
  } catch (error) {
    if (error instanceof TrueConfFilesError) throw error;
    // Where the link ended, its own cause is the one to report.
    if (!room.watcher.isLive) await ended;
    over.signal.throwIfAborted();
    throw error instanceof NoAnswerError ? unanswered(error, label) : error;
  } finally {
    stop.abort();
    await ended;
  }
}

async function heard<T>(find: () => T | null, changed: EventEmitter): Promise<T | null> {
  const patience = AbortSignal.timeout(HEARD_WITHIN_MS);
  return seen(find, changed, patience).catch(() => find());
}

/** Looks again after each notice. */
async function seen<T>(find: () => T | null, changed: EventEmitter, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = find();
    if (found !== null) return found;
    await once(changed, 'notice', { signal }).catch(() => {});
  }
}

function unanswered(error: NoAnswerError, label: string): TrueConfFilesError {
  const hint = 'Try again; a Room that is older than the request may not know it.';
  return new TrueConfFilesError('unreachable', `No answer from ${label}: ${error.message}.`, hint);
}

/** The warning's code. Each command says what a missing list means for it. */
export const LISTING_FAILED = 'listing-failed';
const HEARD_WITHIN_MS = 1_000;

/** For a request that a Room may leave to the administrator, or not know. */
export const REFUSED_HINT =
  'Try again, maybe with --role admin; a Room that is older than the request may not know it.';
/** For an answer to a request of a person. */
export const ANSWER_HINT = 'Only an inbound request that waits can be answered; its records say what it is.';

/** @param what the Room would not do, as in "to report abc" */
export function refused(label: string, what: string, reason: string, hint: string): TrueConfFilesError {
  return new TrueConfFilesError('rejected', `The Room ${label} refused ${what}: ${reason}.`, hint);
}

/** @param faults why lists did not come, a sentence for each that did not */
export function incomplete(label: string, faults: readonly string[]): TrueConfFilesError {
  const what = faults.length > 1 ? 'gave no list' : 'gave only one of its two lists';
  return new TrueConfFilesError('rejected', `The Room ${label} ${what}: ${faults.join('; ')}.`, LISTS_HINT);
}

const LOST_HINT =
  "Try again; if it was to change something, look first with 'trueconf-files list' whether it did.";
const LISTS_HINT = "Try again; 'trueconf-files doctor' asks the Room for each list, and says what came.";
