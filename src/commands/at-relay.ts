import { once } from 'node:events';
import { DEFAULTS } from '../defaults.js';
import type { Host } from '../host.js';
import type { Notice } from '../monitor/monitor.js';
import type { Decision } from '../protocol/requests.js';
import { parseServerAddress } from '../relay/server-address.js';
import type { Outcome } from '../room/ask.js';
import { aborted } from '../room/timers.js';
import type { Transfer } from '../transfers/transfer.js';
import { RelayFeed } from '../watch/relay-feed.js';
import { warn } from './at-room.js';
import type { NatsOptions, PrintOptions } from './command-options.js';
import { readNatsAuth } from './nats-auth.js';
import { Printer } from './printer.js';

/** What relays share through a NATS server, as it was when it was listed. */
export interface AtRelay {
  /** What the user gave as the server's address. */
  readonly label: string;
  readonly printer: Printer;
  /** Transfers by the Room that holds them, and by id. */
  readonly rooms: ReadonlyMap<string, ReadonlyMap<string, Transfer>>;
  /** Has the relay that holds the Room accept or reject a request. */
  decide(decision: Decision, room: string, id: string): Promise<Outcome>;
}

/**
 * Reads what relays share, and acts on it.
 * @throws TrueConfFilesError; the signal's reason
 */
export async function atRelay(
  address: string,
  options: NatsOptions & PrintOptions,
  host: Host,
  act: (at: AtRelay) => Promise<number>,
): Promise<number> {
  const server = parseServerAddress(address);
  const auth = await readNatsAuth(options, host);
  const printer = new Printer(options, host);
  const rooms = new Map<string, Map<string, Transfer>>();
  const listed = new AbortController();
  const stop = new AbortController();
  const feed = new RelayFeed({
    address: server,
    auth,
    stream: options.stream,
    wait: null,
    reconnect: false,
    clock: host.clock,
    heartbeatMs: DEFAULTS.heartbeatMs,
    // Every transfer must be found by its id.
    keep: Number.MAX_SAFE_INTEGER,
    taps: [],
  });
  const handlers = {
    onNotice: (notice: Notice, room: string) => {
      learn(rooms, notice, room);
      warn(notice, room, printer);
    },
    onListed: () => listed.abort(),
  };
  const running = feed.run(handlers, AbortSignal.any([host.signal, stop.signal]));
  try {
    await Promise.race([running, once(listed.signal, 'abort')]);
    host.signal.throwIfAborted();
    const decide: AtRelay['decide'] = (...asked) => feed.decide(...asked);
    const acting = act({ label: server.label, printer, rooms, decide });
    return await Promise.race([acting, aborted(host.signal)]);
  } finally {
    stop.abort();
    await running.catch(() => {});
    await printer.close();
  }
}

function learn(rooms: Map<string, Map<string, Transfer>>, notice: Notice, room: string): void {
  if (notice.kind === 'removed') rooms.get(room)?.delete(notice.id);
  if (notice.kind !== 'transfer') return;
  const known = rooms.get(room) ?? new Map<string, Transfer>();
  rooms.set(room, known.set(notice.transfer.id, notice.transfer));
}
