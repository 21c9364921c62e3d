import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/index.js';
import { useFolder } from '../support/folder.js';
import { programsOf } from '../support/page.js';

const run = promisify(execFile);
const TSC = resolve('node_modules/typescript/bin/tsc');

/** A project of somebody who has installed the package, and nothing else. */
const { folder: project } = useFolder();
const installed = join(project, 'node_modules/trueconf-files');
const declarations = join(installed, 'dist/index.d.ts');
let problems = '';

beforeAll(async () => {
  mkdirSync(join(installed, 'dist'), { recursive: true });
  mkdirSync(join(project, 'node_modules/@types'));
  for (const name of ['@types/node', 'undici-types']) {
    symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name));
  }
  problems = (await run(process.execPath, ['scripts/types.mjs', declarations])).stderr;
  writeFileSync(join(installed, 'package.json'), readFileSync('package.json'));
  writeFileSync(join(installed, 'dist/index.js'), '');
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'consumer.ts'), CONSUMER);
});

describe('the public surface', () => {
  it('has a docstring on each name, needs no private type, and is the one written down', () => {
    expect(problems).toBe('');
  });

  it('is in one file of declarations, which needs no others', () => {
    const text = readFileSync(declarations, 'utf8');
    expect(text).toContain('export declare function watchRoom(');
    expect(text).not.toMatch(/^(?:import|\/\/\/ <reference)/m);
  });

  it('declares what is there to import, and nothing else', () => {
    const text = readFileSync(declarations, 'utf8');
    const declared = [...text.matchAll(/^export declare (?:function|class|const|let) (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect([...new Set(declared)].sort()).toEqual(Object.keys(library).sort());
  });
});

const CONSUMER = `
import { decode, Ledger, type RoomRecord, RoomSimulator, type TransferRecord, toRecord, watchRoom } from 'trueconf-files';

export async function names(signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const record of watchRoom('10.0.0.5', { signal, filter: { statuses: ['complete'] } })) {
    if (record.type === 'transfer') names.push(record.name ?? record.id);
  }
  return names;
}

export function describe(record: RoomRecord): string | number {
  switch (record.type) {
    case 'transfer':
      return record.status satisfies TransferRecord['status'];
    case 'progress':
      return record.percent ?? 0;
    case 'removed':
    case 'warning':
      return record.id ?? '';
    case 'connection':
    case 'state':
      return record.state;
    case 'availability':
      return record.code;
    case 'heartbeat':
      return String(record.connected);
  }
}

const room = await RoomSimulator.start({ pin: '1234' });
const changes = new Ledger().apply(decode('{}'), Date.now());
export const ids: readonly string[] = changes.map((change) => toRecord(change, room.url).time);
// @ts-expect-error there is no such status
watchRoom('10.0.0.5', { filter: { statuses: ['done'] } });
`;

describe('a project in TypeScript', () => {
  it.each([
    ['nodenext', 'nodenext', ['es2023'], ['node']],
    ['nodenext', 'nodenext', ['es2022', 'dom'], []],
    ['esnext', 'bundler', ['es2023'], ['node']],
    ['esnext', 'bundler', ['es2022', 'dom'], []],
  ])('of %s modules, with the resolution of %s, %j and %j, knows the types', async (...options) => {
    const [module, moduleResolution, lib, types] = options;
    expect(await complaints({ module, moduleResolution, lib, types }, ['consumer.ts'])).toBe('');
  });

  it('takes the programs on the page of the library', async () => {
    const files = [...programsOf('docs/library.md').values()].map((code, at) => {
      writeFileSync(join(project, `${at}.ts`), code);
      return `${at}.ts`;
    });
    expect(files.length).toBeGreaterThan(0);
    const node = { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2023'], types: ['node'] };
    expect(await complaints(node, files)).toBe('');
  });
});

/** What the compiler says to files of the project. */
async function complaints(options: object, files: readonly string[]): Promise<string> {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const compilerOptions = { ...options, ...strict, target: 'es2022', noEmit: true, skipLibCheck: false };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  try {
    return (await run(process.execPath, [TSC, '-p', project])).stdout;
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}
