import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import { type Config, NO_CONFIG, parseConfig } from './config.js';

/** The surroundings that say where the config file is. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
}

/**
 * Reads the config file: the one given, else `TRUECONF_FILES_CONFIG`, else the one in the user's folder, which need not
 * exist.
 * @throws TrueConfFilesError `usage` where it can't be read, is wrong, or could be changed by other users
 */
export async function readConfig(given: string | undefined, around: Surroundings): Promise<Config> {
  const named = given ?? (around.env['TRUECONF_FILES_CONFIG'] || undefined);
  const path = resolve(named ?? defaultPath(around));
  try {
    const text = await readFile(path, { encoding: 'utf8', signal: around.signal });
    if (around.platform !== 'win32') await checkOwners(path);
    return parseConfig(text, path);
  } catch (error) {
    around.signal.throwIfAborted();
    if (error instanceof TrueConfFilesError) throw error;
    if (named === undefined && isMissing(error)) return NO_CONFIG;
    const hint =
      named === undefined
        ? null
        : 'Give a file that exists, or leave --config and TRUECONF_FILES_CONFIG out.';
    throw new TrueConfFilesError(
      'usage',
      `The config file "${path}" can't be read: ${fileFault(error)}.`,
      hint,
    );
  }
}

/** A path in the config file, from the file's own folder; `~/` is the user's. */
export function pathInConfig(path: string, configPath: string): string {
  if (path.startsWith('~/')) return join(homedir(), path.slice(2));
  return isAbsolute(path) ? path : join(dirname(configPath), path);
}

function defaultPath({ env, platform }: Surroundings): string {
  const windows = platform === 'win32' ? env['APPDATA'] : undefined;
  const xdg = env['XDG_CONFIG_HOME'];
  const folder =
    windows ?? (xdg !== undefined && isAbsolute(xdg) ? xdg : join(env['HOME'] || homedir(), '.config'));
  return join(folder, 'trueconf-files', 'config.json');
}

/** The file names commands to run: whoever may change it, or its folder, could run theirs. */
async function checkOwners(path: string): Promise<void> {
  for (const one of [path, dirname(path)]) {
    const { mode, uid } = await stat(one);
    const isOurs = uid === 0 || uid === process.getuid?.();
    // In a folder with the sticky bit only the owner of a file may replace it.
    const isSafe = (mode & 0o022) === 0 || (one !== path && (mode & 0o1000) !== 0);
    if (isOurs && isSafe) continue;
    const mend = isOurs
      ? `chmod go-w '${one.replaceAll("'", "'\\''")}'`
      : `chown "$(id -u)" '${one.replaceAll("'", "'\\''")}'`;
    throw new TrueConfFilesError(
      'usage',
      `The config file "${path}" could be changed by other users, and it may name commands to run.`,
      `Run: ${mend}`,
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
