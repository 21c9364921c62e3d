import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { TrueConfFilesError } from '../errors.js';
import type { Notice } from '../monitor/notice.js';
import { noteOf } from '../output/notes.js';
import { Sink } from '../output/sink.js';
import { safeText } from '../output/text.js';
import { NatsLink } from '../relay/nats-link.js';
import { Relay, type RelayOptions } from '../relay/relay.js';
import { parseServerAddress } from '../relay/server-address.js';
import type { RoomAddress } from '../room/address.js';
import { respond } from '../room/respond.js';
import { fileFault, readCredentials } from './credentials.js';
import type { Host } from './host.js';
import { openMetrics } from './metrics-option.js';
import { readNatsAuth } from './nats-options.js';
import type { RelayCommandOptions } from './relay-options.js';
import { openTargets } from './watch/targets.js';

/**
 * Holds Rooms and shares what it sees of them, until a signal comes or no Room is left.
 * @returns never: it ends by the signal's reason, or
 * @throws TrueConfFilesError
 */
export async function relay(
  given: readonly string[],
  options: RelayCommandOptions,
  host: Host,
): Promise<never> {
  const address = parseServerAddress(options.to);
  const auth = await readNatsAuth(options, host);
  const credentials = await readCredentials(options, host);
  const listed = options.rooms === undefined ? [] : await readRooms(options.rooms, host);
  const { addresses, close } = await openTargets([...given, ...listed], options.demo === true, host);
  const err = new Sink(host.stderr);
  const note = (text: string) => {
    if (options.quiet !== true) err.write(`${safeText(text)}\n`);
  };
  const { signal } = host;
  const name = `trueconf-files relay on ${hostname()}`;
  let metrics: Awaited<ReturnType<typeof openMetrics>> = null;
  try {
    metrics = await openMetrics(options, { nats: true, relay: true }, host);
    const tally = metrics?.tally ?? null;
    tally?.server(address.label, 'not reached yet');
    const link = await NatsLink.open({ address, auth, name, wait: options.wait === true, signal });
    try {
      tally?.server(address.label, null);
      link.listen({
        onUp: () => tally?.server(address.label, null),
        onDown: (reason) => tally?.server(address.label, reason),
      });
      const running = await Relay.open({
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
        onNotice: (notice: Notice, room: string) => {
          tally?.notice(notice, room);
          const text = noteOf(notice, room);
          if (text !== null && options.quiet !== true) err.write(`${text}\n`);
        },
        onReleased: (room) => tally?.letGo(room),
        note,
      });
      tally?.countRelay(() => running.counts);
      note(`relaying ${count(addresses.length)} to ${address.label}, stream ${options.stream}`);
      await running.run(signal);
    } finally {
      await link.close();
    }
  } finally {
    await metrics?.close();
    await close();
    await err.flush();
    err.dispose();
  }
  throw signal.reason;
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
