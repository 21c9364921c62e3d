import type { Answer } from '../protocol/message.js';
import type { Request } from '../protocol/requests.js';

export type Response = 'accept' | 'reject';

/**
 * Accepts or rejects an incoming request, by the name since 4.1 and, where the Room refuses that, by the one before.
 * Source: `commands/acceptIncomingFileRequest`, `commands/rejectIncomingFileRequest`.
 */
export async function respond(
  send: (request: Request) => Promise<Answer>,
  response: Response,
  fileRequestId: string,
): Promise<Answer> {
  const [name, oldName] = METHODS[response];
  const answer = await send({ method: name, fileRequestId });
  if (answer.result) return answer;
  const again = await send({ method: oldName, fileRequestId });
  return again.result ? again : answer;
}

const METHODS = {
  accept: ['acceptIncomingFileRequest', 'acceptFile'],
  reject: ['rejectIncomingFileRequest', 'rejectFile'],
} as const;
