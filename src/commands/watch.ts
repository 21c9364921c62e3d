import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import { Endpoints } from '../room/address.js';
import { Endings } from '../watch/endings.js';
import { type FeedContext, metricsTap, RoomFeed, type Target } from '../watch/feed.js';
import { chooseFormat, FORMATS, readTemplate, stampFor } from '../watch/formats.js';
import { openRecording, type Recording, SPLITTING } from '../watch/recording.js';
import { Show, type ShowOptions } from '../watch/show.js';
import type { OptionsOf, WatchChoices } from './command-options.js';
import { readSignIns } from './credentials.js';
import { keepHeapSmall, openMetrics, readAutomation } from './long-running.js';
import { WHICH } from './options.js';
import { debugTap } from './printer.js';
import { askSecret } from './question.js';
import { namedAddresses, openRooms } from './rooms.js';

/**
 * Watches Rooms until it has done what was asked for, a signal comes, or no Room is left to watch.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function watch(
  given: readonly string[],
  options: OptionsOf<'watch'>,
  host: Host,
): Promise<number> {
  keepHeapSmall();
  const template = await readTemplate(options);
  const automate = await readAutomation(options, host);
  const { all: targets, useNats, close } = await openTargets(given, options, host);
  const labels = targets.map(({ label }) => label);
  let metrics: Awaited<ReturnType<typeof openMetrics>> = null;
  try {
    metrics = await openMetrics(options, { nats: useNats, relay: false }, stampFor(options, host), host);
    const { record } = options;
    const show = new Show({
      format: record === '-' ? 'none' : chooseFormat(options, host),
      output: options,
      template,
      host,
      labels,
      ...(await choicesOf(options, targets.length)),
      timeoutMs: options.timeout ?? null,
      keep: options.keep,
      automate,
    });
    const recording = await startRecording(options, labels, show, host);
    const context: FeedContext = {
      taps: [
        ...(metrics === null ? [] : [metricsTap(metrics.tally)]),
        ...(recording === null ? [] : [recording.tap]),
        ...(options.debug === true ? [debugTap(show.err)] : []),
      ],
      ask: (room, signal) => show.ask(() => askSecret(room, host, signal)),
    };
    try {
      return await show.run(targets.map((target) => target.feed(context)));
    } finally {
      await recording?.close();
    }
  } finally {
    await metrics?.close();
    await close();
  }
}

/** @throws TrueConfFilesError */
async function startRecording(
  options: OptionsOf<'watch'>,
  rooms: readonly string[],
  show: Show,
  host: Host,
): Promise<Recording | null> {
  const { record } = options;
  if (record !== undefined) return openRecording({ ...options, record }, rooms, show, host);
  const alone = SPLITTING.find(([name]) => options[name] !== undefined);
  if (alone === undefined) return null;
  const message = `${alone[1]} is about a recording, and there is none.`;
  throw new TrueConfFilesError('usage', message, 'Give --record FILE as well.');
}

/** Which transfers are shown, and when that ends, as the options say. Conditions are only loaded if there are any. */
export async function choicesOf(
  options: WatchChoices,
  feeds: number,
): Promise<Pick<ShowOptions, 'selection' | 'endings'>> {
  const { once = false, count = null, until = null, id: ids = [], snapshot } = options;
  const mayEnd = once || count !== null || until !== null || ids.length > 0;
  const endings = mayEnd ? new Endings({ once, count, until, ids, snapshot, feeds }) : null;
  const names = Object.keys(WHICH) as (keyof typeof WHICH)[]; // The table has no other keys.
  const takesAll = names.every((name) => options[name] === (name === 'snapshot' ? true : undefined));
  if (takesAll) return { selection: null, endings };
  const { Selection } = await import('../rules/filter.js');
  return { selection: new Selection({ ...options, statuses: options.status, ids: options.id }), endings };
}

/** What a watch is about. */
interface Targets {
  readonly all: readonly Target[];
  /** Whether there are NATS servers among them. */
  readonly useNats: boolean;
  close(): Promise<void>;
}

/**
 * Opens everything that a watch is to watch: Rooms, and NATS servers where relays share Rooms.
 * @throws TrueConfFilesError `usage`
 */
async function openTargets(
  given: readonly string[],
  options: OptionsOf<'watch'>,
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

async function roomTargets(labels: readonly string[], options: OptionsOf<'watch'>, host: Host) {
  const { addresses, configured, close } = await openRooms(labels, host);
  const signInOf = await readSignIns(options, configured, host).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const endpoints = new Endpoints();
  const keepsDetails = FORMATS[chooseFormat(options, host)].isRedrawn;
  const targets = addresses.map(
    (address): Target => ({
      label: address.label,
      feed: ({ taps, ask }) =>
        new RoomFeed({
          address,
          ...signInOf(address.label),
          clock: host.clock,
          endpoints,
          heartbeatMs: options.heartbeat,
          keep: options.keep,
          keepsAll: options.recordAll === true,
          keepsDetails,
          wait: options.wait === true,
          reconnect: options.reconnect,
          takeover: options.takeover === true,
          askCredentials: (signal) => ask(address.label, signal),
          taps,
        }),
    }),
  );
  return { targets, close };
}

/** The client of NATS is loaded only if a server is named. */
async function relayTargets(
  servers: readonly string[],
  options: OptionsOf<'watch'>,
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
        clock: host.clock,
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
