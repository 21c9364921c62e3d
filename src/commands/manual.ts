import type { Command } from 'commander';
import { ENVIRONMENT, EXAMPLES, EXIT_STATUS, FILES, SEATS, SEE_ALSO } from './help.js';

/**
 * The program's manual page, in the macros of man(7): the text of `--help`, line by line, under the usual headings.
 * @param version of the program
 * @param date of the page, as `2026-11-24`
 */
export function manPage(program: Command, version: string, date: string): string {
  const name = program.name();
  const description = program.description();
  const commands = program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help');
  const lines = [
    `.TH ${escaped(name.toUpperCase())} 1 ${date} "${escaped(`${name} ${version}`)}" "User Commands"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(description.charAt(0).toLowerCase() + description.slice(1).replace(/\.$/, ''))}`,
    ...section('SYNOPSIS', `${name} COMMAND [options] [arguments]\n${name} help COMMAND`),
    ...section('DESCRIPTION', program.helpInformation()),
    '.SH COMMANDS',
    ...commands.flatMap((command) => [`.SS ${escaped(command.name())}`, ...verbatim(helpOf(command))]),
    ...section('EXAMPLES', EXAMPLES),
    ...section('ENVIRONMENT', ENVIRONMENT),
    ...section('FILES', FILES),
    ...section('EXIT STATUS', EXIT_STATUS),
    ...section('NOTES', SEATS),
    ...section('SEE ALSO', SEE_ALSO),
  ];
  return `${lines.join('\n')}\n`;
}

/** The whole help of a command, with the text below it. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => COLUMNS,
  });
  command.outputHelp();
  return text;
}

function section(title: string, text: string): readonly string[] {
  return [`.SH ${title}`, ...verbatim(text)];
}

/** Lines that are neither filled nor hyphenated. */
function verbatim(text: string): readonly string[] {
  return ['.EX', ...text.trim().split('\n').map(escaped), '.EE'];
}

/** A line of which every character is itself: no macro, no escape, no typographic sign. */
function escaped(line: string): string {
  return line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/['`^~]/g, (character) => TYPED[character] ?? character)
    .replace(/[^ -~]/g, (character) => `\\[u${hex(character)}]`)
    .replace(/^\./, '\\&.');
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

const TYPED: Readonly<Record<string, string>> = { "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' };
/** What a terminal of 80 columns leaves beside the margins. */
const COLUMNS = 72;
