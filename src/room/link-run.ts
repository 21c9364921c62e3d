import { describeFault } from '../faults.js';
import type { Answer } from '../protocol/message.js';
import type { Request } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import type { Endpoints, RoomAddress } from './address.js';
import { type Listed, NoAnswerError, requestLists } from './ask.js';
import { type DialedLink, type DialOptions, dial, MAX_FRAME_BYTES } from './connection.js';
import { discover, type Endpoint } from './discovery.js';
import type { Entry, Link } from './entry.js';
import type { Session, SessionOptions } from './session.js';
import type { SignedIn, SignInOptions } from './sign-in.js';
import { aborted, type Clock, delay, Heartbeat, SYSTEM_CLOCK, Turns } from './timers.js';

export interface LinkRunOptions extends SignInOptions, SessionOptions {
  readonly address: RoomAddress;
  readonly heartbeatMs: number;
  readonly redactor: Redactor;
  /** What the link before was signed in with. */
  readonly signedIn: SignedIn | null;
  readonly isPaused: boolean;
  /** Whether the lists can be had: those of a Room with too many requests can't. */
  readonly lists: { areTooLarge: boolean };
  /** Shared with the other Rooms of this process. */
  readonly endpoints?: Endpoints | undefined;
  /** What the first listing on this link is for. */
  readonly cause: 'snapshot' | 'resync';
  readonly attempt: number;
  readonly onEntry: (entry: Entry) => void;
  readonly emit: (link: Link) => void;
}

/**
 * One try at a link, from dialling to its end. Everything it starts ends with one signal, and the first cause of an
 * ending is the one that is reported.
 */
export class LinkRun {
  signedIn: SignedIn | null = null;
  readonly #options: LinkRunOptions;
  readonly #clock: Clock;
  readonly #end = new AbortController();
  #endpoint: Endpoint | null = null;
  #link: DialedLink | null = null;
  #heartbeat: Heartbeat | null = null;
  #liveAt: number | null = null;
  #liveForMs: number | null = null;
  #isPaused: boolean;
  #mustRelist = false;
  #isRelisting = false;

  constructor(options: LinkRunOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#isPaused = options.isPaused;
  }

  get isLive(): boolean {
    return this.#liveAt !== null && !this.#end.signal.aborted;
  }

  /** How long the link was live, once it has ended; `null` where it never was. */
  get liveForMs(): number | null {
    return this.#liveForMs;
  }

  /** Where the Room is, once that is found. */
  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  /** Requests and answers on this link, once it is open. */
  get session(): Session | null {
    return this.#link?.session ?? null;
  }

  /** Runs the link until it ends, and gives the cause. */
  async untilLost(signal: AbortSignal): Promise<unknown> {
    const onAbort = () => this.#end.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#run();
    } catch (fault) {
      return this.#end.signal.aborted ? this.#end.signal.reason : fault;
    } finally {
      if (this.#liveAt !== null) this.#liveForMs = this.#clock.now() - this.#liveAt;
      signal.removeEventListener('abort', onAbort);
      this.#end.abort();
      this.#heartbeat?.stop();
      await this.#link?.connection.close();
    }
  }

