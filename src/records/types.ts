import type { Direction, Peer } from '../protocol/fields.js';
import type { Origin, RemovedReason } from '../transfers/change.js';
import type { Status } from '../transfers/transfer.js';

/** What every record has. */
export interface RecordBase {
  /** The version of the records: within a version fields are added, and none is changed or taken away. */
  readonly v: 1;
  /** When it was observed: RFC 3339 with milliseconds, UTC, as `2022-07-31T16:17:03.120Z`. */
  readonly time: string;
  /** The Room's address, as it was given. */
  readonly room: string;
}

/**
 * A transfer was seen for the first time, or its status changed: once per change, in order, none repeated.
 *
 * Sources: the events and lists about file requests, first of all `notifications/fileRequestStatusChanged`.
 */
export interface TransferRecord extends RecordBase {
  readonly type: 'transfer';
  /** `fileRequestId`: a UUID in every example of the API. */
  readonly id: string;
  /** As the Room sees it: `inbound` comes to the Room. */
  readonly direction: Direction;
  /** The status it has now. */
  readonly status: Status;
  /** The Room's number for the status; `null` where an event implied it. */
  readonly statusCode: number | null;
  /** The status before; `null` where the transfer is new. */
  readonly previousStatus: Status | null;
  /** The file's name. A stranger chose it: see `safeText`. */
  readonly name: string | null;
  /** Bytes. */
  readonly size: number | null;
  /** Who sends or gets the file; `null` where it goes to a whole conference. */
  readonly peer: Peer | null;
  /** `null` outside a group conference. */
  readonly conferenceId: string | null;
  /** The file's id on the Room's HTTP server; `null` while an inbound file is not there yet. */
  readonly fileId: string | null;
  /** When the request was made, by the Room's clock: RFC 3339 with milliseconds, UTC. */
  readonly createdAt: string | null;
  /** Percent, 0 to 100, as the Room last told; `null` where it has not. */
  readonly progress: number | null;
  /** How the change is known: by the first listing, by an event, or by listing again after a gap. */
  readonly origin: Origin;
  /** The event that reported it; `null` for a listing. */
  readonly event: string | null;
}

/**
 * A transfer has come further.
 *
 * Sources: `notifications/incomingFileRequestDownloadingProgress`, `notifications/outgoingFileRequestUploadingProgress`.
 */
export interface ProgressRecord extends RecordBase {
  readonly type: 'progress';
  /** The transfer's. */
  readonly id: string;
  /** 0 to 100. */
  readonly percent: number | null;
  /** Bytes done: told by the Room, or the percentage of a known size. */
  readonly bytes: number | null;
  /** Bytes a second, smoothed; `null` until two reports are known. */
  readonly bytesPerSecond: number | null;
  /** Seconds until it is done; `null` while unknown. */
  readonly etaSeconds: number | null;
}

/**
 * The Room no longer has a transfer.
 *
 * Sources: `notifications/fileDeletedFromFileTransferHistory`, `notifications/fileTransferHistoryCleared`.
 */
export interface RemovedRecord extends RecordBase {
  readonly type: 'removed';
  /** The transfer's. */
  readonly id: string;
  /** `deleted` by itself, `cleared` with the history, or `gone` from the lists after a gap. */
  readonly reason: RemovedReason;
  /** Whether the file is gone, too; `null` where the Room does not say. */
  readonly removedFromDisk: boolean | null;
}

/** The state of the link to the Room changed. */
export interface ConnectionRecord extends RecordBase {
  readonly type: 'connection';
  /** `connected` is said once signed in and listed; after `disconnected` it is tried again, after `closed` never. */
  readonly state: 'connecting' | 'connected' | 'disconnected' | 'closed';
  /** Tries in a row, from 1; 0 where a live link was lost; `null` when closed. */
  readonly attempt: number | null;
  /** Milliseconds until the next try; `null` unless disconnected. */
  readonly retryInMs: number | null;
  /** Why it was disconnected or closed, as a sentence; may quote the Room. */
  readonly reason: string | null;
}

/** Whether files can be sent and received at all, in words. */
export type Availability =
  | 'forbidden-by-server'
  | 'forbidden-by-licence'
  | 'sign-in-needed'
  | 'available'
  | 'unknown';

/**
 * Told after signing in, and whenever it changes.
 *
 * Sources: `commands/getFileTransferAvailability`, `notifications/fileTransferAvailabilityChanged`.
 */
