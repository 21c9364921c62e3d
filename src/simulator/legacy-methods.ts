import { ABOUT_METHODS } from './about-methods.js';
import { legacyRow } from './legacy-wire.js';
import {
  accept,
  clear,
  deleteFile,
  type Handler,
  listing,
  METHODS,
  type Reply,
  reject,
  send,
  sendToConference,
} from './methods.js';
import { numberField, type Request, stringField } from './request.js';

/** Commands by their names before 4.1, as the official Python client sends them. */
export const LEGACY_METHODS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ...ABOUT_METHODS,
  ['getFileRequests', (_, { state }) => listing('files', state, 'inbound', legacyRow)],
  ['getFileUploads', (_, { state }) => listing('files', state, 'outbound', legacyRow)],
  ['getFileInfo', (request, { state }) => found(state.find(idField(request) ?? ''))],
  ['acceptFile', (request, context) => accept(idField(request), context)],
  ['rejectFile', (request, context) => reject(idField(request), context)],
  ['sendFile', (request, context) => withoutId(send(request, context, stringField(request, 'peerId')))],
  ['sendConferenceFile', (request, context) => withoutId(sendToConference(request, context))],
  // "Clear file sharing history and delete files", says the client.
  ['clearFileTransfer', (_, { state }) => clear(state, true)],
  ['deleteFileTransferFile', deleteFile],
  ...kept('getFileList', 'getFileTransferAvailability'),
]);

function kept(...names: readonly string[]): readonly [string, Handler][] {
  return [...METHODS].filter(([name]) => names.includes(name));
}

function idField(request: Request): string | null {
  return numberField(request, 'id')?.toString() ?? stringField(request, 'id');
}

function found(transfer: Parameters<typeof legacyRow>[0] | undefined): Reply {
  return transfer === undefined ? { error: 'no such file request' } : { fields: legacyRow(transfer) };
}

/** `sentFileRequestId` came with 4.1. */
function withoutId(reply: Reply): Reply {
  return { ...reply, ...(reply.fields === undefined ? {} : { fields: {} }) };
}
