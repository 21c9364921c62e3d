import { Command, Option } from 'commander';
import { safeText } from '../output/text.js';
import { VERSION } from '../version.js';
import { addCompletion } from './completion/command.js';
import { addDoctor } from './doctor/command.js';
import type { Host } from './host.js';
import { addMetricsOption } from './metrics-option.js';
import { addNatsOptions } from './nats-options.js';
import { addRoomCommands } from './one-shot/commands.js';
import { parseDuration, parsePort, parseRate, parseWhole } from './parsers.js';
import { addRelayOptions, type RelayCommandOptions } from './relay-options.js';
import { addReplay } from './replay/command.js';
import { addChoices, addConnecting, addOutput, keepOption, ROOM_HELP } from './shared-options.js';
import type { SimulateOptions } from './simulate.js';
import type { WatchOptions } from './watch/options.js';

/** What commands are given, and where they leave their exit code. */
export interface Context {
  readonly host: Host;
  exitCode: number;
}

/** The command line. Commands load what they need when they run. */
export function buildProgram(context: Context): Command {
  const { stdout, stderr } = context.host;
  const program = new Command('trueconf-files')
    .description('Watch the file transfers of a TrueConf Room, live.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(usageError(text)),
      getOutHelpWidth: () => stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => stderr.columns ?? HELP_WIDTH,
    })
    .showHelpAfterError("Try 'trueconf-files --help'.")
    .addHelpText('after', EXIT_CODES);
  addWatch(program, context);
  addRoomCommands(program, context);
  addReplay(program, context);
  addRelay(program, context);
  addSimulate(program, context);
  addDoctor(program, context);
  addCompletion(program, context);
  addSchema(program, context);
  return program;
}

function addWatch(program: Command, context: Context): void {
  const command = program
    .command('watch')
    .description('show what is there now, then every change, until stopped')
    .argument('[room...]', WATCHED_HELP);
  addChoices(
    addConnecting(command).option('--demo', 'watch a simulated Room; the same as the address "demo"'),
  )
    .option('--timeout <duration>', 'end after this long, with exit code 124', parseDuration)
    .option('--wait', 'keep trying while the Room has not been reached yet')
    .option('--no-reconnect', 'end when the link is lost')
    .addOption(
      new Option('--heartbeat <duration>', 'how often the link is proved alive')
        .argParser(parseDuration)
        .default(HEARTBEAT_MS, '15s'),
    )
    .addOption(keepOption())
    .option('--takeover', 'take the seat back when another client takes it, at most once a minute')
    .option('--record <file>', 'write all that happens into a new file, secrets removed; replay plays it')
    .option('--plain', 'one line per change, on a terminal too');
  addOutput(addMetricsOption(addNatsOptions(command)))
    .addHelpText('after', WATCH_EXAMPLES)
    .action(async (rooms: string[], options: WatchOptions) => {
      const { watch } = await import('./watch/watch.js');
      context.exitCode = await watch(rooms, options, context.host);
    });
}

function addRelay(program: Command, context: Context): void {
  const command = program
    .command('relay')
    .description('hold Rooms and share what is seen of them over NATS, for any number of watchers')
    .argument('[room...]', ROOM_HELP);
  addRelayOptions(addConnecting(command))
    .addHelpText('after', RELAY_EXAMPLES)
    .action(async (rooms: string[], options: RelayCommandOptions) => {
      const { relay } = await import('./relay.js');
      context.exitCode = await relay(rooms, options, context.host);
    });
}

function addSimulate(program: Command, context: Context): void {
  program
    .command('simulate')
    .description('serve a simulated Room on this machine, for demos, tests and integrators')
    .option('--port <port>', 'port of its web page; 0 is any free one', parsePort, 0)
    .option('--ws-port <port>', 'port of its WebSocket', parsePort, 0)
    .option('--http-port <port>', 'port of its built-in HTTP server', parsePort, 0)
    .option('--pin <pin>', 'protect it with a PIN (it is no secret: other users of this machine can see it)')
    .option('--seed <n>', 'of its traffic: the same seed gives the same traffic', parseWhole, 1)
    .option('--rate <n>', 'events a second; 0 is none', parseRate)
    .option('--legacy', 'speak with the names before Room 4.1')
    .option('--json', 'say where it listens as one record')
    .addHelpText('after', SIMULATE_EXAMPLES)
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import('./simulate.js');
      context.exitCode = await simulate(options, context.host);
    });
}

function addSchema(program: Command, context: Context): void {
  program
    .command('schema')
    .description('print the JSON Schema of the records')
    .addHelpText('after', SCHEMA_EXAMPLE)
    .action(async () => {
      const { printSchema } = await import('./schema.js');
      printSchema(context.host);
    });
}

/** Commander quotes what was given as it is; its suggestions come on a line of their own. */
function usageError(text: string): string {
  const [, message = text, suggestion] = /^error: (.*?)(?:\n(\(Did you mean [^\n]*))?\n$/s.exec(text) ?? [];
  return `trueconf-files: ${safeText(message)}\n${suggestion === undefined ? '' : `${safeText(suggestion)}\n`}`;
}

const HELP_WIDTH = 80;
const HEARTBEAT_MS = 15_000;

const WATCHED_HELP = `${ROOM_HELP}; or nats://host[:port], where a relay shares Rooms`;

const EXIT_CODES = `
Exit codes:
  0 done   1 fault of the program   2 wrong usage   3 Room unreachable or lost
  4 sign-in refused   5 taken over by another client   6 a watched transfer failed
  7 the Room refused what was asked of it, or knows no such id
  124 timeout   129 SIGHUP   130 Ctrl-C   143 SIGTERM

Credentials come from --credentials-file, $TRUECONF_FILES_CREDENTIALS or a hidden
prompt. A Room has one seat per mode (administrator, user): signing in takes it
from whoever held it. Use --role to keep out of each other's way.`;

const SCHEMA_EXAMPLE = `
Examples:
  trueconf-files schema > records.schema.json`;

const WATCH_EXAMPLES = `
Examples:
  trueconf-files watch 10.0.0.5
  trueconf-files watch 10.0.0.5 --role user --direction inbound
  trueconf-files watch 10.0.0.5 --id ID --until complete --timeout 10m
  trueconf-files watch 10.0.0.5 --json | jq --unbuffered 'select(.type == "transfer")'

A Room has one seat per mode: watching takes it from whoever held it (--role).`;

const RELAY_EXAMPLES = `
Examples:
  trueconf-files relay 10.0.0.5 --to nats://10.0.0.9
  trueconf-files relay --rooms rooms.txt --claim 8 --to tls://nats.example

Everybody else then watches from there: trueconf-files watch nats://10.0.0.9
A Room has one seat per mode: relaying takes it from whoever held it (--role).`;

const SIMULATE_EXAMPLES = `
Examples:
  trueconf-files simulate --port 8080
  trueconf-files simulate --pin 1234 --rate 20 --seed 7 --json | jq -r .webSocketUrl

Then, in another terminal: trueconf-files watch 127.0.0.1:8080`;
