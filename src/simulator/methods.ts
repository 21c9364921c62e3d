import { isTrue, numberField, type ParsedRequest, stringField } from './request.js';
import type { RoomEvent, RoomState, SimulatedTransfer } from './room-state.js';
import { fileRow, historyRow, incomingRow, outgoingRow, statusFields, type WireObject } from './wire.js';

/** What a method may know of the Room beside what it holds. */
export interface MethodContext {
  readonly state: RoomState;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Port of the built-in HTTP server. */
  readonly httpPort: number;
  /** The conference that the Room is in; `null` in none. */
  readonly conferenceId: string | null;
  newRequestId(): string;
  /** A fresh token for the built-in HTTP server, for the client that asks. */
  newHttpToken(): string;
}

/** What a method gives: an answer's fields or an error, then what happens because of it. */
export interface Reply {
  readonly fields?: WireObject;
  /** The words are the simulator's own: no page lists any. */
  readonly error?: string;
  /** Sent after the answer. Which comes first is not documented. */
  readonly events?: readonly RoomEvent[];
  /** The request that now proceeds by itself. */
  readonly proceeds?: string;
}

export type Handler = (request: ParsedRequest, context: MethodContext) => Reply;

/**
 * Commands about the Room itself that clients ask right after signing in, files apart; shapes from their pages, values
 * made up. The lists are shortened: a Room has some forty settings.
 */
export const ABOUT_METHODS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    'getAppState',
    (_, { httpPort, state }) => ({ fields: { embeddedHttpPort: httpPort, appState: state.appState } }),
  ],
  ['setUsedApiVersion', () => ({})],
  [
    'getHttpServerSettings',
    (_, { httpPort }) => ({ fields: { settings: [{ name: 'port', value: httpPort }] } }),
  ],
  ['getHttpServerState', () => ({ fields: { state: HTTP_SERVER_RUNS } })],
  ['getConnected', (_, { state }) => ({ fields: connection(state.appState) })],
  ['getAuthInfo', () => ({ fields: SYSTEM_INFO.authInfo })],
  ['getTokenForHttpServer', (_, { newHttpToken }) => ({ fields: { token: newHttpToken() } })],
  ['getSettings', () => ({ fields: { settings: SETTINGS } })],
  ['getSystemInfo', () => ({ fields: SYSTEM_INFO })],
  ['getMonitorsInfo', () => ({ fields: { monitors: [MONITOR], currentMonitor: 0 } })],
  [
    'getConferences',
    (_, { conferenceId }) =>
      conferenceId === null ? { error: 'no conference' } : { fields: conference(conferenceId) },
  ],
]);

/** Commands from 4.1.0 on (`commands/`), `auth` apart: `seats.ts`. */
export const METHODS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ...ABOUT_METHODS,
  [
    'getIncomingFilesRequests',
    (_, { state }) => listing('incomingFilesRequests', state, 'inbound', incomingRow),
  ],
  [
    'getOutgoingFilesRequests',
    (_, { state }) => listing('outgoingFilesRequests', state, 'outbound', outgoingRow),
  ],
  ['getFileRequestInfo', info],
  ['acceptIncomingFileRequest', (request, context) => accept(stringField(request, 'fileRequestId'), context)],
  ['rejectIncomingFileRequest', (request, context) => reject(stringField(request, 'fileRequestId'), context)],
  ['sendFile', (request, context) => send(request, context, stringField(request, 'callId'))],
  ['sendFileToConference', sendToConference],
  ['getFileTransferHistory', history],
  ['clearFileTransferHistory', (request, { state }) => clear(state, isTrue(request, 'deleteFilesFromDisk'))],
  ['deleteFileTransferFile', deleteFile],
  ['getFileList', (_, { state }) => ({ fields: { fileList: state.files.map(fileRow) } })],
  ['getFileTransferAvailability', (_, { state }) => ({ fields: { availability: state.availability } })],
]);

/** One list of the held requests of a direction. */
export function listing(
  field: string,
  state: RoomState,
  direction: SimulatedTransfer['direction'],
  toRow: (transfer: SimulatedTransfer) => WireObject,
): Reply {
  return { fields: { [field]: state.transfers.filter((one) => one.direction === direction).map(toRow) } };
}

export function accept(id: string | null, { state }: MethodContext): Reply {
  if (!isWaitingInbound(id, state)) return { error: 'no such file request' };
  return { events: state.accept(id), proceeds: id };
}

