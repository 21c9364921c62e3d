import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Role } from '../protocol/requests.js';
import { addMetricsOption, type MetricsOptions } from './metrics-option.js';
import { addNatsOptions, type NatsOptions } from './nats-options.js';
import { parseCount, parseDuration } from './parsers.js';

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
