import { DEFAULTS } from '../defaults.js';
import type { ListenAddress } from '../metrics/server.js';
import type { Direction } from '../protocol/fields.js';
import type { Role } from '../protocol/requests.js';
import type { Keep } from '../recording/keeper.js';
import type { Speed } from '../recording/player.js';
import type { ColumnName } from '../screen/columns.js';
import { STATUSES, type Status } from '../transfers/transfer.js';
import { GOALS, type Goal } from '../watch/endings.js';
import { FORMAT_OPTIONS, FORMATS, type FormatOption, type FormatValue } from '../watch/formats.js';
import { flag, judged, type Spec, spec, text, texts, under, unless } from './option-spec.js';
import {
  COLUMN_NAMES,
  collectIds,
  parseAge,
  parseBytes,
  parseColumns,
  parseCount,
  parseDuration,
  parseGoal,
  parseHeartbeat,
  parseKeep,
  parseListenAddress,
  parsePartSize,
  parseReplicas,
  parseSpeed,
  parseStatuses,
  parseStream,
  parseTimeZone,
  parseWhole,
} from './parsers.js';

/** The Room, and how to sign in to it. */
export const ROOM = under('Room and sign-in:', {
  room: judged(
    '--room <room>',
    'the Room: host, host:port, ws://host:port or demo; default: $TRUECONF_FILES_ROOM',
  ),
  rooms: text('--rooms <file>', 'file with Room addresses, one per line; # starts a comment'),
  demo: flag('--demo', 'use a simulated Room; the same as the address "demo"'),
  credentialsFile: text('--credentials-file <file>', 'file with the PIN, password or token; - is stdin'),
  role: spec<Role | undefined>({
    flags: '--role <role>',
    about: 'the seat to take: a Room has one per mode, and signing in disconnects its holder',
    choices: ['admin', 'user'],
  }),
  takeover: flag('--takeover', 'sign in again when another client takes the seat, at most once a minute'),
  signIn: unless('--no-sign-in', 'run only the checks that need no seat'),
  wait: flag('--wait', 'keep trying if the first connection fails'),
  reconnect: unless('--no-reconnect', 'exit when the connection is lost'),
  heartbeat: spec({
    flags: '--heartbeat <duration>',
    about: 'how often the connection is checked',
    parse: parseHeartbeat,
    fallback: [DEFAULTS.heartbeatMs, '15s'],
  }),
  stepTimeout: spec({
    flags: '--step-timeout <duration>',
    about: 'longest wait of each step',
    parse: parseDuration,
    fallback: [10_000, '10s'],
  }),
  listen: spec<number | undefined>({
    flags: '--listen <duration>',
    about: 'how long to listen to what the Room sends by itself; conform listens for 10s without it',
    parse: parseDuration,
  }),
});

/** Which transfers to show. */
export const WHICH = under('Which transfers:', {
  direction: spec<Direction | undefined>({
    flags: '--direction <direction>',
    about: 'only this direction',
    choices: ['inbound', 'outbound'],
  }),
  status: spec<readonly Status[] | undefined>({
    flags: '--status <status,...>',
    about: 'only transfers with one of these statuses',
    parse: parseStatuses,
    choices: STATUSES,
  }),
  peer: judged('--peer <glob>', 'only peers whose id or name matches'),
  name: judged('--name <glob>', 'only files whose name matches'),
  conference: text('--conference <id>', 'only transfers of this conference'),
  id: spec<readonly string[] | undefined>({
    flags: '--id <id>',
    about: 'only this transfer; can be repeated',
    parse: collectIds,
  }),
  where: judged('--where <expression>', 'only transfers for which this CEL expression holds'),
  snapshot: unless('--no-snapshot', 'skip what is there at the start'),
});

