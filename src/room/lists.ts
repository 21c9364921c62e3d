import type { Answer } from '../protocol/message.js';
import type { PlainMethod } from '../protocol/requests.js';
import { type Asker, askEither } from './ask-either.js';
import { NoAnswerError } from './no-answer.js';

/** Which of the two lists came. */
export interface Listed {
  readonly inbound: boolean;
  readonly outbound: boolean;
  /** Why a list did not come, a sentence each. */
  readonly faults: readonly string[];
}

/**
 * Asks for both lists, by their names since 4.1 or, where the Room does not know those, by the names before. The
 * answers themselves reach the ledger as entries.
 * @throws NoAnswerError where neither list is answered
 */
export async function requestLists(asker: Asker): Promise<Listed> {
  const [inbound, outbound] = await Promise.all([
    requestList(asker, 'getIncomingFilesRequests', 'getFileRequests'),
    requestList(asker, 'getOutgoingFilesRequests', 'getFileUploads'),
  ]);
  if (inbound instanceof NoAnswerError && outbound instanceof NoAnswerError) throw inbound;
  const faults = [inbound, outbound].filter((outcome) => outcome !== null).map(({ message }) => message);
  return { inbound: inbound === null, outbound: outbound === null, faults };
}

/** `null` where the list came, else what went wrong. */
async function requestList(asker: Asker, name: PlainMethod, oldName: PlainMethod): Promise<Error | null> {
  try {
    const answer = await askEither(
      asker,
      { method: name },
      { method: oldName },
      (one) => faultOf(one) === null,
    );
    return faultOf(answer);
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
}

function faultOf(answer: Answer): Error | null {
  if (!answer.result)
    return new Error(
      `the Room refused "${answer.method}"${answer.error === null ? '' : `: ${answer.error}`}`,
    );
  if (answer.kind !== 'list-answer' || answer.files === null)
    return new Error(`the answer to "${answer.method}" holds no list`);
  return null;
}
