import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../support/command-tree.js';

const commands = commandTree().commands.map((command) => [command.name(), command] as const);

const OPTIONS = new Map(commands.map(([name, { options }]) => [name, options.map(({ long }) => long)]));

describe.each(commands)('the help of %s', (name, command) => {
  const examples = examplesOf(command);

  it('has an example of it', () => {
    expect(examples).toMatch(new RegExp(`trueconf-files ${name}\\b`));
  });

  it('shows no command and no option that there is not', () => {
    for (const [, used = '', words = ''] of examples.matchAll(/trueconf-files ([\w-]+)([^|>#;&\n]*)/g)) {
      const options = OPTIONS.get(used);
      expect([used, options !== undefined]).toEqual([used, true]);
      for (const [option] of words.matchAll(/--[a-z-]+/g)) expect(options).toContain(option);
    }
  });
});

/** The lines below "Examples:". */
function examplesOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  const [, lines = ''] = /^Examples:\n((?: {2}.*\n?)+)/m.exec(text) ?? [];
  return lines;
}
