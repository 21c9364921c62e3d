import { ProgramFault, TrueConfFilesError } from '../errors.js';
import { adviseOnFault, describeFault } from '../faults.js';
import type { Answer } from '../protocol/message.js';
import type { Request } from '../protocol/requests.js';
import { Redactor, type Secret } from '../protocol/secrets.js';
import { type Endpoints, type RoomAddress, SameRoomError } from './address.js';
import { type Asker, ListingTooLargeError } from './ask.js';
import type { Endpoint } from './discovery.js';
import type { Entry, Link } from './entry.js';
import { LinkRun } from './link-run.js';
import type { SessionOptions } from './session.js';
import type { SignedIn, SignInOptions } from './sign-in.js';
import { backoffMs, type Clock, delay, Gate, STABLE_MS, SYSTEM_CLOCK } from './timers.js';

export interface RoomWatcherOptions extends SignInOptions, SessionOptions {
  readonly address: RoomAddress;
  /** How often the link is proved alive; twice as long without a sign of life and it is given up. */
  readonly heartbeatMs: number;
  /** Keep trying while the Room has not been reached yet. */
  readonly wait: boolean;
  /** Try again after a link was lost. */
  readonly reconnect: boolean;
  /** Sign in again when another client took the Room over, at most once a minute. */
  readonly takeover: boolean;
  /** Shared with the other Rooms of this process, so that none is its own rival under two addresses. */
  readonly endpoints?: Endpoints | undefined;
  /** Resolves as soon as the Room may be connected to; waited for before each try. */
  readonly mayTry?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Everything that happens, in order. Called synchronously; must not throw. */
  readonly onEntry: (entry: Entry) => void;
  /** From 0 to 1, for the jitter of the backoff. */
  readonly random?: (() => number) | undefined;
}

/**
 * Stays connected to one Room: connecting → signing in → listing → live, and from any of them to waiting or closed.
 * `run` is the one way through, and the signal given to it the one way to end it.
 */
export class RoomWatcher implements Asker {
  readonly redactor = new Redactor();
  readonly #options: RoomWatcherOptions;
  readonly #clock: Clock;
  #run: LinkRun | null = null;
  #signedIn: SignedIn | null = null;
  /** With what its host has said about it: a Room found by its name is never later taken for one with a PIN. */
  #address: RoomAddress;
  #wasLive = false;
  readonly #lists = { areTooLarge: false };
  readonly #reading = new Gate();
  #takenOverAt: number | null = null;

  constructor(options: RoomWatcherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#address = options.address;
    this.redactor.add(options.credentials);
    if (options.address.kind === 'web') this.redactor.add(options.address.pin);
  }

  /**
   * Watches until the signal is aborted, and then resolves.
   * @throws TrueConfFilesError `unreachable`, `lost`, `refused` or `taken-over`; SameRoomError
   */
  async run(signal: AbortSignal): Promise<void> {
    let reason = 'stopped';
    let wasTaken = false;
    try {
      await this.#keepConnected(signal);
    } catch (error) {
      if (!signal.aborted || signal.reason instanceof ProgramFault) {
        reason = this.redactor.redact(error instanceof Error ? error.message : String(error));
        wasTaken = isTakeover(error);
        throw error instanceof ProgramFault ? error.cause : error;
      }
    } finally {
      this.#options.endpoints?.release(this.#options.address.label);
      this.#emit({ state: 'closed', reason, ...(wasTaken && { wasTaken }) });
    }
  }

  get isOld(): boolean | null {
    return this.#run?.session?.isOld ?? null;
  }

  set isOld(isOld: boolean) {
    const session = this.#run?.session ?? null;
    if (session !== null) session.isOld = isOld;
  }

  /** Where the Room is; `null` where there is no link. */
  get endpoint(): Endpoint | null {
    return this.#run?.endpoint ?? null;
  }

  /** For the Room's built-in HTTP server, from the sign-in on this link. It lives for five minutes. */
  get tokenForHttpServer(): Secret | null {
    return this.#run?.signedIn?.tokenForHttpServer ?? null;
  }

  /** Whether there is a link on which the Room has let us in and listed. */
  get isLive(): boolean {
    return this.#run?.isLive ?? false;
  }

