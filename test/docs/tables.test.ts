import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { expect, it } from 'vitest';
import { ENVIRONMENT, EXIT_STATUS } from '../../src/commands/help.js';
import { commandTree } from '../support/command-tree.js';

const PAGE = 'docs/commands.md';
/** A table of the page stands between `<!-- KIND WHAT -->` and `<!-- end -->`. */
const TABLE = /(<!-- ([a-z]+)(?: ([^\n]*?))? -->\n)(?:.*?\n)??(<!-- end -->)/gs;

const { commands } = commandTree();
const page = readFileSync(PAGE, 'utf8');

it('the tables of docs/commands.md are what the program says (npm run docs writes them)', async () => {
  const written = page.replaceAll(TABLE, (_, begin: string, kind: string, what = '', end: string) =>
    [begin, ...tableOf(kind, what).map((line) => `${line}\n`), end].join(''),
  );
  await expect(written).toMatchFileSnapshot(`../../${PAGE}`);
});

it('each command has its usage there, each heading of its options a table, and each table its place once', () => {
  const tables = [...page.matchAll(TABLE)].map(([, , kind, what = '']) => [kind, what] as const);
  const of = (wanted: string) => tables.filter(([kind]) => kind === wanted).map(([, what]) => what);
  expect(
    of('usage')
      .flatMap((names) => names.split(' '))
      .sort(),
  ).toEqual(commands.map(nameOf).sort());
  expect(of('options').sort()).toEqual([...sharedHeadings].sort());
  expect(tables.length).toBe(new Set(tables.map((table) => table.join(' '))).size);
  expect([...of('commands'), ...of('exit'), ...of('environment')]).toEqual(['', 'codes', '']);
});

it('each variable of ours that the program reads is in the list of its environment', () => {
  const files = readdirSync('src', { encoding: 'utf8', recursive: true }).filter((file) =>
    file.endsWith('.ts'),
  );
  const named = (text: string) => text.match(/TRUECONF_FILES_[A-Z_]+/g) ?? [];
  const read = files.flatMap((file) => named(readFileSync(join('src', file), 'utf8')));
  expect(new Set(named(ENVIRONMENT))).toEqual(new Set(read));
});

function tableOf(kind: string, what: string): readonly string[] {
  switch (kind) {
    case 'commands':
      return table(
        ['command', 'does'],
        commands.map((command) => [`[\`${nameOf(command)}\`](#${anchorOf(command)})`, command.description()]),
      );
    case 'usage':
      return usage(what.split(' ').map(commandOf));
    case 'options':
      return table(
        ['option', 'does', 'commands'],
        rowsUnder(what, commands).map(({ cells, names }) => [
          ...cells,
          names.length > 5 ? 'most' : names.join(', '),
        ]),
      );
    case 'exit':
      return table(['code', 'when'], pairsOf(EXIT_STATUS));
    case 'environment':
      return table(
        ['variable', 'does'],
        pairsOf(ENVIRONMENT).map(([name = '', does = '']) => [code(name), does]),
      );
    default:
      throw new Error(`${PAGE} has a table of an unknown kind: ${kind}`);
  }
}

/** How the commands are called, the options that only they have, and the names of all others. */
function usage(some: readonly Command[]): readonly string[] {
  const lines = some.map((command) => `trueconf-files ${nameOf(command)} ${command.usage()}`);
  const headings = [...new Set(some.flatMap(headingsOf))];
  const own = headings.filter((heading) => !sharedHeadings.has(heading));
  const ownTables = own.flatMap((heading) => {
    const rows = rowsUnder(heading, some).map(({ cells: [flags = '', does = ''], names }) => [
      flags,
      names.length < some.length ? `of \`${names}\`: ${does}` : does,
    ]);
    return ['', ...table(['option', 'does'], rows)];
  });
  const shared = headings
    .filter((heading) => sharedHeadings.has(heading))
    .map((heading) => {
      const flags = some.flatMap((command) =>
        optionsUnder(heading, command).map(({ long }) => code(long ?? '')),
      );
      return `- [${heading}](#${heading.toLowerCase().replaceAll(' ', '-')}): ${[...new Set(flags)].join(' ')}`;
    });
  return ['```', ...lines, '```', ...ownTables, ...(shared.length > 0 ? ['', ...shared] : [])];
}

interface Row {
  readonly cells: readonly string[];
  /** The commands that take the option. */
  readonly names: readonly string[];
}

/** One row for each option; options of one name that do different things have one each. */
function rowsUnder(heading: string, some: readonly Command[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const command of some) {
    const help = command.createHelp();
    for (const option of optionsUnder(heading, command)) {
      const cells = [code(option.flags), help.optionDescription(option)];
      const key = cells.join('\n');
      rows.set(key, { cells, names: [...(rows.get(key)?.names ?? []), nameOf(command)] });
    }
  }
  return [...rows.values()];
}

const nameOf = (command: Command): string => command.name();
const optionsUnder = (heading: string, { options }: Command): readonly Option[] =>
  options.filter(({ helpGroupHeading, hidden }) => helpGroupHeading === `${heading}:` && !hidden);

function headingsOf({ options }: Command): readonly string[] {
  return [...new Set(options.map(({ helpGroupHeading = '' }) => helpGroupHeading.replace(/:$/, '')))];
}

/** Headings under which commands of several sections have options. */
const sharedHeadings: ReadonlySet<string> = new Set(
  commands.flatMap(headingsOf).filter((heading) => {
    const users = commands.filter((command) => headingsOf(command).includes(heading));
    return new Set(users.map(anchorOf)).size > 1;
  }),
);

function commandOf(name: string): Command {
  const found = commands.find((command) => nameOf(command) === name);
  if (found === undefined) throw new Error(`${PAGE} has the usage of an unknown command: ${name}`);
  return found;
}

/** The heading of the section that has the command's usage. */
function anchorOf(command: Command): string {
  const sections = page.split(/^## /m);
  const section = sections.find((one) => new RegExp(`<!-- usage .*\\b${nameOf(command)}\\b`).test(one));
  return section?.split('\n')[0]?.replaceAll(' ', '-') ?? '';
}

/** Names and what is said of them, in columns, with lines that go on under the second one. */
function pairsOf(text: string): readonly (readonly string[])[] {
  const pairs: [string, string][] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, name, does = ''] = /^ {2}(?! )(.*?) {2,}(.*)$/.exec(line) ?? [];
    const last = pairs.at(-1);
    if (name !== undefined) pairs.push([name, does]);
    else if (last !== undefined) last[1] += ` ${line.trim()}`;
  }
  return pairs;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

const code = (text: string): string =>
  text
    .split(', ')
    .map((part) => `\`${part}\``)
    .join(', ');
