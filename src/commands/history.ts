import { EXIT } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import type { HistoryAnswer } from '../protocol/message.js';
import { reasonOf } from '../room/ask.js';
import { firstSeen } from '../transfers/revise.js';
import { statusOf, type Transfer } from '../transfers/transfer.js';
import { refused } from '../visit/visit.js';
import { atRoom, showTransfers } from './at-room.js';
import type { OptionsOf } from './command-options.js';

/**
 * The transfer history of a Room, once. Gives the exit code.
 * Source: `commands/getFileTransferHistory`.
 */
export function history(
  given: string | undefined,
  options: OptionsOf<'history'>,
  host: Host,
): Promise<number> {
  return atRoom(given, options, host, 'history 10.0.0.5', async (at) => {
    const { label, room, printer } = at;
    const answer = await room.request({ method: 'getFileTransferHistory' });
    if (answer.kind !== 'history-answer' || !answer.result || answer.files === null) {
      const hint = room.isOld === true ? OLD_HINT : "What it holds now shows: 'trueconf-files list'.";
      throw refused(label, 'to tell its history', reasonOf(answer, room.redactor), hint);
    }
    showTransfers(toTransfers(answer.files, Date.now()), at, options, host);
    if (answer.files.length === 0) printer.note(`the history of ${safeText(label)} is empty`);
    return EXIT.done;
  });
}

/** Rows have no status, and the page says that only what was accepted or sent as a whole is in the history. */
function toTransfers(files: NonNullable<HistoryAnswer['files']>, at: number): readonly Transfer[] {
  return files.map(({ file, statusCode }) =>
    firstSeen(file, statusCode === null ? 'complete' : statusOf(statusCode), statusCode, at, null),
  );
}

const OLD_HINT = "Rooms before 4.1 tell no history; what it holds now shows: 'trueconf-files list'.";
