import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { decodeText, shellWord } from '../encoding.js';
import { TrueConfFilesError } from '../errors.js';
import { codeOf, fileFault } from '../faults.js';
import { readInputFile } from '../input.js';
import type { Role } from '../protocol/requests.js';

/** What the config file says. */
export interface Config {
  /** The file; `null` where there is none. */
  readonly path: string | null;
  readonly rooms: readonly ConfiguredRoom[];
  /** Values of options that the command line does not give, by long name, as they stand in the file. */
  readonly defaults: Readonly<Record<string, DefaultValue>>;
}

export type DefaultValue = string | number | boolean | readonly string[];

/** A Room with a name. */
export interface ConfiguredRoom {
  readonly name: string;
  /** As it would be given on the command line. */
  readonly address: string;
  readonly role: Role | null;
  /** Where its PIN, password or token comes from. */
  readonly credentials: { readonly file: string } | { readonly command: string } | null;
  readonly tags: readonly string[];
}

export const NO_CONFIG: Config = { path: null, rooms: [], defaults: {} };

/**
 * Reads the text of a config file.
 * @param path for errors
 * @throws TrueConfFilesError `usage`, with the place in the file, and never with a value that may be a secret
 */
export function parseConfig(text: string, path: string): Config {
  const fail = (where: string, what: string, hint: string | null = null): never => {
    const place = where === '' ? '' : ` ${where}`;
    throw new TrueConfFilesError('usage', `The config file "${path}":${place} ${what}.`, hint);
  };
  const json = readJson(text, fail);
  const top = asObject(json, '', fail);
  checkKeys(top, TOP_KEYS, '', fail);
  const rooms = Object.entries(asObject(top['rooms'] ?? {}, 'rooms', fail)).map(([name, value]) =>
    readRoom(name, value, fail),
  );
  const names = new Set(rooms.map(({ name }) => name));
  for (const { name, tags } of rooms) {
    for (const tag of tags) {
      if (tag === ALL || names.has(tag)) {
        fail(
          `rooms.${name}.tags`,
          `the tag "${tag}" is also ${tag === ALL ? 'the word for all Rooms' : 'the name of a Room'}`,
        );
      }
    }
  }
  return { path, rooms, defaults: readDefaults(top['defaults'] ?? {}, fail) };
}

/**
 * The Rooms that `@NAME`, `@TAG` or `@all` names.
 * @throws TrueConfFilesError `usage` where it names none
 */
export function roomsNamed(reference: string, config: Config): readonly ConfiguredRoom[] {
  const wanted = reference.slice(1);
  const found = config.rooms.filter(
    ({ name, tags }) => wanted === ALL || name === wanted || tags.includes(wanted),
  );
  if (found.length > 0) return found;
  const known = [...new Set(config.rooms.flatMap(({ name, tags }) => [name, ...tags]))];
  throw new TrueConfFilesError(
    'usage',
    `No Room is named or tagged "${reference}".`,
    known.length === 0
      ? `Name Rooms in ${config.path === null ? 'a config file' : `"${config.path}"`}: docs/automation.md shows how.`
      : `The config file has ${known.map((name) => `@${name}`).join(', ')} and @${ALL}.`,
  );
}

/** The word for all Rooms. */
const ALL = 'all';

type Fail = (where: string, what: string, hint?: string | null) => never;

function readJson(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own words may quote what stands there.
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    if (position === undefined) return fail('', 'is not JSON, or ends too early');
    const before = text.slice(0, Number(position));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    return fail(`line ${line}, column ${column}:`, 'it is not JSON from here on');
  }
}

