import type { FileFacts } from './fields.js';
import type { Secret } from './secrets.js';

/** Statuses that a message without a status number implies. */
export type ImpliedStatus = 'waiting' | 'processing' | 'rejected';

/** What every message has. */
export interface Decoded {
  /** What could not be read of a message that was otherwise understood, one sentence each. */
  readonly problems: readonly string[];
}

/** What every event has. */
export interface EventBase extends Decoded {
  /** The event's name on the wire. */
  readonly event: string;
}

/** `notifications/fileRequestStatusChanged` (4.1.0+), and `fileStatus` before 4.1. */
export interface StatusChanged extends EventBase {
  readonly kind: 'status';
  /** The file request it is about. */
  readonly file: FileFacts;
  /** 0 failed, 1 waiting, 2 processing, 3 complete; others are not documented. */
  readonly statusCode: number;
}

/**
 * An event that implies a status without a number: received, sent, accepted, rejected.
 *
 * Sources: `notifications/receivedFileRequest`, `incomingFileRequestAccepted`, `incomingFileRequestRejected`,
 * `outgoingFileRequestSent`, `outgoingFileRequestSentToConference`.
 */
export interface StatusImplied extends EventBase {
  readonly kind: 'implied';
  /** The file request it is about. */
  readonly file: FileFacts;
  /** What the event's name says. */
  readonly status: ImpliedStatus;
}

/**
 * How far a transfer has come.
 *
 * Sources: `notifications/incomingFileRequestDownloadingProgress`, `notifications/outgoingFileRequestUploadingProgress`.
 */
export interface Progress extends EventBase {
  readonly kind: 'progress';
  /** The file request it is about. */
  readonly file: FileFacts;
  /** 0 to 100; `null` where it can't be read: the transfer is processing all the same. */
  readonly percent: number | null;
  /** Bytes done, where the wire says them (before 4.1); else `null`. */
  readonly bytes: number | null;
}

/** `notifications/fileDeletedFromFileTransferHistory`. */
export interface Deleted extends EventBase {
  readonly kind: 'deleted';
  /** The file request it is about. */
  readonly file: FileFacts;
  /** Whether the file is gone, too; `null` where the Room does not say. */
  readonly removedFromDisk: boolean | null;
}

/** `notifications/fileTransferHistoryCleared`: what it took, only the lists tell. */
export interface HistoryCleared extends EventBase {
  readonly kind: 'cleared';
}

