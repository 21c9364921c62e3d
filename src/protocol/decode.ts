import { decodeAnswer } from './answers.js';
import {
  type Direction,
  type FileFacts,
  Problems,
  quote,
  readBoolean,
  readBytes,
  readDirection,
  readFile,
  readId,
  readNumber,
  readRequestId,
} from './fields.js';
import { isObject, type JsonObject, parseExact } from './json.js';
import type { Event, ImpliedStatus, Message, Unreadable } from './message.js';
import { OTHER_EVENTS } from './other-events.js';

/**
 * Decodes one text frame of a Room. Total: any text gives a message, never an exception. What is not a message at all
 * is `unreadable`; a message read only in part says in `problems` what was wrong. A byte order mark before a frame and
 * NULs after it are ignored.
 *
 * Source: the API's pages under `docs.trueconf.com/videosdk/en/` (`commands/`, `notifications/`).
 */
export function decode(text: string): Message {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (error) {
    // The engine's own words quote the text, which was not made safe: a short quotation of ours serves.
    const kind = error instanceof RangeError ? 'too deeply nested' : 'not JSON';
    return unreadable('not-json', `a frame is ${kind}: ${quote(text)}`);
  }
  if (!isObject(value)) return unreadable('not-an-object', `a frame is ${quote(value)}, expected an object`);

  const { event, method } = value;
  // `appStateChanged` was seen without a `method`, so an event's name alone makes an event.
  if (typeof event === 'string' && (method === 'event' || method === undefined))
    return decodeEvent(event, value);
  if (typeof method === 'string' && method !== 'event') return decodeAnswer(method, value);
  return unreadable('unknown-message', `a frame has method ${quote(method)} and event ${quote(event)}`);
}

function unreadable(code: Unreadable['code'], reason: string): Unreadable {
  return { kind: 'unreadable', code, reason };
}

/** Decodes the event named `event`. An event without what it is about is unreadable. */
function decodeEvent(event: string, from: JsonObject): Event | Unreadable {
  const decoder = DECODERS.get(event);
  if (decoder !== undefined) return decoder(event, from);
  return { kind: 'other-event', event, isDocumented: OTHER_EVENTS.has(event), problems: [] };
}

type Decoder = (event: string, from: JsonObject) => Event | Unreadable;

