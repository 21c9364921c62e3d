import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLAIN_ENV } from '../support/program.js';
import { Registry } from './registry.js';

const run = promisify(execFile);

/** Packed from a copy of the sources, as a release is: nothing that was built before is in it. */
const scratch = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
const sources = join(scratch, 'sources');
const unpacked = join(scratch, 'package');
const prefix = join(scratch, 'prefix');
/** What is installed with the program: its dependencies and theirs. */
const INSTALLED = Object.entries<{ readonly dev?: boolean }>(
  JSON.parse(readFileSync('package-lock.json', 'utf8')).packages,
)
  .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev !== true)
  .map(([path]) => path.replace('node_modules/', ''));
let tarball: string;
let registry: Registry;

beforeAll(async () => {
  const skipped = new Set(['.git', 'node_modules', 'dist', 'coverage']);
  cpSync('.', sources, { recursive: true, filter: (path) => !skipped.has(basename(path)) });
  symlinkSync(resolve('node_modules'), join(sources, 'node_modules'));
  tarball = await pack(sources);
  execFileSync('tar', ['-xf', tarball, '-C', scratch]);
  const tarballs = await Promise.all(
    INSTALLED.map(async (name) => {
      const folder = resolve('node_modules', name);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return [name, { file: await pack(folder, '--ignore-scripts'), manifest }] as const;
    }),
  );
  registry = await Registry.start(new Map(tarballs));
  await npm('install', '--global', '--prefix', prefix, '--registry', registry.url, tarball);
}, 180_000);

afterAll(async () => {
  await registry?.close();
  rmSync(scratch, { recursive: true });
});

describe('the packed tarball', () => {
  it('holds the program, its manual, its declarations and its pages, and nothing else', () => {
    const others = files().filter((file) => !/^dist\/chunks\/[\w.-]+\.js$/.test(file));
    const pages = readdirSync('docs');
    expect(others.sort()).toEqual(
      [
        ...pages.map((name) => `docs/${name}`),
        ...readdirSync('deploy').map((name) => `deploy/${name}`),
        ...readdirSync('.').filter((name) => name.endsWith('.md')),
        'LICENSE',
        'bin/package.json',
        'bin/run.js',
        'bin/trueconf-files.js',
        'dist/cli.js',
        'dist/index.d.ts',
        'dist/index.js',
        'dist/licences.txt',
        'dist/start.js',
        'dist/trueconf-files.1',
        'package.json',
      ].sort(),
    );
  });

  it('has the licence of each package that it holds', () => {
    const told = readFileSync(join(unpacked, 'dist/licences.txt'), 'utf8');
    const ours = [
      '@marcbachmann/cel-js',
      'busboy',
      'chalk',
      'cli-table3',
      'commander',
      'csv-stringify',
      'prom-client',
      'string-width',
    ];
    const theirs = ['ansi-regex', 'get-east-asian-width', 'streamsearch', 'strip-ansi'];
    const names = [...told.matchAll(/(?<=^|, )(\S+) \d+\.\d+\.\d+(?=,|$)/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual([...ours, ...theirs].sort());
    expect(told).toContain('Copyright (c) 2011 TJ Holowaychuk');
  });

  it('has every file that another one loads, and none that nothing loads', () => {
    const scripts = files().filter((file) => file.endsWith('.js'));
    const loaded = scripts.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(file, '..', name)),
    );
    const entries = ['bin/trueconf-files.js', 'dist/index.js'];
    expect([...new Set([...loaded, ...entries])].sort()).toEqual(scripts.sort());
  });

  it('loads nothing that is not in it, but what is installed with it and what Node has', () => {
    const names = files()
      .filter((file) => file.endsWith('.js'))
      .flatMap(importsOf)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
      // A package may be asked for one of its files.
      .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect([...new Set(names)].sort()).toEqual(Object.keys(dependencies));
  });

  it('says nothing of the machine that built it', () => {
    for (const file of files()) {
      const text = readFileSync(join(unpacked, file), 'utf8');
      for (const place of [scratch, process.cwd()])
        expect([file, text.includes(place)]).toEqual([file, false]);
    }
  });

  it('is in order, says publint', async () => {
    const { buffer, byteOffset, byteLength } = readFileSync(tarball);
    const { messages } = await publint({
      strict: true,
      pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) },
    });
    expect(messages).toEqual([]);
  });

  it('has types that are right for all who import ES modules', async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    expect(result.types).toEqual({ kind: 'included' });
    const problems = 'problems' in result ? result.problems : [];
    const others = problems.filter((one) => !('resolutionKind' in one && NOT_SERVED.has(one.resolutionKind)));
    expect(others).toEqual([]);
  });
});

