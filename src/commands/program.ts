import { Argument, Command, Option } from 'commander';
import type { Context } from '../host.js';
import { safeText } from '../output/text.js';
import { VERSION } from '../version.js';
import type { Shell } from './completion.js';
import type { DoctorOptions } from './doctor/doctor.js';
import {
  COMPLETION_HELP,
  DOCTOR_HELP,
  EXIT_CODES,
  RELAY_EXAMPLES,
  REPLAY_EXAMPLES,
  SCHEMA_EXAMPLE,
  SIMULATE_EXAMPLES,
  WATCH_EXAMPLES,
} from './help.js';
import { addRoomCommands } from './once.js';
import {
  addChoices,
  addConnecting,
  addMetricsOption,
  addNatsOptions,
  addOutput,
  addRelayOptions,
  keepOption,
  type RelayCommandOptions,
  ROOM_HELP,
  type WatchOptions,
} from './options.js';
import { parseDuration, parsePort, parseRate, parseSpeed, parseWhole } from './parsers.js';
import type { ReplayOptions } from './replay.js';
import type { SimulateOptions } from './simulate.js';

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
      const { watch } = await import('./watch.js');
      context.exitCode = await watch(rooms, options, context.host);
    });
}

function addReplay(program: Command, context: Context): void {
  const command = program
    .command('replay')
    .description('play a recording, or messages of a Room one a line, through the views of watch')
    .argument('<file>', "made by 'watch --record FILE', or a Room's messages, one a line; - is stdin");
  addChoices(command)
    .option('--speed <speed>', 'times as fast, or max; 1 on the table, else max', parseSpeed)
    .addOption(keepOption())
    .option('--plain', 'one line per change, on a terminal too');
  addOutput(command)
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (file: string, options: ReplayOptions) => {
      const { replay } = await import('./replay.js');
      context.exitCode = await replay(file, options, context.host);
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

function addDoctor(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description('check, step by step, that a Room can be reached and watched, and say what to do')
    .argument('[room]', ROOM_HELP);
  addConnecting(command)
    .option('--demo', 'check a simulated Room; the same as the address "demo"')
    .option('--no-sign-in', 'check only what needs no seat of the Room')
    .addOption(
      new Option('--step-timeout <duration>', 'longest wait of each step')
        .argParser(parseDuration)
        .default(STEP_MS, '10s'),
    );
  addOutput(command)
    .addHelpText('after', DOCTOR_HELP)
    .action(async (room: string | undefined, options: DoctorOptions) => {
      const { doctor } = await import('./doctor/doctor.js');
      context.exitCode = await doctor(room, options, context.host);
    });
}

function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .description('print a script with which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', COMPLETION_HELP)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion.js');
      context.host.stdout.write(completionScript(shell, program));
    });
}

function addSchema(program: Command, context: Context): void {
  program
    .command('schema')
    .description('print the JSON Schema of the records')
    .addHelpText('after', SCHEMA_EXAMPLE)
    .action(async () => {
      const { default: schema } = await import('../../docs/records.schema.json', { with: { type: 'json' } });
      context.host.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}

/** Commander quotes what was given as it is; its suggestions come on a line of their own. */
function usageError(text: string): string {
  const [, message = text, suggestion] = /^error: (.*?)(?:\n(\(Did you mean [^\n]*))?\n$/s.exec(text) ?? [];
  return `trueconf-files: ${safeText(message)}\n${suggestion === undefined ? '' : `${safeText(suggestion)}\n`}`;
}

const HELP_WIDTH = 80;
const HEARTBEAT_MS = 15_000;
const STEP_MS = 10_000;

const WATCHED_HELP = `${ROOM_HELP}; or nats://host[:port], where a relay shares Rooms`;