/** When to end. */
export const WHEN = under('When to end:', {
  once: flag('--once', 'show what is there now, then exit'),
  count: spec<number | undefined>({
    flags: '--count <n>',
    about: 'exit after this many transfer records',
    parse: parseCount,
  }),
  until: spec<Goal | undefined>({
    flags: '--until <status>',
    about:
      'exit when any transfer reaches this status, or when all have finished; with --id, wait for each of them',
    parse: parseGoal,
    choices: GOALS,
  }),
  timeout: spec<number | undefined>({
    flags: '--timeout <duration>',
    about: 'exit after this long, with code 124',
    parse: parseDuration,
  }),
});

/** Which commands to run when something happens. */
export const HOOKS = under('Hooks:', {
  exec: texts(
    '--exec <event=command>',
    'run a command on a status, removed, connected, disconnected or taken-over; can be repeated',
  ),
  execJobs: spec({
    flags: '--exec-jobs <n>',
    about: 'commands that run at the same time',
    parse: parseCount,
    fallback: [4, '4'],
  }),
  execTimeout: spec({
    flags: '--exec-timeout <duration>',
    about: 'longest run of a command',
    parse: parseDuration,
    fallback: [60_000, '1m'],
  }),
  execSnapshot: flag('--exec-snapshot', 'run commands for what is there at the start, too'),
});

/** Which requests are answered without a person. */
export const ANSWERS = under('Answering requests:', {
  allowDecisions: flag('--allow-decisions', 'a command for waiting may print accept or reject as the answer'),
  accept: texts(
    '--accept <expression>',
    'accept requests for which this CEL expression holds; can be repeated',
  ),
  reject: texts('--reject <expression>', 'reject requests for which this holds, even if a rule accepts them'),
  answerSnapshot: flag('--answer-snapshot', 'answer requests that are there at the start, too'),
  dryRun: flag('--dry-run', 'report answers instead of sending them'),
});

/** An option for each output format; only one of them can be given. */
export const FORMAT_FLAGS = under('Output:', formatFlags());

type FormatFlags = { readonly [Name in FormatOption]: Spec<FormatValue<Name> | undefined> };

function formatFlags(): FormatFlags {
  const entries = FORMAT_OPTIONS.map((name) => {
    const conflicts = ['columns', ...FORMAT_OPTIONS.filter((other) => other !== name)];
    return [name, { flags: FORMATS[name].flags, about: FORMATS[name].about, conflicts }];
  });
  // FORMAT_OPTIONS has each of them.
  return Object.fromEntries(entries) as FormatFlags;
}

export const OUTPUT = under('Output:', {
  color: spec<'always' | 'never' | 'auto' | false>({
    flags: '--color <when>',
    about: 'colors',
    choices: ['always', 'never', 'auto'],
    fallback: ['auto', 'auto'],
  }),
  /** Sets `color` to `false`. */
  noColor: spec<undefined>({ flags: '--no-color', about: 'no colors' }),
  share: flag('--share', 'a report without names, ids, addresses and texts, fit for a public bug report'),
  ascii: flag('--ascii', 'signs in ASCII; names are shown as they are'),
  time: spec<string | undefined>({
    flags: '--time <zone>',
    about: 'times in UTC, local time, as ages, or in a time zone such as Europe/Berlin; not those of records',
    parse: parseTimeZone,
    choices: ['utc', 'local', 'ago'],
  }),
  columns: spec<readonly ColumnName[] | undefined>({
    flags: '--columns <column,...>',
    about: 'columns of the table, in this order',
    parse: parseColumns,
    choices: COLUMN_NAMES,
    conflicts: FORMAT_OPTIONS,
  }),
  wide: flag('--wide', 'peers with their TrueConf IDs'),
  timestamps: unless('--no-timestamps', 'no time before each note on stderr'),
  quiet: flag('--quiet', 'no notes on stderr except errors, and no heartbeats among lines'),
  debug: flag('--debug', 'every frame, both ways, on stderr, with secrets removed'),
  notify: spec<readonly Status[] | undefined>({
    flags: '--notify <status,...>',
    about: 'ring, and notify the desktop, when a transfer gets one of these statuses; on the table only',
    parse: parseStatuses,
    choices: STATUSES,
  }),
  record: text(
    '--record <file>',
    'record what happens into a new file, secrets removed; replay plays it; %Y-%m-%d is the date; - is stdout',
  ),
  recordMaxSize: spec<number | undefined>({
    flags: '--record-max-size <size>',
    about: 'begin a new file of the recording after so many bytes, such as 500KB or 100M',
    parse: parsePartSize,
  }),
  recordKeep: spec<Keep | undefined>({
    flags: '--record-keep <keep>',
    about: 'delete files of the recording that are older, such as 30d, or all but the newest N',
    parse: parseKeep,
  }),
  recordGzip: flag('--record-gzip', 'pack files of the recording with gzip once they are complete'),
  recordAll: flag('--record-all', 'also keep messages that are not about files in --record and --debug'),
  keep: spec({
    flags: '--keep <n>',
    about: 'finished transfers to keep for each Room; the oldest are dropped first, active ones never',
    parse: parseWhole,
    fallback: [DEFAULTS.keep, '10,000'],
  }),
  speed: spec<Speed | undefined>({
    flags: '--speed <speed>',
    about: 'how many times as fast, or max; 1 on the table, else max',
    parse: parseSpeed,
  }),
  metrics: spec<ListenAddress | undefined>({
    flags: '--metrics <address>',
    about: 'serve Prometheus metrics and /healthz: HOST:PORT, or PORT for 127.0.0.1',
    parse: parseListenAddress,
  }),
});

