import type { Command } from 'commander';
import { parseSpeed } from '../parsers.js';
import type { Context } from '../program.js';
import { addChoices, addOutput, keepOption } from '../shared-options.js';
import type { ReplayOptions } from './replay.js';

export function addReplay(program: Command, context: Context): void {
  const command = program
    .command('replay')
    .description('play a recording, or messages of a Room one a line, through the views of watch')
    .argument('<file>', "made by 'watch --record FILE', or a Room's messages, one a line; - is stdin");
  addChoices(command)
    .option('--speed <speed>', 'times as fast, or max; 1 on the table, else max', parseSpeed)
    .addOption(keepOption())
    .option('--plain', 'one line per change, on a terminal too');
  addOutput(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ReplayOptions) => {
      const { replay } = await import('./replay.js');
      context.exitCode = await replay(file, options, context.host);
    });
}

const EXAMPLES = `
Examples:
  trueconf-files watch 10.0.0.5 --record room.ndjson
  trueconf-files replay room.ndjson --speed 10
  trueconf-files replay room.ndjson --json | jq 'select(.type == "transfer")'
  zcat room.ndjson.gz | trueconf-files replay -

On the table Space pauses, and the right arrow steps to the next change.`;