describe('installed into an empty prefix', () => {
  it('it needs few packages, which are small', () => {
    const home = join(prefix, 'lib/node_modules/trueconf-files/node_modules');
    const all = readdirSync(home, { recursive: true, encoding: 'utf8' });
    const found = all.filter((path) => /^(?:@[^/]+\/)?[^@/.][^/]*\/package\.json$/.test(path)).map(dirname);
    expect(found.sort()).toEqual([...INSTALLED].sort());
    const sizes = readdirSync(dirname(home), { recursive: true, encoding: 'utf8' })
      .map((path) => statSync(join(dirname(home), path)))
      .map((stats) => (stats.isFile() ? stats.size : 0));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_INSTALLED_BYTES);
  });

  it('it says its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect((await installed('--version')).stdout).toBe(`${version}\n`);
  });

  it('it watches the demo', async () => {
    const { stdout } = await installed('watch', 'demo', '--once', '--json');
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ type }) => type)).toContain('transfer');
  });

  it('it loads the client of NATS only for NATS', async () => {
    const client = join(prefix, 'lib/node_modules/trueconf-files/node_modules/@nats-io');
    renameSync(client, `${client}-away`);
    try {
      expect((await installed('watch', 'demo', '--once', '--json')).stdout).toContain('"type":"transfer"');
    } finally {
      renameSync(`${client}-away`, client);
    }
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('it completes in %s', async (shell) => {
    expect((await installed('completion', shell)).stdout).toContain('step-timeout');
  });

  it('it loads what each command needs', async () => {
    const { stdout } = await installed('doctor', 'demo', '--quiet');
    expect(stdout).toContain('All is well.');
    // Wrong usage is reported only by the relay itself, with all that it loads.
    const refused = await installed('relay', 'demo', '--to', 'nats://127.0.0.1:1').catch(
      ({ code, stderr }) => ({
        code,
        stderr,
      }),
    );
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('nats://127.0.0.1:1') });
  });

  it('its manual page is where man looks', async ({ skip }) => {
    const page = join(prefix, 'share/man/man1/trueconf-files.1');
    expect(readFileSync(page, 'utf8')).toMatch(/^\.TH TRUECONF\\-FILES 1 /);
    try {
      const { stdout } = await run('man', ['-M', join(prefix, 'share/man'), '-w', 'trueconf-files']);
      expect(realpathSync(stdout.trim())).toBe(realpathSync(page));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') skip('man is not installed');
      throw error;
    }
  });

  it('each link on its pages leads somewhere', () => {
    const home = join(prefix, 'lib/node_modules/trueconf-files');
    const pages = ['.', 'docs'].flatMap((folder) =>
      readdirSync(join(home, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name)),
    );
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'README.ru.md', 'docs/README.md']));
    const links = pages.flatMap((page) =>
      [...readFileSync(join(home, page), 'utf8').matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(
        ([, link = '']) => [page, join(dirname(page), link)] as const,
      ),
    );
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(([, target]) => !existsSync(join(home, target)));
    // These pages name tests, which are in the sources alone.
    const naming = ['CONTRIBUTING.md', 'docs/expectations.md', 'docs/errors.md'];
    const isOfTests = (page: string, target: string) => naming.includes(page) && target.startsWith('test/');
    expect(broken.filter(([page, target]) => !isOfTests(page, target))).toEqual([]);
  });

  it('its schema can be read by its name', async () => {
    const code = "console.log(require('trueconf-files/schema.json').$id)";
    const { stdout } = await run(process.execPath, ['--eval', code], { cwd: join(prefix, 'lib') });
    expect(stdout).toBe('urn:trueconf-files:records:v1\n');
  });

  it('is not published before it says where it comes from', async () => {
    const said = await run(process.execPath, [resolve('scripts/publishable.mjs')], { cwd: unpacked }).catch(
      (error) => error,
    );
    const { repository, homepage, bugs } = JSON.parse(readFileSync('package.json', 'utf8'));
    const missing = Object.entries({ repository, homepage, bugs }).filter(([, value]) => value === undefined);
    expect(said.code ?? 0).toBe(missing.length > 0 ? 1 : 0);
    for (const [field] of missing) expect(said.stderr).toContain(`package.json has no "${field}".`);
  });

  it('its library can be imported', async () => {
    const code = "import { decode } from 'trueconf-files'; console.log(decode('{}').kind);";
    mkdirSync(join(prefix, 'lib'), { recursive: true });
    const args = ['--input-type=module', '--eval', code];
    const { stdout } = await run(process.execPath, args, { cwd: join(prefix, 'lib') });
    expect(stdout).toBe('unreadable\n');
  });

  it('its library can be bundled into one CommonJS file', async () => {
    const contents = `
      import { listTransfers, RoomSimulator } from 'trueconf-files';
      RoomSimulator.start().then(async (room) => {
        room.receive({ name: 'plan.pdf' });
        console.log((await listTransfers(room.url)).map(({ name }) => name).join());
        await room.close();
      });`;
    const outfile = join(scratch, 'bundled.cjs');
    const stdin = { contents, resolveDir: join(prefix, 'lib') };
    await build({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' });
    expect((await run(process.execPath, [outfile], { cwd: scratch })).stdout).toBe('plan.pdf\n');
  });
});

