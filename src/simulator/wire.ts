import type { RoomEvent, SimulatedTransfer, StoredFile } from './room-state.js';

/** An object that goes onto the wire as JSON, its fields in the order of the pages' examples. */
export type WireObject = Readonly<Record<string, unknown>>;

/** One event of 4.1.0 and later, field by field as its page has it (`notifications/`). */
export function eventToWire(event: RoomEvent): WireObject {
  switch (event.kind) {
    case 'received':
      return named('receivedFileRequest', requestFields(event.transfer));
    case 'accepted':
      return named('incomingFileRequestAccepted', requestFields(event.transfer));
    case 'rejected':
      return named('incomingFileRequestRejected', requestFields(event.transfer));
    case 'status':
      return named('fileRequestStatusChanged', statusFields(event.transfer));
    case 'progress':
      return event.transfer.direction === 'inbound'
        ? named('incomingFileRequestDownloadingProgress', progressFields(event.transfer))
        : named('outgoingFileRequestUploadingProgress', progressFields(event.transfer));
    case 'sent':
      return event.transfer.peerId === null
        ? named('outgoingFileRequestSentToConference', sentToConferenceFields(event.transfer))
        : named('outgoingFileRequestSent', sentFields(event.transfer));
    case 'deleted':
      return named('fileDeletedFromFileTransferHistory', {
        ...historyRow(event.transfer),
        removedFromDisk: event.removedFromDisk,
      });
    case 'cleared':
      return named('fileTransferHistoryCleared', {});
    case 'availability':
      return named('fileTransferAvailabilityChanged', { availability: event.code });
    case 'app-state':
      return named('appStateChanged', { appState: event.code, embeddedHttpPort: event.httpPort });
  }
}

/** `notifications/authorizationNeeded`; cause 1: another client signed in in this mode. */
export function authorizationNeeded(cause: number): WireObject {
  return named('authorizationNeeded', { cause });
}

/** Fields of `fileRequestStatusChanged` and of the answer to `getFileRequestInfo`. */
export function statusFields(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    status: transfer.status,
    directionType: directionType(transfer),
    fileName: transfer.name,
    ...fileIdOf(transfer),
    timestamp: timestamp(transfer),
    ...conferenceOf(transfer),
    fileSize: transfer.size,
    ...peerAs('peerDisplayName', transfer),
  };
}

/** A row of `getIncomingFilesRequests`: the size is `size` here. */
export function incomingRow(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    ...peerAs('peerDn', transfer),
    fileName: transfer.name,
    size: transfer.size,
    status: transfer.status,
    timestamp: timestamp(transfer),
    ...conferenceOf(transfer),
  };
}

/** A row of `getOutgoingFilesRequests`. */
export function outgoingRow(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    fileName: transfer.name,
    status: transfer.status,
    size: transfer.size,
    timestamp: timestamp(transfer),
    ...peerAs('peerDn', transfer),
    ...fileIdOf(transfer),
    ...conferenceOf(transfer),
  };
}

/** A row of `getFileTransferHistory` (`filesRequests`); it has no status, and its size is `fileSize`. */
export function historyRow(transfer: SimulatedTransfer): WireObject {
  return {
    directionType: directionType(transfer),
    fileName: transfer.name,
    fileSize: transfer.size,
    timestamp: timestamp(transfer),
    fileRequestId: transfer.id,
    ...peerAs('peerDn', transfer),
    ...fileIdOf(transfer),
    ...conferenceOf(transfer),
  };
}

/** A row of `getFileList`: the id is a string here, and a number everywhere else. */
export function fileRow(file: StoredFile): WireObject {
  return { fileId: String(file.fileId), fileName: file.name };
}

function named(event: string, fields: WireObject): WireObject {
  return { method: 'event', event, ...fields };
}

function requestFields(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    ...peerAs('peerDn', transfer),
    fileName: transfer.name,
    fileSize: transfer.size,
    timestamp: timestamp(transfer),
    ...conferenceOf(transfer),
  };
}

function progressFields(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    processedPercents: transfer.percent,
    fileSize: transfer.size,
    fileName: transfer.name,
    // Downloading progress never carries a file id, even of a request processed before.
    ...(transfer.direction === 'outbound' ? fileIdOf(transfer) : {}),
    ...peerAs('peerDisplayName', transfer),
    timestamp: timestamp(transfer),
    ...conferenceOf(transfer),
  };
}

function sentFields(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    ...peerAs('peerDn', transfer),
    fileName: transfer.name,
    fileSize: transfer.size,
    ...fileIdOf(transfer),
    timestamp: timestamp(transfer),
  };
}

function sentToConferenceFields(transfer: SimulatedTransfer): WireObject {
  return {
    fileRequestId: transfer.id,
    fileName: transfer.name,
    fileSize: transfer.size,
    ...fileIdOf(transfer),
    ...conferenceOf(transfer),
    timestamp: timestamp(transfer),
  };
}

/** Milliseconds for an inbound request, whole seconds for an outbound one: no page says so, every example does. */
function timestamp(transfer: SimulatedTransfer): number {
  return transfer.direction === 'inbound' ? transfer.createdAt : Math.floor(transfer.createdAt / 1_000);
}

function directionType(transfer: SimulatedTransfer): number {
  return transfer.direction === 'inbound' ? 0 : 1;
}

function fileIdOf(transfer: SimulatedTransfer): WireObject {
  return transfer.fileId === null ? {} : { fileId: transfer.fileId };
}

function conferenceOf(transfer: SimulatedTransfer): WireObject {
  return transfer.conferenceId === null ? {} : { confId: transfer.conferenceId };
}

/** The display name is `peerDn` in some messages and `peerDisplayName` in others. */
function peerAs(nameField: 'peerDn' | 'peerDisplayName', transfer: SimulatedTransfer): WireObject {
  return transfer.peerId === null ? {} : { peerId: transfer.peerId, [nameField]: transfer.peerName ?? '' };
}
