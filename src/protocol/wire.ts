import type { JsonObject } from './json.js';
import { OTHER_EVENTS } from './other-events.js';
import { readShape, type Shape } from './shape.js';

/**
 * The documented wire: every message that a Room may send, and the shape of it. Sources are the API's pages
 * (`notifications/`, `commands/`) and, for the names before 4.1 and for what is not about files, public clients.
 */
export interface Wire {
  /** By name; a name that meant something else before 4.1 has a shape for each. */
  readonly events: ReadonlyMap<string, readonly Shape[]>;
  /** By method. */
  readonly answers: ReadonlyMap<string, readonly Shape[]>;
}

const ABOUT_ROOM = [
  'getFileList',
  'getSettings',
  'getSystemInfo',
  'getMonitorsInfo',
  'getConferences',
  'getHttpServerSettings',
  'getHttpServerState',
  'getConnected',
  'getAuthInfo',
] as const;

/** Methods that take nothing and change nothing, by the age of the names that a Room knows; beside what a watch asks. */
export const READING_METHODS = {
  current: ['getFileTransferHistory', ...ABOUT_ROOM],
  legacy: ['getFileTransferInfo', ...ABOUT_ROOM],
} as const;

const ROWS = {
  incoming: readShape(
    'fileRequestId:text peerId peerDn fileName size:bytes status:0..3 timestamp:milliseconds confId?',
  ),
  outgoing: readShape(
    'fileRequestId:text fileName size:bytes status:0..3 timestamp:seconds fileId:integer peerId? peerDn? confId?',
  ),
  history: readShape(
    'directionType:0..1 fileName fileSize:bytes timestamp:time fileRequestId:text peerDn? peerId? fileId?:integer confId?',
  ),
  /** A client takes it as it comes. */
  legacy: readShape('id:integer *'),
  file: readShape('fileId:text fileName'),
  setting: readShape('name:text value'),
  httpSetting: readShape(
    'name:text value httpServerRestartNeededForApplying?:boolean isPendingToBeApplied?:boolean pendingValue?',
  ),
  server: readShape('server:text service:boolean port:port domain:text'),
  person: readShape('peerId peerDn'),
  version: readShape('major:integer minor:integer revision:integer build:integer'),
  geometry: readShape('x:integer y:integer width:integer height:integer'),
};

const MONITOR = readShape(
  'name:text primary:boolean index:integer ignored:boolean geomMonitor:geometry{} geomWork:geometry{} deviceInstancePath?:text id?:text',
  ROWS,
);

const STATUS =
  'fileRequestId:text status:0..3 directionType:0..1 fileName fileId?:integer peerId? peerDisplayName? timestamp:time confId? fileSize:bytes';
const REQUESTED = 'fileRequestId:text peerId peerDn fileName fileSize:bytes timestamp:milliseconds confId?';
const APP_STATE =
  'appState:0..6 embeddedHttpPort?:port extStatus?:-1..10 additionalStatus?:text desktopSharing?:object broadcastPicture?:object audioCaptureTest?:boolean recording?:boolean';

/** About files and the Room, since 4.1. */
const EVENTS: Readonly<Record<string, string>> = {
  receivedFileRequest: REQUESTED,
  incomingFileRequestAccepted: REQUESTED,
  incomingFileRequestRejected: REQUESTED,
  fileRequestStatusChanged: STATUS,
  incomingFileRequestDownloadingProgress:
    'fileRequestId:text processedPercents:percent fileSize:bytes fileName peerId peerDisplayName timestamp:milliseconds confId?',
  outgoingFileRequestUploadingProgress:
    'fileRequestId:text processedPercents:percent fileSize:bytes fileName fileId:integer timestamp:seconds peerId? peerDisplayName? confId?',
  outgoingFileRequestSent:
    'fileRequestId:text peerId peerDn fileName fileSize:bytes fileId:integer timestamp:seconds',
  outgoingFileRequestSentToConference:
    'fileRequestId:text fileName fileSize:bytes fileId:integer confId timestamp:seconds',
  fileDeletedFromFileTransferHistory:
    'fileRequestId:text directionType:0..1 fileName fileSize:bytes timestamp:time removedFromDisk:boolean fileId?:integer peerId? peerDn? confId?',
  fileTransferHistoryCleared: '',
  fileTransferAvailabilityChanged: 'availability:0..3',
  appStateChanged: APP_STATE,
  authorizationNeeded: 'cause:1..8',
};

