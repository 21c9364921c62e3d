import { faultReport, TrueConfFilesError } from '../errors.js';
import type { Notice } from '../monitor/monitor.js';
import type { Decision } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import { type RoomAddress, SameRoomError } from '../room/address.js';
import type { Outcome } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import { aborted, type Clock, delay } from '../room/timers.js';
import type { RoomWatcherOptions } from '../room/watcher.js';
import type { Change } from '../transfers/change.js';
import { serveCommands } from './command-desk.js';
import { describeNatsFault } from './faults.js';
import type { Problem } from './inspection.js';
import type { Leases } from './leases.js';
import { counted } from './left-out.js';
import type { NatsLink } from './nats-link.js';
import type { Outbox } from './outbox.js';
import { RoomRelay } from './room-relay.js';
import type { RoomStream, StreamOptions } from './stream.js';
import { takerOf } from './taker.js';

export interface HeldRoomsOptions extends RelayOptions, RoomStream {
  readonly outbox: Outbox;
  readonly leases: Leases;
  /** Something is wrong with NATS. */
  readonly onTrouble: (error: unknown) => void;
  /** Every Room has ended: with the first fault of all. */
  readonly onAllEnded: (fault: unknown) => void;
  /** Ends all of it. */
  readonly signal: AbortSignal;
}

/** The Rooms whose leases a relay has, each watched by a relay of its own. */
export class HeldRooms {
  readonly #options: HeldRoomsOptions;
  readonly #rooms = new Map<string, HeldRoom>();
  readonly #faults = new Map<string, unknown>();
  #leftOut = 0;
  /** Why nothing is read from the Rooms. */
  readonly #pauses = new Set<Pause>();

  constructor(options: HeldRoomsOptions) {
    this.#options = options;
  }

