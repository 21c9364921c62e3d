import type { Command } from 'commander';
import { shellWord } from '../encoding.js';
import { bashScript } from './bash.js';
import { powershellScript } from './powershell.js';
import {
  type ArgumentWords,
  type CommandWords,
  type OptionWords,
  type ProgramWords,
  readWords,
  type Value,
} from './words.js';

/**
 * The script with which a shell completes the program's words. It holds them all: only the names of Rooms, after `@`, are
 * asked of the program.
 */
export function completionScript(shell: string, program: Command): string {
  const write = SCRIPTS.get(shell);
  if (write !== undefined) return write(readWords(program));
  throw new Error(`no completion for ${shell}, which is no choice`);
}

const SCRIPTS: ReadonlyMap<string, (words: ProgramWords) => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
  ['powershell', powershellScript],
]);

/** Completion for fish from 3.0 on. */
function fishScript({ name, options, commands }: ProgramWords): string {
  const fn = `__fish_${name.replace(/\W/g, '_')}`;
  const complete = `complete -c ${name}`;
  const inCommand = (command: string) =>
    `${complete} -n ${quoteForFish(`__fish_seen_subcommand_from ${command}`)}`;
  const lines = [
    `# Completion of ${name} for fish: ${name} completion fish > ~/.config/fish/completions/${name}.fish`,
    `function ${fn}_rooms`,
    '    echo demo',
    "    string match -qr -- '(^|=)@' (commandline -ct); or return",
    '    echo @all',
    `    ${name} rooms 2> /dev/null | string split ' ' | string match -- '@*'`,
    'end',
    '# Several values with commas between: only the last of them is completed.',
    `function ${fn}_list`,
    "    set -l before (commandline -ct | string replace -r -- '^--[^=]*=' '' | string match -r -- '^.*,')",
    '    printf \'%s\\n\' "$before"$argv',
    'end',
    `${complete} -f`,
    ...options.map((option) => `${complete} -n __fish_use_subcommand ${optionWords(option, fn)}`),
    ...commands.map(
      (command) =>
        `${complete} -n __fish_use_subcommand -a ${command.name} -d ${quoteForFish(command.description)}`,
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
  return [...flags, ...words, `-d ${quoteForFish(description)}`].join(' ');
}

/** An option's value: `-r` needs one, `-F` is a file after all, `-x` none of the files. */
function valueWords(value: Value, fn: string): readonly string[] {
  return value.kind === 'file' ? ['-r', '-F'] : ['-x', ...choiceWords(value, fn)];
}

function argumentWords({ arguments: all }: CommandWords, fn: string): readonly string[] {
  return all.flatMap(({ value }) => (value.kind === 'file' ? ['-F'] : choiceWords(value, fn)));
}

function choiceWords(value: Value, fn: string): readonly string[] {
  if (value.kind === 'room') return [`-a '(${fn}_rooms)'`];
  if (value.kind !== 'choice') return [];
  const choices = value.choices.join(' ');
  return [`-a ${quoteForFish(value.isList ? `(${fn}_list ${choices})` : choices)}`];
}

function quoteForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Completion for zsh from 5 on: sourced after `compinit`, or as a file `_NAME` on its path. */
function zshScript({ name, options, commands }: ProgramWords): string {
  const fn = `_${name}`;
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(${name} completion zsh), after compinit.
${fn}() {
  local curcontext="$curcontext" state line ret=1
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${shellWord(`${name}:${withEscapes(description, ':')}`)}`).join('\n')}
  )
  _arguments -C -S \\
${options.map((option) => `    ${optionSpec(option, fn)} \\`).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument' && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    argument)
      curcontext="\${curcontext%:*:*}:${name}-$words[1]:"
      case $words[1] in
${commands.map((command) => commandCase(command, fn)).join('\n')}
      esac
      ;;
  esac
  return ret
}
${fn}_rooms() {
  local -a rooms=(demo)
  [[ $PREFIX == @* ]] && rooms+=(@all \${(M)\${=$(${name} rooms 2> /dev/null)}:#@*})
  compadd "$@" -a rooms
}
if [[ $funcstack[1] == ${fn} ]]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi
`;
}

function commandCase({ name, options, arguments: all }: CommandWords, fn: string): string {
  const specs = [
    ...options.map((option) => optionSpec(option, fn)),
    ...all.map((argument) => argumentSpec(argument, fn)),
  ];
  return `        ${name})
          _arguments -S \\
${specs.map((spec) => `            ${spec}`).join(' \\\n')} && ret=0
          ;;`;
}

/** One option of `_arguments`: the names of one exclude each other, and itself where it is not repeatable. */
function optionSpec({ names, description, value, isRepeatable }: OptionWords, fn: string): string {
  const text = `[${withEscapes(description, '[]:')}]`;
  const action = value === null ? '' : `:value:${actionOf(value, fn)}`;
  const specs = names.map((name) => {
    const joined = value !== null && name.startsWith('--') ? `${name}=` : name;
    if (isRepeatable) return shellWord(`*${joined}${text}${action}`);
    return shellWord(`(${names.join(' ')})${joined}${text}${action}`);
  });
  return specs.join(' ');
}

function argumentSpec({ name, value, isRepeatable }: ArgumentWords, fn: string): string {
  return shellWord(`${isRepeatable ? '*' : ''}:${withEscapes(name, ':')}:${actionOf(value, fn)}`);
}

function actionOf(value: Value, fn: string): string {
  switch (value.kind) {
    case 'file':
      return '_files';
    case 'room':
      return `${fn}_rooms`;
    case 'any':
      return ' ';
    case 'choice': {
      const choices = value.choices.join(' ');
      return value.isList ? `_sequence compadd - ${choices}` : `(${choices})`;
    }
  }
}

function withEscapes(text: string, characters: string): string {
  return [...text].map((one) => (one === '\\' || characters.includes(one) ? `\\${one}` : one)).join('');
}