  async request(request: Request): Promise<Answer> {
    if (this.#link === null) throw new Error('a request before the link was open');
    return this.#link.session.request(request);
  }

  pause(): void {
    this.#isPaused = true;
    // Signing in and listing go on: they are short, and what ends once all is listed must come to its end. A link that is
    // being taken down must read on, too, or the Room's goodbye would not come.
    if (!this.isLive) return;
    this.#link?.connection.pause();
    this.#link?.session.pause();
    this.#heartbeat?.stop();
  }

  resume(): void {
    this.#isPaused = false;
    // Output drains also while the link is being taken down: nothing that was stopped may start again.
    if (this.#end.signal.aborted) return;
    this.#link?.connection.resume();
    this.#link?.session.resume();
    this.#heartbeat?.resume();
  }

  async #run(): Promise<never> {
    const { attempt, emit } = this.#options;
    const { signal } = this.#end;
    emit({ state: 'connecting', attempt });
    const session = await OPENINGS.take(() => this.#open(), signal);
    this.#liveAt = this.#clock.now();
    emit({ state: 'live', attempt });
    this.#askAfterListing(session);
    if (this.#mustRelist) void this.#relist();
    if (this.#isPaused) this.pause();
    return aborted(signal);
  }

  /** From finding the Room until it is listed. */
  async #open(): Promise<Session> {
    const { address, attempt, emit, cause, heartbeatMs, endpoints, role } = this.#options;
    const { signal } = this.#end;
    const endpoint = await discover(address, signal);
    this.#endpoint = endpoint;
    endpoints?.claim(address.label, endpoint.url, role);
    if (endpoint.note !== null) this.#warn('discovery-failed', endpoint.note);
    const link = await dial(endpoint, this.#dialOptions(), this.#end);
    const { connection, session } = link;
    this.#link = link;
    this.#heartbeat = new Heartbeat(
      {
        heardAt: () => connection.heardAt,
        ping: () => connection.ping(),
        ask: () => this.#ask(session),
        giveUp: (silentMs) => this.#fail(`no sign of life for ${(silentMs / 1_000).toFixed(1)} s`),
      },
      heartbeatMs,
      this.#clock,
    );
    connection.resume();

    emit({ state: 'signing-in', attempt });
    this.signedIn = await link.signIn(this.#options.signedIn);
    emit({ state: 'listing', attempt });
    await this.#list(session, cause);
    return session;
  }

  async #list(session: Session, cause: 'snapshot' | 'resync' | 'cleared'): Promise<void> {
    const { onEntry, lists } = this.#options;
    onEntry({ kind: 'listing-asked', at: Date.now(), cause });
    let listed: Listed = { inbound: false, outbound: false, faults: [] };
    try {
      // Once the history was cleared they may be short again.
      if (!lists.areTooLarge || cause === 'cleared') {
        listed = await requestLists(session);
        lists.areTooLarge = false;
      }
    } finally {
      for (const fault of listed.faults) this.#warn('listing-failed', fault);
      const { inbound, outbound } = listed;
      onEntry({ kind: 'listing-answered', at: Date.now(), inbound, outbound });
    }
  }

  #dialOptions(): DialOptions {
    return {
      ...this.#options,
      label: this.#options.address.label,
      onCleared: () => {
        this.#mustRelist = true;
        if (this.isLive) void this.#relist();
      },
      onRefused: (code, bytes) => {
        const what = code === 'binary-frame' ? 'a binary frame' : `a frame over ${MAX_FRAME_BYTES} bytes`;
        this.#warn(code, `${what} (${bytes} bytes) came and was not read`);
      },
    };
  }

  /** What clearing the history took, only the lists tell. One listing at a time, however often it is cleared. */
  async #relist(): Promise<void> {
    const session = this.session;
    if (this.#isRelisting || session === null) return;
    this.#isRelisting = true;
    try {
      while (this.#mustRelist) {
        this.#mustRelist = false;
        await this.#list(session, 'cleared');
        await delay(RELIST_GAP_MS, this.#end.signal, this.#clock);
      }
    } catch (error) {
      if (!this.#end.signal.aborted) this.#warn('listing-failed', describeFault(error));
    } finally {
      this.#isRelisting = false;
    }
  }

  /** The answers reach the monitor as entries. */
  #askAfterListing(session: Session): void {
    session.request({ method: 'getFileTransferAvailability' }).catch((error: unknown) => {
      if (!this.#end.signal.aborted) this.#warn('no-answer', describeFault(error));
    });
    this.#ask(session);
  }

  /** Any answer is a sign of life. A missing one is left to the heartbeat. */
  #ask(session: Session): void {
    session.request({ method: 'getAppState' }).catch((error: unknown) => {
      if (!this.#end.signal.aborted && !(error instanceof NoAnswerError)) this.#end.abort(error);
    });
  }

  #fail(reason: string): void {
    this.#end.abort(new Error(reason));
  }

  /** Any warning may quote the Room. */
  #warn(code: string, text: string): void {
    const { onEntry, redactor } = this.#options;
    onEntry({ kind: 'warning', at: Date.now(), code, message: redactor.redact(text) });
  }
}

const RELIST_GAP_MS = 1_000;

/**
 * A thousand links opened at once would all be waited for by the same clocks: on a busy machine every handshake and answer
 * is then late, and all is tried again. An opening takes some 300 ms, most of them the pauses between requests.
 */
const OPENINGS = new Turns(64, 500);
