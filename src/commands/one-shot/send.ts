import { TrueConfFilesError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { answerRecord } from '../../output/answer-record.js';
import { formatBytes } from '../../output/format.js';
import { safeText } from '../../output/text.js';
import type { Answer } from '../../protocol/message.js';
import type { Request } from '../../protocol/requests.js';
import type { Host } from '../host.js';
import { type AtRoom, atRoom, type RoomOptions } from './at-room.js';
import { reasonOf, refused } from './refusal.js';
import { openSource } from './source-file.js';
import { uploadFile } from './upload-file.js';

export interface SendOptions extends RoomOptions {
  /** A TrueConf ID. */
  readonly to?: string;
  readonly conference?: boolean;
}

/** To whom a file goes; `null` is all in the conference. */
type Recipient = string | null;

/**
 * Uploads a file to a Room, which then offers it. Gives the exit code.
 * Source: `commands/sendFile`, `commands/sendFileToConference`.
 */
export async function send(path: string, options: SendOptions, host: Host): Promise<number> {
  const to = recipientOf(options);
  const file = await openSource(path);
  try {
    return await atRoom(undefined, options, host, async (at) => {
      const fileId = await uploadFile(file, at, options, host);
      const answer = await at.room.request(requestFor(fileId, to, at));
      const who = to === null ? 'the conference' : to;
      if (!answer.result) {
        const hint = `The file has arrived at the Room, as number ${fileId}, and was offered to nobody.`;
        const error = reasonOf(answer, at.room.redactor);
        tell(at, null, fileId, error);
        throw refused(at.label, `to send "${file.name}" to ${who}`, error, hint);
      }
      const id = await idOf(answer, fileId, at);
      tell(at, id, fileId, null);
      if (!at.printer.isJson) {
        const known = id === null ? 'the Room gave no id' : `id ${safeText(id)}`;
        const parts = ['sent', safeText(file.name), formatBytes(file.size), `to ${safeText(who)}`, known];
        at.printer.line(parts.join('  '));
      }
      return EXIT.done;
    });
  } finally {
    await file.handle.close();
  }
}

function recipientOf({ to, conference }: SendOptions): Recipient {
  if (to !== undefined && conference !== true && to !== '') return to;
  if (conference === true && to === undefined) return null;
  throw new TrueConfFilesError(
    'usage',
    to === '' ? 'The peer to send to is empty.' : 'A file goes either to a peer or to the conference.',
    'Give --to PEER (a TrueConf ID such as user@server) or --conference.',
  );
}

/** Never asked twice in different words: a file must not be offered twice. */
function requestFor(fileId: number, to: Recipient, { room }: AtRoom): Request {
  if (room.isOld === true) {
    return to === null
      ? { method: 'sendConferenceFile', fileId }
      : { method: 'sendFile', fileId, peerId: to };
  }
  return to === null
    ? { method: 'sendFileToConference', fileId }
    : { method: 'sendFile', fileId, callId: to };
}

/** Before 4.1 the answer has no id, and an event tells it. */
async function idOf(answer: Answer, fileId: number, { ledger, hears }: AtRoom): Promise<string | null> {
  if (answer.kind === 'sent-answer' && answer.sentFileRequestId !== null) return answer.sentFileRequestId;
  return hears(() => {
    const made = [...ledger.values()].find(
      (one) => one.direction === 'outbound' && one.fileId === String(fileId),
    );
    return made?.id ?? null;
  });
}

function tell({ printer, label }: AtRoom, id: string | null, fileId: number, error: string | null): void {
  if (!printer.isJson) return;
  const fields = { action: 'send', id, fileId: String(fileId), error } as const;
  printer.record(answerRecord(fields, Date.now(), label));
}
