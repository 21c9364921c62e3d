import { EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import type { Answer, ListedFile } from '../protocol/message.js';
import { toRecord } from '../records/record.js';
import { askEither, reasonOf } from '../room/ask.js';
import { transferDetails } from '../screen/panes.js';
import { asSeen } from '../transfers/change.js';
import { findId, idHint } from '../transfers/ids.js';
import { firstSeen, isSameStatus, revise, statusOf, type Transfer } from '../transfers/transfer.js';
import { lookFor } from '../watch/formats.js';
import { atRoom } from './at-room.js';
import type { OptionsOf } from './command-options.js';

/**
 * Shows everything that a Room reports about one request. Gives the exit code.
 * Source: `commands/getFileRequestInfo`; `getFileInfo` before 4.1.
 */
export function info(
  given: string,
  address: string | undefined,
  options: OptionsOf<'info'>,
  host: Host,
): Promise<number> {
  return atRoom(address, options, host, 'info ID 10.0.0.5', async ({ label, room, ledger, printer }) => {
    const ids = [...ledger.values()].map(({ id }) => id);
    const fileRequestId = findId(given, ids) ?? given;
    const listed = ledger.get(fileRequestId) ?? null;
    const answer = await askEither(
      room,
      { method: 'getFileRequestInfo', fileRequestId },
      { method: 'getFileInfo', fileRequestId },
      (one) => told(one, fileRequestId) !== null,
    );
    const file = told(answer, fileRequestId);
    const at = Date.now();
    if (file === null) {
      const reason = reasonOf(answer, room.redactor);
      if (listed === null) {
        const sentence = `The Room ${label} has no file request "${fileRequestId}": ${reason}.`;
        throw new TrueConfFilesError('rejected', sentence, idHint());
      }
      printer.note(`this is from the list of ${safeText(label)}; it gave no more: ${safeText(reason)}`);
    }
    const transfer = file === null ? listed : join(listed, file, at);
    if (transfer === null) throw new Error('nothing to show');
    if (printer.isJson) printer.record(toRecord(asSeen(transfer, at), label));
    else for (const line of transferDetails(transfer, label, at, lookFor(options, host))) printer.line(line);
    return EXIT.done;
  });
}

/** What the answer says about the requested one. */
function told(answer: Answer, id: string): ListedFile | null {
  return answer.kind === 'info-answer' && answer.file?.file.id === id ? answer.file : null;
}

function join(listed: Transfer | null, { file, statusCode }: ListedFile, at: number): Transfer {
  const status = statusOf(statusCode);
  if (listed === null) return firstSeen(file, status, statusCode, at, null);
  const isSame = isSameStatus(listed, status, statusCode);
  return revise(listed, file, null, isSame ? null : { status, statusCode, at });
}
