import { TrueConfFilesError } from '../errors.js';
import { notOffered, offer, type Recipient } from '../visit/offer.js';
import { openSource } from '../visit/source-file.js';
import { uploadFile } from '../visit/upload-file.js';
import type { ConnectOptions } from './connect-options.js';
import { visit } from './visit.js';

/** To whom a file is sent, and how to sign in. */
export interface SendOptions extends ConnectOptions {
  /** A TrueConf ID such as `user@server`; `null` is all in the Room's conference. */
  readonly to: string | null;
  /** Told how far the upload has come, in bytes; the last time with the file's size. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** A file that a Room has offered. */
export interface SentFile {
  /** The request's id, which the records of a watch have; `null` where the Room tells none. */
  readonly id: string | null;
  /** The file's id on the Room's HTTP server. */
  readonly fileId: string;
}

/**
 * Signs in to a Room, uploads a file to it, lets the Room offer it, and leaves. Whether it is accepted, a watch tells.
 *
 * How a Room takes uploads is not documented: the way of one client of 2020 is gone, and errors say what was tried.
 * Signing in takes the seat of its mode: beside a `watchRoom`, use the other `role`.
 *
 * Sources: `commands/sendFile`, `commands/sendFileToConference`, `commands/getTokenForHttpServer`.
 * @param address as for `watchRoom`
 * @param path of the file
 * @throws TrueConfFilesError `rejected` where the Room does not take the file or does not offer it; `usage` where the
 *   file can't be read, too; `unreachable`, `refused`, `taken-over`, `lost`
 * @throws AbortError where the signal is aborted
 */
export async function sendFile(address: string, path: string, options: SendOptions): Promise<SentFile> {
  const to = recipientOf(options);
  const file = await openSource(path);
  try {
    return await visit(address, options, async (at) => {
      const { onProgress } = options;
      const fileId = await uploadFile(file, at, onProgress === undefined ? {} : { onProgress });
      const offered = await offer(fileId, to, at);
      if ('refusal' in offered) throw notOffered(file, fileId, to, at, offered.refusal);
      return { id: offered.id, fileId: String(fileId) };
    });
  } finally {
    await file.handle.close();
  }
}

function recipientOf({ to }: SendOptions): Recipient {
  if (to === null || (typeof to === 'string' && to !== '')) return to;
  throw new TrueConfFilesError(
    'usage',
    `The option to is ${to === '' ? 'empty' : String(to)}.`,
    'Give a TrueConf ID such as "user@server", or null for the conference.',
  );
}
