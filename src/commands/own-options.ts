import { GROUP_KEYS, type GroupKey } from '../report/summary.js';
import { flag, judged, perCall, spec, text, texts, under } from './option-spec.js';
import { WHEN } from './options.js';
import { collectFileIds, parseCount, parseGroupKeys, parsePort, parseRate, parseWhole } from './parsers.js';

const port = (flags: string, about: string) => spec({ flags, about, parse: parsePort, fallback: [0, '0'] });

/** Which files go to whom. */
export const SEND = {
  ...under('What to whom:', {
    to: perCall(texts('--to <peer>', 'to this peer, a TrueConf ID such as user@server; can be repeated')),
    conference: perCall(flag('--conference', 'to everyone in the conference that the Room is in')),
    fileId: perCall(
      spec<readonly string[] | undefined>({
        flags: '--file-id <n>',
        about: 'offer a file that the Room has already, without an upload; can be repeated',
        parse: collectFileIds,
      }),
    ),
  }),
  ...under('When to end:', {
    wait: perCall(flag('--wait', 'stay until each offer has ended; code 6 if one failed or was rejected')),
  }),
  timeout: WHEN.timeout,
};

/** What deletes asks first. */
export const DELETING = under('Deleting:', {
  fromDisk: perCall(flag('--from-disk', "also delete the files from the Room's disk")),
  yes: perCall(flag('--yes', 'delete without a question')),
});

/** Where what is left goes. */
export const REDACT = under('Output:', {
  output: perCall(
    spec<string>({ flags: '-o, --output <file>', about: 'the new file; - is stdout', isRequired: true }),
  ),
});

/** What a report is about, and how it is written. */
export const REPORT = under('Report:', {
  since: judged(
    '--since <time>',
    'only transfers whose status changed at this time or later: 2026-11-28, yesterday, -24h, RFC 3339',
  ),
  untilTime: judged('--until-time <time>', 'and before this time'),
  utc: flag('--utc', 'times are UTC instead of local time'),
  by: spec<readonly GroupKey[] | undefined>({
    flags: '--by <key,...>',
    about: 'count transfers by these',
    parse: parseGroupKeys,
    choices: GROUP_KEYS,
    conflicts: ['format'],
  }),
  top: spec({
    flags: '--top <n>',
    about: 'rows of each list of the summary',
    parse: parseCount,
    fallback: [20, '20'],
  }),
  csv: spec<true | undefined>({
    flags: '--csv',
    about: 'comma-separated values, a line for each transfer',
    conflicts: ['json', 'format', 'tsv'],
  }),
  tsv: spec<true | undefined>({
    flags: '--tsv',
    about: 'the same with tabs between the values',
    conflicts: ['json', 'format', 'csv'],
  }),
  bom: flag('--bom', 'begin --csv or --tsv with a byte order mark, by which Excel knows UTF-8'),
});

export const SIMULATOR = under('Simulated Room:', {
  port: port('--port <port>', 'port of its web page; 0 is any free one'),
  wsPort: port('--ws-port <port>', 'port of its WebSocket'),
  httpPort: port('--http-port <port>', 'port of its built-in HTTP server'),
  pin: text('--pin <pin>', 'protect it with a PIN (not a secret: other users of this machine can see it)'),
  seed: spec({
    flags: '--seed <n>',
    about: 'of its traffic: the same seed gives the same traffic',
    parse: parseWhole,
    fallback: [1, '1'],
  }),
  rate: spec<number | undefined>({
    flags: '--rate <n>',
    about: 'events per second; 0 is none',
    parse: parseRate,
  }),
  legacy: flag('--legacy', 'use the names of the API before Room 4.1'),
});

export const COMPLETION = under('Installing:', {
  dryRun: flag('--dry-run', 'of install: only say what would be written'),
});
