import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../file-fault.js';

/** A file that is there, can be read, and has something in it. */
export interface SourceFile {
  /** What the user gave. */
  readonly path: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly handle: FileHandle;
}

/** Its bytes, piece by piece. */
export async function* contentOf({ path, handle }: SourceFile): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: PIECE_BYTES }))
      yield chunk;
  } catch (error) {
    throw unreadable(path, fileFault(error));
  }
}

/** @throws TrueConfFilesError `usage` where it is no such file */
export async function openSource(path: string): Promise<SourceFile> {
  let handle: FileHandle | null = null;
  try {
    // Opening a pipe into which nobody writes would wait for ever.
    const kind = await stat(path);
    if (!kind.isFile())
      throw unreadable(path, kind.isDirectory() ? 'it is a folder' : 'it is no ordinary file');
    handle = await open(path);
    const { size } = await handle.stat();
    if (size === 0) {
      throw new TrueConfFilesError(
        'usage',
        `The file "${path}" is empty.`,
        'Give a file with something in it.',
      );
    }
    return { path, name: basename(path), size, handle };
  } catch (error) {
    await handle?.close();
    throw error instanceof TrueConfFilesError ? error : unreadable(path, fileFault(error));
  }
}

export function unreadable(path: string, reason: string): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    `The file "${path}" can't be read: ${reason}.`,
    'Give the path of the file to send.',
  );
}

const PIECE_BYTES = 256 * 1_024;
