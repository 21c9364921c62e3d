import type { Secret } from './secrets.js';

/** What a person decides about an incoming request. */
export type Decision = 'accept' | 'reject';

/** The mode that a client signs in in: administrator or user. Source: `commands/auth`, field `role`. */
export type Role = 'admin' | 'user';

/** A request of the API, without its id. Source: `commands/` in the API's pages. */
export type Request =
  | { readonly method: 'auth'; readonly credentials: Secret | null; readonly role: Role | null }
  | { readonly method: PlainMethod }
  | { readonly method: IdMethod; readonly fileRequestId: string }
  | { readonly method: 'sendFile'; readonly fileId: number; readonly callId: string }
  | { readonly method: 'sendFileToConference'; readonly fileId: number }
  /** Before 4.1. */
  | { readonly method: 'sendFile'; readonly fileId: number; readonly peerId: string }
  | { readonly method: 'sendConferenceFile'; readonly fileId: number };

/** Methods that take nothing. The last two are names before 4.1. */
export type PlainMethod =
  | 'getIncomingFilesRequests'
  | 'getOutgoingFilesRequests'
  | 'getFileTransferHistory'
  | 'getFileTransferAvailability'
  | 'getAppState'
  | 'getTokenForHttpServer'
  | 'getSettings'
  | 'getFileRequests'
  | 'getFileUploads';

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
      return `${JSON.stringify({ method, requestId }).slice(0, -1)},"id":${oldId(request.fileRequestId)}}`;
    default:
      return JSON.stringify({ requestId, ...request });
  }
}

/** As JSON: ids were numbers then, and go back with the digits that came. */
function oldId(id: string): string {
  return /^(?:0|[1-9]\d{0,19})$/.test(id) ? id : JSON.stringify(id);
}
