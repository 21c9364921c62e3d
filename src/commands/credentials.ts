import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type ConfiguredRoom, NO_CONFIG, pathInConfig } from '../config/config.js';
import { decodeText, shellWord } from '../encoding.js';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import { startOf } from '../hooks/process.js';
import { splitWords } from '../hooks/spec.js';
import type { Host } from '../host.js';
import { openInput, readInput } from '../input.js';
import { safeText } from '../output/text.js';
import type { Role } from '../protocol/requests.js';
import { MAX_CREDENTIALS_UNITS, Secret } from '../protocol/secrets.js';
import type { SignInOptions } from './command-options.js';

/**
 * The credentials given: from the file (`-` is stdin), else from the environment; `null` where there are none. Line
 * ends after them do not belong to them; blanks do.
 * @throws TrueConfFilesError `usage` where they can't be read, or are empty or too long; they are not quoted
 */
export async function readCredentials(options: SignInOptions, host: Host): Promise<Secret | null> {
  const { credentialsFile: file } = options;
  if (file === undefined) {
    const given = host.env['TRUECONF_FILES_CREDENTIALS'];
    return given ? toSecret(given, 'TRUECONF_FILES_CREDENTIALS') : null;
  }
  const name = file === '-' ? 'stdin' : `"${file}"`;
  if (file !== '-' && host.platform !== 'win32') await checkMode(file, host);
  return toSecret(decodeText(await read(file, host)), `The credentials file ${name}`);
}

/** A user who may change the file chooses what the program signs in with; one who may read it can sign in. */
async function checkMode(file: string, host: Host): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) return;
  if ((found.mode & 0o002) !== 0) {
    const message = `The credentials file "${file}" could be changed by other users.`;
    throw new TrueConfFilesError('usage', message, `Run: chmod o-rwx ${shellWord(file)}`);
  }
  // Not in logs: there are machines, as containers, where no one else is.
  if ((found.mode & 0o004) === 0 || !host.stderr.isTTY) return;
  const note = `the credentials file ${file} can be read by other users of this machine. Run: chmod o-r ${shellWord(file)}`;
  host.stderr.write(`${safeText(note)}\n`);
}

/** @param source what they came from, to begin a sentence with */
function toSecret(given: string, source: string): Secret {
  const value = given.replace(/[\r\n]+$/, '');
  if (value.length > MAX_CREDENTIALS_UNITS) {
    const most = `more than ${MAX_CREDENTIALS_UNITS} characters`;
    throw new TrueConfFilesError('usage', `${source} holds ${most}.`, PUT_IT_ALONE);
  }
  if (value.trim() !== '') return new Secret(value);
  throw new TrueConfFilesError('usage', `${source} is empty.`, PUT_IT_ALONE);
}

/** How to sign in to a Room. */
export interface SignIn {
  readonly credentials: Secret | null;
  readonly role: Role | null;
}

/**
 * How to sign in to each Room: by the options, else the environment, else the config file.
 * @param configured Rooms that the config file names, by label
 * @throws TrueConfFilesError `usage` where credentials can't be read
 */
export async function readSignIns(
  options: SignInOptions,
  configured: ReadonlyMap<string, ConfiguredRoom>,
  host: Host,
): Promise<(label: string) => SignIn> {
  const given = await readCredentials(options, host);
  const signIns = new Map<string, SignIn>();
  for (const [label, room] of configured) signIns.set(label, await signInTo(room, given, options, host));
  return (label) => signIns.get(label) ?? { credentials: given, role: options.role ?? null };
}

/**
 * How to sign in to one Room.
 * @param room what the config file says of it
 * @param given the credentials that the options or the environment give
 * @throws TrueConfFilesError `usage` where those of the config file can't be read
 */
export async function signInTo(
  room: ConfiguredRoom | undefined,
  given: Secret | null,
  { role }: SignInOptions,
  host: Host,
): Promise<SignIn> {
  if (room === undefined) return { credentials: given, role: role ?? null };
  const credentials = given ?? (await configuredCredentials(room, host));
  return { credentials, role: role ?? room.role };
}

async function configuredCredentials(
  { name, credentials }: ConfiguredRoom,
  host: Host,
): Promise<Secret | null> {
  if (credentials === null) return null;
  const { path } = host.config ?? NO_CONFIG;
  if ('file' in credentials) {
    const file = path === null ? credentials.file : pathInConfig(credentials.file, path);
    return readCredentials({ credentialsFile: file }, host);
  }
  const fail = (why: string): never => {
    throw new TrueConfFilesError('usage', `The credentialsCommand of "${name}" failed: ${why}.`);
  };
  const [command, ...args] = splitWords(credentials.command);
  if (command === undefined) return fail('it is empty');
  const printed = await runForText(command, args, host.signal, fail);
  return toSecret(printed, `What the credentialsCommand of "${name}" printed`);
}

async function runForText(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  fail: (why: string) => never,
): Promise<string> {
  try {
    const { file, args: words, options } = startOf(command, args);
    const limits = { ...options, signal, timeout: COMMAND_MS, maxBuffer: MAX_SECRET_BYTES };
    return (await promisify(execFile)(file, words, limits)).stdout;
  } catch (error) {
    signal.throwIfAborted();
    // What it printed may be the secret.
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (typeof code === 'number') return fail(`it ended with code ${code}`);
    return fail(code === 'ENOENT' ? `there is no program "${command}"` : 'it ended without an answer');
  }
}

const COMMAND_MS = 30_000;
const MAX_SECRET_BYTES = 65_536;

async function read(file: string, host: Host): Promise<Buffer> {
  const { signal, stdin } = host;
  try {
    const input = file === '-' ? stdin : await openInput(file);
    return await readInput(input, signal, MAX_FILE_BYTES);
  } catch (error) {
    signal.throwIfAborted();
    const fault = fileFault(error);
    throw new TrueConfFilesError(
      'usage',
      `The credentials file "${file}" can't be read: ${fault}.`,
      'Give a file with the PIN, password or token in it, or - for stdin.',
    );
  }
}

const PUT_IT_ALONE = 'Put the PIN, password or token into it, and nothing else.';
/** Room for credentials of any length that is taken, in any encoding. */
const MAX_FILE_BYTES = 4 * MAX_CREDENTIALS_UNITS + 64;
