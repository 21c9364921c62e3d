// Runs tests of the program as it is installed, under other Nodes than this one: `npm run test:nodes -- 20 26`.
// With --brief it runs those that show most in half a minute; with --counts their numbers are written into a file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cachePackages, installProgram } from './packages.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { brief: { type: 'boolean' }, counts: { type: 'string' } },
});
/** Each command at its work, the table on a terminal, signals, and the library. */
const BRIEF = [
  ...['each-command', 'replay-terminal', 'terminal', 'signals'].map((name) => `test/cli/${name}.test.ts`),
  'test/docs/library.test.ts',
  'test/library/process.test.ts',
];
const scratch = mkdtempSync(join(tmpdir(), 'trueconf-files-nodes-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const prefix = installProgram(scratch);
  for (const major of positionals.length > 0 ? positionals : ['20', '22', '24', '26']) {
    const found = findNode(major);
    const told = 'problem' in found ? { passed: 0, failed: 0, skipped: 1 } : test(found, prefix);
    for (const kind of Object.keys(counts)) counts[kind] += told[kind];
    const { passed, failed, skipped } = told;
    console.log(
      'problem' in found
        ? `Node ${major} is skipped: ${found.problem}`
        : `Node ${found.version}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}
if (values.counts !== undefined) writeFileSync(values.counts, JSON.stringify(counts));
// That nothing was run is no success.
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;

/** The newest Node of a major version: the package `node` brings it by a script, those of each platform hold it. */
function findNode(major) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const system = { os: process.platform, cpu: process.arch };
  const cached = cachePackages(`nodes/${major}`, system, [`${name}@${major}`]);
  if ('problem' in cached) return cached;
  const file = join(cached.modules, name, 'bin', platform === 'win' ? 'node.exe' : 'node');
  const told = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const version = told.stdout?.trim().slice(1) ?? '';
  if (version.split('.')[0] === major) return { file, version };
  if (version !== '') return { problem: `what came is Node ${version}; give the number of a major version` };
  return { problem: `it does not run here: ${told.error?.message ?? told.stderr.trim()}` };
}

function test({ file }, prefix) {
  const report = join(scratch, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = resolve('node_modules/vitest/vitest.mjs');
  const args = [
    vitest,
    'run',
    '--config',
    'vitest.nodes.config.ts',
    ...reporters,
    ...(values.brief ? BRIEF : []),
  ];
  const env = { ...process.env, TESTED_NODE: file, TESTED_PREFIX: prefix };
  rmSync(report, { force: true });
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  // What fails outside of any test counts as one.
  const failed = status === 0 ? numFailedTests : Math.max(1, numFailedTests);
  return { passed: numPassedTests, failed, skipped: numPendingTests };
}