/** Names since 4.1 (`notifications/` in the API's pages) and, where they differ, the ones before. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['fileRequestStatusChanged', statusChanged],
  ['fileStatus', statusChanged],
  ['receivedFileRequest', implied('inbound', 'waiting')],
  ['incomingFileRequestAccepted', implied('inbound', 'processing')],
  ['fileAccepted', implied('inbound', 'processing')],
  ['incomingFileRequestRejected', implied('inbound', 'rejected')],
  ['fileRejected', implied('inbound', 'rejected')],
  ['outgoingFileRequestSent', implied('outbound', 'waiting')],
  ['fileSent', implied('outbound', 'waiting')],
  ['outgoingFileRequestSentToConference', implied('outbound', 'waiting')],
  ['fileConferenceSent', implied('outbound', 'waiting')],
  ['incomingFileRequestDownloadingProgress', progress('inbound')],
  ['fileDownloadingProgress', progress('inbound')],
  ['outgoingFileRequestUploadingProgress', progress('outbound')],
  ['fileUploadingProgress', progress('outbound')],
  ['fileDeletedFromFileTransferHistory', deleted],
  ['fileTransferHistoryCleared', cleared],
  ['fileTransferCleared', cleared],
  ['fileTransferFileDeleted', fileDeleted],
  ['appStateChanged', appState],
  ['fileTransferAvailabilityChanged', availability('availability')],
  ['fileTransferAvailable', availability('available')],
  ['authorizationNeeded', authorizationNeeded],
]);

function statusChanged(event: string, from: JsonObject): Event | Unreadable {
  const problems = new Problems();
  const file = readFile(from, readDirection(from, problems), problems);
  if (file === null) return missingId(event, from);
  const statusCode = readNumber(from, 'status', problems);
  if (statusCode === null) return missing(event, 'status', from['status'], 'a number');
  return { kind: 'status', event, file, statusCode, problems: problems.list };
}

function implied(direction: Direction, status: ImpliedStatus): Decoder {
  return (event, from) =>
    aboutFile(event, from, direction, (file, problems) => ({
      kind: 'implied',
      event,
      file,
      status,
      problems: problems.list,
    }));
}

function progress(direction: Direction): Decoder {
  return (event, from) =>
    aboutFile(event, from, direction, (file, problems) => {
      const bytes = readBytes(from, 'processedSize', problems);
      const percent = readPercent(from, problems) ?? percentOf(bytes, file.size);
      return { kind: 'progress', event, file, percent, bytes, problems: problems.list };
    });
}

function deleted(event: string, from: JsonObject): Event | Unreadable {
  const direction = readDirection(from, new Problems());
  return aboutFile(event, from, direction, (file, problems) => ({
    kind: 'deleted',
    event,
    file,
    removedFromDisk: readBoolean(from, 'removedFromDisk', problems),
    problems: problems.list,
  }));
}

function fileDeleted(event: string, from: JsonObject): Event | Unreadable {
  const problems = new Problems();
  const fileId = readId(from, 'file', problems);
  if (fileId === null) return missing(event, 'file', from['file'], 'an id');
  return { kind: 'file-deleted', event, fileId, problems: problems.list };
}

function appState(event: string, from: JsonObject): Event | Unreadable {
  const problems = new Problems();
  const code = readNumber(from, 'appState', problems);
  if (code === null) return missing(event, 'appState', from['appState'], 'a number from 0 to 6');
  const embeddedHttpPort = readNumber(from, 'embeddedHttpPort', problems);
  return { kind: 'app-state', event, appState: code, embeddedHttpPort, problems: problems.list };
}

function cleared(event: string): Event {
  return { kind: 'cleared', event, problems: [] };
}

/** Before 4.1 `available` was a yes or no, which says as much as 3 or 0. */
function availability(field: string): Decoder {
  return (event, from) => {
    const problems = new Problems();
    const value = from[field];
    if (typeof value === 'boolean') {
      return { kind: 'availability', event, code: value ? AVAILABLE : FORBIDDEN, problems: [] };
    }
    const code = readNumber(from, field, problems);
    if (code === null) return missing(event, field, value, 'a number from 0 to 3');
    return { kind: 'availability', event, code, problems: problems.list };
  };
}

function authorizationNeeded(event: string, from: JsonObject): Event {
  const problems = new Problems();
  const cause = readNumber(from, 'cause', problems);
  if (cause === null) problems.add('cause', from['cause'], 'a number from 1 to 8');
  return { kind: 'authorization-needed', event, cause: cause ?? UNKNOWN_CAUSE, problems: problems.list };
}

function aboutFile(
  event: string,
  from: JsonObject,
  direction: Direction,
  make: (file: FileFacts, problems: Problems) => Event | Unreadable,
): Event | Unreadable {
  const problems = new Problems();
  const file = readFile(from, direction, problems);
  return file === null ? missingId(event, from) : make(file, problems);
}

function readPercent(from: JsonObject, problems: Problems): number | null {
  const percent = readNumber(from, 'processedPercents', problems);
  if (percent === null || (percent >= 0 && percent <= 100)) return percent;
  problems.add('processedPercents', percent, 'a number from 0 to 100');
  return Math.min(100, Math.max(0, percent));
}

/** Of an empty file nothing is missing. */
function percentOf(bytes: number | null, size: number | null): number | null {
  if (bytes === null || size === null) return null;
  return size === 0 ? 100 : Math.min(100, (bytes / size) * 100);
}

function missingId(event: string, from: JsonObject): Unreadable {
  const problems = new Problems();
  readRequestId(from, problems);
  const detail = problems.list[0] ?? 'fileRequestId is missing';
  return unreadable('missing-field', `event ${quote(event)}: ${detail}`);
}

function missing(event: string, field: string, got: unknown, expected: string): Unreadable {
  return unreadable(
    'missing-field',
    `event ${quote(event)}: ${field} is ${quote(got)}, expected ${expected}`,
  );
}

const AVAILABLE = 3;
const FORBIDDEN = 0;
const UNKNOWN_CAUSE = 0;
