import { toRecord } from '../output/record.js';
import type { TransferRecord } from '../output/room-record.js';
import { type Response, respond } from '../room/respond.js';
import { asSeen } from '../transfers/as-seen.js';
import { type FilterOptions, makeFilter } from '../transfers/filter.js';
import { incomplete, reasonOf, refused } from '../visit/refusal.js';
import type { ConnectOptions } from './connect-options.js';
import { visit } from './visit.js';

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
 * @returns inbound transfers and outbound ones, as the first records of a watch would tell of them
 * @throws TrueConfFilesError `usage`, `unreachable`, `refused`, `taken-over`, `lost`, or `rejected` where the Room does
 *   not give both lists
 * @throws AbortError where the signal is aborted
 */
export function listTransfers(
  address: string,
  options: ListOptions = {},
): Promise<readonly TransferRecord[]> {
  return visit(address, options, async ({ label, ledger, listingFaults }) => {
    // What is missing must never look like what is not there.
    if (listingFaults.length > 0) throw incomplete(label, listingFaults);
    const filter = makeFilter(options.filter ?? {});
    const held = [...ledger.values()];
    const at = Date.now();
    return (filter === null ? held : held.filter(filter)).map((one) => toRecord(asSeen(one, at), label));
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
  return answer('accept', address, id, options);
}

/**
 * Signs in to a Room, rejects one inbound request, and leaves; otherwise as `acceptRequest`.
 *
 * Source: `commands/rejectIncomingFileRequest`, or `rejectFile` before 4.1.
 */
export function rejectRequest(address: string, id: string, options: ConnectOptions = {}): Promise<void> {
  return answer('reject', address, id, options);
}

function answer(response: Response, address: string, id: string, options: ConnectOptions): Promise<void> {
  return visit(address, options, async ({ label, room }) => {
    const said = await respond(room, response, id);
    if (!said.result) throw refused(label, `to ${response} "${id}"`, reasonOf(said, room.redactor), null);
  });
}
