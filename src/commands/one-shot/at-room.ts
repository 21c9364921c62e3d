import { TrueConfFilesError } from '../../errors.js';
import { Monitor } from '../../monitor/monitor.js';
import type { Notice } from '../../monitor/notice.js';
import { noteOf } from '../../output/notes.js';
import { toRecord } from '../../output/record.js';
import { safeText } from '../../output/text.js';
import type { Secret } from '../../protocol/secret.js';
import type { RoomAddress } from '../../room/address.js';
import type { Entry } from '../../room/entry.js';
import { NoAnswerError } from '../../room/no-answer.js';
import { RoomWatcher } from '../../room/watcher.js';
import type { Ledger } from '../../transfers/ledger.js';
import { readCredentials } from '../credentials.js';
import type { Host } from '../host.js';
import { askSecret, canAsk } from '../prompt.js';
import { writeDebug } from '../watch/debug.js';
import type { ConnectingOptions, OutputOptions } from '../watch/options.js';
import { Printer } from './printer.js';
import { openRoom } from './room.js';

/** The options of every command that asks a Room for something and is done. */
export interface RoomOptions extends ConnectingOptions, OutputOptions {
  readonly room?: string;
  readonly demo?: boolean;
}

/** A Room that has let us in and listed what it holds. */
export interface AtRoom {
  /** What the user gave as its address. */
  readonly label: string;
  readonly room: RoomWatcher;
  readonly ledger: Ledger;
  /** Why a list did not come, a sentence for each that did not. */
  readonly listingFaults: readonly string[];
  readonly printer: Printer;
  /** Aborted where a signal comes, or the link ends: with the reason of that. */
  readonly signal: AbortSignal;
}

/**
 * Signs in to the Room that is named, does what is to be done there, and leaves.
 * @param given the argument that names the Room, where the command has one
 * @param act gives the exit code
 * @throws TrueConfFilesError; the signal's reason
 */
export async function atRoom(
  given: string | undefined,
  options: RoomOptions,
  host: Host,
  act: (at: AtRoom) => Promise<number>,
): Promise<number> {
  const credentials = await readCredentials(options, host);
  const { address, close } = await openRoom(given, options, host);
  const printer = new Printer(options, host);
  try {
    return await stay(address, credentials, options, host, printer, act);
  } finally {
    await close();
    await printer.close();
  }
}

async function stay(
  address: RoomAddress,
  credentials: Secret | null,
  options: RoomOptions,
  host: Host,
  printer: Printer,
  act: (at: AtRoom) => Promise<number>,
): Promise<number> {
  const { label } = address;
  const monitor = new Monitor({ keep: Number.MAX_SAFE_INTEGER });
  const listingFaults: string[] = [];
  const live = new AbortController();
  const onEntry = (entry: Entry) => {
    if (options.debug) writeDebug(entry, label, room.redactor, printer.err);
    for (const notice of monitor.feed(entry)) warn(notice, label, printer);
    if (entry.kind === 'warning' && entry.code === LISTING_FAILED) listingFaults.push(entry.message);
    if (entry.kind === 'link' && entry.link.state === 'live') live.abort();
  };
  const room = new RoomWatcher({
    address,
    credentials,
    role: options.role ?? null,
    heartbeatMs: HEARTBEAT_MS,
    wait: false,
    reconnect: false,
    takeover: false,
    askCredentials: canAsk(host) ? ask : undefined,
    onEntry,
  });
  const stop = new AbortController();
  const over = new AbortController();
  const running = room.run(AbortSignal.any([host.signal, stop.signal]));
  const ended = running.then(
    () => over.abort(host.signal.reason),
    (error: unknown) => over.abort(error),
  );
  const slow = setTimeout(() => {
    if (host.stderr.isTTY) printer.note(`${safeText(label)}: connecting…`);
  }, SLOW_MS);
  try {
    await Promise.race([ended, new Promise((resolve) => live.signal.addEventListener('abort', resolve))]);
    over.signal.throwIfAborted();
    clearTimeout(slow);
    return await act({ label, room, ledger: monitor.ledger, listingFaults, printer, signal: over.signal });
  } catch (error) {
    // What the end of the link cut short fails by that: its cause is told by the link itself.
    if (!room.isLive) await ended;
    throw endingOf(over.signal.aborted ? over.signal.reason : error, label);
  } finally {
    clearTimeout(slow);
    stop.abort();
    await ended;
  }

  async function ask(signal: AbortSignal) {
    clearTimeout(slow);
    await printer.flush();
    return askSecret(`PIN or password of ${safeText(label)}: `, host, signal);
  }
}

/** Only warnings are told of what happens on the way; the rest is what the command is about. */
function warn(notice: Notice, label: string, printer: Printer): void {
  if (notice.kind !== 'warning') return;
  if (printer.isJson) printer.record(toRecord(notice, label) ?? {});
  const note = noteOf(notice, label);
  // What a list that did not come means is for the command to say.
  if (note !== null && notice.code !== LISTING_FAILED) printer.note(note);
}

function endingOf(error: unknown, label: string): unknown {
  if (error instanceof NoAnswerError) {
    const hint = 'Try again; a Room that is older than the request may not know it.';
    return new TrueConfFilesError('unreachable', `No answer from ${label}: ${error.message}.`, hint);
  }
  if (!(error instanceof TrueConfFilesError) || error.code !== 'taken-over') return error;
  const hint =
    'A Room has one seat per mode. Use --role user or --role admin to keep out of the way, and try again.';
  return new TrueConfFilesError(error.code, error.message, hint);
}

const LISTING_FAILED = 'listing-failed';
const HEARTBEAT_MS = 15_000;
/** A person who waits longer is told for what. */
const SLOW_MS = 1_000;
