import type { Secret } from './secrets.js';
import type { READING_METHODS } from './wire.js';

/** What a person decides about an incoming request. */
export type Decision = 'accept' | 'reject';

/** The mode that a client signs in in: administrator or user. Source: `commands/auth`, field `role`. */
export type Role = 'admin' | 'user';

/** A request of the API, without its id. Source: `commands/` in the API's pages. */
export type Request =
  | { readonly method: 'auth'; readonly credentials: Secret | null; readonly role: Role | null }
  | { readonly method: PlainMethod | ReadingMethod }
  | { readonly method: IdMethod; readonly fileRequestId: string }
  | { readonly method: 'sendFile'; readonly fileId: string; readonly callId: string }
  | { readonly method: FileMethod; readonly fileId: string }
  | { readonly method: 'clearFileTransferHistory'; readonly deleteFilesFromDisk: boolean }
  /** Before 4.1. */
  | { readonly method: 'sendFile'; readonly fileId: string; readonly peerId: string };

/** Methods about one file on the Room's HTTP server. The last is a name before 4.1. */
export type FileMethod = 'sendFileToConference' | 'deleteFileTransferFile' | 'sendConferenceFile';

/** Methods that take nothing. The last three are names before 4.1. */
export type PlainMethod =
  | 'getIncomingFilesRequests'
  | 'getOutgoingFilesRequests'
  | 'getFileTransferHistory'
  | 'getFileTransferAvailability'
  | 'getAppState'
  | 'getFileList'
  | 'getTokenForHttpServer'
  | 'getSettings'
  | 'getFileRequests'
  | 'getFileUploads'
  | 'clearFileTransfer';

/** Methods that change nothing, which only tell what a Room is like. */
export type ReadingMethod = (typeof READING_METHODS)[keyof typeof READING_METHODS][number];

/** Methods about one request. Before 4.1 the id went under `id`. */
export type IdMethod =
  | 'getFileRequestInfo'
  | 'acceptIncomingFileRequest'
  | 'rejectIncomingFileRequest'
  | 'getFileInfo'
  | 'acceptFile'
  | 'rejectFile';

/** The text frame of a request. Here and in the URL of an upload a secret is revealed, and nowhere else. */
export function encodeRequest(request: Request, requestId: string): string {
  const { method } = request;
  switch (method) {
    case 'auth':
      return JSON.stringify({
        method,
        requestId,
        type: request.credentials === null ? 'unsecured' : 'secured',
        ...(request.credentials === null ? {} : { credentials: request.credentials.reveal() }),
        ...(request.role === null ? {} : { role: request.role }),
      });
    case 'getFileInfo':
    case 'acceptFile':
    case 'rejectFile':
      return withId({ method, requestId }, 'id', request.fileRequestId);
    case 'sendFile':
    case 'sendFileToConference':
    case 'sendConferenceFile':
    case 'deleteFileTransferFile': {
      const { fileId, ...rest } = request;
      return withId({ requestId, ...rest }, 'fileId', fileId);
    }
    default:
      return JSON.stringify({ requestId, ...request });
  }
}

/** Whether a number on the wire can have these digits: of a file on the Room's HTTP server, or of a request before 4.1. */
export function isNumericId(id: string): boolean {
  return /^(?:0|[1-9]\d{0,19})$/.test(id);
}

/** An id that is a number goes back with all the digits that came, also those that a number of this program loses. */
function withId(fields: object, name: string, id: string): string {
  return `${JSON.stringify(fields).slice(0, -1)},"${name}":${isNumericId(id) ? id : JSON.stringify(id)}}`;
}
