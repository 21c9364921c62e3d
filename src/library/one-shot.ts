import { TrueConfFilesError } from '../errors.js';
import type { TransferRecord } from '../output/room-record.js';
import type { FilterOptions } from '../transfers/filter.js';
import type { ConnectOptions } from './connect-options.js';
import { type RoomWatch, watchRoom } from './watch-room.js';

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
export async function listTransfers(
  address: string,
  options: ListOptions = {},
): Promise<readonly TransferRecord[]> {
  const transfers: TransferRecord[] = [];
  const faults: string[] = [];
  for await (const record of watchRoom(address, { ...options, ...ONCE })) {
    if (record.type === 'transfer') transfers.push(record);
    if (record.type === 'warning' && record.code === 'listing-failed') faults.push(record.message);
    if (record.type === 'connection' && record.state === 'connected') break;
  }
  if (faults.length === 0) return transfers;
  // What is missing must never look like what is not there.
  throw new TrueConfFilesError(
    'rejected',
    `The Room ${address} did not give its lists: ${faults.join('; ')}.`,
  );
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
  return visit(address, options, (room) => room.accept(id));
}

/**
 * Signs in to a Room, rejects one inbound request, and leaves; otherwise as `acceptRequest`.
 *
 * Source: `commands/rejectIncomingFileRequest`, or `rejectFile` before 4.1.
 */
export function rejectRequest(address: string, id: string, options: ConnectOptions = {}): Promise<void> {
  return visit(address, options, (room) => room.reject(id));
}

async function visit(
  address: string,
  options: ConnectOptions,
  act: (room: RoomWatch) => Promise<void>,
): Promise<void> {
  const room = watchRoom(address, { ...options, ...ONCE });
  for await (const record of room) {
    if (record.type !== 'connection' || record.state !== 'connected') continue;
    await act(room);
    return;
  }
}

const ONCE = { wait: false, reconnect: false, takeover: false, snapshot: true } as const;
