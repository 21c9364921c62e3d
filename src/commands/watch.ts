import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import type { Tally } from '../metrics/tally.js';
import { safeText } from '../output/text.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import { Selection } from '../transfers/filter.js';
import { chooseMode } from '../watch/choose-view.js';
import { Endings } from '../watch/endings.js';
import { type Feed, type FeedHandlers, metered, meteredRelay } from '../watch/feed.js';
import { prepareRecording } from '../watch/recording.js';
import { RoomFeed } from '../watch/room-feed.js';
import { Show } from '../watch/show.js';
import { askSecret, canAsk, readCredentials } from './credentials.js';
import { keepHeapSmall, openMetrics } from './long-running.js';
import type { WatchOptions } from './options.js';
import { writeDebug } from './printer.js';
import { openTargets, type Targets } from './rooms.js';

/**
 * Watches Rooms until it has done what was asked for, a signal comes, or no Room is left to watch.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function watch(given: readonly string[], options: WatchOptions, host: Host): Promise<number> {
  keepHeapSmall();
  const credentials = await readCredentials(options, host);
  const fromEnv = host.env['TRUECONF_FILES_ROOM'];
  const named = given.length === 0 && options.demo !== true && fromEnv ? [fromEnv] : given;
  const rooms = named.filter((one) => !isServerAddress(one));
  const servers = named.filter(isServerAddress);
  if (options.record !== undefined) refuseServers(servers);
  const makeRelayFeeds = await relayFeeds(servers, options, host);
  const isOnlyRelays = makeRelayFeeds.length > 0 && rooms.length === 0 && options.demo !== true;
  const { addresses, close } = isOnlyRelays
    ? NO_ROOMS
    : await openTargets(rooms, options.demo === true, host);
  let metrics: Awaited<ReturnType<typeof openMetrics>> = null;
  try {
    metrics = await openMetrics(options, { nats: makeRelayFeeds.length > 0, relay: false }, host);
    const tally = metrics?.tally ?? null;
    const labels = [...addresses, ...makeRelayFeeds].map(({ label }) => label);
    const startRecording =
      options.record === undefined ? null : await prepareRecording(options.record, labels, host);
    const mode = chooseMode(options, host);
    const show = new Show({
      mode,
      output: options,
      host,
      labels,
      selection: new Selection({ ...options, statuses: options.status, ids: options.id }),
      endings: new Endings({
        once: options.once === true,
        count: options.count ?? null,
        until: options.until ?? null,
        ids: options.id ?? [],
        feeds: addresses.length + makeRelayFeeds.length,
      }),
      timeoutMs: options.timeout ?? null,
      keep: options.keep,
    });
    const recording = startRecording?.(show);
    const makeFeed =
      (address: (typeof addresses)[number]) =>
      (handlers: FeedHandlers): Feed =>
        new RoomFeed(
          {
            address,
            credentials,
            role: options.role ?? null,
            heartbeatMs: options.heartbeat,
            keep: options.keep,
            keepsDetails: mode === 'table',
            // One Room that is down must not be given up while others are watched.
            wait: options.wait === true || (addresses.length > 1 && options.once !== true),
            reconnect: options.reconnect,
            takeover: options.takeover === true,
            askCredentials: canAsk(host) ? (signal) => ask(address.label, signal) : undefined,
            onEntry: (entry, room, redactor) => {
              tally?.entry(entry, room);
              recording?.recorder.take(entry, room, redactor);
              if (options.debug) writeDebug(entry, room, redactor, show.err);
            },
          },
          metered(handlers, tally),
        );
    const ask = (label: string, signal: AbortSignal) =>
      show.ask(() => askSecret(`PIN or password of ${safeText(label)}: `, host, signal));
    try {
      return await show.run([...addresses.map(makeFeed), ...makeRelayFeeds.map(({ make }) => make(tally))]);
    } finally {
      await recording?.close();
    }
  } finally {
    await metrics?.close();
    await close();
  }
}

function refuseServers([server]: readonly string[]): void {
  if (server === undefined) return;
  throw new TrueConfFilesError(
    'usage',
    `What ${parseServerAddress(server).label} shares can't be recorded: records come from a relay, not frames.`,
    'Record where the Room itself is watched.',
  );
}

interface RelayFeedMaker {
  readonly label: string;
  readonly make: (tally: Tally | null) => (handlers: FeedHandlers) => Feed;
}

/** NATS is loaded only where a server is named. */
async function relayFeeds(
  servers: readonly string[],
  options: WatchOptions,
  host: Host,
): Promise<readonly RelayFeedMaker[]> {
  if (servers.length === 0) return [];
  const addresses = servers.map(parseServerAddress);
  const { RelayFeed } = await import('../watch/relay-feed.js');
  const { readNatsAuth } = await import('./nats-auth.js');
  const auth = await readNatsAuth(options, host);
  return addresses.map((address) => ({
    label: address.label,
    make: (tally) => (handlers) =>
      new RelayFeed(
        {
          address,
          auth,
          stream: options.stream,
          wait: options.wait === true,
          reconnect: options.reconnect,
          heartbeatMs: options.heartbeat,
          keep: options.keep,
          onRefused: () => tally?.recordRefused(address.label),
        },
        meteredRelay(handlers, tally, address.label),
      ),
  }));
}

const NO_ROOMS: Targets = { addresses: [], close: async () => {} };
