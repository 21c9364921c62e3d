import { EXIT, exitCodeOf, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import type { Notice } from '../monitor/monitor.js';
import { noteOf } from '../output/lines.js';
import type { Look } from '../output/look.js';
import { endingOf } from '../output/sink.js';
import type { Template } from '../output/template.js';
import { safeText } from '../output/text.js';
import type { Secret } from '../protocol/secrets.js';
import { toRecord } from '../records/record.js';
import { transferTable } from '../screen/list.js';
import { asSeen } from '../transfers/change.js';
import type { Transfer } from '../transfers/transfer.js';
import { LISTING_FAILED, type Visit, type VisitOptions, visitRoom } from '../visit/visit.js';
import { chooseFormat, FORMATS, lookFor, type OutputOptions } from '../watch/formats.js';
import type { OptionsOf, RoomOptions } from './command-options.js';
import { readCredentials, signInTo } from './credentials.js';
import { debugTap, Printer } from './printer.js';
import { askSecret } from './question.js';
import { namedAddress, namedAddresses, openRoom, shownName } from './rooms.js';

/** A Room that has let us in and listed what it holds, and where to write. */
export interface AtRoom extends Visit {
  readonly printer: Printer;
  /** Whether there are others, so that what is shown must name the Room. */
  readonly isOneOfSeveral: boolean;
}

type Act = (at: AtRoom) => Promise<number>;

/**
 * Signs in to the Room that is named, does what is to be done there, and leaves.
 * @param given the argument that names the Room, where the command has one
 * @param example how this command names a Room
 * @param act gives the exit code
 * @throws TrueConfFilesError; the signal's reason
 */
export async function atRoom(
  given: string | undefined,
  options: RoomOptions,
  host: Host,
  example: string,
  act: Act,
  staying: Staying = {},
): Promise<number> {
  const credentials = await readCredentials(options, host);
  const name = namedAddress(given, options, example, host);
  return visitOne(name, credentials, options, host, act, { ...staying, isOneOfSeveral: false });
}

/** What a command needs that stays for longer. One that keeps all that comes reports what is wrong with it by itself. */
type Staying = Pick<VisitOptions, 'redials' | 'keepsAll' | 'onEntry' | 'onNotice'>;

/**
 * Does the same at each of several Rooms, one after the other: one that fails does not stop the others.
 * @returns the exit code: the first that is not 0
 * @throws TrueConfFilesError where there is one Room; the signal's reason
 */
export async function atEachRoom(
  given: readonly string[],
  options: RoomOptions,
  host: Host,
  example: string,
  act: Act,
): Promise<number> {
  const credentials = await readCredentials(options, host);
  const named = namedAddresses(given, options, example, host);
  const [only = '', ...others] = named;
  const alone = others.length === 0;
  if (alone) return visitOne(only, credentials, options, host, act, { isOneOfSeveral: false });
  let exitCode: number = EXIT.done;
  for (const name of named) {
    const visiting = visitOne(name, credentials, options, host, act, { isOneOfSeveral: true });
    const code = await visiting.catch((error: unknown) => {
      if (!(error instanceof TrueConfFilesError)) throw error;
      host.stderr.write(`${safeText(shownName(name))}: ${endingOf(error)}\n`);
      return exitCodeOf(error);
    });
    if (exitCode === EXIT.done) exitCode = code;
  }
  return exitCode;
}

async function visitOne(
  name: string,
  given: Secret | null,
  options: RoomOptions,
  host: Host,
  act: Act,
  { redials, keepsAll, onEntry, onNotice, isOneOfSeveral }: Staying & Pick<AtRoom, 'isOneOfSeveral'>,
): Promise<number> {
  const { address, configured, close } = await openRoom(name, host);
  const { label } = address;
  const printer = new Printer(options, host);
  const debug = debugTap(printer.err);
  const notSlow = host.clock.after(SLOW_MS, () => {
    if (host.stderr.isTTY) printer.note(`${safeText(label)}: connecting…`);
  });
  const ask = async (signal: AbortSignal) => {
    notSlow();
    await printer.flush();
    return askSecret(label, host, signal);
  };
  const visiting: Omit<VisitOptions, 'credentials' | 'role'> = {
    address,
    askCredentials: ask,
    keepsAll,
    clock: host.clock,
    onEntry: (entry, redactor) => {
      if (options.debug) debug.entry(entry, label, redactor);
      onEntry?.(entry, redactor);
    },
    redials,
    onNotice: (notice) => {
      if (keepsAll !== true) warn(notice, label, printer);
      onNotice?.(notice);
    },
  };
  try {
    const begin = (visit: Visit) => {
      notSlow();
      return act({ ...visit, printer, isOneOfSeveral });
    };
    const signIn = await signInTo(configured, given, options, host);
    return await visitRoom({ ...visiting, ...signIn }, begin, host.signal);
  } catch (error) {
    throw withoutTakeover(error);
  } finally {
    notSlow();
    await close();
    await printer.close();
  }
}

/**
 * Of what happens on the way only warnings are reported; the rest is what the command is about. One of how the Room was
 * found is not about the data: it stays on stderr.
 */
export function warn(notice: Notice, label: string, printer: Printer): void {
  if (notice.kind !== 'warning') return;
  const record = notice.code === DISCOVERY_FAILED ? null : toRecord(notice, label);
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

const DISCOVERY_FAILED = 'discovery-failed';
/** After this long a note says what is waited for. */
const SLOW_MS = 1_000;

/** Writes transfers as they are now: as records, as a table on a terminal, else as lines. */
export function showTransfers(
  transfers: readonly Transfer[],
  { label, printer, isOneOfSeveral }: Pick<AtRoom, 'label' | 'printer' | 'isOneOfSeveral'>,
  options: OptionsOf<'list' | 'history'> & { readonly template: Template | null },
  host: Host,
): void {
  const at = Date.now();
  if (transfers.length === 0) return;
  const look = lookFor(options, host);
  const format = formatOfList(options, host);
  const asked = options.columns ?? null;
  if (format !== 'table' && (asked === null || format !== 'plain')) {
    const view = FORMATS[format].open({
      out: printer.out,
      look,
      nameRooms: isOneOfSeveral,
      template: options.template,
      isListing: true,
      isWide: options.wide === true,
    });
    for (const transfer of transfers) view.show(asSeen(transfer, at), label);
    return;
  }
  const choice = { asked, isWide: options.wide === true };
  const table = { ...(host.stdout.isTTY ? sizeOfList(host) : null), now: at, look, label, choice };
  const { lines, hidden } = transferTable(transfers, table);
  if (isOneOfSeveral) printer.line(`${safeText(label)}:`);
  for (const line of lines) printer.line(line);
  noteHidden(hidden, look, printer);
}

/** How a list is shown. Nothing is asked there, so a table needs no keyboard. */
export function formatOfList(options: OutputOptions, host: Host): ReturnType<typeof chooseFormat> {
  return chooseFormat(options, { ...host, stdin: { isTTY: host.stdout.isTTY } });
}

/** The room for a table that is printed once; some terminals report neither rows nor columns. */
export function sizeOfList({ stdout }: Host): { readonly columns: number; readonly rows: number } {
  return { columns: stdout.columns || 80, rows: Math.max(1, (stdout.rows || 24) - LINES_BESIDE_ROWS) };
}

/** Says how many rows had no room. */
export function noteHidden(hidden: number, { symbols }: Look, printer: Printer): void {
  if (hidden > 0) printer.note(`${symbols.ellipsis}and ${hidden} more; --plain lists all of them`);
}

/** Titles, rule, the count of what is hidden, and the shell's next prompt. */
const LINES_BESIDE_ROWS = 4;
