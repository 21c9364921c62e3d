import { TrueConfFilesError } from '../../errors.js';
import type { Notice } from '../../monitor/notice.js';
import { noteOf } from '../../output/notes.js';
import { toRecord } from '../../output/record.js';
import { safeText } from '../../output/text.js';
import { LISTING_FAILED, Stay, type Visit } from '../../visit/stay.js';
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

/** A Room that has let us in and listed what it holds, and where to write. */
export interface AtRoom extends Visit {
  readonly printer: Printer;
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
  const { label } = address;
  const printer = new Printer(options, host);
  const slow = setTimeout(() => {
    if (host.stderr.isTTY) printer.note(`${safeText(label)}: connecting…`);
  }, SLOW_MS);
  const ask = async (signal: AbortSignal) => {
    clearTimeout(slow);
    await printer.flush();
    return askSecret(`PIN or password of ${safeText(label)}: `, host, signal);
  };
  const stay = new Stay({
    address,
    credentials,
    role: options.role ?? null,
    askCredentials: canAsk(host) ? ask : undefined,
    onEntry: (entry, redactor) => {
      if (options.debug) writeDebug(entry, label, redactor, printer.err);
    },
    onNotice: (notice) => warn(notice, label, printer),
  });
  try {
    return await stay.run((visit) => {
      clearTimeout(slow);
      return act({ ...visit, printer });
    }, host.signal);
  } catch (error) {
    throw withoutTakeover(error);
  } finally {
    clearTimeout(slow);
    await close();
    await printer.close();
  }
}

/** Only warnings are told of what happens on the way; the rest is what the command is about. */
export function warn(notice: Notice, label: string, printer: Printer): void {
  if (notice.kind !== 'warning') return;
  const record = toRecord(notice, label);
  if (printer.isJson && record !== null) printer.record(record);
  const note = noteOf(notice, label);
  // What a list that did not come means is for the command to say.
  if (note !== null && notice.code !== LISTING_FAILED) printer.note(note);
}

/** The hint of a watch names an option that these commands don't have. */
function withoutTakeover(error: unknown): unknown {
  if (!(error instanceof TrueConfFilesError) || error.code !== 'taken-over') return error;
  const hint =
    'A Room has one seat per mode. Use --role user or --role admin to keep out of the way, and try again.';
  return new TrueConfFilesError(error.code, error.message, hint);
}

/** A person who waits longer is told for what. */
const SLOW_MS = 1_000;
