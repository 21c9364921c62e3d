import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ListenAddress } from '../metrics/server.js';
import type { Direction } from '../protocol/message.js';
import type { Role } from '../protocol/requests.js';
import { STATUSES, type Status } from '../transfers/transfer.js';
import type { OutputOptions } from '../watch/choose-view.js';
import { GOALS, type Goal } from '../watch/endings.js';
import {
  collect,
  parseCount,
  parseDuration,
  parseGoal,
  parseListenAddress,
  parseStatuses,
  parseWhole,
} from './parsers.js';

/** How to sign in to a Room. */
export function addConnecting(command: Command): Command {
  return command
    .option('--credentials-file <file>', 'file with the PIN, password or token; - is stdin')
    .addOption(
      new Option(
        '--role <role>',
        'the seat to take: a Room has one per mode, and taking it sends its holder away',
      ).choices(['admin', 'user']),
    );
}

export function addOutput(command: Command): Command {
  return command
    .option('--json', 'records, one per line')
    .addOption(new Option('--color <when>', 'colours').choices(['always', 'never', 'auto']).default('auto'))
    .option('--no-color', 'no colours')
    .option('--ascii', 'signs in ASCII; names are shown as they are')
    .option('--quiet', 'no notes on stderr, errors apart, and no signs of life among lines')
    .option('--debug', 'every frame, both ways, on stderr, with secrets removed');
}

/** Which transfers are wanted. */
export function addFilters(command: Command): Command {
  return command
    .addOption(new Option('--direction <direction>', 'only this direction').choices(['inbound', 'outbound']))
    .addOption(
      choosing('--status <status,...>', 'only transfers in one of these statuses', parseStatuses, STATUSES),
    )
    .option('--peer <glob>', 'only peers whose id or name matches')
    .option('--name <glob>', 'only files whose name matches')
    .option('--conference <id>', 'only transfers of this conference');
}

/** An option with a parser of its own, which says more of what is wrong; help and completion show the choices. */
export function choosing<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
  choices: readonly string[],
): Option {
  const option = new Option(flags, description).argParser(parse);
  option.argChoices = [...choices];
  return option;
}

/** How much memory a view may take. */
export function keepOption(): Option {
  return new Option(
    '--keep <n>',
    'ended transfers held at most; the oldest are let go first, an active one never',
  )
    .argParser(parseWhole)
    .default(KEEP, '10,000');
}

/** Which transfers of a watch are wanted, and when it ends. */
export function addChoices(command: Command): Command {
  return addFilters(command)
    .option('--id <id>', 'only this transfer; may be given several times', collect)
    .option('--no-snapshot', 'leave out what is there at the start')
    .option('--once', 'show what is there, then end')
    .option('--count <n>', 'end after this many transfer records', parseCount)
    .addOption(
      choosing(
        '--until <status>',
        'end when this status is reached, or every watched transfer has ended',
        parseGoal,
        GOALS,
      ),
    );
}

export const ROOM_HELP =
  'host, host:port or http://host[:port] (its web port), ws://host:port, or demo; default: $TRUECONF_FILES_ROOM';

const KEEP = 10_000;

export interface MetricsOptions {
  readonly metrics?: ListenAddress;
  readonly quiet?: boolean;
}

export function addMetricsOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--metrics <address>',
      'serve Prometheus metrics and /healthz: HOST:PORT, or PORT for 127.0.0.1',
    ).argParser(parseListenAddress),
  );
}

/** How to sign in to NATS and to encrypt. */
export interface NatsOptions {
  readonly natsCreds?: string;
  readonly natsNkey?: string;
  readonly natsUser?: string;
  readonly natsPasswordFile?: string;
  readonly natsCa?: string;
  readonly natsCert?: string;
  readonly natsKey?: string;
  readonly stream: string;
}

export function addNatsOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'JetStream stream of the records', 'TCFILES')
    .option('--nats-creds <file>', 'NATS credentials file (.creds)')
    .option('--nats-nkey <file>', 'file with a NATS nkey seed')
    .option('--nats-user <name>', 'NATS user; the password comes from $TRUECONF_FILES_NATS_PASSWORD')
    .option('--nats-password-file <file>', 'file with the NATS password')
    .option('--nats-ca <file>', 'certificates that NATS servers are checked with (PEM)')
    .option('--nats-cert <file>', 'certificate of this client (PEM)')
    .option('--nats-key <file>', 'key of this client (PEM)');
}

