import { EXIT } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import type { HistoryAnswer } from '../protocol/message.js';
import { reasonOf } from '../room/ask.js';
import { makeFilter } from '../rules/filter.js';
import { firstSeen, statusOf, type Transfer } from '../transfers/transfer.js';
import { incomplete, refused, type Visit } from '../visit/visit.js';
import { readTemplate } from '../watch/formats.js';
import { atEachRoom, showTransfers } from './at-room.js';
import type { OptionsOf } from './command-options.js';

/** Lists what each Room holds now, once. Gives the exit code. */
export async function list(
  given: readonly string[],
  options: OptionsOf<'list'>,
  host: Host,
): Promise<number> {
  const template = await readTemplate(options);
  const filter = makeFilter({ ...options, statuses: options.status });
  return atEachRoom(given, options, host, 'list 10.0.0.5', async (at) => {
    const { label, ledger, listingFaults, printer } = at;
    const held = [...ledger.values()];
    const about = { at: Date.now(), room: label };
    const wanted = filter === null ? held : held.filter((one) => filter(one, about));
    showTransfers(wanted, at, { ...options, template }, host);
    // A list that failed is not an empty one.
    if (listingFaults.length > 0) throw incomplete(label, listingFaults);
    if (held.length === 0) printer.note(`${safeText(label)} holds no file requests`);
    else if (wanted.length === 0) printer.note(`none of the ${held.length} file requests matches`);
    return EXIT.done;
  });
}

/**
 * Lists the transfer history of each Room, once. Gives the exit code.
 * Source: `commands/getFileTransferHistory`.
 */
export async function history(
  given: readonly string[],
  options: OptionsOf<'history'>,
  host: Host,
): Promise<number> {
  const template = await readTemplate(options);
  const filter = makeFilter({ ...options, statuses: options.status });
  return atEachRoom(given, options, host, 'history 10.0.0.5', async (at) => {
    const { label, printer } = at;
    const about = { at: Date.now(), room: label };
    const rows = await historyOf(at, about.at);
    const wanted = filter === null ? rows : rows.filter((one) => filter(one, about));
    showTransfers(wanted, at, { ...options, template }, host);
    if (rows.length === 0) printer.note(`the history of ${safeText(label)} is empty`);
    else if (wanted.length === 0) printer.note(`none of the ${rows.length} transfers matches`);
    return EXIT.done;
  });
}

/**
 * The transfer history of a Room.
 * @param at when they count as seen, milliseconds since 1970
 * @throws TrueConfFilesError `rejected` where it gives none
 */
export async function historyOf({ label, room }: Visit, at: number): Promise<readonly Transfer[]> {
  const answer = await room.request({ method: 'getFileTransferHistory' });
  if (answer.kind === 'history-answer' && answer.result && answer.files !== null) {
    return toTransfers(answer.files, at);
  }
  const hint = room.isOld === true ? OLD_HINT : 'To see what it holds now: trueconf-files list.';
  throw refused(label, 'to list its history', reasonOf(answer, room.redactor), hint);
}

/** Rows have no status: by the API's page, the history holds complete transfers only. */
function toTransfers(files: NonNullable<HistoryAnswer['files']>, at: number): readonly Transfer[] {
  return files.map(({ file, statusCode }) =>
    firstSeen(file, statusCode === null ? 'complete' : statusOf(statusCode), statusCode, at, null),
  );
}

const OLD_HINT = 'Rooms before 4.1 have no history. To see what it holds now: trueconf-files list.';