function files(): string[] {
  const listed = execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
}

/** Whatever a minified script imports or requires. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(unpacked, file), 'utf8');
  const imports = /\b(?:from|import|import\(|require\()\s*["']([\w@./:-]+)["']/g;
  return [...text.matchAll(imports)].map(([, name = '']) => name);
}

/** Packs a folder, and gives the tarball's path. */
async function pack(folder: string, ...options: readonly string[]): Promise<string> {
  const packed = join(scratch, 'packed', basename(folder));
  mkdirSync(packed, { recursive: true });
  const { stdout } = await npm('pack', folder, '--json', '--pack-destination', packed, ...options);
  const [{ filename }] = JSON.parse(stdout);
  return join(packed, filename);
}

/** Without what this machine has or sets for npm. */
function npm(...args: readonly string[]) {
  const env = {
    ...PLAIN_ENV,
    npm_config_cache: join(scratch, 'cache'),
    npm_config_userconfig: join(scratch, 'npmrc'),
    npm_config_globalconfig: join(scratch, 'global-npmrc'),
    npm_config_update_notifier: 'false',
  };
  return run('npm', [...args, '--no-audit', '--no-fund'], { cwd: scratch, env, maxBuffer: 16 * 1_024 ** 2 });
}

/** The installed program, which finds nothing of this repository's. */
function installed(...args: readonly string[]) {
  return run(join(prefix, 'bin/trueconf-files'), args, { cwd: scratch, env: PLAIN_ENV });
}

const MAX_INSTALLED_BYTES = 4_000_000;
/** The package has ES modules alone, as every Node that it runs on can import them. */
const NOT_SERVED: ReadonlySet<unknown> = new Set(['node10', 'node16-cjs']);
