import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.split(sep).join('/'), text: readFileSync(join(SRC, name), 'utf8') }));

/** The folders that a folder may import from; `types` marks those of which only types are taken. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  room: ['protocol'],
  transfers: ['protocol'],
  monitor: ['protocol', 'room', 'transfers'],
  output: ['protocol', 'room', 'transfers', 'monitor'],
  simulator: ['protocol'],
  relay: ['protocol', 'room', 'transfers', 'monitor', 'output'],
};

const folderOf = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? '') : '');

function importsOf(name: string, text: string): readonly string[] {
  const paths = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) => path ?? '');
  return paths.map((path) =>
    relative(SRC, join(SRC, dirname(name), path))
      .split(sep)
      .join('/'),
  );
}

describe('the house', () => {
  it.each(Object.entries(MAY_USE))('%s uses only %j', (folder, allowed) => {
    const wrong = files
      .filter(({ name }) => folderOf(name) === folder)
      .flatMap(({ name, text }) => importsOf(name, text).map((path) => ({ name, path })))
      .filter(
        ({ path }) => folderOf(path) !== '' && folderOf(path) !== folder && !allowed.includes(folderOf(path)),
      );
    expect(wrong).toEqual([]);
  });

  it('keeps clock, timers, sockets and chance out of the pure folders', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|Math\.random\(|from 'node:(?!util)|from 'ws'/;
    const wrong = files.filter(
      ({ name, text }) => /^(?:protocol|transfers|monitor)\//.test(name) && impure.test(text),
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
