import { decode } from '../protocol/decode.js';
import { quote } from '../protocol/fields.js';
import type { Answer, Message, OtherAnswer, OtherEvent, SettingsAnswer } from '../protocol/message.js';
import { encodeRequest, type Request } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import { type Asker, NoAnswerError } from './ask.js';
import type { Entry, ReceivedEntry } from './entry.js';
import { type Clock, Deadline, delay } from './timers.js';

/** Where a session sends, and what it knows of what is coming. */
export interface Line {
  /** Bytes that have come of a frame that is not whole yet; a little more where frames came together. */
  readonly partBytes: number;
  send(text: string): void;
}

interface Pending {
  readonly method: string;
  readonly deadline: Deadline;
  settle(answer: Answer): void;
}

export interface SessionOptions {
  /** How long a request may wait for its answer; default 10 s. */
  readonly answerMs?: number | undefined;
  /** Whether entries keep messages whole that are not about files, sign-in or state; default `false`. */
  readonly keepsAll?: boolean | undefined;
  /** Of deadlines, heartbeats and waits between tries; default the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Requests and their answers on one connection. Every frame, either way, becomes an entry, in order; an answer also
 * settles its request. Ends with the signal: what is pending then rejects with the signal's reason.
 */
export class Session implements Asker {
  /** Whether the Room knows only the names before 4.1; `null` until an answer has told. */
  isOld: boolean | null = null;
  readonly #line: Line;
  readonly #onEntry: (entry: Entry) => void;
  readonly #redactor: Redactor;
  readonly #signal: AbortSignal;
  readonly #pending = new Map<string, Pending>();
  readonly #answerMs: number;
  readonly #keepsAll: boolean;
  readonly #clock: Clock | undefined;
  #lastId = 0;
  #isPaused = false;
  /** Requests leave one after the other, with a gap between them. */
  #turn: Promise<void>;

  constructor(
    line: Line,
    onEntry: (entry: Entry) => void,
    redactor: Redactor,
    signal: AbortSignal,
    { answerMs = ANSWER_MS, keepsAll = false, clock }: SessionOptions = {},
  ) {
    this.#answerMs = answerMs;
    this.#keepsAll = keepsAll;
    this.#clock = clock;
    this.#line = line;
    this.#onEntry = onEntry;
    this.#redactor = redactor;
    this.#signal = signal;
    this.#turn = delay(BEFORE_FIRST_MS, signal);
    // Requests await the turn; without any, its end by the signal must not be an unhandled rejection.
    this.#turn.catch(() => {});
  }

  /** @throws NoAnswerError; the signal's reason where the link has ended */
  async request(request: Request): Promise<Answer> {
    const turn = this.#turn;
    this.#turn = turn.then(() => delay(BETWEEN_MS, this.#signal));
    this.#turn.catch(() => {});
    await turn;
    this.#signal.throwIfAborted();
    return this.#send(request);
  }

  /** Takes in one text frame and gives the message in it. */
  receive(text: string): Message {
    const message = decode(text);
    const at = Date.now();
    this.#onEntry(this.#entryOf(text, message, at));
    // What follows from an entry may end the link, and with it the wait for this answer.
    if ('requestId' in message && !this.#settle(message) && !this.#signal.aborted) {
      const [method, requestId] = [message.method, message.requestId].map((text) =>
        quote(this.#redactor.redact(text)),
      );
      const about = `the Room answered ${method} (request ${requestId})`;
      this.#onEntry({
        kind: 'warning',
        at,
        code: 'unexpected-answer',
        message: `${about}, which was not asked`,
      });
    }
    return message;
  }