export interface RelayCommandOptions extends NatsOptions, MetricsOptions {
  readonly to: string;
  readonly rooms?: string;
  readonly demo?: boolean;
  /** Milliseconds, as all durations. */
  readonly maxAge: number;
  readonly maxBytes: number;
  readonly buffer: number;
  readonly claim?: number;
  readonly allowCommands?: boolean;
  readonly wait?: boolean;
  readonly heartbeat: number;
  readonly takeover?: boolean;
  readonly lease: number;
  readonly credentialsFile?: string;
  readonly role?: Role;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The relay's own options; those for signing in to Rooms are added by whoever adds them to all commands. */
export function addRelayOptions(command: Command): Command {
  command
    .requiredOption('--to <server>', 'NATS server: nats://HOST[:PORT] or tls://HOST[:PORT]')
    .option('--rooms <file>', 'file with Room addresses, one a line; # begins a comment')
    .option('--demo', 'relay a simulated Room; the same as the address "demo"')
    .addOption(
      new Option('--max-age <duration>', 'how long records are kept, where the stream is made')
        .argParser(parseLongDuration)
        .default(MAX_AGE_MS, '30d'),
    )
    .addOption(
      new Option('--max-bytes <n>', 'size of the stream, where it is made: bytes, or 512M, 4G')
        .argParser(parseBytes)
        .default(MAX_BYTES, '1G'),
    )
    .option('--buffer <n>', 'records held while NATS is away', parseCount, BUFFER)
    .option('--claim <n>', 'hold at most this many of the Rooms', parseCount)
    .option('--allow-commands', 'let watchers accept and reject through this relay')
    .option('--wait', 'keep trying while NATS has not been reached yet')
    .addOption(
      new Option('--heartbeat <duration>', 'how often each link is proved alive')
        .argParser(parseDuration)
        .default(HEARTBEAT_MS, '15s'),
    )
    .option('--takeover', 'take a seat back when another client takes it, at most once a minute')
    .addOption(
      new Option('--lease <duration>', 'life of a lease, where its bucket is made')
        .argParser(parseDuration)
        .default(LEASE_MS, '15s')
        .hideHelp(),
    );
  return addMetricsOption(addNatsOptions(command))
    .option('--json', 'records of the Rooms that it holds, one per line')
    .option('--quiet', 'no notes on stderr, errors apart');
}

/** Like other durations, and days, as records may be kept for long. */
function parseLongDuration(text: string): number {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  const ms = days === undefined ? parseDuration(text) : Number(days) * DAY_MS;
  if (ms < 1_000) throw new InvalidArgumentError('Give at least 1s.');
  return ms;
}

function parseBytes(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?)$/i.exec(text) ?? [];
  const bytes = digits === '' ? 0 : Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
  if (bytes < 1 || bytes > Number.MAX_SAFE_INTEGER) {
    throw new InvalidArgumentError('Give a number of bytes, such as 1073741824, 512M or 4G.');
  }
  return bytes;
}

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
const DAY_MS = 24 * 3_600_000;
const MAX_AGE_MS = 30 * DAY_MS;
const MAX_BYTES = 2 ** 30;
const BUFFER = 10_000;
const HEARTBEAT_MS = 15_000;
const LEASE_MS = 15_000;

/** Where from and how to sign in: the options that every command with a Room has. */
export interface ConnectingOptions {
  readonly credentialsFile?: string;
  readonly role?: Role;
}

/** Which transfers, and which of their records. */
export interface FilterChoices {
  readonly direction?: Direction;
  readonly status?: readonly Status[];
  readonly peer?: string;
  readonly name?: string;
  readonly conference?: string;
  readonly id?: readonly string[];
  readonly snapshot: boolean;
}

/** When enough has been shown. */
export interface EndingChoices {
  readonly once?: boolean;
  readonly count?: number;
  readonly until?: Goal;
}

export interface WatchOptions
  extends ConnectingOptions,
    OutputOptions,
    NatsOptions,
    MetricsOptions,
    FilterChoices,
    EndingChoices {
  readonly demo?: boolean;
  /** Milliseconds, as all durations. */
  readonly timeout?: number;
  readonly wait?: boolean;
  readonly reconnect: boolean;
  readonly heartbeat: number;
  readonly keep: number;
  readonly takeover?: boolean;
  /** File to make. */
  readonly record?: string;
  readonly plain?: boolean;
}
