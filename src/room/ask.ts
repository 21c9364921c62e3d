import type { Answer } from '../protocol/message.js';
import type { Decision, PlainMethod, Request } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import { within } from './timers.js';

/** Where requests go, and what has been learnt of the names that the Room knows. */
export interface Asker {
  /** @throws NoAnswerError */
  request(request: Request): Promise<Answer>;
  /** Whether the Room knows only the names before 4.1; `null` until an answer has told. */
  isOld: boolean | null;
}

/**
 * Asks for one thing by its name since 4.1 and, where the Room refuses that or stays silent for a while, by its name
 * before. What a Room answers to a name that it does not know is not documented. Once one name has served,
 * only that age of names is used.
 * @param serves whether an answer is what was asked for
 * @returns the answer that serves, else the refusal of the name since 4.1
 * @throws NoAnswerError where that was not answered
 */
export async function askEither(
  asker: Asker,
  request: Request,
  oldRequest: Request,
  serves: (answer: Answer) => boolean,
): Promise<Answer> {
  if (asker.isOld !== null) return asker.request(asker.isOld ? oldRequest : request);
  const isServing = (reply: Reply | undefined): reply is Answer =>
    reply !== undefined && !(reply instanceof NoAnswerError) && serves(reply);

  const first = replyTo(asker.request(request));
  const early = await within(first, PATIENCE_MS);
  if (isServing(early)) {
    asker.isOld = false;
    return early;
  }
  // The first may only be slow: then its answer counts as soon as it comes.
  const second = replyTo(asker.request(oldRequest));
  const serving = await firstOf([first, second], isServing);
  if (serving !== null) {
    asker.isOld = serving.method === oldRequest.method;
    return serving;
  }
  const reply = await first;
  if (reply instanceof NoAnswerError) throw reply;
  return reply;
}

type Reply = Answer | NoAnswerError;

/** No answer counts as a reply; only the end of the link rejects. */
async function replyTo(answer: Promise<Answer>): Promise<Reply> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
}

/** The first to come of those that fit; `null` where none does. */
function firstOf<T, U extends T>(
  promises: readonly Promise<T>[],
  fits: (value: T) => value is U,
): Promise<U | null> {
  return new Promise((resolve, reject) => {
    const settled = promises.map((promise) =>
      promise.then((value) => {
        if (fits(value)) resolve(value);
      }),
    );
    Promise.all(settled).then(() => resolve(null), reject);
  });
}

/** A Room answers at once; longer than this, it may not know the name. */
const PATIENCE_MS = 3_000;

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
  const faults = [inbound, outbound].filter((fault) => fault !== null).map(({ message }) => message);
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

/** The Room did not answer a request in time. */
export class NoAnswerError extends Error {
  constructor(method: string, afterMs: number) {
    super(`the Room did not answer "${method}" within ${afterMs / 1_000} s`);
  }
}

/** The answer to a listing is larger than is read. */
export class ListingTooLargeError extends Error {
  /** What each of the listings says, a sentence. */
  readonly faults: readonly string[];

  constructor(methods: readonly string[]) {
    const faults = methods.map(
      (method) => `the answer to "${method}" is larger than 64 MiB ('trueconf-files clear' shortens it)`,
    );
    super(faults.join('; '));
    this.faults = faults;
  }
}

/** What came of a request. `reason` is a clause without a full stop, such as the Room's own words, without secrets. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Accepts or rejects an incoming request, by the name since 4.1 or by the one before.
 * Source: `commands/acceptIncomingFileRequest`, `commands/rejectIncomingFileRequest`.
 * @throws NoAnswerError
 */
export async function decide(
  asker: Asker & { readonly redactor: Redactor },
  decision: Decision,
  fileRequestId: string,
): Promise<Outcome> {
  const [method, oldMethod] = METHODS[decision];
  const answer = await askEither(
    asker,
    { method, fileRequestId },
    { method: oldMethod, fileRequestId },
    ({ result }) => result,
  );
  return answer.result ? { ok: true } : { ok: false, reason: reasonOf(answer, asker.redactor) };
}

/** The Room's own words on why it did not do something, without secrets. */
export function reasonOf(answer: Answer, redactor: Redactor): string {
  if (!answer.result) return answer.error === null ? 'it gave no reason' : redactor.redact(answer.error);
  return `its answer to "${answer.method}" makes no sense`;
}

const METHODS = {
  accept: ['acceptIncomingFileRequest', 'acceptFile'],
  reject: ['rejectIncomingFileRequest', 'rejectFile'],
} as const;
