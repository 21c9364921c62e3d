import { type ErrorCode, TrueConfFilesError } from '../../errors.js';
import { formatBytes } from '../../output/format.js';
import { isoTime } from '../../output/record.js';
import { safeText } from '../../output/text.js';
import type { Redactor } from '../../protocol/redactor.js';
import { describeFault } from '../../room/faults.js';
import { SizeChangedError, type UploadAnswer, upload, uploadUrl } from '../../room/upload.js';
import type { Host } from '../host.js';
import type { OutputOptions } from '../watch/options.js';
import type { AtRoom } from './at-room.js';
import { type FileServer, fileServerToken, findFileServer } from './file-server.js';
import { contentOf, type SourceFile, unreadable } from './source-file.js';
import { UploadProgress } from './upload-progress.js';

/**
 * Uploads a file to the Room's built-in HTTP server, and gives its number there.
 * @throws TrueConfFilesError `usage` where the file can't be read, `unreachable` where the server can't be reached,
 * `rejected` where it does not take the file: what was tried is told, as no page describes it
 */
export async function uploadFile(
  file: SourceFile,
  { label, room, printer, signal }: AtRoom,
  options: OutputOptions,
  host: Host,
): Promise<number> {
  const server = await findFileServer(room);
  const token = await fileServerToken(room, label);
  const progress = new UploadProgress(file, label, printer, options, host);
  const debug = (text: string) => {
    if (options.debug) printer.err.write(`${isoTime(Date.now())} ${safeText(label)} ${safeText(text)}\n`);
  };
  let sent = 0;
  debug(`> POST ${uploadUrl(server)}?token=*** (${file.size} bytes, "${file.name}")`);
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
          progress.tell(bytes);
        },
      },
      signal,
    );
    debug(`< HTTP ${answer.status}, FileId ${answer.fileId ?? 'missing'}`);
    return numberOf(answer, server, room.redactor, label);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TrueConfFilesError) throw error;
    if (error instanceof SizeChangedError) throw unreadable(file.path, error.message);
    const after = sent === 0 ? '' : ` after ${formatBytes(sent)} of ${formatBytes(file.size)}`;
    const reason = room.redactor.redact(describeFault(error));
    throw notTaken('unreachable', label, server, `failed${after}: ${reason}`);
  } finally {
    progress.clear();
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
