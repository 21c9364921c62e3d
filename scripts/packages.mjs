// What scripts get from npm: Node for another version or system, and this program as it is installed.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/**
 * Runs npm. Without scripts: no package that is installed here needs one.
 *
 * @param {readonly string[]} args
 * @returns {{ status: number | null, stdout: string, stderr: string }}
 */
export function npm(...args) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  return spawnSync('npm', [...args, ...quiet], {
    encoding: 'utf8',
    maxBuffer: 64 * 1_024 ** 2,
    shell: process.platform === 'win32',
  });
}

/**
 * Packs what was built, and installs it where nothing else is.
 *
 * @param {string} scratch a folder that the caller removes
 * @returns {string} the prefix it is installed in
 */
export function installProgram(scratch) {
  const prefix = join(scratch, 'prefix');
  const [{ filename }] = JSON.parse(
    npm('pack', '--json', '--ignore-scripts', '--pack-destination', scratch).stdout,
  );
  const { status, stderr } = npm('install', '--prefix', prefix, join(scratch, filename));
  if (status !== 0) throw new Error(`The packed tarball can't be installed.\n${stderr}`);
  return prefix;
}

/**
 * Installs packages into a folder of the cache, also those of another system than this one.
 *
 * @param {string} folder its name in the cache
 * @param {{ os: string, cpu: string }} target the system that they are for, in npm's words
 * @param {readonly string[]} packages each as `name@version`
 * @returns {{ modules: string } | { problem: string }} where they are, or why they can't be had
 */
export function cachePackages(folder, { os, cpu }, packages) {
  const home = resolve('node_modules/.cache', folder);
  // Only --force lets npm install what is for another system.
  const options = ['--prefix', home, '--no-save', '--force', `--os=${os}`, `--cpu=${cpu}`];
  const { status, stderr } = npm('install', ...options, ...packages);
  if (status === 0) return { modules: join(home, 'node_modules') };
  const [line = 'npm gives no reason'] = stderr.match(/^npm error (?!code).*/m) ?? [];
  return { problem: `${packages.join(', ')} can't be installed: ${line}` };
}
