import {
  type Direction,
  Problems,
  readBoolean,
  readDirection,
  readFile,
  readId,
  readName,
  readNumber,
} from './fields.js';
import { isObject, type JsonObject } from './json.js';
import type { Answer, FileListAnswer, HistoryAnswer, ListAnswer, ListedFile } from './message.js';
import { Secret } from './secrets.js';

/** Decodes the answer to `method`. An answer of any shape is an answer: what is wrong with it is in `problems`. */
export function decodeAnswer(method: string, from: JsonObject): Answer {
  const problems = new Problems();
  const common = {
    method,
    requestId:
      typeof from['requestId'] === 'number' ? String(from['requestId']) : (asText(from['requestId']) ?? ''),
    result: succeeded(from, problems),
    error: asText(from['error']),
  };
  const decoder = DECODERS.get(method);
  const rest: AnswerBody = decoder === undefined ? { kind: 'other-answer' } : decoder(from, problems);
  return { ...common, ...rest, problems: problems.list };
}

/** Only what says so is a failure: an answer that leaves `result` out may still hold all that was asked for. */
function succeeded(from: JsonObject, problems: Problems = new Problems()): boolean {
  const result = readBoolean(from, 'result', problems);
  if (result !== null) return result;
  const isMissing = from['result'] === undefined || from['result'] === null;
  if (isMissing) problems.add('result', from['result'], 'true or false');
  const code = readNumber(from, 'resultCode', new Problems());
  return isMissing && asText(from['error']) === null && (code === null || code === 0);
}

type Common = 'method' | 'requestId' | 'result' | 'error' | 'problems';
type BodyOf<A> = A extends Answer ? Omit<A, Common> : never;
type AnswerBody = BodyOf<Answer>;
type Decoder = (from: JsonObject, problems: Problems) => AnswerBody;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['auth', auth],
  ['getIncomingFilesRequests', list('inbound', ['incomingFilesRequests'])],
  ['getFileRequests', list('inbound', ['files'])],
  ['getOutgoingFilesRequests', list('outbound', ['outgoingFilesRequests'])],
  ['getFileUploads', list('outbound', ['files'])],
  ['getFileRequestInfo', info],
  ['getFileInfo', info],
  ['getFileTransferHistory', history],
  ['getFileList', fileList],
  [
    'getFileTransferAvailability',
    (from, problems) => ({
      kind: 'availability-answer',
      code: readNumber(from, 'availability', problems),
    }),
  ],
  [
    'getAppState',
    (from, problems) => ({
      kind: 'app-state-answer',
      appState: readNumber(from, 'appState', problems),
      embeddedHttpPort: readNumber(from, 'embeddedHttpPort', problems),
    }),
  ],
  ['getSettings', settings],
  ['sendFile', sent],
  ['sendFileToConference', sent],
  ['sendConferenceFile', sent],
  [
    'getTokenForHttpServer',
    (from, problems) => ({ kind: 'token-answer', token: readSecret(from, 'token', problems) }),
  ],
]);

function auth(from: JsonObject, problems: Problems): AnswerBody {
  return {
    kind: 'auth-answer',
    resultCode: readNumber(from, 'resultCode', problems),
    privileges: readNumber(from, 'previleges', problems),
    token: readSecret(from, 'token', problems),
    tokenForHttpServer: readSecret(from, 'tokenForHttpServer', problems),
  };
}

function readSecret(from: JsonObject, field: string, problems: Problems): Secret | null {
  const value = from[field];
  if (typeof value === 'string') return value === '' ? null : new Secret(value);
  if (value !== undefined && value !== null) problems.add(field, '***', 'a string');
  return null;
}

function list(direction: 'inbound' | 'outbound', fields: readonly string[]): Decoder {
  return (from, problems): BodyOf<ListAnswer> => {
    const rows = fields.map((field) => from[field]).find(Array.isArray);
    if (rows === undefined) {
      if (succeeded(from)) problems.add(fields.join(' or '), from[fields[0] ?? ''], 'an array');
      return { kind: 'list-answer', direction, files: null, isWhole: false };
    }
    const files = readRows(rows, direction, problems);
    return { kind: 'list-answer', direction, files, isWhole: files.length === rows.length };
  };
}

function readRows(rows: readonly unknown[], direction: Direction, problems: Problems): readonly ListedFile[] {
  const files: ListedFile[] = [];
  for (const row of rows) {
    const listed = readRow(row, direction, problems);
    if (listed !== null) files.push(listed);
  }
  return files;
}

function readRow(row: unknown, direction: Direction, problems: Problems): ListedFile | null {
  if (!isObject(row)) {
    problems.add('a listed file', row, 'an object');
    return null;
  }
  const file = readFile(row, direction, problems);
  const statusCode = readNumber(row, 'status', problems);
  if (file === null) problems.add('fileRequestId', row['fileRequestId'], 'an id');
  else if (statusCode === null) problems.add('status', row['status'], 'a number');
  else return { file, statusCode };
  return null;
}

function info(from: JsonObject, problems: Problems): AnswerBody {
  if (!succeeded(from)) return { kind: 'info-answer', file: null };
  return { kind: 'info-answer', file: readRow(from, readDirection(from, problems), problems) };
}

/** `filesRequests`; where an answer has no such array, every array of objects with an id of a request is taken. */
function history(from: JsonObject, problems: Problems): BodyOf<HistoryAnswer> {
  const named: unknown = from['filesRequests'];
  const arrays: readonly unknown[][] = Array.isArray(named)
    ? [named]
    : Object.values(from).filter(Array.isArray);
  const files = arrays
    .flat()
    .filter(isObject)
    .flatMap((row) => {
      const file = readFile(row, readDirection(row, problems), problems);
      return file === null ? [] : [{ file, statusCode: readNumber(row, 'status', problems) }];
    });
  const isEmpty = arrays.length > 0 && arrays.every(({ length }) => length === 0);
  if (files.length > 0 || isEmpty) return { kind: 'history-answer', files };
  if (succeeded(from)) problems.add('filesRequests', named, 'an array of objects with a fileRequestId');
  return { kind: 'history-answer', files: null };
}

/** `fileId` is a string here, and a number everywhere else. */
function fileList(from: JsonObject, problems: Problems): BodyOf<FileListAnswer> {
  const rows: unknown = from['fileList'];
  if (!Array.isArray(rows)) {
    if (succeeded(from)) problems.add('fileList', rows, 'an array');
    return { kind: 'file-list-answer', files: null };
  }
  const files = rows.flatMap((row: unknown) => {
    const fileId = isObject(row) ? readId(row, 'fileId', problems) : null;
    if (isObject(row) && fileId !== null) return [{ fileId, name: readName(row, problems) }];
    problems.add('a row of fileList', row, 'an object with a fileId');
    return [];
  });
  return { kind: 'file-list-answer', files };
}

/** `settings` is an array of `{name, value}`. */
function settings(from: JsonObject): AnswerBody {
  const rows: unknown = from['settings'];
  const row = Array.isArray(rows)
    ? rows.filter(isObject).find(({ name }) => name === 'changeUserAuthPinAfterConf')
    : undefined;
  const value = row?.['value'];
  return {
    kind: 'settings-answer',
    changesPinAfterConference: typeof value === 'boolean' ? value : null,
  };
}

function sent(from: JsonObject, problems: Problems): AnswerBody {
  return { kind: 'sent-answer', sentFileRequestId: readId(from, 'sentFileRequestId', problems) };
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
