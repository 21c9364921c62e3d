import { Argument, Command, Option, type OutputConfiguration } from 'commander';
import { TrueConfFilesError } from '../errors.js';
import type { Context, Host } from '../host.js';
import { VERSION } from '../version.js';
import { addOptions, type COMMAND_OPTIONS, type OptionsOf } from './command-options.js';
import { COMMAND_HELP, PROGRAM_HELP } from './help.js';
import { SHELLS } from './options.js';
import { collectFileIds, collectIds, parseId } from './parsers.js';
import { print } from './printer.js';
import { usageError } from './usage-error.js';

type CommandName = keyof typeof COMMAND_OPTIONS;

/** One command. Its options stand in `COMMAND_OPTIONS`, the text after its help in `COMMAND_HELP`. */
interface CommandEntry<Name extends CommandName> {
  readonly group: string;
  readonly about: string;
  readonly arguments?: readonly Argument[];
  /** Loads what the command needs and runs it. Gives the exit code. */
  run(given: readonly string[], options: OptionsOf<Name>, host: Host, program: Command): Promise<number>;
}

const WATCHING = 'Watching:';
const ASKING = 'Listing and acting:';
const TOOLS = 'Tools:';

const ROOM_HELP =
  'host, host:port or http://host[:port] (its web port), ws://host:port, demo, or @name of the config file; default: $TRUECONF_FILES_ROOM';
const ONE_ROOM = new Argument('[room]', ROOM_HELP);
const ROOMS = new Argument('[room...]', ROOM_HELP);
const IDS = new Argument('<id...>', 'whole ids, or at least 6 characters of their beginnings').argParser(
  collectIds,
);

/** Every command, in the order of the help. */
const COMMANDS: { readonly [Name in CommandName]: CommandEntry<Name> } = {
  watch: {
    group: WATCHING,
    about: 'show what is there now, then every change, until stopped',
    arguments: [new Argument('[room...]', `${ROOM_HELP}; or nats://host[:port], where a relay shares Rooms`)],
    run: async (rooms, options, host) => (await import('./watch.js')).watch(rooms, options, host),
  },
  list: {
    group: ASKING,
    about: 'show the file requests that a Room holds now, once',
    arguments: [ROOMS],
    run: async (rooms, options, host) => (await import('./list.js')).list(rooms, options, host),
  },
  info: {
    group: ASKING,
    about: 'show everything that a Room reports about one file request',
    arguments: [
      new Argument('<id>', 'its id, or at least 6 characters of its beginning').argParser(parseId),
      new Argument('[room]', ROOM_HELP),
    ],
    run: async ([id = '', room], options, host) => (await import('./info.js')).info(id, room, options, host),
  },
  history: {
    group: ASKING,
    about: 'show the transfer history of a Room: complete transfers, both ways',
    arguments: [ROOMS],
    run: async (rooms, options, host) => (await import('./list.js')).history(rooms, options, host),
  },
  accept: {
    group: ASKING,
    about: 'let the Room receive files that are offered to it',
    arguments: [IDS],
    run: async (ids, options, host) => (await import('./answer.js')).answer('accept', ids, options, host),
  },
  reject: {
    group: ASKING,
    about: 'refuse files that are offered to the Room',
    arguments: [IDS],
    run: async (ids, options, host) => (await import('./answer.js')).answer('reject', ids, options, host),
  },
  send: {
    group: ASKING,
    about: 'upload files to a Room, which offers them to peers or to its conference',
    arguments: [new Argument('[file...]', 'the files')],
    run: async (paths, options, host) => (await import('./send.js')).send(paths, options, host),
  },
  files: {
    group: ASKING,
    about: "show the files on a Room's HTTP server: uploaded to be sent, or received",
    arguments: [ROOMS],
    run: async (rooms, options, host) => (await import('./files.js')).files(rooms, options, host),
  },
  rm: {
    group: ASKING,
    about: "delete files from a Room's HTTP server, after a question",
    arguments: [new Argument('<file-id...>', "their ids, as 'files' shows them").argParser(collectFileIds)],
    run: async (ids, options, host) => (await import('./files.js')).rm(ids, options, host),
  },
  clear: {
    group: ASKING,
    about: 'clear the transfer history of a Room, after a question',
    arguments: [ONE_ROOM],
    run: async ([room], options, host) => (await import('./files.js')).clear(room, options, host),
  },
  replay: {
    group: WATCHING,
    about: 'play recordings, or messages of a Room one per line, through the views of watch',
    arguments: [
      new Argument(
        '<file...>',
        "made by 'watch --record FILE', folders of them, or messages of a Room, one per line; - is stdin",
      ),
    ],
    run: async (files, options, host) => (await import('./replay.js')).replay(files, options, host),
  },
  relay: {
    group: WATCHING,
    about: 'hold Rooms and share what happens there over NATS, for any number of watchers',
    arguments: [ROOMS],
    run: async (rooms, options, host) => (await import('./relay.js')).relay(rooms, options, host),
  },
  report: {
    group: WATCHING,
    about: 'show the outcome of each transfer, from recordings, records, a relay or Rooms',
    arguments: [
      new Argument(
        '[file...]',
        `files and folders made by 'watch --record' or 'watch --json' (- is stdin); nats://host[:port]; or Rooms: ${ROOM_HELP}`,
      ),
    ],
    run: async (sources, options, host) => (await import('./report.js')).report(sources, options, host),
  },
  simulate: {
    group: TOOLS,
    about: 'serve a simulated Room on this machine, for demos, tests and integrators',
    run: async (_, options, host) => (await import('./simulate.js')).simulate(options, host),
  },
  redact: {
    group: TOOLS,
    about: 'take names, ids and addresses out of recordings, for a bug report',
    arguments: [
      new Argument(
        '<file...>',
        'recordings, folders of them, what --json wrote, or messages of a Room; - is stdin',
      ),
    ],
    run: async (files, options, host) => (await import('./redact.js')).redact(files, options, host),
  },
  conform: {
    group: TOOLS,
    about: 'hold a recording or a Room against the documented API, and report what is different',
    arguments: [new Argument('[file|room]', `a recording (- is stdin), or a Room: ${ROOM_HELP}`)],
    run: async ([given], options, host) => (await import('./conform.js')).conform(given, options, host),
  },
  doctor: {
    group: TOOLS,
    about: 'check a Room, or NATS and what relays share, step by step, and say what to do',
    arguments: [ONE_ROOM],
    run: async ([room], options, host) => (await import('./doctor/doctor.js')).doctor(room, options, host),
  },
  completion: {
    group: TOOLS,
    about: 'print a script that completes commands, options and values in a shell',
    arguments: [
      new Argument('<shell>', 'the shell; install: write the script where the shell reads it').choices([
        ...SHELLS,
        'install',
      ]),
      new Argument('[name]', 'of install: the shell, if it is not your own').choices(SHELLS),
    ],
    run: async ([shell = '', name], { dryRun = false }, host, program) => {
      if (shell === 'install') {
        const { installCompletion } = await import('./completion-install.js');
        return await installCompletion(name, dryRun, program, host);
      }
      if (name !== undefined || dryRun) {
        const message = 'A second shell and --dry-run belong to "completion install".';
        throw new TrueConfFilesError('usage', message);
      }
      const { completionScript } = await import('./completion.js');
      return print(completionScript(shell, program), host);
    },
  },
  schema: {
    group: TOOLS,
    about: 'print the JSON Schema of the records, or of the config file',
    arguments: [new Argument('[what]', 'of what; default: records').choices(['records', 'config'])],
    run: async ([what], _options, host) => {
      const { default: schema } =
        what === 'config'
          ? await import('../../docs/config.schema.json', { with: { type: 'json' } })
          : await import('../../docs/records.schema.json', { with: { type: 'json' } });
      return print(`${JSON.stringify(schema, null, 2)}\n`, host);
    },
  },
  rooms: {
    group: TOOLS,
    about: 'list the Rooms that the config file names',
    run: async (_given, options, host) => (await import('./config.js')).listRooms(options, host),
  },
};

