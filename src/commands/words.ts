import type { Argument, Command, Option } from 'commander';
import { CommandOption } from './command-options.js';

/** What may stand where a value is expected. */
export type Value =
  | { readonly kind: 'file' }
  /** `demo`, or `@` and a name of the config file, which is read as that is typed. */
  | { readonly kind: 'room' }
  | {
      readonly kind: 'choice';
      readonly choices: readonly string[];
      /** Several may be given, with commas between. */
      readonly isList: boolean;
    }
  /** Nothing that a shell could know. */
  | { readonly kind: 'any' };

export interface OptionWords {
  /** As it is typed: `--status`, `-h`. */
  readonly names: readonly string[];
  readonly description: string;
  /** `null` where it takes none. */
  readonly value: Value | null;
  readonly isRepeatable: boolean;
}

export interface ArgumentWords {
  readonly name: string;
  readonly value: Value;
  readonly isRepeatable: boolean;
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly arguments: readonly ArgumentWords[];
}

/** The program's words: its own options, and its commands with theirs. */
export interface ProgramWords {
  readonly name: string;
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

/** Reads the words of a program, all that its help shows, from its tree of commands. */
export function readWords(program: Command): ProgramWords {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.summary() || command.description(),
    options: help.visibleOptions(command).map(readOption),
    arguments: command.registeredArguments.map(readArgument),
  }));
  const names = commands.map(({ name }) => name);
  return {
    name: program.name(),
    options: help.visibleOptions(program).map(readOption),
    commands: commands.map((command) =>
      command.name === 'help' ? { ...command, options: [], arguments: [helpArgument(names)] } : command,
    ),
  };
}

function readOption(option: Option): OptionWords {
  const takesValue = option.required || option.optional;
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: option.description,
    value: takesValue ? readValue(option.flags, option.argChoices) : null,
    isRepeatable: option instanceof CommandOption && option.isRepeatable,
  };
}

function readArgument(argument: Argument): ArgumentWords {
  const value = readValue(`<${argument.name()}>`, argument.argChoices);
  return { name: argument.name(), value, isRepeatable: argument.variadic };
}

/** What the value in angle brackets is, by its choices, else by its name. */
function readValue(flags: string, choices: readonly string[] | undefined): Value {
  const [, name = ''] = /[<[](.*)[>\]]/.exec(flags) ?? [];
  if (choices !== undefined) return { kind: 'choice', choices, isList: name.endsWith(',...') };
  if (name.split('|').includes('file')) return { kind: 'file' };
  return name === 'room' ? { kind: 'room' } : { kind: 'any' };
}

function helpArgument(choices: readonly string[]): ArgumentWords {
  return { name: 'command', value: { kind: 'choice', choices, isList: false }, isRepeatable: false };
}
