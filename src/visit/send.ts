import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ErrorCode, TrueConfFilesError } from '../errors.js';
import { describeFault, fileFault } from '../faults.js';
import { formatBytes } from '../output/text.js';
import { isNumericId } from '../protocol/requests.js';
import { type Redactor, Secret } from '../protocol/secrets.js';
import { readUrl } from '../room/address.js';
import { reasonOf } from '../room/ask.js';
import type { RoomWatcher } from '../room/watcher.js';
import { SizeChangedError, type UploadAnswer, type UploadPlace, upload, uploadUrl } from './upload.js';
import { refused, type Visit } from './visit.js';

/** What happens while a file is uploaded. */
export interface UploadHandlers {
  /** @param url where it goes, without the token */
  onStart?(url: string): void;
  /** @param bytes handed over so far */
  onProgress?(bytes: number): void;
  onAnswer?(answer: UploadAnswer): void;
}

/**
 * Uploads a file to the Room's built-in HTTP server, and gives its id there, a number with all its digits.
 * @param isFirst whether it begins soon after the sign-in, whose token lives for five minutes
 * @throws TrueConfFilesError `usage` where the file can't be read, `unreachable` where the server can't be reached,
 * `rejected` if it does not take the file: the error says what was tried, as no page describes it
 * @throws what a handler throws
 */
export async function uploadFile(
  file: SourceFile,
  { label, room, signal }: Visit,
  handlers: UploadHandlers = {},
  isFirst = true,
): Promise<string> {
  const server = await findFileServer(room);
  const token = await fileServerToken(room, label, isFirst);
  let sent = 0;
  /** By a handler of the caller: no fault of the network. */
  let thrown: unknown = null;
  handlers.onStart?.(uploadUrl(server));
  try {
    const answer = await upload(
      {
        place: server,
        token,
        name: file.name,
        size: file.size,
        content: contentOf(file),
        onProgress: (bytes) => {
          sent = bytes;
          try {
            handlers.onProgress?.(bytes);
          } catch (error) {
            thrown = error;
            throw error;
          }
        },
      },
      signal,
    );
    handlers.onAnswer?.(answer);
    return numberOf(answer, server, room.redactor, label);
  } catch (error) {
    signal.throwIfAborted();
    if (error === thrown || error instanceof TrueConfFilesError) throw error;
    if (error instanceof SizeChangedError) throw unreadable(file.path, error.message);
    const after = sent === 0 ? '' : ` after ${formatBytes(sent)} of ${formatBytes(file.size)}`;
    const reason = room.redactor.redact(describeFault(error));
    throw notTaken('unreachable', label, server, `failed${after}: ${reason}`);
  }
}

/** @throws TrueConfFilesError `rejected` where the server did not take the file */
function numberOf(
  { status, fileId, text }: UploadAnswer,
  server: FileServer,
  redactor: Redactor,
  label: string,
): string {
  if (status === 200 && fileId !== null && isNumericId(fileId)) return fileId;
  const words = text === '' ? '' : `: ${redactor.redact(text)}`;
  const without = status === 200 ? ' without a FileId that is a number' : '';
  throw notTaken('rejected', label, server, `was answered with HTTP ${status}${without}${words}`);
}

function notTaken(code: ErrorCode, label: string, server: FileServer, what: string): TrueConfFilesError {
  const hint =
    `Tried: multipart/form-data with one part named "file"; ${server.known}. ` +
    'No page of the API describes uploading, and this Room may do it otherwise.';
  return new TrueConfFilesError(
    code,
    `The Room ${label} did not take the file: POST ${uploadUrl(server)} ${what}.`,
    hint,
  );
}

export interface FileServer extends UploadPlace {
  /** How it is known, as a clause. */
  readonly known: string;
}

