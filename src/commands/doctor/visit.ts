import type { Answer, Message } from '../../protocol/message.js';
import { Redactor } from '../../protocol/secrets.js';
import type { RoomAddress } from '../../room/address.js';
import { type Connection, connect } from '../../room/connection.js';
import type { Endpoint } from '../../room/discovery.js';
import type { Entry } from '../../room/entry.js';
import { Session } from '../../room/session.js';
import { type SignInOptions, sessionEnding } from '../../room/sign-in.js';

export interface VisitOptions extends SignInOptions {
  readonly address: RoomAddress;
  /** Longest wait of each step. */
  readonly stepMs: number;
  readonly onEntry: (entry: Entry, redactor: Redactor) => void;
}

/** An answer of the Room, and how long it took on the way there and back. */
export interface Told {
  readonly answer: Answer;
  readonly milliseconds: number;
}

/**
 * One stay at a Room, from before the first step to after the last: what is known of it so far, and the link. It ends
 * with its signal, whose reason is the first cause of the ending.
 */
export class Visit {
  readonly options: VisitOptions;
  readonly redactor = new Redactor();
  endpoint: Endpoint | null = null;
  /** Something on the link showed that it is alive. */
  onAlive: () => void = () => {};
  readonly #end = new AbortController();
  readonly #outer: AbortSignal;
  readonly #told = new Map<string, Told>();
  readonly #sentAt = new Map<string, number>();
  #connection: Connection | null = null;
  #session: Session | null = null;
  #lastSentAt = 0;
  #hasSeat = false;

  constructor(options: VisitOptions, signal: AbortSignal) {
    this.options = options;
    this.redactor.add(options.credentials);
    this.#outer = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get connection(): Connection {
    if (this.#connection === null) throw new Error('the link is used before it is open');
    return this.#connection;
  }

  get session(): Session {
    if (this.#session === null) throw new Error('the session is used before the link is open');
    return this.#session;
  }

  /** Opens the WebSocket. */
  async open(url: string, signal: AbortSignal): Promise<void> {
    const connection = await connect(
      url,
      {
        onText: (text) => {
          if (!this.signal.aborted) this.#react(this.session.receive(text));
        },
        onRefused: () => this.onAlive(),
        expectsLarge: () => this.#session?.isListing ?? false,
        onAlive: () => this.onAlive(),
        onClosed: (reason) => this.#end.abort(new Error(reason)),
      },
      signal,
    );
    this.#connection = connection;
    const { stepMs } = this.options;
    this.#session = new Session(connection, (entry) => this.#take(entry), this.redactor, this.signal, stepMs);
    connection.resume();
  }

  /** The last answer to a method. */
  told(method: string): Told | null {
    return this.#told.get(method) ?? null;
  }

  async close(): Promise<void> {
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#end.abort();
    await this.#connection?.close();
  }

  readonly #onAbort = (): void => this.#end.abort(this.#outer.reason);

  #take(entry: Entry): void {
    if (entry.kind === 'sent') {
      this.#lastSentAt = performance.now();
      const [, requestId] = /"requestId":"(\d+)"/.exec(entry.text) ?? [];
      if (requestId !== undefined) this.#sentAt.set(requestId, this.#lastSentAt);
    }
    if (entry.kind === 'received' && 'requestId' in entry.message) {
      const sentAt = this.#sentAt.get(entry.message.requestId) ?? this.#lastSentAt;
      const milliseconds = performance.now() - sentAt;
      this.#told.set(entry.message.method, { answer: entry.message, milliseconds });
    }
    this.options.onEntry(entry, this.redactor);
  }

  #react(message: Message): void {
    if (message.kind === 'auth-answer' && message.result) this.#hasSeat = true;
    // Before signing in, the Room may well say that signing in is needed.
    if (message.kind !== 'authorization-needed' || !this.#hasSeat) return;
    this.#end.abort(sessionEnding(message.cause, this.options.address.label));
  }
}
