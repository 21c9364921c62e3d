import type { CommandWords, OptionWords, ProgramWords, Value } from './tree.js';

/** Completion for fish from 3.0 on. */
export function fishScript({ name, options, commands }: ProgramWords): string {
  const fn = `__fish_${name.replace(/\W/g, '_')}`;
  const complete = `complete -c ${name}`;
  const inCommand = (command: string) => `${complete} -n ${quote(`__fish_seen_subcommand_from ${command}`)}`;
  const lines = [
    `# Completion of ${name} for fish: ${name} completion fish > ~/.config/fish/completions/${name}.fish`,
    '# Several values with commas between: only the last of them is completed.',
    `function ${fn}_list`,
    "    set -l before (commandline -ct | string replace -r -- '^--[^=]*=' '' | string match -r -- '^.*,')",
    '    printf \'%s\\n\' "$before"$argv',
    'end',
    `${complete} -f`,
    ...options.map((option) => `${complete} -n __fish_use_subcommand ${optionWords(option, fn)}`),
    ...commands.map(
      (command) => `${complete} -n __fish_use_subcommand -a ${command.name} -d ${quote(command.description)}`,
    ),
    ...commands.flatMap((command) => [
      ...command.options.map((option) => `${inCommand(command.name)} ${optionWords(option, fn)}`),
      ...argumentWords(command, fn).map((words) => `${inCommand(command.name)} ${words}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function optionWords({ names, description, value }: OptionWords, fn: string): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const words = value === null ? [] : valueWords(value, fn);
  return [...flags, ...words, `-d ${quote(description)}`].join(' ');
}

/** An option's value: `-r` needs one, `-F` is a file after all, `-x` none of the files. */
function valueWords(value: Value, fn: string): readonly string[] {
  return value.kind === 'file' ? ['-r', '-F'] : ['-x', ...choiceWords(value, fn)];
}

function argumentWords({ arguments: all }: CommandWords, fn: string): readonly string[] {
  return all.flatMap(({ value }) => (value.kind === 'file' ? ['-F'] : choiceWords(value, fn)));
}

function choiceWords(value: Value, fn: string): readonly string[] {
  if (value.kind !== 'choice') return [];
  const choices = value.choices.join(' ');
  return [`-a ${quote(value.isList ? `(${fn}_list ${choices})` : choices)}`];
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
