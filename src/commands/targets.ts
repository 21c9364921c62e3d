import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import type { Target } from '../watch/feed.js';
import { chooseFormat, FORMATS } from '../watch/formats.js';
import { RoomFeed } from '../watch/room-feed.js';
import type { OptionsOf } from './command-options.js';
import { readSignIns } from './credentials.js';
import { namedAddresses, openRooms } from './rooms.js';

type WatchOptions = OptionsOf<'watch'>;

/** What a watch is about. */
export interface Targets {
  readonly all: readonly Target[];
  /** Whether there are NATS servers among them. */
  readonly useNats: boolean;
  close(): Promise<void>;
}

/**
 * Opens everything that a watch is to watch: Rooms, and NATS servers where relays share Rooms.
 * @throws TrueConfFilesError `usage`
 */
export async function openTargets(
  given: readonly string[],
  options: WatchOptions,
  host: Host,
): Promise<Targets> {
  const named = namedAddresses(given, options, 'watch 10.0.0.5', host);
  const servers = named.filter(isServerAddress);
  const [server] = servers;
  if (server !== undefined && options.record !== undefined) throw cannotRecord(server);
  const relays = server === undefined ? [] : await relayTargets(servers, options, host);
  const rooms = await roomTargets(
    named.filter((one) => !isServerAddress(one)),
    options,
    host,
  );
  return { all: [...rooms.targets, ...relays], useNats: server !== undefined, close: rooms.close };
}

async function roomTargets(labels: readonly string[], options: WatchOptions, host: Host) {
  const { addresses, configured, close } = await openRooms(labels, host);
  const signInOf = await readSignIns(options, configured, host).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const keepsDetails = FORMATS[chooseFormat(options, host)].isRedrawn;
  const targets = addresses.map(
    (address): Target => ({
      label: address.label,
      feed: ({ taps, ask }) =>
        new RoomFeed({
          address,
          ...signInOf(address.label),
          heartbeatMs: options.heartbeat,
          keep: options.keep,
          keepsAll: options.recordAll === true,
          keepsDetails,
          wait: options.wait === true,
          reconnect: options.reconnect,
          takeover: options.takeover === true,
          askCredentials: ask === null ? undefined : (signal) => ask(address.label, signal),
          taps,
        }),
    }),
  );
  return { targets, close };
}

/** The client of NATS is loaded only if a server is named. */
async function relayTargets(
  servers: readonly string[],
  options: WatchOptions,
  host: Host,
): Promise<readonly Target[]> {
  const addresses = servers.map(parseServerAddress);
  const { RelayFeed } = await import('../watch/relay-feed.js');
  const { readNatsAuth } = await import('./nats-auth.js');
  const auth = await readNatsAuth(options, host);
  return addresses.map((address) => ({
    label: address.label,
    feed: ({ taps }) =>
      new RelayFeed({
        address,
        auth,
        stream: options.stream,
        wait: options.wait === true,
        reconnect: options.reconnect,
        heartbeatMs: options.heartbeat,
        keep: options.keep,
        taps,
      }),
  }));
}

function cannotRecord(server: string): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    `What ${parseServerAddress(server).label} shares can't be recorded: a relay shares records, not frames.`,
    'Record where the Room itself is watched: trueconf-files watch ROOM --record FILE.',
  );
}
