import type { Answer } from '../protocol/message.js';
import type { PlainMethod } from '../protocol/requests.js';
import { NoAnswerError, type Session } from './session.js';

/** Which of the two lists came. */
export interface Listed {
  readonly inbound: boolean;
  readonly outbound: boolean;
  /** Why a list did not come, a sentence each. */
  readonly faults: readonly string[];
}

/**
 * Asks for both lists, by their names since 4.1 and, where the Room does not give one, by the name before. The
 * answers themselves reach the ledger as entries.
 * @throws NoAnswerError where neither list is answered
 */
export async function requestLists(session: Session): Promise<Listed> {
  const [inbound, outbound] = await Promise.all([
    requestList(session, 'getIncomingFilesRequests', 'getFileRequests'),
    requestList(session, 'getOutgoingFilesRequests', 'getFileUploads'),
  ]);
  if (inbound instanceof NoAnswerError && outbound instanceof NoAnswerError) throw inbound;
  const faults = [inbound, outbound].filter((outcome) => outcome !== null).map(({ message }) => message);
  return { inbound: inbound === null, outbound: outbound === null, faults };
}

/** `null` where the list came, else what went wrong. */
async function requestList(session: Session, name: PlainMethod, oldName: PlainMethod): Promise<Error | null> {
  const fault = await tryList(session, name);
  if (fault === null || fault instanceof NoAnswerError) return fault;
  const again = await tryList(session, oldName);
  return again === null ? null : fault;
}

async function tryList(session: Session, method: PlainMethod): Promise<Error | null> {
  try {
    return fault(await session.request({ method }));
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
}

function fault(answer: Answer): Error | null {
  if (!answer.result)
    return new Error(
      `the Room refused "${answer.method}"${answer.error === null ? '' : `: ${answer.error}`}`,
    );
  if (answer.kind !== 'list-answer' || answer.files === null)
    return new Error(`the answer to "${answer.method}" holds no list`);
  return null;
}
