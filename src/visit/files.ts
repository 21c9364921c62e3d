import type { FileFacts } from '../protocol/fields.js';
import type { StoredFile } from '../protocol/message.js';
import { askEither, type Outcome, reasonOf } from '../room/ask.js';
import { REFUSED_HINT, refused, type Visit } from './visit.js';

/** A file on the Room's HTTP server, with what is known from its requests. */
export interface KnownFile extends StoredFile {
  /** Bytes; `null` where no request tells. */
  readonly size: number | null;
  /** Ids of the requests that are for it, both ways. */
  readonly requests: readonly string[];
}

/**
 * The files on the Room's HTTP server: uploaded to be sent, or received. Before 4.1 the list has the same name.
 * Source: `commands/getFileList`.
 * @throws TrueConfFilesError `rejected` where the Room gives no list
 */
export async function listFiles(visit: Visit): Promise<readonly KnownFile[]> {
  const { label, room } = visit;
  const answer = await room.request({ method: 'getFileList' });
  if (answer.kind !== 'file-list-answer' || !answer.result || answer.files === null)
    throw refused(label, 'to list its files', reasonOf(answer, room.redactor), REFUSED_HINT);
  const requests = new Map<string, Map<string, About>>();
  for (const request of [...visit.ledger.values(), ...(await historyOf(visit))]) {
    if (request.fileId === null) continue;
    const known = requests.get(request.fileId) ?? new Map<string, About>();
    requests.set(request.fileId, known.set(request.id, request));
  }
  return answer.files.map(({ fileId, name }) => {
    const known = [...(requests.get(fileId)?.values() ?? [])];
    return {
      fileId,
      name: name ?? known.find((one) => one.name !== null)?.name ?? null,
      size: known.find((one) => one.size !== null)?.size ?? null,
      requests: known.map(({ id }) => id),
    };
  });
}

type About = Pick<FileFacts, 'id' | 'fileId' | 'name' | 'size'>;

/** The list of inbound requests has no ids of files, and the history has. Rooms before 4.1 have no history. */
async function historyOf({ room }: Visit): Promise<readonly About[]> {
  if (room.isOld !== false) return [];
  const answer = await room.request({ method: 'getFileTransferHistory' });
  return answer.kind === 'history-answer' ? (answer.files ?? []).map(({ file }) => file) : [];
}

/**
 * Deletes a file from the Room's HTTP server. Before 4.1 the command has the same name.
 * Source: `commands/deleteFileTransferFile`.
 */
export async function deleteFile(fileId: string, { room }: Visit): Promise<Outcome> {
  const answer = await room.request({ method: 'deleteFileTransferFile', fileId });
  return answer.result ? { ok: true } : { ok: false, reason: reasonOf(answer, room.redactor) };
}

/**
 * Clears the transfer history, and with `fromDisk` deletes its files. The command before 4.1 always deletes them, so
 * it is never used without.
 * Source: `commands/clearFileTransferHistory`; `clearFileTransfer` before 4.1.
 */
export async function clearHistory(fromDisk: boolean, { room }: Visit): Promise<Outcome> {
  const request = { method: 'clearFileTransferHistory', deleteFilesFromDisk: fromDisk } as const;
  const answer = fromDisk
    ? await askEither(room, request, { method: 'clearFileTransfer' }, ({ result }) => result)
    : await room.request(request);
  return answer.result ? { ok: true } : { ok: false, reason: reasonOf(answer, room.redactor) };
}