/** Where a Room's HTTP server is: as its page says, or the Room itself, else at the documented port. */
async function findFileServer(room: RoomWatcher): Promise<FileServer> {
  const { endpoint } = room;
  if (endpoint === null) throw new Error('a link without an endpoint');
  if (endpoint.http !== null) {
    return { ...endpoint.http, isEncrypted: false, known: "the Room's config.json names that port" };
  }
  const { url, host: bare } = readUrl(endpoint.url);
  const [host, { protocol }] = [bare.includes(':') ? `[${bare}]` : bare, url];
  const answer = await room.request({ method: 'getAppState' });
  const told = answer.kind === 'app-state-answer' && answer.result ? answer.embeddedHttpPort : null;
  const isPort = told !== null && Number.isInteger(told) && told > 0 && told <= 65_535;
  const known = isPort
    ? 'the Room names that port in getAppState'
    : 'the Room names no port, and that is the usual one';
  // A user who asked for encryption gets it or an error, though no page says that a Room's HTTP server has it.
  const isEncrypted = protocol === 'wss:';
  const how = isEncrypted ? `, and it is encrypted as the WebSocket is (ws:// instead of wss:// is not)` : '';
  return { host, port: isPort ? told : USUAL_PORT, isEncrypted, known: `${known}${how}` };
}

/**
 * The token for it: from the sign-in while that is fresh, else a new one.
 * Source: `commands/auth`, field `tokenForHttpServer`; `commands/getTokenForHttpServer`.
 * @throws TrueConfFilesError `rejected`
 */
async function fileServerToken(room: RoomWatcher, label: string, isFresh: boolean): Promise<Secret> {
  const { tokenForHttpServer: given } = room;
  const asked = isFresh && given !== null ? null : await askToken(room);
  const token = asked?.token ?? given;
  if (token === null)
    throw refused(label, 'a token for its HTTP server', asked?.reason ?? 'it gave none', TOKEN_HINT);
  // A server may repeat the address that it was asked for.
  room.redactor.addToken(token, new Secret(encodeURIComponent(token.reveal())));
  return token;
}

async function askToken(room: RoomWatcher): Promise<{ token: Secret | null; reason: string }> {
  const answer = await room.request({ method: 'getTokenForHttpServer' });
  const token = answer.kind === 'token-answer' && answer.result ? answer.token : null;
  return { token, reason: reasonOf(answer, room.redactor) };
}

const USUAL_PORT = 8766;
const TOKEN_HINT =
  "Files can't be uploaded without one. One that the Room has is offered with --file-id; 'trueconf-files files' lists them.";

/** A file that is there, can be read, and has something in it. */
export interface SourceFile {
  /** What the user gave. */
  readonly path: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly handle: FileHandle;
}

/** Its bytes, piece by piece. */
async function* contentOf({ path, handle }: SourceFile): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: PIECE_BYTES }))
      yield chunk;
  } catch (error) {
    throw unreadable(path, fileFault(error));
  }
}

/** @throws TrueConfFilesError `usage` if it is not such a file */
export async function openSource(path: string): Promise<SourceFile> {
  let handle: FileHandle | null = null;
  try {
    // Opening a pipe without a writer would wait for ever.
    const kind = await stat(path);
    if (!kind.isFile())
      throw unreadable(path, kind.isDirectory() ? 'it is a folder' : 'it is not an ordinary file');
    handle = await open(path);
    const { size } = await handle.stat();
    if (size === 0) {
      throw new TrueConfFilesError(
        'usage',
        `The file "${path}" is empty.`,
        'Give a file with something in it.',
      );
    }
    return { path, name: basename(path), size, handle };
  } catch (error) {
    await handle?.close();
    throw error instanceof TrueConfFilesError ? error : unreadable(path, fileFault(error));
  }
}

function unreadable(path: string, reason: string): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    `The file "${path}" can't be read: ${reason}.`,
    'Give the paths of the files to send; the Room is named with --room ROOM.',
  );
}

const PIECE_BYTES = 256 * 1_024;
