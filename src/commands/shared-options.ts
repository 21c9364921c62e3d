import { type Command, Option } from 'commander';
import { STATUSES } from '../transfers/transfer.js';
import { collect, GOALS, parseCount, parseGoal, parseStatuses, parseWhole } from './parsers.js';

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