/** How to sign in to NATS, and what a relay does with it. */
export const NATS = under('NATS:', {
  stream: spec({
    flags: '--stream <name>',
    about: 'JetStream stream of the records',
    parse: parseStream,
    fallback: ['TCFILES', 'TCFILES'],
  }),
  natsCreds: text('--nats-creds <file>', 'NATS credentials file (.creds)'),
  natsNkey: text('--nats-nkey <file>', 'file with a NATS nkey seed'),
  natsUser: text('--nats-user <name>', 'NATS user; the password comes from $TRUECONF_FILES_NATS_PASSWORD'),
  natsPasswordFile: text('--nats-password-file <file>', 'file with the NATS password'),
  natsCa: text('--nats-ca <file>', 'CA certificates to check NATS servers with (PEM)'),
  natsCert: text('--nats-cert <file>', 'certificate of this client (PEM)'),
  natsKey: text('--nats-key <file>', 'key of this client (PEM)'),
});

export const RELAY = under('Relay:', {
  to: spec<string>({
    flags: '--to <server>',
    about: 'NATS server: nats://HOST[:PORT] or tls://HOST[:PORT]; several of a cluster: nats://A,B',
    isRequired: true,
  }),
  maxAge: spec({
    flags: '--max-age <duration>',
    about: 'how long records are kept, set when the stream is created',
    parse: parseAge,
    fallback: [30 * 24 * 3_600_000, '30d'],
  }),
  maxBytes: spec({
    flags: '--max-bytes <n>',
    about: 'size of the stream, set when it is created: bytes, or 512M, 4G',
    parse: parseBytes,
    fallback: [2 ** 30, '1G'],
  }),
  replicas: spec<number | undefined>({
    flags: '--replicas <n>',
    about: 'copies of the stream and the leases that are made in NATS (3 where there are 3 servers)',
    parse: parseReplicas,
  }),
  buffer: spec({
    flags: '--buffer <n>',
    about: 'records to hold while NATS is unreachable',
    parse: parseCount,
    fallback: [10_000, '10,000'],
  }),
  claim: spec<number | undefined>({
    flags: '--claim <n>',
    about: 'hold at most this many of the Rooms',
    parse: parseCount,
  }),
  where: judged('--where <expression>', 'share only transfers for which this CEL expression holds'),
  allowCommands: flag('--allow-commands', 'let watchers accept and reject through this relay'),
  lease: spec({
    flags: '--lease <duration>',
    about: 'life of a lease, set when its bucket is created',
    parse: parseDuration,
    fallback: [15_000, '15s'],
    isHidden: true,
  }),
});

/** Shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];
