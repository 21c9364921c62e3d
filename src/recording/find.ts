import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TrueConfFilesError } from '../errors.js';
import { codeOf, fileFault } from '../faults.js';

/** A file to look into. */
export interface File {
  readonly path: string;
  readonly label: string;
  /** A regular file is on a disk, and can be opened again; anything else is a pipe or a device. */
  readonly kind: 'stdin' | 'regular' | 'other';
  readonly isEmpty: boolean;
  /** Whether it was named itself, and not the folder that it is in. */
  readonly isNamed: boolean;
}

/**
 * The files that paths name: each once, and of a folder all in it.
 * @param paths `-` alone is stdin
 * @throws TrueConfFilesError `usage`; the signal's reason once it is aborted
 */
export async function findFiles(paths: readonly string[], signal: AbortSignal): Promise<readonly File[]> {
  if (paths.length > 1 && paths.includes(STDIN_PATH)) {
    const message = '- is the input from stdin, which is played alone.';
    throw new TrueConfFilesError('usage', message, 'Give either - or files and folders.');
  }
  const files: File[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === STDIN_PATH) {
      files.push({ path, label: 'stdin', kind: 'stdin', isEmpty: false, isNamed: true });
      continue;
    }
    const place = await placeAt(path).catch(refuse(path));
    if (place.isFolder) files.push(...(await filesIn(place, seen, signal)));
    else if (isNew(place, seen)) files.push(fileAt(place, true));
  }
  return files;
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

/**
 * The regular files in a folder and its folders, but for hidden ones and those that are still being packed. Links are
 * followed; as they may lead back, and into all of a disk, each folder is visited once, and the signal ends the search.
 */
async function filesIn(root: Place, seen: Set<string>, signal: AbortSignal): Promise<readonly File[]> {
  const files: Place[] = [];
  const folders = isNew(root, seen) ? [root.path] : [];
  // It grows while it is gone through.
  for (const folder of folders) {
    signal.throwIfAborted();
    for (const name of await namesIn(folder)) {
      signal.throwIfAborted();
      const place = await placeAt(join(folder, name)).catch(() => null);
      if (place === null || !(place.isFolder || (place.isRegular && !name.endsWith('.tmp')))) continue;
      if (!isNew(place, seen)) continue;
      if (place.isFolder) folders.push(place.path);
      else files.push(place);
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1)).map((place) => fileAt(place, false));
}

/** Sorted, so that of several names of one file the same is taken each time. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    // It was there a moment ago.
    return codeOf(error) === 'ENOENT' ? [] : refuse(folder)(error);
  });
  return names.filter((name) => !name.startsWith('.')).sort();
}

/** What is at a path, whatever links lead there. */
interface Place {
  readonly path: string;
  /** The same for all names of one file or folder. */
  readonly id: string;
  readonly isFolder: boolean;
  readonly isRegular: boolean;
  readonly isEmpty: boolean;
}

async function placeAt(path: string): Promise<Place> {
  // Numbers of files on Windows need all of their 64 bits.
  const stats = await stat(path, { bigint: true });
  const isRegular = stats.isFile();
  return {
    path,
    id: await idOf(path, stats),
    isFolder: stats.isDirectory(),
    isRegular,
    isEmpty: isRegular && stats.size === 0n,
  };
}

/** Some file systems, as shares, number no files. */
async function idOf(path: string, { dev, ino }: BigIntStats): Promise<string> {
  return ino === 0n ? realpath(path) : `${dev} ${ino}`;
}

function isNew({ id }: Place, seen: Set<string>): boolean {
  return seen.size < seen.add(id).size;
}

function fileAt({ path, isRegular, isEmpty }: Place, isNamed: boolean): File {
  return { path, label: path, kind: isRegular ? 'regular' : 'other', isEmpty, isNamed };
}

/** What a file is called in a sentence. */
export function subjectOf({ path, kind }: File): string {
  return kind === 'stdin' ? 'The input from stdin' : `The file "${path}"`;
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
