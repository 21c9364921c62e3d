export { type ErrorCode, TrueConfFilesError } from './errors.js';
export type { ConnectOptions, RetryOptions } from './library/connect.js';
export {
  acceptRequest,
  type ListOptions,
  listTransfers,
  rejectRequest,
  type SendOptions,
  type SentFile,
  sendFile,
} from './library/one-shot.js';
export { type ReplayOptions, replay } from './library/replay.js';
export { type RoomWatch, type WatchRoomOptions, watchRoom } from './library/watch-room.js';
export { safeText } from './output/text.js';
export { decode } from './protocol/decode.js';
export type { Direction, FileFacts, Peer } from './protocol/fields.js';
export type * from './protocol/message.js';
export type { Role } from './protocol/requests.js';
export { Secret } from './protocol/secrets.js';
export { toRecord } from './records/record.js';
export type * from './records/types.js';
export { type Filter, type FilterOptions, makeFilter } from './rules/filter.js';
export * from './simulator/index.js';
export type {
  AvailabilityChange,
  Change,
  Origin,
  ProgressChange,
  RemovedChange,
  RemovedReason,
  TransferChange,
} from './transfers/change.js';
export { Ledger, type LedgerOptions } from './transfers/ledger.js';
export type { ListingCause } from './transfers/memory.js';
export type { Status, Step, Transfer } from './transfers/transfer.js';
