import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';

/** A file to look into. */
export interface File {
  readonly path: string;
  readonly label: string;
  /** `null` for stdin. */
  readonly stats: Stats | null;
  /** Whether it was named itself, and not the folder that it is in. */
  readonly isNamed: boolean;
}

/**
 * The files that paths name: each once, and of a folder all in it.
 * @param paths `-` alone is stdin
 * @throws TrueConfFilesError `usage`
 */
export async function findFiles(paths: readonly string[]): Promise<readonly File[]> {
  if (paths.length > 1 && paths.includes(STDIN_PATH)) {
    const message = '- is the input from stdin, which is played alone.';
    throw new TrueConfFilesError('usage', message, 'Give either - or files and folders.');
  }
  const found = new Map<string, File>();
  const add = (file: File) => {
    const { stats, path } = file;
    const id = stats === null || stats.ino === 0 ? path : `${stats.dev} ${stats.ino}`;
    if (!found.has(id)) found.set(id, file);
  };
  for (const path of paths) {
    if (path === STDIN_PATH) add({ path, label: 'stdin', stats: null, isNamed: true });
    else {
      const stats = await stat(path).catch(refuse(path));
      if (!stats.isDirectory()) add({ path, label: path, stats, isNamed: true });
      else for (const file of await filesIn(path)) add(file);
    }
  }
  return [...found.values()];
}

/**
 * Whether an argument that may be a Room as well is a file. What names a scheme or a place in the config file is a Room;
 * what is there, or has the name of a file, is a file.
 * @param takesFolders whether a folder is one without a slash at its end, too
 */
export async function namesFile(given: string, takesFolders = false): Promise<boolean> {
  if (given === '-' || /^\.{0,2}[\\/]|^[a-z]:[\\/]/i.test(given)) return true;
  if (given === 'demo' || given.startsWith('@') || /^\w+:\/\//.test(given)) return false;
  if (RECORDING_NAME.test(given)) return true;
  return stat(given).then(
    (stats) => takesFolders || !stats.isDirectory() || /[\\/]$/.test(given),
    () => false,
  );
}

/** The regular files in a folder and its folders, but for hidden ones and those that are still being packed. */
async function filesIn(folder: string): Promise<readonly File[]> {
  const names = await readdir(folder, { recursive: true }).catch(refuse(folder));
  const files: File[] = [];
  for (const name of names.sort()) {
    if (/(?:^|[\\/])\.|\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null);
    if (stats?.isFile()) files.push({ path, label: path, stats, isNamed: false });
  }
  return files;
}

/** What a file is called in a sentence. */
export function subjectOf({ path, stats }: File): string {
  return stats === null ? 'The input from stdin' : `The file "${path}"`;
}

/** Says that a path can't be read. */
export function refuse(path: string): (error: unknown) => never {
  return (error) => {
    throw new TrueConfFilesError(
      'usage',
      `The file "${path}" can't be read: ${fileFault(error)}.`,
      READABLE_HINT,
    );
  };
}

const STDIN_PATH = '-';
const RECORDING_NAME = /\.(?:ndjson|jsonl?|log|gz|zst)$/i;
/** What can be read. */
export const READABLE_HINT =
  "Give a file made by 'trueconf-files watch --record FILE', or one with a Room's messages, one per line; - is stdin.";