export interface AvailabilityRecord extends RecordBase {
  readonly type: 'availability';
  /** In words. */
  readonly availability: Availability;
  /** The Room's number: 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  readonly code: number;
}

/** What a Room is doing, in words. */
export type RoomStateName =
  | 'no-server'
  | 'connecting-to-server'
  | 'sign-in-needed'
  | 'idle'
  | 'calling'
  | 'in-conference'
  | 'conference-ending'
  | 'unknown';

/**
 * What the Room is doing. Emitted after signing in, and whenever it changes. In the first three states no file can
 * arrive.
 *
 * Sources: `commands/getAppState`, `notifications/appStateChanged`.
 */
export interface StateRecord extends RecordBase {
  readonly type: 'state';
  /** In words. */
  readonly state: RoomStateName;
  /** The Room's number, 0 to 6 in this order. */
  readonly code: number;
}

/** Something was wrong, and the watch goes on. One per code and minute. */
export interface WarningRecord extends Omit<RecordBase, 'room'> {
  readonly type: 'warning';
  /** The Room's address, as it was given; `null` where it concerns no Room, as a full disk of `--record`. */
  readonly room: string | null;
  /** Names the kind, as `not-json` or `listing-failed`; new ones may come. */
  readonly code: string;
  /** What was wrong, as a sentence; may quote the Room. */
  readonly message: string;
  /** How many of its code this one stands for. */
  readonly count: number;
  /** The transfer it is about, where it is about one. */
  readonly id: string | null;
}

/** A heartbeat interval has passed in which there was no other record: silence, and proved to be silence. */
export interface HeartbeatRecord extends RecordBase {
  readonly type: 'heartbeat';
  /** Whether the link is live. */
  readonly connected: boolean;
}

/**
 * A file on a Room's HTTP server: uploaded to be sent, or received.
 *
 * Source: `commands/getFileList`.
 */
export interface FileRecord extends RecordBase {
  readonly type: 'file';
  /** Its id there. */
  readonly fileId: string;
  /** A stranger chose it: see `safeText`. */
  readonly name: string | null;
  /** Bytes, as a request for it tells; `null` where none does. */
  readonly size: number | null;
  /** Ids of the requests for it, both ways, that the Room holds or has in its history. */
  readonly requests: readonly string[];
}

/** What came of something that was asked of a Room. */
export interface AnswerRecord extends RecordBase {
  readonly type: 'answer';
  /** What was asked. */
  readonly action: 'accept' | 'reject' | 'send' | 'rm' | 'clear';
  /** The request's; of a file that was sent the new one, or `null` where the Room gave none. */
  readonly id: string | null;
  /** Of a file that was sent or deleted, on the Room's HTTP server. */
  readonly fileId: string | null;
  /** The name of a file that was sent or deleted, where it is known. */
  readonly name: string | null;
  /** The TrueConf ID that a file was sent to; `null` where it went to the conference. */
  readonly to: string | null;
  /** Whether the Room did it. */
  readonly ok: boolean;
  /** The Room's own words where it did not. */
  readonly error: string | null;
  /** The rule that answered; `null` where none did. */
  readonly rule: string | null;
  /** The first word of the hook's command that answered; `null` where none did. */
  readonly hook: string | null;
  /** Whether nothing was sent to the Room, under `--dry-run`. */
  readonly dryRun: boolean;
}

/** A Room that the config file names. */
export interface ConfiguredRecord extends RecordBase {
  readonly type: 'configured';
  /** As the file gives it, without what may be secret: a PIN, a path, a query. */
  readonly address: string;
  /** The seat to take; `null` where the file does not say. */
  readonly role: 'admin' | 'user' | null;
  /** Names that it shares with other Rooms. */
  readonly tags: readonly string[];
  /** Where its credentials come from; `null` where the file does not say. */
  readonly credentials: 'file' | 'command' | null;
}

/** A command that `--exec` runs has ended. */
export interface HookRecord extends RecordBase {
  readonly type: 'hook';
  /** What it was run for. */
  readonly event: Status | 'removed' | 'connected' | 'disconnected' | 'taken-over';
  /** The transfer's; `null` for an event of the link. */
  readonly id: string | null;
  /** The first word of the command. */
  readonly command: string;
  /** `null` where it did not end by itself. */
  readonly exitCode: number | null;
  /** The signal that ended it, such as `SIGTERM`. */
  readonly signal: string | null;
  /** How long it ran, milliseconds. */
  readonly durationMs: number;
  /** The last line that it wrote to stderr. */
  readonly stderr: string | null;
  /** What it decided of a waiting request. */
  readonly decision: 'accept' | 'reject' | null;
  /** Why it failed, in words, where it could not be started or did not end by itself. */
  readonly fault: string | null;
}

/** What a ledger's change becomes. */
export type ChangeRecord = TransferRecord | ProgressRecord | RemovedRecord | AvailabilityRecord;

/** One thing that happened at a Room, as `--json` writes it; `type` tells which. */
export type RoomRecord = ChangeRecord | ConnectionRecord | StateRecord | WarningRecord | HeartbeatRecord;
