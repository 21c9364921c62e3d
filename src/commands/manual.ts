import type { Command } from 'commander';

/**
 * The program's manual page, in the macros of man(7), made from its tree of commands: it says what `--help` says.
 * @param version of the program
 * @param date of the page, as `2026-11-24`
 */
export function manPage(program: Command, version: string, date: string): string {
  const name = program.name();
  const commands = program.createHelp().visibleCommands(program);
  const own = commands.filter((command) => command.name() !== 'help');
  const lines = [
    `.TH ${code(name.toUpperCase())} 1 ${date} "${prose(`${name} ${version}`)}" "User Commands"`,
    '.nh',
    '.ad l',
    '.SH NAME',
    `${code(name)} \\- ${prose(lowerFirst(program.description().replace(/\.$/, '')))}`,
    '.SH SYNOPSIS',
    ...own.flatMap((command) => [`.B ${code(name)} ${code(command.name())}`, usage(command), '.br']),
    `.B ${code(name)} help`,
    '.RI [ command ]',
    '.SH DESCRIPTION',
    prose(program.description()),
    '.SH OPTIONS',
    ...options(program),
    '.SH COMMANDS',
    ...own.flatMap((command) => [
      `.SS ${code(command.name())}`,
      `${prose(upperFirst(command.description()))}.`,
      ...operands(command),
      ...options(command),
      ...textAfter(command).flatMap((block) => blockLines(block, '.PP')),
    ]),
    ...textAfter(program).flatMap((block) => blockLines(block, '.SH')),
  ];
  return `${lines.join('\n')}\n`;
}

/** `[options] [room...]`, with what is to be replaced in italics. */
function usage(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const dots = argument.variadic ? '...' : '';
    const [open, close] = argument.required ? ['', ''] : ['[', ']'];
    return `${open}\\fI${code(argument.name())}\\fR${dots}${close}`;
  });
  return ['[\\fIoptions\\fR]', ...words].join(' ');
}

function operands(command: Command): readonly string[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .flatMap((argument) => ['.TP', `.I ${code(argument.name())}`, prose(help.argumentDescription(argument))]);
}

function options(command: Command): readonly string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .flatMap((option) => ['.TP', flags(option.flags), prose(help.optionDescription(option))]);
}

/** `-h, --help` and `--id <id>`: names in bold, what is to be replaced in italics. */
function flags(text: string): string {
  return text
    .split(/(<[^>]*>|\[[^\]]*\]|[, ]+)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (/^[, ]+$/.test(part)) return part;
      return part.startsWith('-') ? `\\fB${code(part)}\\fR` : `\\fI${code(part.replace(/[<>[\]]/g, ''))}\\fR`;
    })
    .join('');
}

/** Texts below the help of a command, one block each: examples, exit codes. */
function textAfter(command: Command): readonly string[] {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  const after = text.slice(command.helpInformation().length).trim();
  return after === '' ? [] : after.split(/\n{2,}/);
}

/** A block whose first line ends with a colon is a list, whose lines stay as they are; else it is a paragraph. */
function blockLines(block: string, heading: '.SH' | '.PP'): readonly string[] {
  const [first = '', ...rest] = block.split('\n');
  if (!first.endsWith(':') || rest.length === 0) return ['.PP', prose(block)];
  const title =
    heading === '.SH'
      ? [`.SH ${code(first.slice(0, -1).toUpperCase())}`]
      : ['.PP', `.B ${code(first)}`, '.PP'];
  return [...title, '.EX', ...rest.map(code), '.EE'];
}

/** Text that stays one line, every character of it as it is typed. */
function code(text: string): string {
  return guarded(
    escaped(text.replaceAll('\n', ' ')).replace(/['`^~]/g, (character) => TYPED[character] ?? ''),
  );
}

/** Text to be filled, in lines that are not too long for a source. */
function prose(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of escaped(text).split(/\s+/)) {
    if (line !== '' && line.length + word.length >= MAX_LINE) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map(guarded).join('\n');
}

/** No character is anything but itself, and hyphens can be copied into a shell. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/[^\n -~]/g, (character) => `\\[u${hex(character)}]`);
}

/** A line that begins like a request is none. */
function guarded(line: string): string {
  return line.replace(/^(?=[.'])/, '\\&');
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Characters that become typographic ones unless they are asked for by name. */
const TYPED: Readonly<Record<string, string>> = { "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' };
const MAX_LINE = 78;
