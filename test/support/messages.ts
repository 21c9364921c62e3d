import type { Direction, FileFacts } from '../../src/protocol/fields.js';
import type {
  ImpliedStatus,
  ListAnswer,
  Message,
  Progress,
  StatusChanged,
  StatusImplied,
} from '../../src/protocol/message.js';

/** What a message tells of a file; what is left out it does not say. */
export function fileFacts(id: string, facts: Partial<FileFacts> = {}): FileFacts {
  return {
    id,
    direction: 'inbound',
    name: null,
    size: null,
    peer: null,
    conferenceId: null,
    fileId: null,
    createdAt: null,
    ...facts,
  };
}

export function status(id: string, statusCode: number, facts: Partial<FileFacts> = {}): StatusChanged {
  return {
    kind: 'status',
    event: 'fileRequestStatusChanged',
    file: fileFacts(id, facts),
    statusCode,
    problems: [],
  };
}

export function implied(id: string, what: ImpliedStatus, facts: Partial<FileFacts> = {}): StatusImplied {
  const event = { waiting: 'receivedFileRequest', processing: 'incomingFileRequestAccepted' };
  return {
    kind: 'implied',
    event: what === 'rejected' ? 'incomingFileRequestRejected' : event[what],
    file: fileFacts(id, facts),
    status: what,
    problems: [],
  };
}

export function progress(
  id: string,
  percent: number,
  facts: Partial<FileFacts> = {},
  bytes: number | null = null,
): Progress {
  const event = 'incomingFileRequestDownloadingProgress';
  return { kind: 'progress', event, file: fileFacts(id, facts), percent, bytes, problems: [] };
}

export function deleted(
  id: string,
  removedFromDisk: boolean | null = null,
  facts: Partial<FileFacts> = {},
): Message {
  const event = 'fileDeletedFromFileTransferHistory';
  return { kind: 'deleted', event, file: fileFacts(id, facts), removedFromDisk, problems: [] };
}

export function cleared(): Message {
  return { kind: 'cleared', event: 'fileTransferHistoryCleared', problems: [] };
}

export function availability(code: number): Message {
  return { kind: 'availability', event: 'fileTransferAvailabilityChanged', code, problems: [] };
}

/** The answer to a listing: the listed ids, each with its status number. */
export function list(
  direction: Exclude<Direction, 'unknown'>,
  rows: Readonly<Record<string, number>>,
  facts: Partial<FileFacts> = {},
  isWhole = true,
): ListAnswer {
  return {
    kind: 'list-answer',
    method: direction === 'inbound' ? 'getIncomingFilesRequests' : 'getOutgoingFilesRequests',
    requestId: '1',
    result: true,
    error: null,
    direction,
    files: Object.entries(rows).map(([id, statusCode]) => ({
      file: fileFacts(id, { direction, ...facts }),
      statusCode,
    })),
    isWhole,
    problems: [],
  };
}
