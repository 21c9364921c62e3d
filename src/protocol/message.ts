import type { Secret } from './secret.js';

export type Direction = 'inbound' | 'outbound' | 'unknown';

export interface Peer {
  /** TrueConf ID, such as `user@server`. */
  readonly id: string | null;
  /** Display name: `peerDn` or `peerDisplayName` on the wire. Chosen by a stranger. */
  readonly name: string | null;
}

/** What one message tells of one file request; `null` where it does not say. */
export interface FileFacts {
  /** `fileRequestId`: a UUID in every example, but any non-empty string is taken. */
  readonly id: string;
  readonly direction: Direction;
  /** Chosen by a stranger. */
  readonly name: string | null;
  /** Bytes: `fileSize` in events, `size` in lists. */
  readonly size: number | null;
  readonly peer: Peer | null;
  /** `confId`; an empty one on the wire means the same as none. */
  readonly conferenceId: string | null;
  /** Id on the built-in HTTP server: a number in events, a string in `getFileList`. */
  readonly fileId: string | null;
  /** When the request was made, milliseconds since 1970 (the wire has seconds or milliseconds). */
  readonly createdAt: number | null;
}

/** Statuses that a message without a status number implies. */
export type ImpliedStatus = 'waiting' | 'processing' | 'rejected';

interface Decoded {
  /** What could not be read of a message that was otherwise understood, one sentence each. */
  readonly problems: readonly string[];
}

interface EventBase extends Decoded {
  /** The event's name on the wire. */
  readonly event: string;
}

/** `notifications/fileRequestStatusChanged` (4.1.0+), and `fileStatus` before 4.1. */
export interface StatusChanged extends EventBase {
  readonly kind: 'status';
  readonly file: FileFacts;
  /** 0 failed, 1 waiting, 2 processing, 3 complete; others are not documented. */
  readonly statusCode: number;
}

/** An event that tells of a status without a number: received, sent, accepted, rejected. */
export interface StatusImplied extends EventBase {
  readonly kind: 'implied';
  readonly file: FileFacts;
  readonly status: ImpliedStatus;
}

export interface Progress extends EventBase {
  readonly kind: 'progress';
  readonly file: FileFacts;
  /** 0 to 100. */
  readonly percent: number;
  /** Bytes done, where the wire says them (before 4.1); else `null`. */
  readonly bytes: number | null;
}

export interface Deleted extends EventBase {
  readonly kind: 'deleted';
  readonly file: FileFacts;
  readonly removedFromDisk: boolean | null;
}

export interface HistoryCleared extends EventBase {
  readonly kind: 'cleared';
}

export interface AvailabilityChanged extends EventBase {
  readonly kind: 'availability';
  /** 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  readonly code: number;
}

/** `notifications/authorizationNeeded`: the session has ended. */
export interface AuthorizationNeeded extends EventBase {
  readonly kind: 'authorization-needed';
  /** 1 another client signed in in this mode; 2 to 8 see `room/authorization.ts`. */
  readonly cause: number;
}

/** An event that has nothing to do with files, or that nobody documents. */
export interface OtherEvent extends EventBase {
  readonly kind: 'other-event';
}

interface AnswerBase extends Decoded {
  readonly method: string;
  /** `''` where the request had none. */
  readonly requestId: string;
  readonly result: boolean;
  /** The Room's own words on a failure. */
  readonly error: string | null;
}

export interface AuthAnswer extends AnswerBase {
  readonly kind: 'auth-answer';
  /** 0 success, 1 internal error, 3 seen on a refused sign-in; the rest is unknown. */
  readonly resultCode: number | null;
  /** Spelled `previleges` on the wire. */
  readonly privileges: number | null;
  readonly token: Secret | null;
  readonly tokenForHttpServer: Secret | null;
}

/** One row of a list of file requests. */
export interface ListedFile {
  readonly file: FileFacts;
  readonly statusCode: number;
}

/** Answer to `getIncomingFilesRequests` or `getOutgoingFilesRequests`, or to a list's name before 4.1. */
export interface ListAnswer extends AnswerBase {
  readonly kind: 'list-answer';
  readonly direction: 'inbound' | 'outbound';
  /** `null` where there was no list in the answer. */
  readonly files: readonly ListedFile[] | null;
}

export interface InfoAnswer extends AnswerBase {
  readonly kind: 'info-answer';
  readonly file: ListedFile | null;
}

export interface HistoryAnswer extends AnswerBase {
  readonly kind: 'history-answer';
  /** `null` where the answer held no array of objects with a `fileRequestId`. A row's status may be absent. */
  readonly files: readonly { readonly file: FileFacts; readonly statusCode: number | null }[] | null;
}

export interface AvailabilityAnswer extends AnswerBase {
  readonly kind: 'availability-answer';
  readonly code: number | null;
}

export interface AppStateAnswer extends AnswerBase {
  readonly kind: 'app-state-answer';
  /** 0 none, 1 connecting, 2 signing in, 3 normal, 4 waiting, 5 conference, 6 closing. */
  readonly appState: number | null;
  readonly embeddedHttpPort: number | null;
}

/** Answer to `sendFile` and `sendFileToConference`. */
export interface SentAnswer extends AnswerBase {
  readonly kind: 'sent-answer';
  readonly sentFileRequestId: string | null;
}

/** Answer to any other method. */
export interface OtherAnswer extends AnswerBase {
  readonly kind: 'other-answer';
}

export type UnreadableCode = 'not-json' | 'not-an-object' | 'unknown-message' | 'missing-field';

/** Text that is no message of the API, with the reason. Nothing in it was used. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly code: UnreadableCode;
  /** A sentence for a person; may quote the wire. */
  readonly reason: string;
}

export type FileMessage = StatusChanged | StatusImplied | Progress | Deleted;

export type Event = FileMessage | HistoryCleared | AvailabilityChanged | AuthorizationNeeded | OtherEvent;

export type Answer =
  | AuthAnswer
  | ListAnswer
  | InfoAnswer
  | HistoryAnswer
  | AvailabilityAnswer
  | AppStateAnswer
  | SentAnswer
  | OtherAnswer;

export type Message = Event | Answer | Unreadable;
