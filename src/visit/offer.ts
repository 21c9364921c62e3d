import type { TrueConfFilesError } from '../errors.js';
import type { Answer } from '../protocol/message.js';
import type { Request } from '../protocol/requests.js';
import { type Outcome, reasonOf } from '../room/ask.js';
import { type EndStatus, hasEnded } from '../transfers/transfer.js';
import { refused, type Visit } from './visit.js';

/** To whom a file goes: a TrueConf ID; `null` is all in the conference. */
export type Recipient = string | null;

/** What became of an offer; `id` is the request's, `null` where the Room gives none. */
export type Offered =
  | (Extract<Outcome, { ok: true }> & { readonly id: string | null })
  | Extract<Outcome, { ok: false }>;

/**
 * Lets the Room offer a file that it has.
 * Source: `commands/sendFile`, `commands/sendFileToConference`.
 * @param fileId its id on the Room's HTTP server
 */
export async function offer(fileId: string, to: Recipient, visit: Visit): Promise<Offered> {
  const { room, ledger } = visit;
  // The same file may have been offered before.
  const before = new Set([...ledger.values()].map(({ id }) => id));
  const reasons: string[] = [];
  // A refused request offered nothing: asking again does not offer twice.
  for (const request of requestsFor(fileId, to, room.isOld === true)) {
    const answer = await room.request(request);
    if (answer.result) return { ok: true, id: await idOf(answer, fileId, before, visit) };
    reasons.push(reasonOf(answer, room.redactor));
  }
  return { ok: false, reason: [...new Set(reasons)].join('; asked with peerId instead of callId: ') };
}

/** The page of `sendFile` has `callId`, public clients send `peerId`: the second is for a Room that refuses the first. */
function requestsFor(fileId: string, to: Recipient, isOld: boolean): readonly Request[] {
  if (to === null) return [{ method: isOld ? 'sendConferenceFile' : 'sendFileToConference', fileId }];
  const byPeer: Request = { method: 'sendFile', fileId, peerId: to };
  return isOld ? [byPeer] : [{ method: 'sendFile', fileId, callId: to }, byPeer];
}

/** Before 4.1 the answer has no id, and an event tells it. */
async function idOf(
  answer: Answer,
  fileId: string,
  before: ReadonlySet<string>,
  { ledger, hears }: Visit,
): Promise<string | null> {
  if (answer.kind === 'sent-answer' && answer.sentFileRequestId !== null) return answer.sentFileRequestId;
  return hears(() => {
    const made = [...ledger.values()].find(
      (one) => one.direction === 'outbound' && one.fileId === fileId && !before.has(one.id),
    );
    return made?.id ?? null;
  });
}

/** How an offer ended; one that the Room dropped from its lists before that is `removed`. */
export type OfferEnd = EndStatus | 'removed';

/** How an offer has ended, as far as is known; `null` while it goes on. */
export function endOf(id: string, { ledger }: Pick<Visit, 'ledger'>): OfferEnd | null {
  const standing = ledger.standing(id, 'outbound');
  if (standing === null || standing === 'removed') return standing;
  return hasEnded(standing) ? standing : null;
}

/** What to say of a file that is at the Room and was not offered. */
export function notOffered(
  name: string,
  fileId: string,
  to: Recipient,
  { label }: Pick<Visit, 'label'>,
  reason: string,
  isUploaded = true,
): TrueConfFilesError {
  const hint = `The file has arrived at the Room, as number ${fileId}: send --file-id ${fileId} offers it without another upload.`;
  return refused(label, `to send "${name}" to ${nameOf(to)}`, reason, isUploaded ? hint : STORED_HINT);
}

const STORED_HINT = "What the Room has is shown by 'trueconf-files files'.";

export function nameOf(to: Recipient): string {
  return to ?? 'the conference';
}