  /** Records left out so far for want of room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Those that know what the stream told before. */
  get restored(): readonly RoomRelay[] {
    return [...this.#rooms.values()].filter(({ isRestored }) => isRestored).map(({ relay }) => relay);
  }

  /**
   * Begins to watch a Room.
   * @param isInherited whether another relay held it before
   */
  hold(room: string, isInherited: boolean): void {
    const options = this.#options;
    const address = options.addresses.find(({ label }) => label === room);
    if (address === undefined || options.signal.aborted) return;
    const relay = new RoomRelay({
      watcher: {
        ...options.watcherOf(address),
        mayTry: (signal) => options.leases.whenFresh(room, signal),
      },
      outbox: options.outbox,
      readLast: options.readLast,
      readIdsAfter: options.readIdsAfter,
      storeLate: options.storeLate,
      publishPlain: options.publishPlain,
      onLeftOut: (records) => {
        this.#leftOut += records;
      },
      onEntry: options.onEntry,
      onNotice: options.onNotice,
      shares: options.shares,
    });
    if (this.#pauses.size > 0) relay.pause();
    const stop = new AbortController();
    const held: HeldRoom = { relay, stop, isInherited, isRestored: false, done: Promise.resolve() };
    this.#rooms.set(room, held);
    held.done = this.#run(held);
  }

  /** Another relay holds the Room now. */
  lose(room: string): void {
    const held = this.#rooms.get(room);
    if (held === undefined) return;
    this.#options.note(`${room}: another relay holds it now; standing by${this.#retire(held.relay)}`);
    held.stop.abort(new Error('another relay holds the Room'));
    void held.done.then(() => {
      if (!this.#rooms.has(room)) this.#options.onReleased(room);
    });
  }

  /** @returns what was left out by that, as the end of a sentence */
  #retire(relay: RoomRelay): string {
    const dropped = relay.retire(this.#options.signal);
    return dropped === 0 ? '' : `; ${counted(dropped, 'record')} not stored and left out`;
  }

  /** Texts of a record were cut. */
  tellCut(room: string): void {
    this.#rooms.get(room)?.relay.tellCut();
  }

  /** Accepts or rejects a request. Never throws. */
  async decide(decision: Decision, room: string, id: string): Promise<Outcome> {
    const relay = this.#rooms.get(room)?.relay;
    return relay === undefined ? { ok: false, reason: 'that Room is not held' } : relay.decide(decision, id);
  }

  /** Drops all that waits, for want of room. */
  leaveOut(): void {
    for (const { relay } of this.#rooms.values()) relay.leaveOut();
  }

  /** Stops reading from the Rooms, until each cause for that has gone. */
  pause(why: Pause): void {
    if (this.#pauses.size === 0) for (const { relay } of this.#rooms.values()) relay.pause();
    this.#pauses.add(why);
  }

  resume(why: Pause): void {
    if (!this.#pauses.delete(why) || this.#pauses.size > 0) return;
    for (const { relay } of this.#rooms.values()) relay.resume();
  }

  /** Resolves once none is watched any more. */
  async ended(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map(({ done }) => done));
  }

  async #run(held: HeldRoom): Promise<void> {
    const { relay, stop } = held;
    const { room } = relay;
    const signal = AbortSignal.any([stop.signal, this.#options.signal]);
    let stopServing = () => {};
    try {
      await this.#restore(held, signal);
      if (held.isInherited) this.#respectTaking(relay);
      stopServing = this.#serve(relay);
      await relay.announce(this.#options.leases.lifeMs, held.isInherited, signal);
      await relay.run(signal);
    } catch (error) {
      if (!signal.aborted) await this.#fail(relay, error, signal);
    } finally {
      if (this.#options.link.isUp) stopServing();
      if (this.#rooms.get(room) === held) this.#rooms.delete(room);
    }
  }

  /** Not before the stream was read is it known what is news. */
  async #restore(held: HeldRoom, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await held.relay.restore();
        held.isRestored = true;
        signal.throwIfAborted();
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#options.onTrouble(error);
        await delay(RETRY_MS, signal, this.#options.clock);
      }
    }
  }

  /** Without `--takeover` this relay does not disconnect the client that took the seat. */
  #respectTaking({ room, wasTaken }: RoomRelay): void {
    const address = this.#options.addresses.find(({ label }) => label === room);
    if (!wasTaken || (address !== undefined && this.#options.watcherOf(address).takeover)) return;
    const sentence = `The Room ${room} was taken over by another client, from the relay before this one.`;
    throw new TrueConfFilesError('taken-over', sentence, TAKEN_HINT);
  }

  /** Takes commands through NATS, where that is allowed. */
  #serve(relay: RoomRelay): () => void {
    const { takesCommands, link, note } = this.#options;
    const { room } = relay;
    if (!takesCommands) return () => {};
    return serveCommands(
      link.connection,
      room,
      async (decision, id) => {
        const outcome = await relay.decide(decision, id);
        note(`${room}: ${decision} ${id}, requested through NATS: ${outcome.ok ? 'done' : outcome.reason}`);
        return outcome;
      },
      (error) => note(`${room}: no command can be taken through NATS: ${describeNatsFault(error)}`),
    );
  }

  /**
   * Waits until all records of a Room that is given up are stored, while its lease is held: for one lease life at most.
   * What is not stored by then is left out, as it would wait for ever.
   * @param taken why another client has the Room now: the last that is said
   */
  async #finish(relay: RoomRelay, taken: string | null, signal: AbortSignal): Promise<void> {
    const { clock, leases, note, outbox } = this.#options;
    const until = clock.now() + leases.lifeMs;
    const stored = async () => {
      while (outbox.holds(relay.room) && clock.now() < until) await delay(LOOK_MS, signal, clock);
    };
    try {
      await stored();
      if (taken !== null) relay.tellTaken(taken);
      await stored();
    } catch {
      return;
    }
    const leftOut = this.#retire(relay);
    if (leftOut !== '') note(`${relay.room}: given up${leftOut}`);
  }

  /** A Room that can't be watched any more: another relay may try, and learns if a person has taken it. */
  async #fail(relay: RoomRelay, error: unknown, signal: AbortSignal): Promise<void> {
    const { addresses, leases, note, onAllEnded } = this.#options;
    const { room } = relay;
    if (error instanceof SameRoomError) {
      // It keeps the lease: no other relay shall take the Room's seat from this one.
      note(`${room}: ${error.message}`);
      await aborted(signal).catch(() => {});
      return;
    }
    const isTaken = error instanceof TrueConfFilesError && error.code === 'taken-over';
    const taker = isTaken ? await takerOf(relay, this.#options, signal) : null;
    if (signal.aborted) return;
    if (taker === 'a relay') {
      this.lose(room);
      await leases.release(room);
      return;
    }
    const [first, ...trace] = error instanceof TrueConfFilesError ? [error.message] : faultReport(error);
    for (const line of [`${room}: ${first}`, ...trace]) note(line);
    await this.#finish(relay, isTaken ? error.message : null, signal);
    if (signal.aborted) return;
    if (taker === 'unknown') {
      await leases.standBy(room);
      note(`${room}: ${IN_DOUBT}`);
      return;
    }
    await leases.giveUp(room);
    this.#faults.set(room, error);
    if (this.#faults.size < addresses.length) return;
    onAllEnded([...this.#faults.values()][0]);
  }
}

/** Records wait for being stored, or for being written. */
type Pause = 'stream' | 'output';

interface HeldRoom {
  readonly relay: RoomRelay;
  readonly stop: AbortController;
  readonly isInherited: boolean;
  isRestored: boolean;
  done: Promise<void>;
}

const RETRY_MS = 500;
const LOOK_MS = 50;
const IN_DOUBT =
  'NATS was away or changed its leader then; standing by until another relay has held the Room, or this one is started again';
const TAKEN_HINT = 'Start the relay again, or give it --takeover, where it shall take the seat back.';

export interface RelayOptions {
  readonly link: NatsLink;
  /** The server as the user named it. */
  readonly server: string;
  readonly stream: Omit<StreamOptions, 'replicas'>;
  /** Copies of what is made in NATS; `null` for as many as fit the cluster. */
  readonly replicas: number | null;
  readonly addresses: readonly RoomAddress[];
  readonly watcherOf: (address: RoomAddress) => Omit<RoomWatcherOptions, 'onEntry'>;
  /** Records held at most while NATS does not take them. */
  readonly buffer: number;
  /** Rooms held at most. */
  readonly claim: number;
  /** One for each process. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Whether requests may be accepted and rejected through NATS. */
  readonly takesCommands: boolean;
  readonly onEntry: (entry: Entry, room: string, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice, room: string) => void;
  /** Whether a change is shared. */
  readonly shares: (change: Change, room: string) => boolean;
  /** Another relay holds the Room now. */
  readonly onReleased: (room: string) => void;
  /** What keeps the relay from its work now; called again and again. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  /** Something a person should know of the relay itself. */
  readonly note: (text: string) => void;
}
