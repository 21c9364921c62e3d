import { randomBytes } from 'node:crypto';
import { eventToLegacyWire, LEGACY_METHODS } from './legacy.js';
import { METHODS, type MethodContext } from './methods.js';
import { answerText, type ParsedRequest, readRequest, refusalText } from './request.js';
import type { RoomEvent, RoomState } from './room-state.js';
import { type Credentials, Seats } from './seats.js';
import type { Client } from './sockets.js';
import { authorizationNeeded, eventToWire } from './wire.js';

/** A text frame from a client, as the Room got it. */
export interface ReceivedRequest {
  /** `null` if it is not a request. */
  readonly method: string | null;
  /** The whole frame, credentials included. */
  readonly text: string;
}

export interface DeskOptions {
  readonly credentials: Credentials;
  readonly isLegacy: boolean;
  readonly state: RoomState;
  now(): number;
  newRequestId(): string;
  httpPort(): number;
  conferenceId(): string | null;
  /** Sends an answer, now or later. */
  answer(send: () => void): void;
  /** A client's command has set this request going. */
  proceed(id: string): void;
}

/** The administrator's and the user's number in `previleges`: the page's example of an administrator has 2. */
const PRIVILEGES = { user: 1, admin: 2 };

/** `resultCode` of a refused sign-in, as seen. */
const ACCESS_DENIED_CODE = 3;
const ACCESS_DENIED = 'access denied';

/** Requests kept for `requests`; older ones are dropped. */
const MAX_REMEMBERED = 10_000;

/**
 * Answers requests and sends events to signed-in clients. Where the pages say nothing: text that is not a request gets
 * no answer, an unknown method gets `"unknown method"`, and a command from who is not signed in `"access denied"`.
 */
export class Desk {
  /** Successful ones. */
  signIns = 0;
  readonly seats: Seats<Client>;
  readonly requests: ReceivedRequest[] = [];
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.seats = new Seats(options.credentials, () => randomBytes(24).toString('hex').toUpperCase());
  }

  handle(client: Client, text: string): void {
    const request = readRequest(text);
    if (this.requests.push({ method: request?.method ?? null, text }) > MAX_REMEMBERED) this.requests.shift();
    if (request === null) return;
    if (request.method === 'auth') this.#signIn(client, request);
    else if (this.seats.isSeated(client) || BEFORE_SIGN_IN.has(request.method))
      this.#command(client, request);
    else client.send(refusalText(request, ACCESS_DENIED));
  }

  tell(events: readonly RoomEvent[]): void {
    const toWire = this.#options.isLegacy ? eventToLegacyWire : eventToWire;
    for (const event of events) this.broadcast(JSON.stringify(toWire(event)));
  }

  broadcast(data: string | Uint8Array): void {
    for (const client of this.seats.holders) client.send(data);
  }

  /** Takes everyone's seat away with `authorizationNeeded`. */
  endSessions(cause: number): void {
    for (const client of this.seats.holders) this.#end(client, cause);
  }

  #end(client: Client, cause: number): void {
    this.seats.unseat(client);
    client.send(JSON.stringify(authorizationNeeded(cause)));
  }

  #signIn(client: Client, request: ParsedRequest): void {
    const signedIn = this.seats.signIn(client, request, this.#options.now());
    if (signedIn === null) {
      client.send(refusalText(request, ACCESS_DENIED, { resultCode: ACCESS_DENIED_CODE }));
      return;
    }
    this.signIns += 1;
    if (signedIn.displaced !== null) this.#end(signedIn.displaced, CAUSE_ANOTHER_CLIENT);
    const { method, requestId } = request;
    const { mode, token, tokenForHttpServer } = signedIn;
    const previleges = PRIVILEGES[mode];
    client.send(
      JSON.stringify({
        method,
        requestId,
        previleges,
        token,
        tokenForHttpServer,
        result: true,
        resultCode: 0,
      }),
    );
  }

  #command(client: Client, request: ParsedRequest): void {
    const handler = (this.#options.isLegacy ? LEGACY_METHODS : METHODS).get(request.method);
    const reply = handler?.(request, this.#contextFor(client)) ?? { error: 'unknown method' };
    if (reply.error !== undefined) {
      client.send(refusalText(request, reply.error));
      return;
    }
    const text = answerText(request, reply.fields ?? {});
    this.#options.answer(() => client.send(text));
    this.tell(reply.events ?? []);
    if (reply.proceeds !== undefined) this.#options.proceed(reply.proceeds);
  }

  #contextFor(client: Client): MethodContext {
    const { state, newRequestId, httpPort, conferenceId } = this.#options;
    const now = this.#options.now();
    return {
      state,
      now,
      newRequestId,
      httpPort: httpPort(),
      conferenceId: conferenceId(),
      newHttpToken: () => this.seats.newHttpToken(client, now),
    };
  }
}

const CAUSE_ANOTHER_CLIENT = 1;

/** Public clients send it before `auth`, and wait for the answer. */
const BEFORE_SIGN_IN: ReadonlySet<string> = new Set(['setUsedApiVersion']);