/** The names before 4.1: fields as the vendor's own client matches them. Ids were numbers then. */
const LEGACY_EVENTS: Readonly<Record<string, string>> = {
  receivedFileRequest: 'id:integer *',
  fileStatus: 'id:integer status:0..3 directionType:0..1 confId?',
  fileAccepted: 'id:integer confId?',
  fileRejected: 'id:integer confId?',
  fileSent: 'name:text id:integer peerId peerDn fileId:integer confId?',
  fileConferenceSent: 'name:text id:integer fileId:integer confId?',
  fileDownloadingProgress:
    'totalSize:bytes processedSize:bytes speed:number id:integer status:0..3 fileId:integer fileName peerId peerDisplayName confId? timestamp:integer',
  fileUploadingProgress:
    'totalSize:bytes processedSize:bytes speed:number id:integer status:0..3 directionType:0..1 fileName fileId:integer peerId peerDisplayName confId? timestamp:integer',
  fileTransferCleared: '',
  fileTransferAvailable: 'available',
  fileTransferFileDeleted: 'file',
};

const ANSWERS: Readonly<Record<string, string>> = {
  auth: 'previleges:integer token:text tokenForHttpServer:text resultCode:0|1|3',
  getIncomingFilesRequests: 'incomingFilesRequests:incoming[]',
  getOutgoingFilesRequests: 'outgoingFilesRequests:outgoing[]',
  getFileRequestInfo: STATUS,
  getFileTransferHistory: 'filesRequests:history[]',
  getFileTransferAvailability: 'availability:0..3',
  getFileList: 'fileList:file[]',
  acceptIncomingFileRequest: '',
  rejectIncomingFileRequest: '',
  // Before 4.1 the answer to "sendFile" had no id.
  sendFile: 'sentFileRequestId?:text',
  sendFileToConference: 'sentFileRequestId:text',
  deleteFileTransferFile: '',
  clearFileTransferHistory: '',
  getTokenForHttpServer: 'token:text',
  setUsedApiVersion: '',
  getAppState: APP_STATE,
  getSettings: 'settings:setting[]',
  getHttpServerSettings: 'settings:httpSetting[]',
  getHttpServerState: 'state',
  getConnected: 'state:0..2 serverInfo?:server{}',
  getAuthInfo: '*',
  getSystemInfo:
    'authInfo?:person{} fileInfo:version{} productInfo:version{} permissionsInfo?:object bitrateLimits?:object systemRating?:object cameraInfo?:object',
  getMonitorsInfo: 'monitors:monitor[] currentMonitor:integer',
  // A call between two has fields of its own.
  getConferences: 'confId confType?:integer confState:integer confTitle?:text conferenceOwner?:text *',
};

const LEGACY_ANSWERS: Readonly<Record<string, string>> = {
  getFileRequests: 'files:legacy[]',
  getFileUploads: 'files:legacy[]',
  getFileTransferInfo: 'files:legacy[]',
  getFileInfo: 'id:integer *',
  acceptFile: '',
  rejectFile: '',
  sendConferenceFile: '',
  clearFileTransfer: '',
};

/** `method` and `event`; one client's list has `appStateChanged` without a method. */
const envelopeOf = (event: string) => (event === 'appStateChanged' ? 'method?:text' : 'method:text');
const ANSWER_ENVELOPE = 'method:text requestId:text result:boolean error?:text resultCode?:0|1|3';

export const WIRE: Wire = {
  events: gather(
    [...Object.entries(EVENTS), ...Object.entries(LEGACY_EVENTS), ...otherEvents()],
    (event) => `${envelopeOf(event)} event:text`,
  ),
  answers: gather([...Object.entries(ANSWERS), ...Object.entries(LEGACY_ANSWERS)], () => ANSWER_ENVELOPE),
};

/** The documented shape of a message; `null` if it is not documented. */
export function shapeOf(kind: 'event' | 'answer', name: string, from: JsonObject): Shape | null {
  const shapes = (kind === 'event' ? WIRE.events : WIRE.answers).get(name) ?? [];
  // A request's id is "id" before 4.1.
  return shapes.find(({ fields }) => 'id' in from === fields.has('id')) ?? shapes[0] ?? null;
}

function gather(
  entries: readonly (readonly [string, string])[],
  envelope: (name: string) => string,
): ReadonlyMap<string, readonly Shape[]> {
  const rows = { ...ROWS, monitor: MONITOR };
  const shapes = new Map<string, readonly Shape[]>();
  for (const [name, fields] of entries) {
    const shape = readShape(`${envelope(name)} ${fields}`, rows);
    shapes.set(name, [...(shapes.get(name) ?? []), shape]);
  }
  return shapes;
}

/** Outside a conference there is no `confId`. */
function otherEvents(): readonly (readonly [string, string])[] {
  return [...OTHER_EVENTS].map(([name, fields]) => [name, fields.replace(/\bconfId\b/, 'confId?')]);
}