/** `notifications/fileTransferAvailabilityChanged`. */
export interface AvailabilityChanged extends EventBase {
  readonly kind: 'availability';
  /** 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  readonly code: number;
}

/** `notifications/authorizationNeeded`: the session has ended. */
export interface AuthorizationNeeded extends EventBase {
  readonly kind: 'authorization-needed';
  /** 1 another client signed in in this mode; 2 to 8 see `room/sign-in.ts`. */
  readonly cause: number;
}

/** `fileTransferFileDeleted` (before 4.1): a file was deleted from the Room's HTTP server. */
export interface FileDeleted extends EventBase {
  readonly kind: 'file-deleted';
  /** The file's id on the HTTP server. */
  readonly fileId: string;
}

/** `notifications/appStateChanged`. */
export interface AppStateChanged extends EventBase {
  readonly kind: 'app-state';
  /** See `AppStateAnswer`. */
  readonly appState: number;
  /** The port of the Room's HTTP server. */
  readonly embeddedHttpPort: number | null;
}

/** An event that is not about files, or that is not documented. */
export interface OtherEvent extends EventBase {
  readonly kind: 'other-event';
  /** Whether the API's pages or a public client list it (`OTHER_EVENTS`). */
  readonly isDocumented: boolean;
}

/** What every answer has. */
export interface AnswerBase extends Decoded {
  /** The method it answers, as the wire names it. */
  readonly method: string;
  /** `''` where the request had none. */
  readonly requestId: string;
  /** Whether the Room did what it was asked for. */
  readonly result: boolean;
  /** The Room's own words on a failure. */
  readonly error: string | null;
}

/** Answer to `commands/auth`. */
export interface AuthAnswer extends AnswerBase {
  readonly kind: 'auth-answer';
  /** 0 success, 1 internal error, 3 seen on a refused sign-in; the rest is unknown. */
  readonly resultCode: number | null;
  /** Spelled `previleges` on the wire. */
  readonly privileges: number | null;
  /** Credentials for signing in again: 30 days, with a PIN 24 hours, or until the Room restarts. */
  readonly token: Secret | null;
  /** For uploading files: 5 minutes, or with a PIN until the Room restarts. */
  readonly tokenForHttpServer: Secret | null;
}

/** One row of a list of file requests. */
export interface ListedFile {
  /** What the row says about it. */
  readonly file: FileFacts;
  /** 0 failed, 1 waiting, 2 processing, 3 complete; others are not documented. */
  readonly statusCode: number;
}

/** Answer to `getIncomingFilesRequests` or `getOutgoingFilesRequests`, or to a list's name before 4.1. */
export interface ListAnswer extends AnswerBase {
  readonly kind: 'list-answer';
  /** Which of the two lists it is. */
  readonly direction: 'inbound' | 'outbound';
  /** `null` where there was no list in the answer. */
  readonly files: readonly ListedFile[] | null;
  /** Whether each row could be read: if not, a request that `files` does not name may be listed all the same. */
  readonly isWhole: boolean;
}

/** Answer to `commands/getFileRequestInfo`. */
export interface InfoAnswer extends AnswerBase {
  readonly kind: 'info-answer';
  /** `null` where the Room gave none, or none that can be read. */
  readonly file: ListedFile | null;
}

/** Answer to `commands/getFileTransferHistory`. */
export interface HistoryAnswer extends AnswerBase {
  readonly kind: 'history-answer';
  /** `null` where the answer held no array of objects with a `fileRequestId`. A row's status may be absent. */
  readonly files: readonly { readonly file: FileFacts; readonly statusCode: number | null }[] | null;
}

/** A file on the Room's HTTP server. */
export interface StoredFile {
  /** Its id there. */
  readonly fileId: string;
  /** Chosen by a stranger; `null` where the row has none. */
  readonly name: string | null;
}

/** Answer to `commands/getFileList`. */
export interface FileListAnswer extends AnswerBase {
  readonly kind: 'file-list-answer';
  /** `null` where there was no list in the answer. */
  readonly files: readonly StoredFile[] | null;
}

/** Answer to `commands/getFileTransferAvailability`. */
export interface AvailabilityAnswer extends AnswerBase {
  readonly kind: 'availability-answer';
  /** 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  readonly code: number | null;
}

/** Answer to `commands/getAppState`. */
export interface AppStateAnswer extends AnswerBase {
  readonly kind: 'app-state-answer';
  /**
   * 0 no connection with the server, 1 connecting to it, 2 not signed in to it, 3 idle, 4 calling or being called,
   * 5 in a conference, 6 the conference is ending.
   */
  readonly appState: number | null;
  /** The port of the Room's HTTP server. */
  readonly embeddedHttpPort: number | null;
}

/** Answer to `getSettings`. */
export interface SettingsAnswer extends AnswerBase {
  readonly kind: 'settings-answer';
  /** `changeUserAuthPinAfterConf`: the user's PIN changes after each conference; `null` where the answer has none. */
  readonly changesPinAfterConference: boolean | null;
}

/** Answer to `getTokenForHttpServer`. */
export interface TokenAnswer extends AnswerBase {
  readonly kind: 'token-answer';
  /** Opens the Room's built-in HTTP server, for five minutes. */
  readonly token: Secret | null;
}

/** Answer to `sendFile` and `sendFileToConference`, or to a name of theirs before 4.1. */
export interface SentAnswer extends AnswerBase {
  readonly kind: 'sent-answer';
  /** The id of the request that was made. */
  readonly sentFileRequestId: string | null;
}

/** Answer to any other method. */
export interface OtherAnswer extends AnswerBase {
  readonly kind: 'other-answer';
}

/**
 * Why text is not a message: `not-json`, JSON that is `not-an-object`, an object that is neither event nor answer
 * (`unknown-message`), or an event without what it is about (`missing-field`).
 */
export type UnreadableCode = 'not-json' | 'not-an-object' | 'unknown-message' | 'missing-field';

/** Text that is not a message of the API, with the reason. Nothing in it was used. */
export interface Unreadable {
  readonly kind: 'unreadable';
  /** The kind of fault. */
  readonly code: UnreadableCode;
  /** A sentence for a person; may quote the wire. */
  readonly reason: string;
}

/** An event about one file request. */
export type FileMessage = StatusChanged | StatusImplied | Progress | Deleted;

/** What the Room says unasked; `kind` tells which. */
export type Event =
  | FileMessage
  | FileDeleted
  | HistoryCleared
  | AvailabilityChanged
  | AppStateChanged
  | AuthorizationNeeded
  | OtherEvent;

/** What the Room says to a request; `kind` tells which. */
export type Answer =
  | AuthAnswer
  | ListAnswer
  | InfoAnswer
  | HistoryAnswer
  | FileListAnswer
  | AvailabilityAnswer
  | AppStateAnswer
  | SentAnswer
  | SettingsAnswer
  | TokenAnswer
  | OtherAnswer;

/** One decoded frame; `kind` tells which. */
export type Message = Event | Answer | Unreadable;
