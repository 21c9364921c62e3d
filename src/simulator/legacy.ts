import {
  ABOUT_METHODS,
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
import { numberField, type ParsedRequest, stringField } from './request.js';
import type { RoomEvent, SimulatedTransfer } from './room-state.js';
import type { WireObject } from './wire.js';

/**
 * One event by its name before 4.1, its fields as the official Python client matches them. That client calls a
 * handler only where every field is there, so what does not apply is empty (`""`, 0) rather than absent.
 */
export function eventToLegacyWire(event: RoomEvent): WireObject {
  switch (event.kind) {
    case 'received':
      return named('receivedFileRequest', {
        id: legacyId(event.transfer),
        peerId: event.transfer.peerId ?? '',
        peerDn: event.transfer.peerName ?? '',
        fileName: event.transfer.name,
        confId: event.transfer.conferenceId ?? '',
      });
    case 'accepted':
      return named('fileAccepted', idAndConference(event.transfer));
    case 'rejected':
      return named('fileRejected', idAndConference(event.transfer));
    case 'status':
      return named('fileStatus', {
        id: legacyId(event.transfer),
        status: event.transfer.status,
        directionType: directionType(event.transfer),
        confId: event.transfer.conferenceId ?? '',
      });
    case 'progress':
      return event.transfer.direction === 'inbound'
        ? named('fileDownloadingProgress', progressFields(event.transfer))
        : named('fileUploadingProgress', { ...progressFields(event.transfer), directionType: 1 });
    case 'sent':
      return event.transfer.peerId === null
        ? named('fileConferenceSent', sentFields(event.transfer, {}))
        : named(
            'fileSent',
            sentFields(event.transfer, {
              peerId: event.transfer.peerId,
              peerDn: event.transfer.peerName ?? '',
            }),
          );
    case 'deleted':
      // The client names the field `file` and its content is not documented: the file's id is the simplest guess.
      return named('fileTransferFileDeleted', { file: event.transfer.fileId ?? 0 });
    case 'cleared':
      return named('fileTransferCleared', {});
    case 'availability':
      return named('fileTransferAvailable', { available: event.code === AVAILABLE });
    case 'app-state':
      return named('appStateChanged', { appState: event.code, embeddedHttpPort: event.httpPort });
  }
}

/** A row of `getFileRequests` and `getFileUploads` (`files`), and the answer to `getFileInfo`: its shape is not documented. */
function legacyRow(transfer: SimulatedTransfer): WireObject {
  return {
    id: legacyId(transfer),
    status: transfer.status,
    directionType: directionType(transfer),
    fileName: transfer.name,
    totalSize: transfer.size,
    fileId: transfer.fileId ?? 0,
    peerId: transfer.peerId ?? '',
    peerDisplayName: transfer.peerName ?? '',
    confId: transfer.conferenceId ?? '',
    timestamp: transfer.createdAt,
  };
}

const AVAILABLE = 3;

/** Ids were numbers then: the official client declares `acceptFile(id: int)`. */
function legacyId(transfer: SimulatedTransfer): number | string {
  return /^\d{1,15}$/.test(transfer.id) ? Number(transfer.id) : transfer.id;
}

function directionType(transfer: SimulatedTransfer): number {
  return transfer.direction === 'inbound' ? 0 : 1;
}

function named(event: string, fields: WireObject): WireObject {
  return { event, ...fields, method: 'event' };
}

function idAndConference(transfer: SimulatedTransfer): WireObject {
  return { id: legacyId(transfer), confId: transfer.conferenceId ?? '' };
}

function sentFields(transfer: SimulatedTransfer, peer: WireObject): WireObject {
  return {
    name: transfer.name,
    id: legacyId(transfer),
    ...peer,
    fileId: transfer.fileId ?? 0,
    confId: transfer.conferenceId ?? '',
  };
}

function progressFields(transfer: SimulatedTransfer): WireObject {
  const processed = Math.floor((transfer.size * transfer.percent) / 100);
  return {
    totalSize: transfer.size,
    processedSize: processed,
    // Unit and averaging are not known: bytes per second of a transfer that takes 20 seconds.
    speed: Math.floor(transfer.size / 20),
    id: legacyId(transfer),
    status: transfer.status,
    fileId: transfer.fileId ?? 0,
    fileName: transfer.name,
    peerId: transfer.peerId ?? '',
    peerDisplayName: transfer.peerName ?? '',
    confId: transfer.conferenceId ?? '',
    timestamp: transfer.createdAt,
  };
}

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
  ['getFileTransferInfo', (_, { state }) => ({ fields: { files: state.transfers.map(legacyRow) } })],
  // "Clear file sharing history and delete files", says the client.
  ['clearFileTransfer', (_, { state }) => clear(state, true)],
  ['deleteFileTransferFile', deleteFile],
  ...kept('getFileList', 'getFileTransferAvailability'),
]);

function kept(...names: readonly string[]): readonly [string, Handler][] {
  return [...METHODS].filter(([name]) => names.includes(name));
}

function idField(request: ParsedRequest): string | null {
  return numberField(request, 'id')?.toString() ?? stringField(request, 'id');
}

function found(transfer: Parameters<typeof legacyRow>[0] | undefined): Reply {
  return transfer === undefined ? { error: 'no such file request' } : { fields: legacyRow(transfer) };
}

/** `sentFileRequestId` came with 4.1. */
function withoutId(reply: Reply): Reply {
  return { ...reply, ...(reply.fields === undefined ? {} : { fields: {} }) };
}