export function reject(id: string | null, { state }: MethodContext): Reply {
  if (!isWaitingInbound(id, state)) return { error: 'no such file request' };
  return { events: state.reject(id) };
}

/** @param peerId to whom; the display name is the part before the server's name, as in the pages' examples */
export function send(request: ParsedRequest, context: MethodContext, peerId: string | null): Reply {
  if (peerId === null || peerId === '') return { error: 'no recipient' };
  return sendTo(request, context, {
    peerId,
    peerName: peerId.replace(/@.*$/s, ''),
    conferenceId: null,
  });
}

export function sendToConference(request: ParsedRequest, context: MethodContext): Reply {
  if (context.conferenceId === null) return { error: 'no conference' };
  return sendTo(request, context, { peerId: null, peerName: null, conferenceId: context.conferenceId });
}

export function clear(state: RoomState, deleteFilesFromDisk: boolean): Reply {
  return { events: state.clear(deleteFilesFromDisk) };
}

export function deleteFile(request: ParsedRequest, { state }: MethodContext): Reply {
  const fileId = numberField(request, 'fileId');
  if (fileId === null || state.file(fileId) === undefined) return { error: 'no such file' };
  return { events: state.deleteFile(fileId) };
}

type Recipient = Pick<SimulatedTransfer, 'peerId' | 'peerName' | 'conferenceId'>;

function sendTo(request: ParsedRequest, context: MethodContext, recipient: Recipient): Reply {
  const { state } = context;
  const fileId = numberField(request, 'fileId');
  const file = fileId === null ? undefined : state.file(fileId);
  if (file === undefined) return { error: 'no such file' };
  if (state.availability !== 3) return { error: 'file transfer is not available' };
  const id = context.newRequestId();
  const events = state.send(
    { id, name: file.name, size: file.size, createdAt: context.now, ...recipient },
    file.fileId,
  );
  return { fields: { sentFileRequestId: id }, events, proceeds: id };
}

function info(request: ParsedRequest, { state }: MethodContext): Reply {
  const transfer = state.find(stringField(request, 'fileRequestId') ?? '');
  return transfer === undefined ? { error: 'no such file request' } : { fields: statusFields(transfer) };
}

/** "Only the files that have been fully accepted or sent will be displayed." */
function history(_: ParsedRequest, { state }: MethodContext): Reply {
  return { fields: { filesRequests: state.transfers.filter((one) => one.status === 3).map(historyRow) } };
}

function isWaitingInbound(id: string | null, state: RoomState): id is string {
  const transfer = state.find(id ?? '');
  return transfer?.direction === 'inbound' && transfer.status === 1;
}

/** `state` is 0 not connected, 1 connecting, 2 connected; the first two are those of `appState`. */
function connection(appState: number): WireObject {
  return { state: Math.min(appState, CONNECTED), ...(appState === 0 ? {} : { serverInfo: SERVER }) };
}

const CONNECTED = 2;
/** The Room's server, as `getConnected` and `serverConnected` report it. */
export const SERVER = { server: 'some.server', service: false, port: 4307, domain: 'some.server' };
const HTTP_SERVER_RUNS = 1;

const SETTINGS = [
  { name: 'audioPlayLevel', value: 1 },
  { name: 'autoAccept', value: false },
  { name: 'changeUserAuthPinAfterConf', value: false },
  { name: 'enableAutologin', value: true },
  { name: 'language', value: 'en' },
  { name: 'selfViewMirror', value: true },
];

const VERSION = { major: 4, minor: 3, revision: 0, build: 0 };

const SYSTEM_INFO = {
  authInfo: { peerId: 'room@some.server', peerDn: 'Simulated Room' },
  fileInfo: VERSION,
  productInfo: VERSION,
  permissionsInfo: { tariffName: '', p2p: true, createMulti: true, symMaxNumber: 10 },
  bitrateLimits: { max: 20_480, min: 32 },
};

const SCREEN = { x: 0, y: 0, width: 1_920, height: 1_080 };

const MONITOR = {
  name: 'Simulated Monitor',
  primary: true,
  index: 0,
  ignored: false,
  geomMonitor: SCREEN,
  geomWork: SCREEN,
};

function conference(confId: string) {
  return {
    confId,
    confType: 1,
    isSmartMeeting: false,
    slideShowPresent: false,
    duration: 60,
    joinUrl: '',
    autoJoin: false,
    confTitle: 'Simulated conference',
    conferenceOwner: 'room@some.server',
    confState: 1,
    maxParticipants: 36,
  };
}
