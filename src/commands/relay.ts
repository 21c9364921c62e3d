import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { decodeText } from '../encoding.js';
import { EXIT, TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { readInputFile } from '../input.js';
import { isChange, type Shown } from '../monitor/monitor.js';
import { noteOf } from '../output/lines.js';
import { JsonView, linesLost, outputFault, Sink } from '../output/sink.js';
import { safeText } from '../output/text.js';
import { noteStamp, type Stamp } from '../output/times.js';
import type { Decision } from '../protocol/requests.js';
import { PROBLEM_REASONS } from '../relay/inspection.js';
import type { Relay } from '../relay/relay.js';
import { type Relaying, relayFor } from '../relay/relay-for.js';
import { parseServerAddress, type ServerAddress } from '../relay/server-address.js';
import { Endpoints, isHidden, type RoomAddress } from '../room/address.js';
import type { Outcome } from '../room/ask.js';
import type { Change } from '../transfers/change.js';
import { Flow, type Pausable } from '../watch/feed.js';
import type { OptionsOf } from './command-options.js';
import { readSignIns } from './credentials.js';
import { keepHeapSmall, openMetrics, readAutomation } from './long-running.js';
import { readNatsAuth } from './nats-auth.js';
import { namedAddresses, openRooms } from './rooms.js';

/**
 * Holds Rooms and shares what it sees of them, until a signal comes, no Room is left, or the reader of its records has
 * gone away.
 * @returns the exit code
 * @throws TrueConfFilesError; the signal's reason
 */
export async function relay(
  given: readonly string[],
  options: OptionsOf<'relay'>,
  host: Host,
): Promise<number> {
  keepHeapSmall();
  const selects = await selectionOf(options.where);
  const automate = await readAutomation(options, host);
  const address = readServer(options.to);
  const auth = await readNatsAuth(options, host);
  const listed = options.rooms === undefined ? [] : await readRooms(options.rooms, host);
  const named = namedAddresses([...given, ...listed], options, `relay 10.0.0.5 --to ${address.label}`, host);
  const { addresses, configured, close } = await openRooms(named, host);
  const endpoints = new Endpoints();
  const gone = new AbortController();
  const signal = AbortSignal.any([host.signal, gone.signal]);
  const held = new LateRelay();
  const flow = new Flow(held);
  const stamp = noteStamp(options);
  const output = new RelayOutput({
    host,
    stamp,
    json: options.json,
    quiet: options.quiet,
    heartbeatMs: options.heartbeat,
    ...flow.gate(),
    onEnd: (fault) => gone.abort(fault ?? READER_GONE),
  });
  const automation =
    automate?.({
      ...flow.gate(),
      decide: (decision, room, id) => held.decide(decision, room, id),
      show: (shown, room) => output.notice(shown, room),
    }) ?? null;
  let metrics: Awaited<ReturnType<typeof openMetrics>> = null;
  try {
    for (const room of addresses) if (!configured.has(room.label)) refuseHidden(room);
    const signInOf = await readSignIns(options, configured, host);
    metrics = await openMetrics(options, { nats: true, relay: true }, stamp, host);
    const tally = metrics?.tally ?? null;
    tally?.server(address.label, 'not reached yet');
    for (const reason of PROBLEM_REASONS) tally?.problemCounts.set(reason, 0);
    const relaying: Relaying = {
      auth,
      name: `trueconf-files relay on ${hostname()}`,
      waits: options.wait === true,
      onServer: (reason) => tally?.server(address.label, reason),
      onRelay: (running) => {
        held.relay = running;
        tally?.countRelay(() => running.counts);
      },
      stream: { name: options.stream, maxAgeMs: options.maxAge, maxBytes: options.maxBytes },
      addresses,
      watcherOf: (room: RoomAddress) => ({
        address: room,
        ...signInOf(room.label),
        endpoints,
        clock: host.clock,
        heartbeatMs: options.heartbeat,
        // A relay serves for long: a Room that is down comes back.
        wait: true,
        reconnect: true,
        takeover: options.takeover === true,
      }),
      replicas: options.replicas ?? null,
      buffer: options.buffer,
      claim: options.claim ?? addresses.length,
      owner: `${hostname()}:${process.pid}:${randomUUID()}`,
      leaseMs: options.lease,
      clock: host.clock,
      takesCommands: options.allowCommands === true,
      onEntry: (entry, room) => tally?.entry(entry, room),
      onNotice: (notice, room) => {
        tally?.notice(notice, room);
        const isReported = !isChange(notice) || selects(notice, room);
        if (isReported) output.notice(notice, room);
        automation?.take(notice, room, isReported);
      },
      shares: selects,
      onReleased: (room) => tally?.release(room),
      onProblems: (problems) => {
        if (tally !== null) tally.problems = problems;
      },
      note: (text) => output.note(text),
    };
    await relayFor(address, relaying, automation?.afterAnswers(signal) ?? signal);
  } catch (error) {
    // The first cause of an ending is the one that counts.
    if (!signal.aborted) throw error;
  } finally {
    const dropped = (await automation?.close(signal)) ?? 0;
    if (dropped > 0) output.note(`${dropped} hooks were not run, as the program was stopped`);
    await metrics?.close();
    await close();
    await output.close(signal);
  }
  if (signal.reason === READER_GONE) return EXIT.done;
  throw signal.reason;
}

/** Which changes are shared; conditions are only loaded if there is one. */
async function selectionOf(where: string | undefined): Promise<(change: Change, room: string) => boolean> {
  if (where === undefined) return () => true;
  const { Selection } = await import('../rules/filter.js');
  const selection = new Selection({ where });
  return (change, room) => selection.takes(change, room);
}

/** The relay, which may not be there yet: it is paused as soon as it is, and answers nothing until then. */
class LateRelay implements Pausable {
  #relay: Relay | null = null;
  #isPaused = false;

  set relay(relay: Relay) {
    this.#relay = relay;
    if (this.#isPaused) relay.pause();
  }

  async decide(decision: Decision, room: string, id: string): Promise<Outcome> {
    return (await this.#relay?.decide(decision, room, id)) ?? { ok: false, reason: 'that Room is not held' };
  }

  pause(): void {
    this.#isPaused = true;
    this.#relay?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#relay?.resume();
  }
}

/**
 * All relays and watchers must know a Room by the same name, and another Room may hide behind what is not shown.
 * @throws TrueConfFilesError `usage`
 */
function refuseHidden(room: RoomAddress): void {
  if (room.kind === 'web' || !isHidden(room)) return;
  throw new TrueConfFilesError(
    'usage',
    `The address "${room.label}" has a part that is not shown, so relays and watchers could take another Room for this one.`,
    'Give the Room a name in the config file, and @NAME here.',
  );
}

/** @throws TrueConfFilesError `usage` */
function readServer(given: string): ServerAddress {
  const address = parseServerAddress(given);
  if (address.room === null) return address;
  throw new TrueConfFilesError(
    'usage',
    `--to "${address.label}" names a Room.`,
    'Give the server alone, as nats://HOST[:PORT], and the Rooms as arguments.',
  );
}

async function readRooms(file: string, host: Host): Promise<readonly string[]> {
  try {
    const text = decodeText(await readInputFile(file, host.signal, MAX_ROOMS_BYTES));
    const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
    return lines.filter((line) => line !== '');
  } catch (error) {
    host.signal.throwIfAborted();
    const hint = 'Give a file with one Room address a line.';
    throw new TrueConfFilesError(
      'usage',
      `The file "${file}" of --rooms can't be read: ${fileFault(error)}.`,
      hint,
    );
  }
}

const MAX_ROOMS_BYTES = 1_024 * 1_024;
const READER_GONE = new Error('the reader of the records went away');

export interface RelayOutputOptions {
  readonly host: Host;
  readonly stamp: Stamp;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** Interval of heartbeats, milliseconds. */
  readonly heartbeatMs: number;
  /** stdout is full: nothing more may come until `onDrain`. */
  readonly onFull: () => void;
  readonly onDrain: () => void;
  /** stdout takes nothing more: its reader went away, or there is a fault. */
  readonly onEnd: (fault: TrueConfFilesError | null) => void;
}

/** What a relay says: notes on stderr and, where asked for, the records of the Rooms it holds on stdout. */
export class RelayOutput {
  readonly #err: Sink;
  readonly #out: Sink;
  readonly #json: JsonView | null;
  readonly #isQuiet: boolean;
  readonly #stamp: Stamp;
  #isGone = false;
  readonly #endBeats: () => void;
  /** Whether each Room that is held is connected, and whether something was written of it since its last heartbeat. */
  readonly #rooms = new Map<string, { isConnected: boolean; wasHeard: boolean }>();

  constructor({ host, stamp, json, quiet, heartbeatMs, onFull, onDrain, onEnd }: RelayOutputOptions) {
    this.#err = new Sink(host.stderr);
    const onGone = () => {
      this.#isGone = true;
      onEnd(null);
    };
    const onError = (error: Error) => {
      this.#isGone = true;
      onEnd(outputFault(error));
    };
    this.#out = new Sink(host.stdout, { onFull, onDrain, onError, onGone });
    this.#json = json === true ? new JsonView(this.#out) : null;
    this.#isQuiet = quiet === true;
    this.#stamp = stamp;
    this.#endBeats = host.clock.every(heartbeatMs, () => this.#tellSilence());
  }

  notice(notice: Shown, room: string): void {
    this.#write(notice, room);
    // There is none of what happens most.
    const isFrequent = notice.kind === 'transfer' || notice.kind === 'progress';
    const text = isFrequent ? null : noteOf(notice, room);
    if (text !== null && !this.#isQuiet) this.#err.write(`${this.#stamp(text, notice.at)}\n`);
    if (notice.kind !== 'link') return;
    const { state } = notice.link;
    if (state === 'closed') this.#rooms.delete(room);
    else this.#rooms.set(room, { isConnected: state === 'live', wasHeard: true });
  }

  note(text: string): void {
    if (!this.#isQuiet) this.#err.write(`${this.#stamp(safeText(text))}\n`);
  }

  /** @throws TrueConfFilesError `output` if the reader of stdout took too long */
  async close(hurry: AbortSignal): Promise<void> {
    this.#endBeats();
    await Promise.all([this.#out.flush(hurry), this.#err.flush(hurry)]);
    this.#out.dispose();
    this.#err.dispose();
    if (this.#out.left > 0 && !this.#isGone) throw linesLost(this.#out.left);
  }

  #write(notice: Shown, room: string): void {
    if (this.#json === null) return;
    const before = this.#out.taken;
    this.#json.show(notice, room);
    const known = this.#rooms.get(room);
    if (known !== undefined && this.#out.taken > before) known.wasHeard = true;
  }

  #tellSilence(): void {
    for (const [room, known] of this.#rooms) {
      const { isConnected: connected, wasHeard } = known;
      if (!wasHeard) this.#write({ kind: 'heartbeat', at: Date.now(), connected }, room);
      known.wasHeard = false;
    }
  }
}
