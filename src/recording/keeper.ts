import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { openInput } from '../input.js';
import { type Beginning, readBeginning } from './format.js';
import type { LineFile } from './line-file.js';
import type { NamePattern } from './names.js';
import { readLines } from './source.js';
import { unpack } from './unpack.js';

/** Which parts of a recording stay: the newest so many, or those with anything from the last so many milliseconds. */
export type Keep = { readonly count: number } | { readonly ms: number };

export interface KeeperOptions {
  readonly pattern: NamePattern;
  readonly keep: Keep | null;
  readonly packs: boolean;
}

/** Packs closed parts and deletes old ones, one after the other and apart from what is being written. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #onFault: (what: string, error: unknown) => void;
  /** When parts begin, by their paths without `.gz`; `null` for files of others. */
  readonly #begun = new Map<string, Promise<number | null>>();
  /** Ends packing. */
  readonly #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions, onFault: (what: string, error: unknown) => void) {
    this.#options = options;
    this.#onFault = onFault;
  }

  /** A part has begun. */
  begin(path: string, time: number): void {
    this.#begun.set(join(path), Promise.resolve(time));
    this.#then(() => this.#prune(path));
  }

  /** A part has ended. */
  close(file: LineFile, path: string): void {
    this.#then(async () => {
      await file.close();
      await this.#pack(path);
    });
  }

  /** The last part was closed. Packing holds up the end for a few seconds at most; what is not done stays as it is. */
  async finish(path: string): Promise<string> {
    let isPacked = false;
    this.#then(async () => {
      isPacked = await this.#pack(path);
    });
    const timer = setTimeout(() => this.#stop.abort(), LINGER_MS);
    await this.#work;
    clearTimeout(timer);
    return isPacked ? `${path}.gz` : path;
  }

  #then(act: () => Promise<unknown>): void {
    this.#work = this.#work.then(async () => void (await act()));
  }

  /** At every moment either the part or its packed form is there as a whole. */
  async #pack(path: string): Promise<boolean> {
    if (!this.#options.packs) return false;
    const { signal } = this.#stop;
    const packed = `${path}.gz`;
    const unfinished = `${packed}.tmp`;
    try {
      await rm(unfinished, { force: true });
      const output = createWriteStream(unfinished, { flags: 'wx', mode: OWNER_ONLY, flush: true });
      await pipeline(createReadStream(path), createGzip(), output, { signal });
      await rename(unfinished, packed);
      await syncFolder(dirname(packed));
      await rm(path);
      return true;
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {});
      if (!signal.aborted) this.#onFault(`The part "${path}" of the recording can't be packed`, error);
      return false;
    }
  }

  /** @param current the part that is written now, which always stays */
  async #prune(current: string): Promise<void> {
    const { keep } = this.#options;
    if (keep === null) return;
    try {
      const parts = await this.#findParts();
      const now = Date.now();
      const old = parts.filter((_, nth) => {
        if ('count' in keep) return nth < parts.length - keep.count;
        // A part ends where the next begins.
        const next = parts[nth + 1];
        return next !== undefined && next.time < now - keep.ms;
      });
      for (const { path } of old) if (path !== join(current)) await this.#delete(path);
    } catch (error) {
      this.#onFault("Old parts of the recording can't be deleted", error);
    }
  }

  async #delete(path: string): Promise<void> {
    for (const form of [path, `${path}.gz`, `${path}.gz.tmp`]) await rm(form, { force: true });
    this.#begun.delete(path);
    // Folders of days that are gone.
    const { root } = this.#options.pattern;
    for (let folder = dirname(path); folder !== root && folder !== '.'; folder = dirname(folder)) {
      if (
        !(await rmdir(folder).then(
          () => true,
          () => false,
        ))
      )
        break;
    }
  }

  /** Parts of recordings with a name of the pattern, the oldest first; files of others are left alone. */
  async #findParts(): Promise<readonly { readonly path: string; readonly time: number }[]> {
    const { root, segments } = this.#options.pattern;
    const found = await filesIn(root, segments);
    const parts: { path: string; time: number }[] = [];
    for (const path of new Set(found.map((one) => one.replace(/\.gz$/, '')))) {
      const begun = this.#begun.get(path) ?? beginningOf(path).then((beginning) => timeOf(beginning));
      this.#begun.set(path, begun);
      const time = await begun;
      if (time !== null) parts.push({ path, time });
    }
    const names = new Intl.Collator('en', { numeric: true });
    return parts.sort((a, b) => a.time - b.time || names.compare(a.path, b.path));
  }
}

async function filesIn(folder: string, [segment, ...deeper]: readonly RegExp[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (segment?.test(entry.name) !== true) continue;
    const path = join(folder, entry.name);
    if (deeper.length > 0 && entry.isDirectory()) found.push(...(await filesIn(path, deeper)));
    if (deeper.length === 0 && entry.isFile()) found.push(path);
  }
  return found;
}

/** @param path without `.gz`, which it may have */
async function beginningOf(path: string): Promise<Beginning | null> {
  for (const form of [path, `${path}.gz`]) {
    const input = await openInput(form).catch(() => null);
    if (input === null) continue;
    try {
      const { value, done } = await readLines(unpack(input)).next();
      return done ? null : readBeginning(value[0]?.text ?? '');
    } catch {
      return null;
    } finally {
      input.destroy();
    }
  }
  return null;
}

function timeOf(beginning: Beginning | null): number | null {
  return beginning?.kind === 'recording' && beginning.hasHeader ? beginning.time : null;
}

/** So that a name outlives a failure of power; Windows has nothing like it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const OWNER_ONLY = 0o600;
const LINGER_MS = 3_000;