/** The command line. Commands load what they need when they run. */
export function buildProgram(context: Context): Command {
  const program: Command = new Command('trueconf-files');
  program
    .description('Watch the file transfers of a TrueConf Room, live.')
    .version(VERSION, '-v, --version')
    .commandsGroup(TOOLS)
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureOutput(outputOf(null, context))
    .addOption(CONFIG)
    .hook('preAction', (_, command) => readDefaults(command, program, context))
    .addHelpText('after', PROGRAM_HELP);
  for (const name of COMMAND_NAMES) addCommand(program, name, COMMANDS[name], context);
  return program;
}

function addCommand<Name extends CommandName>(
  program: Command,
  name: Name,
  { group, about, arguments: given = [], run }: CommandEntry<Name>,
  context: Context,
): void {
  const command = program
    .command(name)
    .helpGroup(group)
    .description(about)
    .configureOutput(outputOf(name, context))
    .addHelpText('after', COMMAND_HELP[name]);
  for (const argument of given) command.addArgument(argument);
  addOptions(command, name).action(async () => {
    context.exitCode = await run(command.args, command.opts<OptionsOf<Name>>(), context.host, program);
  });
}

/** Reads the config file for a command, and gives the command the defaults in it. */
async function readDefaults(command: Command, program: Command, context: Context): Promise<void> {
  if (WITHOUT_CONFIG.has(command.name())) return;
  const { readConfig } = await import('../config/config.js');
  const config = await readConfig(program.opts<{ config?: string }>().config, context.host);
  context.host = { ...context.host, config };
  if (Object.keys(config.defaults).length === 0) return;
  const { applyDefaults } = await import('./config.js');
  applyDefaults(command, program, config);
}

/** Help is printed once the command line has been read, as only then a full disk can be reported. */
function outputOf(command: CommandName | null, context: Context): OutputConfiguration {
  const { stdout, stderr } = context.host;
  return {
    writeOut: (text) => {
      context.printed += text;
    },
    writeErr: (text) => void stderr.write(text),
    outputError: (text, write) => write(usageError(text, command)),
    getOutHelpWidth: () => stdout.columns ?? HELP_WIDTH,
    getErrHelpWidth: () => stderr.columns ?? HELP_WIDTH,
  };
}

const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]; // The table has no other keys.
const CONFIG = new Option(
  '--config <file>',
  'file with names of Rooms and defaults of options; default: $TRUECONF_FILES_CONFIG',
);
/** These do without the config file, and must work where it is wrong. */
const WITHOUT_CONFIG: ReadonlySet<string> = new Set(['simulate', 'completion', 'schema']);
const HELP_WIDTH = 80;
