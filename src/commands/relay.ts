import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { TrueConfFilesError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { fileFault } from '../file-fault.js';
import type { Tally } from '../metrics/tally.js';
import { NatsLink } from '../relay/nats-link.js';
import type { RelayOptions } from '../relay/options.js';
import { Relay } from '../relay/relay.js';
import { parseServerAddress, type ServerAddress } from '../relay/server-address.js';
import type { RoomAddress } from '../room/address.js';
import { respond } from '../room/respond.js';
import { delay } from '../room/timers.js';
import { readCredentials } from './credentials.js';
import type { Host } from './host.js';
import { readNatsAuth } from './nats-auth.js';
import { openMetrics } from './open-metrics.js';
import type { RelayCommandOptions } from './relay-options.js';
import { RelayOutput } from './relay-output.js';
import { keepHeapSmall } from './small-heap.js';
import { openTargets } from './watch/targets.js';

/**
 * Holds Rooms and shares what it sees of them, until a signal comes, no Room is left, or the reader of its records has
 * gone away.
 * @returns the exit code
 * @throws TrueConfFilesError; the signal's reason
 */
export async function relay(
  given: readonly string[],
  options: RelayCommandOptions,
  host: Host,
): Promise<number> {
  keepHeapSmall();
  const address = readServer(options.to);
  const auth = await readNatsAuth(options, host);
  const credentials = await readCredentials(options, host);
  const listed = options.rooms === undefined ? [] : await readRooms(options.rooms, host);
  const { addresses, close } = await openTargets([...given, ...listed], options.demo === true, host);
  const gone = new AbortController();
  const signal = AbortSignal.any([host.signal, gone.signal]);
  const flow = new Flow();
  const output = new RelayOutput({
    host,
    json: options.json,
    quiet: options.quiet,
    heartbeatMs: options.heartbeat,
    onFull: () => flow.pause(),
    onDrain: () => flow.resume(),
    onEnd: (fault) => gone.abort(fault ?? READER_GONE),
  });
  let metrics: Awaited<ReturnType<typeof openMetrics>> = null;
  let link: NatsLink | null = null;
  try {
    metrics = await openMetrics(options, { nats: true, relay: true }, host);
    const tally = metrics?.tally ?? null;
    tally?.server(address.label, 'not reached yet');
    const name = `trueconf-files relay on ${hostname()}`;
    link = await NatsLink.open({ address, auth, name, wait: options.wait === true, signal });
    followLink(link, address, tally);
    const relaying: RelayOptions = {
      link,
      server: address.label,
      stream: { name: options.stream, maxAgeMs: options.maxAge, maxBytes: options.maxBytes },
      addresses,
      watcherOf: (room: RoomAddress) => ({
        address: room,
        credentials,
        role: options.role ?? null,
        heartbeatMs: options.heartbeat,
        // A relay serves for long: a Room that is down comes back.
        wait: true,
        reconnect: true,
        takeover: options.takeover === true,
      }),
      buffer: options.buffer,
      claim: options.claim ?? addresses.length,
      owner: `${hostname()}:${process.pid}:${randomUUID()}`,
      leaseMs: options.lease,
      act: options.allowCommands === true ? act : null,
      onEntry: (entry, room) => tally?.entry(entry, room),
      onNotice: (notice, room) => {
        tally?.notice(notice, room);
        output.notice(notice, room);
      },
      onReleased: (room) => tally?.letGo(room),
      note: (text) => output.note(text),
    };
    const running = await open(relaying, options.wait === true, signal);
    flow.relay = running;
    tally?.countRelay(() => running.counts);
    output.note(`relaying ${count(addresses.length)} to ${address.label}, stream ${options.stream}`);
    await running.run(signal);
  } catch (error) {
    // The first cause of an ending is the one that counts.
    if (!signal.aborted) throw error;
  } finally {
    await link?.close();
    await metrics?.close();
    await close();
    await output.close();
  }
  if (signal.reason === READER_GONE) return EXIT.done;
  throw signal.reason;
}

/** Stops reading from the Rooms while the records can't be written; the relay may not be there yet. */
class Flow {
  #relay: Relay | null = null;
  #isPaused = false;

  set relay(relay: Relay) {
    this.#relay = relay;
    if (this.#isPaused) relay.pause();
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

function followLink(link: NatsLink, { label }: ServerAddress, tally: Tally | null): void {
  tally?.server(label, null);
  link.listen({
    onUp: () => tally?.server(label, null),
    onDown: (reason) => tally?.server(label, reason),
  });
}

/** NATS may be there before its JetStream is, as while a cluster comes up. */
async function open(options: RelayOptions, wait: boolean, signal: AbortSignal): Promise<Relay> {
  for (let told = ''; ; ) {
    try {
      return await Relay.open(options);
    } catch (error) {
      const canWait = wait && error instanceof TrueConfFilesError && error.code === 'unreachable';
      if (!canWait || signal.aborted) throw error;
      if (error.message !== told) options.note(`${error.message} Trying again.`);
      told = error.message;
      await delay(RETRY_MS, signal);
    }
  }
}

/** What a person asked for from afar; the Room's own words, without secrets. */
const act: NonNullable<RelayOptions['act']> = async (action, id, send, redactor) => {
  try {
    const answer = await respond({ request: send, isOld: null }, action, id);
    if (answer.result) return { ok: true, message: action === 'accept' ? 'Accepted.' : 'Rejected.' };
    const reason = redactor.redact(answer.error ?? 'no reason given');
    return { ok: false, message: `The Room refused: ${reason}.` };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
};

async function readRooms(file: string, host: Host): Promise<readonly string[]> {
  try {
    const text = await readFile(file, { encoding: 'utf8', signal: host.signal });
    const lines = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
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

function count(rooms: number): string {
  return rooms === 1 ? '1 Room' : `${rooms} Rooms`;
}

const RETRY_MS = 1_000;
const READER_GONE = new Error('the reader of the records went away');
