import type { RoomRecord } from '../output/room-record.js';
import type { FilterOptions } from '../transfers/filter.js';
import { Selection } from '../transfers/selection.js';
import { type ConnectOptions, type RetryOptions, toWatcherOptions } from './connect-options.js';
import { LiveWatch } from './live-watch.js';

/** How a Room is watched; everything is optional. */
export interface WatchRoomOptions extends ConnectOptions, RetryOptions {
  /** Only transfers that match are told of; records about the link, warnings and heartbeats always are. */
  readonly filter?: FilterOptions | undefined;
  /** Tell of what is there at the start; default true. */
  readonly snapshot?: boolean | undefined;
}

/**
 * A Room being watched: records to iterate over, once, and what can be done on the same link meanwhile.
 *
 * Nothing runs before the first record is asked for, and nothing after the end: once a loop over it has ended,
 * however it ended, the socket is closed and no timer is left.
 */
export interface RoomWatch extends AsyncIterableIterator<RoomRecord> {
  /**
   * The next record.
   * @throws AbortError once the signal was aborted: `cause` is its reason; records not asked for yet are let go
   * @throws TrueConfFilesError after the last record: `unreachable`, `refused`, `taken-over`, or, with
   *   `reconnect: false`, `lost`
   */
  next(): Promise<IteratorResult<RoomRecord, undefined>>;
  /** Ends the watch, as `break` does. Resolves when all is closed. */
  return(): Promise<IteratorResult<RoomRecord, undefined>>;
  /**
   * Accepts an inbound request. Signing in a second time would take this watch's seat, so it goes over its link; it waits
   * up to 10 s for that to be live. What comes of it is told by records.
   *
   * Source: `commands/acceptIncomingFileRequest`, or `acceptFile` before 4.1.
   * @param id the transfer's
   * @throws TrueConfFilesError `rejected` where the Room says no, `lost` where there is no link or no answer
   * @throws AbortError where the watch ends first
   */
  accept(id: string): Promise<void>;
  /**
   * Rejects an inbound request; otherwise as `accept`.
   *
   * Source: `commands/rejectIncomingFileRequest`, or `rejectFile` before 4.1.
   */
  reject(id: string): Promise<void>;
}

/**
 * Watches a Room: what is there now, then every change, as the records that `trueconf-files watch --json` writes.
 *
 * ```ts
 * for await (const record of watchRoom('10.0.0.5', { signal })) {
 *   if (record.type === 'transfer' && record.status === 'failed') report(record.name);
 * }
 * ```
 *
 * A lost link is tried again until the watch is ended, and what was missed is found by listing again. While a thousand
 * records wait to be asked for, the socket is not read: a slow reader delays records, and loses none.
 *
 * Sources: the API's pages under `docs.trueconf.com/videosdk/en/` (`notifications/`, `commands/`,
 * `introduction/`), first of all `notifications/fileRequestStatusChanged`.
 * @param address `HOST`, `HOST:PORT` or `http://HOST[:PORT]` (the Room's web port, from which the WebSocket's is
 *   discovered), or `ws://HOST:PORT`, `wss://HOST:PORT`
 * @throws TrueConfFilesError `usage` where the address or an option is wrong; other errors come from `next`
 */
export function watchRoom(address: string, options: WatchRoomOptions = {}): RoomWatch {
  const { filter, snapshot, signal } = options;
  const selection = new Selection({ ...filter, snapshot });
  return new LiveWatch(toWatcherOptions(address, options), selection, signal);
}
