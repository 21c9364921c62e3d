import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../file-fault.js';
import { Secret } from '../protocol/secret.js';
import type { Host } from './host.js';
import type { ConnectingOptions } from './watch/options.js';

/**
 * The credentials given: from the file (`-` is stdin), else from the environment; `null` where there are none. A
 * line's end after them does not belong to them.
 * @throws TrueConfFilesError `usage` where the file can't be read or is empty
 */
export async function readCredentials(options: ConnectingOptions, host: Host): Promise<Secret | null> {
  const { credentialsFile: file } = options;
  if (file === undefined) {
    const given = host.env['TRUECONF_FILES_CREDENTIALS'];
    return given === undefined || given === '' ? null : new Secret(given);
  }
  const value = (await read(file, host)).replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  if (value !== '') return new Secret(value);
  const name = file === '-' ? 'stdin' : `"${file}"`;
  throw new TrueConfFilesError(
    'usage',
    `The credentials file ${name} is empty.`,
    'Put the PIN, password or token into it.',
  );
}

async function read(file: string, host: Host): Promise<string> {
  try {
    return file === '-'
      ? await readStdin(host)
      : await readFile(file, { encoding: 'utf8', signal: host.signal });
  } catch (error) {
    host.signal.throwIfAborted();
    const fault = fileFault(error);
    throw new TrueConfFilesError(
      'usage',
      `The credentials file "${file}" can't be read: ${fault}.`,
      'Give a file with the PIN, password or token in it, or - for stdin.',
    );
  }
}

/** It may be a pipe into which nobody ever writes: a signal ends the wait. */
async function readStdin({ stdin, signal }: Host): Promise<string> {
  const stop = () => stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await text(stdin);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