function readRoom(name: string, value: unknown, fail: Fail): ConfiguredRoom {
  const where = `rooms.${name}`;
  if (!NAME.test(name))
    fail(where, 'a name has letters, digits, "-", "_" and "." and begins with a letter or digit');
  if (name === ALL) fail(where, `"${ALL}" is the word for all Rooms`);
  const room = asObject(value, where, fail);
  checkKeys(room, ROOM_KEYS, where, fail);
  const text = (key: string): string | undefined => {
    const given = room[key];
    if (given === undefined) return undefined;
    if (typeof given === 'string' && given !== '') return given;
    return fail(`${where}.${key}`, 'must be a text');
  };
  const address = text('address') ?? fail(where, 'has no address');
  if (address.startsWith('@')) fail(`${where}.address`, 'must be an address, not a name');
  const role = text('role') ?? null;
  if (role !== null && role !== 'admin' && role !== 'user') fail(`${where}.role`, 'must be admin or user');
  const file = text('credentialsFile');
  const command = text('credentialsCommand');
  if (file !== undefined && command !== undefined) {
    fail(where, 'has both credentialsFile and credentialsCommand');
  }
  const tags = room['tags'] ?? [];
  if (!isTexts(tags) || !tags.every((tag) => NAME.test(tag))) {
    return fail(`${where}.tags`, 'must be a list of names');
  }
  return {
    name,
    address,
    role: role === 'admin' || role === 'user' ? role : null,
    credentials: file !== undefined ? { file } : command !== undefined ? { command } : null,
    tags,
  };
}

function readDefaults(value: unknown, fail: Fail): Config['defaults'] {
  const defaults: Record<string, DefaultValue> = {};
  for (const [name, given] of Object.entries(asObject(value, 'defaults', fail))) {
    checkSecret(name, 'defaults', fail);
    if (
      typeof given === 'string' ||
      typeof given === 'number' ||
      typeof given === 'boolean' ||
      isTexts(given)
    ) {
      defaults[name] = given;
    } else fail(`defaults.${name}`, 'must be a text, a number, true, false or a list of texts');
  }
  return defaults;
}

function checkKeys(
  object: Readonly<Record<string, unknown>>,
  known: readonly string[],
  where: string,
  fail: Fail,
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    checkSecret(key, where, fail);
    fail(where === '' ? key : `${where}.${key}`, 'is not known', `There are ${known.join(', ')}.`);
  }
}

function checkSecret(key: string, where: string, fail: Fail): void {
  if (!SECRET.test(key) || key === 'credentialsFile' || key === 'credentialsCommand') return;
  const place = where === '' ? key : `${where}.${key}`;
  fail(
    place,
    'is a secret, which may not stand in this file',
    'Put it into a file that only you can read, named by credentialsFile, or have credentialsCommand print it.',
  );
}

function asObject(value: unknown, where: string, fail: Fail): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(where, 'must be an object');
  return { ...value };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const SECRET = /pin$|^pin|password|passwd|token|secret|credential/i;
const TOP_KEYS = ['$schema', 'rooms', 'defaults'];
const ROOM_KEYS = ['address', 'role', 'credentialsFile', 'credentialsCommand', 'tags'];

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
    if (around.platform !== 'win32') await checkOwners(path);
    return parseConfig(decodeText(await readInputFile(path, around.signal, MAX_BYTES)), path);
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

const MAX_BYTES = 4 * 1_024 * 1_024;

/** A path in the config file, from the file's own folder; `~/` is the user's. */
export function pathInConfig(path: string, configPath: string): string {
  if (/^~[\\/]/.test(path)) return join(homedir(), path.slice(2));
  return isAbsolute(path) ? path : join(dirname(configPath), path);
}

function defaultPath({ env, platform }: Surroundings): string {
  const windows = platform === 'win32' ? env['APPDATA'] : undefined;
  const xdg = env['XDG_CONFIG_HOME'];
  const folder =
    windows ?? (xdg !== undefined && isAbsolute(xdg) ? xdg : join(env['HOME'] || homedir(), '.config'));
  return join(folder, 'trueconf-files', 'config.json');
}

/** The file names commands to run: a user who can change it, or its folder, could run others. */
async function checkOwners(path: string): Promise<void> {
  for (const one of [path, dirname(path)]) {
    const { mode, uid } = await stat(one);
    const isOurs = uid === 0 || uid === process.getuid?.();
    // In a folder with the sticky bit only the owner of a file may replace it.
    const isSafe = (mode & 0o022) === 0 || (one !== path && (mode & 0o1000) !== 0);
    if (isOurs && isSafe) continue;
    const mend = isOurs ? `chmod go-w ${shellWord(one)}` : `chown "$(id -u)" ${shellWord(one)}`;
    throw new TrueConfFilesError(
      'usage',
      `The config file "${path}" could be changed by other users, and it may name commands to run.`,
      `Run: ${mend}`,
    );
  }
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
