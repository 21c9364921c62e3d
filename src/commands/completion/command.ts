import { Argument, type Command } from 'commander';
import type { Context } from '../program.js';
import type { Shell } from './completion.js';

export function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .description('print a script with which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion.js');
      context.host.stdout.write(completionScript(shell, program));
    });
}

const HELP = `
Examples:
  source <(trueconf-files completion bash)    # in ~/.bashrc
  source <(trueconf-files completion zsh)     # in ~/.zshrc, after compinit
  trueconf-files completion fish > ~/.config/fish/completions/trueconf-files.fish`;
