export { type ErrorCode, TrueConfFilesError } from './errors.js';
export { decode } from './protocol/decode.js';
export type * from './protocol/message.js';
export { Secret } from './protocol/secret.js';
export * from './simulator/index.js';
export type * from './transfers/change.js';
export { Ledger, type LedgerOptions } from './transfers/ledger.js';
export type { Status, Step, Transfer } from './transfers/transfer.js';
