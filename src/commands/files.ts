import { EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { formatBytes, safeText, shownName } from '../output/text.js';
import { isoTime, RECORD_VERSION } from '../records/line.js';
import { answerRecord } from '../records/record.js';
import type { FileRecord } from '../records/types.js';
import { textTable } from '../screen/list.js';
import { clearHistory, deleteFile, type KnownFile, listFiles } from '../visit/files.js';
import { REFUSED_HINT, refused } from '../visit/visit.js';
import { lookFor } from '../watch/formats.js';
import { type AtRoom, atEachRoom, atRoom, formatOfList, noteHidden, sizeOfList } from './at-room.js';
import type { OptionsOf } from './command-options.js';
import { askYes, checkConsent } from './question.js';

/** Lists the files on the HTTP server of each Room, once. Gives the exit code. */
export function files(given: readonly string[], options: OptionsOf<'files'>, host: Host): Promise<number> {
  return atEachRoom(given, options, host, 'files 10.0.0.5', async (at) => {
    const stored = await listFiles(at);
    show(stored, at, options, host);
    if (stored.length === 0) at.printer.note(`${safeText(at.label)} holds no files`);
    return EXIT.done;
  });
}

/** As records, as a table on a terminal, else as lines. */
function show(
  stored: readonly KnownFile[],
  { label, printer, isOneOfSeveral }: AtRoom,
  options: OptionsOf<'files'>,
  host: Host,
): void {
  if (printer.isJson) for (const file of stored) printer.record(fileRecord(file, label));
  if (printer.isJson || stored.length === 0) return;
  if (formatOfList(options, host) !== 'table') {
    const where = isOneOfSeveral ? `${safeText(label)}  ` : '';
    for (const file of stored) printer.line(`${where}${lineOf(file)}`);
    return;
  }
  if (isOneOfSeveral) printer.line(`${safeText(label)}:`);
  const look = lookFor(options, host);
  const size = sizeOfList(host);
  const shown = stored.slice(0, size.rows);
  const rows = shown.map(({ fileId, name, size, requests }) => [
    look.text(fileId),
    shownName(name, look.text),
    formatBytes(size),
    String(requests.length),
  ]);
  const table = { titles: TITLES, aligns: ALIGNS, yields: TITLES.indexOf('Name'), rows };
  for (const line of textTable(table, size.columns, look)) printer.line(line);
  noteHidden(stored.length - shown.length, look, printer);
}

const TITLES = ['File id', 'Name', 'Size', 'Requests'];
const ALIGNS = ['left', 'left', 'right', 'right'] as const;

function fileRecord({ fileId, name, size, requests }: KnownFile, room: string): FileRecord {
  const time = isoTime(Date.now());
  return { type: 'file', v: RECORD_VERSION, time, room, fileId, name, size, requests };
}

function lineOf({ fileId, name, size, requests }: KnownFile): string {
  const count = `${requests.length} ${requests.length === 1 ? 'request' : 'requests'}`;
  return [shownName(name), formatBytes(size), count, `file id ${safeText(fileId)}`].join('  ');
}

/**
 * Deletes files from the HTTP server of a Room, once a person or `--yes` has agreed. One refusal does not stop the
 * others. Gives the exit code.
 */
export async function rm(given: readonly string[], options: OptionsOf<'rm'>, host: Host): Promise<number> {
  checkConsent('rm', options.yes, host);
  return atRoom(undefined, options, host, 'rm FILEID --room 10.0.0.5', async (at) => {
    const { label, printer } = at;
    const ids = [...new Set(given)];
    const known = await knownFiles(at);
    const lines = new Map(ids.map((fileId) => [fileId, lineAbout(fileId, known)]));
    if (options.yes !== true && !(await agrees(deletionOf([...lines.values()], label), at, host)))
      return EXIT.done;
    const refusals: string[] = [];
    for (const [fileId, line] of lines) {
      const outcome = await deleteFile(fileId, at);
      const error = outcome.ok ? null : outcome.reason;
      const name = known?.get(fileId)?.name ?? null;
      if (printer.isJson)
        printer.record(answerRecord({ action: 'rm', fileId, name, error }, Date.now(), label));
      else if (error === null) printer.line(`deleted  ${line}`);
      if (error !== null) refusals.push(`"${fileId}": ${error}`);
    }
    if (refusals.length === 0) return EXIT.done;
    const message = `The Room ${label} refused to delete ${refusals.join('; ')}.`;
    throw new TrueConfFilesError('rejected', message, "Its file ids are shown by 'trueconf-files files'.");
  });
}

type KnownFiles = ReadonlyMap<string, KnownFile> | null;

/** The list only tells more about the files: `null` where the Room gives none. */
async function knownFiles(at: AtRoom): Promise<KnownFiles> {
  try {
    return new Map((await listFiles(at)).map((file) => [file.fileId, file]));
  } catch (error) {
    if (error instanceof TrueConfFilesError && error.code === 'rejected') return null;
    throw error;
  }
}

function lineAbout(fileId: string, known: KnownFiles): string {
  const file = known?.get(fileId);
  if (file !== undefined) return lineOf(file);
  return `file id ${fileId}${known === null ? '' : '  (not in the list of the Room)'}`;
}

function deletionOf(lines: readonly string[], label: string): string {
  const what = lines.length === 1 ? 'this file' : `these ${lines.length} files`;
  const list = lines.map((line) => `  ${line}\n`).join('');
  return `${list}Delete ${what} from ${safeText(label)}? It can't be undone.`;
}

/**
 * Clears the transfer history of a Room, once a person or `--yes` has agreed. Gives the exit code.
 * Source: `commands/clearFileTransferHistory`.
 */
export async function clear(
  given: string | undefined,
  options: OptionsOf<'clear'>,
  host: Host,
): Promise<number> {
  checkConsent('clear', options.yes, host);
  return atRoom(given, options, host, 'clear 10.0.0.5', async (at) => {
    const { label, printer } = at;
    const fromDisk = options.fromDisk === true;
    if (!fromDisk && at.room.isOld === true) throw onlyWithFiles(label);
    const files = fromDisk ? ', and delete its files from disk' : '; its files stay on disk';
    const question = `Clear the transfer history of ${safeText(label)}${files}? It can't be undone.`;
    if (options.yes !== true && !(await agrees(question, at, host))) return EXIT.done;
    const outcome = await clearHistory(fromDisk, at);
    const error = outcome.ok ? null : outcome.reason;
    if (printer.isJson) printer.record(answerRecord({ action: 'clear', error }, Date.now(), label));
    else if (error === null)
      printer.line(
        `cleared  the transfer history of ${safeText(label)}${fromDisk ? ', also from disk' : ''}`,
      );
    if (error === null) return EXIT.done;
    throw refused(label, 'to clear its transfer history', error, REFUSED_HINT);
  });
}

function onlyWithFiles(label: string): TrueConfFilesError {
  const message = `The Room ${label} is older than 4.1, and can't clear its history without deleting the files.`;
  return new TrueConfFilesError('rejected', message, 'Nothing was done. To delete both, give --from-disk.');
}

/** Asks the person at the terminal. */
async function agrees(question: string, { printer, signal }: AtRoom, host: Host): Promise<boolean> {
  await printer.flush();
  const isAgreed = await askYes(question, host, signal);
  if (!isAgreed) printer.note('nothing was deleted');
  return isAgreed;
}
