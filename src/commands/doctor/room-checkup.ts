import type { Answer } from '../../protocol/message.js';
import { countedName } from '../../protocol/other-events.js';
import { Redactor } from '../../protocol/secrets.js';
import type { RoomAddress } from '../../room/address.js';
import { type DialedLink, dial } from '../../room/connection.js';
import type { Endpoint } from '../../room/discovery.js';
import type { Entry } from '../../room/entry.js';
import type { SignInOptions } from '../../room/sign-in.js';

export interface RoomCheckupOptions extends SignInOptions {
  readonly address: RoomAddress;
  /** Longest wait of each step. */
  readonly stepMs: number;
  /** How long to listen after the last question; 0 where it is not to be listened. */
  readonly listenMs: number;
  readonly onEntry: (entry: Entry, redactor: Redactor) => void;
}

/** An answer of the Room, and how long it took on the way there and back. */
export interface TimedAnswer {
  readonly answer: Answer;
  readonly milliseconds: number;
}

/**
 * One check of a Room, from before the first step to after the last: what is known of it so far, and the link. It ends
 * with its signal, whose reason is the first cause of the ending.
 */
export class RoomCheckup {
  readonly options: RoomCheckupOptions;
  readonly redactor = new Redactor();
  endpoint: Endpoint | null = null;
  /** Events that came, by their documented name; all others as `other`. */
  readonly events = new Map<string, number>();
  /** Something on the link showed that it is alive. */
  onAlive: () => void = () => {};
  readonly #end = new AbortController();
  readonly #outer: AbortSignal;
  readonly #told = new Map<string, TimedAnswer>();
  readonly #sentAt = new Map<string, number>();
  #link: DialedLink | null = null;
  #lastSentAt = 0;

  constructor(options: RoomCheckupOptions, signal: AbortSignal) {
    this.options = options;
    this.redactor.add(options.credentials);
    if (options.address.kind === 'web') this.redactor.add(options.address.pin);
    this.#outer = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get link(): DialedLink {
    if (this.#link === null) throw new Error('the link is used before it is open');
    return this.#link;
  }

  /** Opens the WebSocket. */
  async open(endpoint: Endpoint, limit: AbortSignal): Promise<void> {
    const { address, stepMs } = this.options;
    const onAlive = () => this.onAlive();
    this.#link = await dial(
      endpoint,
      {
        ...this.options,
        label: address.label,
        redactor: this.redactor,
        answerMs: stepMs,
        onEntry: (entry) => this.#take(entry),
        onRefused: onAlive,
        onAlive,
      },
      this.#end,
      limit,
    );
    this.#link.connection.resume();
  }

  /** The last answer to a method. */
  told(method: string): TimedAnswer | null {
    return this.#told.get(method) ?? null;
  }

  async close(): Promise<void> {
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#end.abort();
    await this.#link?.connection.close();
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
    if (entry.kind === 'received' && 'event' in entry.message) {
      const name = countedName(entry.message);
      this.events.set(name, (this.events.get(name) ?? 0) + 1);
    }
    this.options.onEntry(entry, this.redactor);
  }
}
