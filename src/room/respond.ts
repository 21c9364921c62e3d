import type { Answer } from '../protocol/message.js';
import { type Asker, askEither } from './ask-either.js';

export type Response = 'accept' | 'reject';

/**
 * Accepts or rejects an incoming request, by the name since 4.1 or by the one before.
 * Source: `commands/acceptIncomingFileRequest`, `commands/rejectIncomingFileRequest`.
 * @throws NoAnswerError
 */
export function respond(asker: Asker, response: Response, fileRequestId: string): Promise<Answer> {
  const [method, oldMethod] = METHODS[response];
  return askEither(
    asker,
    { method, fileRequestId },
    { method: oldMethod, fileRequestId },
    ({ result }) => result,
  );
}

const METHODS = {
  accept: ['acceptIncomingFileRequest', 'acceptFile'],
  reject: ['rejectIncomingFileRequest', 'rejectFile'],
} as const;
