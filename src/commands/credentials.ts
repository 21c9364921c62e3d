import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { Secret } from '../protocol/secrets.js';
import type { ConnectingOptions } from './options.js';

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

/** Whether a person can be asked: keys come from a terminal, and the question reaches one. */
export function canAsk(host: Host): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY === true;
}

/**
 * Asks for a secret without showing what is typed. `null` where nothing was typed (Enter alone, or Ctrl-D).
 * @throws the signal's reason when it is aborted meanwhile
 */
export function askSecret(question: string, host: Host, signal: AbortSignal): Promise<Secret | null> {
  const { stdin, stderr } = host;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let typed = '';
    const end = (act: () => void) => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      takeBack();
      act();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const onData = (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n' || character === END_OF_INPUT) {
          end(() => resolve(typed === '' ? null : new Secret(typed)));
          return;
        }
        if (character === INTERRUPT) host.interrupt();
        else if (ERASE.has(character)) typed = [...typed].slice(0, -1).join('');
        else if (character === ERASE_LINE) typed = '';
        else if (character >= ' ') typed += character;
      }
    };
    const onEnd = () => end(() => resolve(null));
    const takeBack = host.onLastResort(() => stdin.setRawMode(false));
    // Before the question: from the moment that it can be answered nothing typed may be shown.
    stdin.setRawMode(true);
    stderr.write(question);
    stdin.on('data', onData);
    stdin.once('end', onEnd);
    stdin.resume();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

const INTERRUPT = '\x03';
const END_OF_INPUT = '\x04';
const ERASE_LINE = '\x15';
const ERASE: ReadonlySet<string> = new Set(['\x7f', '\b']);
