import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandTree } from './support/command-tree.js';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.split(sep).join('/'), text: readFileSync(join(SRC, name), 'utf8') }));

/** The folders that a folder may import from. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  room: ['protocol'],
  transfers: ['protocol'],
  monitor: ['protocol', 'room', 'transfers'],
  records: ['protocol', 'room', 'transfers', 'monitor'],
  output: ['protocol', 'room', 'transfers', 'monitor', 'records'],
  recording: ['protocol', 'room', 'records'],
  simulator: ['protocol'],
  relay: ['protocol', 'room', 'transfers', 'monitor', 'records'],
  visit: ['protocol', 'room', 'transfers', 'monitor', 'output'],
  library: ['protocol', 'room', 'transfers', 'monitor', 'records', 'recording', 'visit'],
  metrics: ['protocol', 'room', 'transfers', 'monitor', 'records', 'output'],
  terminal: ['output'],
  screen: ['protocol', 'room', 'transfers', 'monitor', 'records', 'output', 'recording', 'relay', 'terminal'],
  watch: [
    'protocol',
    'room',
    'transfers',
    'monitor',
    'records',
    'output',
    'recording',
    'relay',
    'metrics',
    'screen',
  ],
};

/** Of these it takes only types. */
const ONLY_TYPES: Readonly<Record<string, readonly string[]>> = {
  monitor: ['room'],
  records: ['monitor', 'room'],
  output: ['monitor', 'room', 'protocol'],
  screen: ['protocol', 'monitor', 'room', 'recording'],
  metrics: ['protocol', 'monitor', 'room'],
  recording: ['room'],
  watch: ['metrics'],
};

/** Feeds the pure monitor from a live Room. */
const LIVE_ROOM = 'monitor/monitored-room.ts';

/** The files of screen and terminal that have to do with time and with the process. */
const KEEPERS = ['/terminal.ts', '/screen.ts', '/guards.ts', '/table-view.ts', '/list.ts', '/reader.ts'];

const folderOf = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? '') : '');

/** The folders that a file imports from, its own and the top apart. */
function foldersUsedBy(name: string, text: string): readonly { folder: string; isType: boolean }[] {
  return [...text.matchAll(IMPORT)].flatMap(([, type, path = '']) => {
    const target = relative(SRC, join(SRC, dirname(name), path));
    const folder = folderOf(target.split(sep).join('/'));
    return folder === '' || folder === folderOf(name) ? [] : [{ folder, isType: type !== undefined }];
  });
}

/** Imports and exports of our own files, for their types alone or not; by name, for their effect or when needed. */
const IMPORT = /\b(?:import|export)\b(?:( type)?\b[^;'(]*\bfrom)?[ (]*'(\.[^']+)'/g;

describe('the house', () => {
  it.each(Object.entries(MAY_USE))('%s uses only %j', (folder, allowed) => {
    const wrong = files
      .filter(({ name }) => folderOf(name) === folder)
      .flatMap(({ name, text }) => foldersUsedBy(name, text).map((used) => ({ name, ...used })))
      .filter((used) => !allowed.includes(used.folder));
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(ONLY_TYPES))('%s uses only types of %j', (folder, ofTypes) => {
    const wrong = files
      .filter(({ name }) => folderOf(name) === folder && name !== LIVE_ROOM)
      .flatMap(({ name, text }) => foldersUsedBy(name, text).map((used) => ({ name, ...used })))
      .filter((used) => ofTypes.includes(used.folder) && !used.isType);
    expect(wrong).toEqual([]);
  });

  it('keeps clock, timers, sockets and chance out of the pure folders', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|Math\.random\(|'node:(?!util)|'ws'/;
    const wrong = files.filter(
      ({ name, text }) =>
        /^(?:protocol|transfers|monitor)\//.test(name) && name !== LIVE_ROOM && impure.test(text),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('draws without clock, timers, process and chance, apart from what keeps the terminal', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bset(?:Timeout|Interval|Immediate)\(|Math\.random\(|performance\.|\bprocess\.|'node:process'/;
    const wrong = files.filter(
      ({ name, text }) =>
        /^(?:screen|terminal)\//.test(name) &&
        !KEEPERS.some((keeper) => name.endsWith(keeper)) &&
        impure.test(text),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('leaves the end of the process to cli.ts, and has no console', () => {
    const wrong = files.filter(
      ({ name, text }) =>
        (name !== 'cli.ts' && /\bprocess\.exit\(/.test(text)) || /\bconsole\.\w+\(/.test(text),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 301).map(({ name }) => name)).toEqual([]);
  });
});

const textOf = (name: string): string => readFileSync(join(SRC, '..', name), 'utf8');

/** Commands with the options that their help shows. */
function commandsWithOptions(): readonly { readonly name: string; readonly options: readonly string[] }[] {
  return commandTree().commands.map((command) => ({
    name: command.name(),
    options: command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? ''),
  }));
}

const isNamedIn = (text: string, option: string): boolean => new RegExp(`${option}(?![\\w-])`).test(text);

it('the page of the commands lists each, and names its options in its section or among those of all', () => {
  const page = textOf('docs/commands.md');
  const sections = new Map(
    page.split(/^## /m).flatMap((section) => {
      const [title = ''] = section.split('\n');
      return title.split(' and ').map((name) => [name, section] as const);
    }),
  );
  const shared = sections.get('What all of them share') ?? '';
  const [overview = ''] = page.split(/^## /m);
  const missing = commandsWithOptions().flatMap(({ name, options }) => {
    if (!overview.includes(`\`${name}\``)) return [name];
    const section = sections.get(name);
    // Some have a page of their own.
    if (section === undefined) return [];
    return options
      .filter((option) => !isNamedIn(`${shared}${section}`, option))
      .map((option) => `${name} ${option}`);
  });
  expect(missing).toEqual([]);
});
