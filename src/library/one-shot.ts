import { TrueConfFilesError } from '../errors.js';
import type { Decision } from '../protocol/requests.js';
import { toRecord } from '../records/record.js';
import type { TransferRecord } from '../records/types.js';
import { decide } from '../room/ask.js';
import { type FilterOptions, makeFilter } from '../rules/filter.js';
import { asSeen } from '../transfers/change.js';
import { notOffered, offer, type Recipient } from '../visit/offer.js';
import { openSource, uploadFile } from '../visit/send.js';
import { ANSWER_HINT, incomplete, refused } from '../visit/visit.js';
import { atRoom, type ConnectOptions, checkId, readFilter } from './connect.js';

/** What is listed, and how to sign in. */
export interface ListOptions extends ConnectOptions {
  /** Only transfers that match are given. */
  readonly filter?: FilterOptions | undefined;
}

/**
 * Signs in to a Room, lists what it holds, and leaves. Nothing runs after it, whether it resolves or rejects.
 *
 * Signing in takes the seat of its mode: while a `watchRoom` of the same mode is on, use that instead.
 *
 * Sources: `commands/getIncomingFilesRequests`, `commands/getOutgoingFilesRequests`.
 * @param address as for `watchRoom`
 * @returns inbound transfers and outbound ones, as the first records of a watch
 * @throws TrueConfFilesError `usage`, `unreachable`, `refused`, `taken-over`, `lost`, or `rejected` where the Room does
 *   not give both lists
 * @throws AbortError where the signal is aborted
 */
export async function listTransfers(
  address: string,
  options: ListOptions = {},
): Promise<readonly TransferRecord[]> {
  const filter = makeFilter(readFilter(options.filter));
  return atRoom(address, options, async ({ label, ledger, listingFaults }) => {
    // What is missing must never look like what is not there.
    if (listingFaults.length > 0) throw incomplete(label, listingFaults);
    const held = [...ledger.values()];
    const at = Date.now();
    const wanted = filter === null ? held : held.filter((one) => filter(one, { at, room: label }));
    return wanted.map((one) => toRecord(asSeen(one, at), label));
  });
}

/**
 * Signs in to a Room, accepts one inbound request, and leaves; the transfer goes on without it.
 *
 * Signing in takes the seat of its mode: while a `watchRoom` of the same mode is on, use its `accept` instead.
 *
 * Source: `commands/acceptIncomingFileRequest`, or `acceptFile` before 4.1.
 * @param address as for `watchRoom`
 * @param id the transfer's
 * @throws TrueConfFilesError `rejected` where the Room says no; `usage`, `unreachable`, `refused`, `taken-over`, `lost`
 * @throws AbortError where the signal is aborted
 */
export function acceptRequest(address: string, id: string, options: ConnectOptions = {}): Promise<void> {
  return decideAt('accept', address, id, options);
}

/**
 * Signs in to a Room, rejects one inbound request, and leaves; otherwise as `acceptRequest`.
 *
 * Source: `commands/rejectIncomingFileRequest`, or `rejectFile` before 4.1.
 */
export function rejectRequest(address: string, id: string, options: ConnectOptions = {}): Promise<void> {
  return decideAt('reject', address, id, options);
}

async function decideAt(
  decision: Decision,
  address: string,
  id: string,
  options: ConnectOptions,
): Promise<void> {
  checkId(id);
  return atRoom(address, options, async ({ label, room }) => {
    const outcome = await decide(room, decision, id);
    if (!outcome.ok) throw refused(label, `to ${decision} "${id}"`, outcome.reason, ANSWER_HINT);
  });
}

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
 * @throws what `onProgress` throws, which ends the upload
 */
export async function sendFile(address: string, path: string, options: SendOptions): Promise<SentFile> {
  const to = recipientOf(options);
  const file = await openSource(path);
  try {
    return await atRoom(address, options, async (at) => {
      const { onProgress } = options;
      const fileId = await uploadFile(file, at, onProgress === undefined ? {} : { onProgress });
      const offered = await offer(fileId, to, at);
      if (!offered.ok) throw notOffered(file.name, fileId, to, at, offered.reason);
      return { id: offered.id, fileId };
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
