import type { TrueConfFilesError } from '../errors.js';
import type { Answer } from '../protocol/message.js';
import type { Request } from '../protocol/requests.js';
import { reasonOf, refused } from './refusal.js';
import type { SourceFile } from './source-file.js';
import type { Visit } from './stay.js';

/** To whom a file goes: a TrueConf ID; `null` is all in the conference. */
export type Recipient = string | null;

/** What became of an offer: the request's id, where the Room tells it, or why it was refused. */
export type Offered = { readonly id: string | null } | { readonly refusal: string };

/**
 * Lets the Room offer a file that was uploaded.
 * Source: `commands/sendFile`, `commands/sendFileToConference`.
 * @param fileId its number on the Room's HTTP server
 */
export async function offer(fileId: number, to: Recipient, visit: Visit): Promise<Offered> {
  const { room } = visit;
  const answer = await room.request(requestFor(fileId, to, room.isOld === true));
  if (!answer.result) return { refusal: reasonOf(answer, room.redactor) };
  return { id: await idOf(answer, fileId, visit) };
}

/** What to say of a file that has arrived and was offered to nobody. */
export function notOffered(
  { name }: SourceFile,
  fileId: number,
  to: Recipient,
  { label }: Visit,
  reason: string,
): TrueConfFilesError {
  const hint = `The file has arrived at the Room, as number ${fileId}, and was offered to nobody.`;
  return refused(label, `to send "${name}" to ${nameOf(to)}`, reason, hint);
}

export function nameOf(to: Recipient): string {
  return to ?? 'the conference';
}

/** Never asked twice in different words: a file must not be offered twice. */
function requestFor(fileId: number, to: Recipient, isOld: boolean): Request {
  if (isOld) {
    return to === null
      ? { method: 'sendConferenceFile', fileId }
      : { method: 'sendFile', fileId, peerId: to };
  }
  return to === null
    ? { method: 'sendFileToConference', fileId }
    : { method: 'sendFile', fileId, callId: to };
}

/** Before 4.1 the answer has no id, and an event tells it. */
async function idOf(answer: Answer, fileId: number, { ledger, hears }: Visit): Promise<string | null> {
  if (answer.kind === 'sent-answer' && answer.sentFileRequestId !== null) return answer.sentFileRequestId;
  return hears(() => {
    const made = [...ledger.values()].find(
      (one) => one.direction === 'outbound' && one.fileId === String(fileId),
    );
    return made?.id ?? null;
  });
}
