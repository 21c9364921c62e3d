import { type ErrorCode, TrueConfFilesError } from '../errors.js';
import { formatBytes } from '../output/format.js';
import type { Redactor } from '../protocol/redactor.js';
import { describeFault } from '../room/faults.js';
import { SizeChangedError, type UploadAnswer, upload, uploadUrl } from '../room/upload.js';
import { type FileServer, fileServerToken, findFileServer } from './file-server.js';
import { contentOf, type SourceFile, unreadable } from './source-file.js';
import type { Visit } from './stay.js';

/** What happens while a file is uploaded. */
export interface UploadHandlers {
  /** @param url where it goes, without the token */
  onStart?(url: string): void;
  /** @param bytes handed over so far */
  onProgress?(bytes: number): void;
  onAnswer?(answer: UploadAnswer): void;
}

/**
 * Uploads a file to the Room's built-in HTTP server, and gives its number there.
 * @throws TrueConfFilesError `usage` where the file can't be read, `unreachable` where the server can't be reached,
 * `rejected` where it does not take the file: what was tried is told, as no page describes it
 */
export async function uploadFile(
  file: SourceFile,
  { label, room, signal }: Visit,
  handlers: UploadHandlers = {},
): Promise<number> {
  const server = await findFileServer(room);
  const token = await fileServerToken(room, label);
  let sent = 0;
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
          handlers.onProgress?.(bytes);
        },
      },
      signal,
    );
    handlers.onAnswer?.(answer);
    return numberOf(answer, server, room.redactor, label);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TrueConfFilesError) throw error;
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
): number {
  if (status === 200 && fileId !== null && /^\d{1,15}$/.test(fileId)) return Number(fileId);
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