  /**
   * Sends a request on the live link.
   * @throws TrueConfFilesError `lost` where there is no live link
   */
  async request(request: Request): Promise<Answer> {
    if (this.#run === null || !this.#run.isLive) {
      throw new TrueConfFilesError(
        'lost',
        'There is no live link to the Room just now.',
        'Try again once it is back.',
      );
    }
    return this.#run.request(request);
  }

  /** Stops reading from the Room, and trying again, while what it reports can't be taken. */
  pause(): void {
    this.#reading.shut();
    this.#run?.pause();
  }

  resume(): void {
    this.#reading.open();
    this.#run?.resume();
  }

  async #keepConnected(signal: AbortSignal): Promise<never> {
    for (let failures = 0; ; ) {
      await this.#options.mayTry?.(signal);
      const run = new LinkRun({
        ...this.#options,
        address: this.#address,
        redactor: this.redactor,
        signedIn: this.#signedIn,
        isPaused: this.#reading.isShut,
        lists: this.#lists,
        cause: this.#wasLive ? 'resync' : 'snapshot',
        attempt: failures + 1,
        emit: (link) => this.#emit(link),
      });
      this.#run = run;
      const fault = await run.untilLost(signal);
      this.#run = null;
      const { label } = this.#address;
      this.#address = { ...(run.endpoint?.address ?? this.#address), label };
      signal.throwIfAborted();
      this.#signedIn = run.signedIn ?? this.#signedIn;
      if (run.liveForMs !== null) this.#wasLive = true;
      if (run.liveForMs !== null && run.liveForMs >= STABLE_MS) failures = 0;
      if (this.#mayDoWithoutLists(fault, run.liveForMs !== null)) continue;

      const retryInMs = this.#retryInMs(fault, ++failures);
      const attempt = run.liveForMs === null ? failures : 0;
      const reason = this.redactor.redact(describeFault(fault));
      const wasLive = run.liveForMs !== null;
      const taken = isTakeover(fault) ? { wasTaken: true } : {};
      this.#emit({ state: 'waiting', attempt, retryInMs, reason, wasLive, ...taken });
      await delay(retryInMs, signal, this.#clock);
      await this.#reading.passed(signal);
    }
  }

  /** Lists that are too large would end each link: the next one goes on with events alone. It is reported once. */
  #mayDoWithoutLists(fault: unknown, wasLive: boolean): boolean {
    if (!(fault instanceof ListingTooLargeError) || wasLive || this.#lists.areTooLarge) return false;
    this.#lists.areTooLarge = true;
    const { onEntry } = this.#options;
    for (const message of fault.faults) {
      onEntry({ kind: 'warning', at: Date.now(), code: 'listing-failed', message });
    }
    return true;
  }

  /** @throws the fault, as the ending it is, where it must not be tried again */
  #retryInMs(fault: unknown, failures: number): number {
    const { wait, reconnect, takeover, random = Math.random } = this.#options;
    if (fault instanceof ProgramFault || fault instanceof SameRoomError) throw fault;
    if (fault instanceof TrueConfFilesError) {
      if (fault.code !== 'taken-over' || !takeover) throw fault;
      const sinceMs = this.#takenOverAt === null ? Infinity : this.#clock.now() - this.#takenOverAt;
      const inMs = Math.max(0, TAKEOVER_INTERVAL_MS - sinceMs);
      this.#takenOverAt = this.#clock.now() + inMs;
      return inMs;
    }
    if (!this.#wasLive && this.#signedIn === null && !wait)
      throw this.#ending('unreachable', "can't be reached", fault);
    if (!reconnect) throw this.#ending('lost', 'was lost', fault);
    return backoffMs(failures, random());
  }

  #ending(code: 'unreachable' | 'lost', what: string, fault: unknown): TrueConfFilesError {
    const reason = this.redactor.redact(describeFault(fault));
    const message = `The Room ${this.#options.address.label} ${what}: ${reason}.`;
    return new TrueConfFilesError(code, message, adviseOnFault(fault), { cause: fault });
  }

  #emit(link: Link): void {
    this.#options.onEntry({ kind: 'link', at: Date.now(), link });
  }
}

function isTakeover(error: unknown): boolean {
  return error instanceof TrueConfFilesError && error.code === 'taken-over';
}

const TAKEOVER_INTERVAL_MS = 60_000;