  /** Whether a request of this method waits for its answer. */
  awaits(method: string): boolean {
    return [...this.#pending.values()].some((pending) => pending.method === method);
  }

  /** Listings that wait for their answers, which may be larger than any other frame. */
  get listings(): readonly string[] {
    return [...this.#pending.values()]
      .map(({ method }) => method)
      .filter((method) => LISTING_METHODS.has(method));
  }

  /** No answer is late while reading is paused: it may have come. */
  pause(): void {
    this.#isPaused = true;
    for (const { deadline } of this.#pending.values()) deadline.stop();
  }

  resume(): void {
    this.#isPaused = false;
    for (const { deadline } of this.#pending.values()) deadline.start();
  }

  /** A frame as it may be shown and recorded, and the message in it: what is said of a message quotes it. */
  #entryOf(text: string, message: Message, at: number): ReceivedEntry {
    if (isAboutOther(message)) {
      const mayKeep = this.#keepsAll && !('event' in message && PIN_EVENT.test(message.event));
      const shown = mayKeep ? this.#redactor.redactAll(text) : summaryOf(message, text, this.#redactor);
      return { kind: 'received', at, text: shown, message: decode(shown) };
    }
    const isUnderstood = !NOT_UNDERSTOOD.has(message.kind);
    if (isUnderstood && 'problems' in message && message.problems.length === 0) {
      return { kind: 'received', at, text, message };
    }
    const shown = this.#redactor.redactFrame(text, isUnderstood);
    return { kind: 'received', at, text: shown, message: shown === text ? message : decode(shown) };
  }

  #send(request: Request): Promise<Answer> {
    // The link may have ended while the request waited for its turn.
    if (this.#signal.aborted) return Promise.reject(this.#signal.reason);
    const requestId = String(++this.#lastId);
    const text = encodeRequest(request, requestId);
    return new Promise((resolve, reject) => {
      const end = () => {
        deadline.stop();
        this.#pending.delete(requestId);
        this.#signal.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        end();
        reject(this.#signal.reason);
      };
      let cameBefore = 0;
      const onPassed = () => {
        // A frame that is long in coming may be the answer, as long as it does come.
        const came = this.#line.partBytes;
        const isComing = came > cameBefore + LARGEST_CHUNK_BYTES;
        cameBefore = came;
        if (isComing) {
          deadline.start();
          return;
        }
        end();
        reject(new NoAnswerError(request.method, this.#answerMs));
      };
      const deadline = new Deadline(this.#answerMs, onPassed, this.#clock);
      if (this.#isPaused) deadline.stop();
      this.#signal.addEventListener('abort', onAbort, { once: true });
      const settle = (answer: Answer) => {
        end();
        resolve(answer);
      };
      this.#pending.set(requestId, { method: request.method, deadline, settle });
      this.#onEntry({ kind: 'sent', at: Date.now(), text: this.#redactor.redactFrame(text, true) });
      this.#line.send(text);
    });
  }

  /** An answer without an id settles the oldest request of its method: `requestId` may be `""` on the wire. */
  #settle(answer: Answer): boolean {
    const pending =
      answer.requestId === ''
        ? [...this.#pending.values()].find(({ method }) => method === answer.method)
        : this.#pending.get(answer.requestId);
    if (pending === undefined || pending.method !== answer.method) return false;
    pending.settle(answer);
    return true;
  }
}

type OtherMessage = OtherEvent | OtherAnswer | SettingsAnswer;

function isAboutOther(message: Message): message is OtherMessage {
  return (
    message.kind === 'other-event' || message.kind === 'other-answer' || message.kind === 'settings-answer'
  );
}

/** The name and size of a message that is about something else, in a frame of the same kind. */
function summaryOf(message: OtherMessage, text: string, redactor: Redactor): string {
  const omittedBytes = Buffer.byteLength(text);
  if (message.kind === 'other-event') {
    return JSON.stringify({ method: 'event', event: redactor.redact(message.event), omittedBytes });
  }
  const { method, requestId, result, error } = message;
  const words = error === null ? {} : { error };
  return redactor.redactFrame(JSON.stringify({ method, requestId, ...words, result, omittedBytes }), false);
}

/** A malformed frame may still contain a token, so all its strings are searched for one. */
const NOT_UNDERSTOOD: ReadonlySet<Message['kind']> = new Set(['unreadable', 'auth-answer', 'token-answer']);

/** Its fields are listed nowhere, and one of them is a PIN. */
const PIN_EVENT = /pin/i;

const LISTING_METHODS: ReadonlySet<string> = new Set([
  'getIncomingFilesRequests',
  'getOutgoingFilesRequests',
  'getFileTransferHistory',
  'getFileRequests',
  'getFileUploads',
]);

const ANSWER_MS = 10_000;
/** What is read at once is no larger, so that more than this is not just the beginning of the next frame. */
const LARGEST_CHUNK_BYTES = 64 * 1_024;
/** The vendor's own client waits this long before it signs in, and between commands. */
const BEFORE_FIRST_MS = 100;
const BETWEEN_MS = 50;
