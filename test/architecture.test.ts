import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Seams: version, start, host and the like. */
const MAX_SHORT_FILES = 12;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.split(sep).join('/'), text: readFileSync(join(SRC, name), 'utf8') }));

const FOLDERS = [
  ...new Set(files.filter(({ name }) => name.includes('/')).map(({ name }) => name.split('/')[0] ?? '')),
];

/** The folders that a folder may import from, and of which only types: the table of CONTRIBUTING.md. */
const LAYOUT: readonly {
  readonly folder: string;
  readonly mayUse: readonly string[];
  readonly onlyTypes: readonly string[];
}[] = [
  ...readFileSync(join(SRC, '../CONTRIBUTING.md'), 'utf8').matchAll(
    /^\| `src\/(\w+)\/` +\|[^|]*\| (.*) \|$/gm,
  ),
].map(([, folder = '', uses = '']) => ({
  folder,
  mayUse: uses === 'everything' ? FOLDERS : [...uses.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  onlyTypes: [...uses.matchAll(/`(\w+)`'s types/g)].map(([, name = '']) => name),
}));

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
    return folder === '' || folder === '..' || folder === folderOf(name)
      ? []
      : [{ folder, isType: type !== undefined }];
  });
}

/** Imports and exports of our own files, for their types alone or not; by name, for their effect or when needed. */
const IMPORT = /\b(?:import|export)\b(?:( type)?\b[^;'(]*\bfrom)?[ (]*'(\.[^']+)'/g;

describe('the house', () => {
  it('has a row of the table for each folder', () => {
    expect(LAYOUT.map(({ folder }) => folder).sort()).toEqual([...FOLDERS].sort());
  });

  it.each(LAYOUT)('$folder uses only $mayUse', ({ folder, mayUse, onlyTypes }) => {
    const wrong = files
      .filter(({ name }) => folderOf(name) === folder)
      .flatMap(({ name, text }) => foldersUsedBy(name, text).map((used) => ({ name, ...used })))
      .filter((used) => !mayUse.includes(used.folder) || (onlyTypes.includes(used.folder) && !used.isType));
    expect(wrong).toEqual([]);
  });

  it('has no circle of imports', () => {
    const imports = new Map(
      files.map(({ name, text }) => [
        name,
        [...text.matchAll(IMPORT)]
          .map(([, , path = '']) => join(dirname(name), path).split(sep).join('/').replace(/\.js$/, '.ts'))
          .filter((target) => files.some((file) => file.name === target)),
      ]),
    );
    const done = new Set<string>();
    const visit = (name: string, way: readonly string[]): readonly string[] | null => {
      if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
      if (done.has(name)) return null;
      for (const next of imports.get(name) ?? []) {
        const circle = visit(next, [...way, name]);
        if (circle !== null) return circle;
      }
      done.add(name);
      return null;
    };
    for (const name of imports.keys()) expect(visit(name, [])).toBeNull();
  });

  it('has few files of 40 lines or less', () => {
    const short = files.filter(({ text }) => text.split('\n').length <= 41).map(({ name }) => name);
    expect(short.length, short.join(', ')).toBeLessThanOrEqual(MAX_SHORT_FILES);
  });

  it('keeps clock, timers, sockets and chance out of the pure folders', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|Math\.random\(|'node:(?!util)|'ws'/;
    const wrong = files.filter(
      ({ name, text }) =>
        /^(?:protocol|transfers|rules|monitor|conform|report)\//.test(name) &&
        name !== LIVE_ROOM &&
        impure.test(text),
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
