import type { Frame } from './client.js';

/** What each event must have and may have, beside `method` and `event`, as the pages' tables say it (4.1.0+). */
export const FIELD_SETS: Readonly<
  Record<string, { readonly always: readonly string[]; readonly sometimes: readonly string[] }>
> = {
  receivedFileRequest: fields('fileRequestId peerId peerDn fileName fileSize timestamp', 'confId'),
  incomingFileRequestAccepted: fields('fileRequestId peerId peerDn fileName fileSize timestamp', 'confId'),
  incomingFileRequestRejected: fields('fileRequestId peerId peerDn fileName fileSize timestamp', 'confId'),
  fileRequestStatusChanged: fields(
    'fileRequestId status directionType fileName timestamp fileSize',
    'fileId peerId peerDisplayName confId',
  ),
  incomingFileRequestDownloadingProgress: fields(
    'fileRequestId processedPercents fileSize fileName peerId peerDisplayName timestamp',
    'confId',
  ),
  outgoingFileRequestUploadingProgress: fields(
    'fileRequestId processedPercents fileSize fileName fileId timestamp',
    'peerId peerDisplayName confId',
  ),
  outgoingFileRequestSent: fields('fileRequestId peerId peerDn fileName fileSize fileId timestamp', ''),
  outgoingFileRequestSentToConference: fields('fileRequestId fileName fileSize fileId confId timestamp', ''),
  fileDeletedFromFileTransferHistory: fields(
    'fileRequestId directionType fileName fileSize timestamp removedFromDisk',
    'fileId peerId peerDn confId',
  ),
  fileTransferHistoryCleared: fields('', ''),
  fileTransferAvailabilityChanged: fields('availability', ''),
  authorizationNeeded: fields('cause', ''),
};

/** What is wrong with an event's fields; empty where nothing is. */
export function fieldProblems(event: Frame): readonly string[] {
  const set = FIELD_SETS[String(event.event)];
  if (set === undefined) return [`no such event: ${String(event.event)}`];
  const { method: _method, event: _event, ...rest } = event;
  const present = Object.keys(rest);
  return [
    ...set.always.filter((name) => !present.includes(name)).map((name) => `${name} is missing`),
    ...present
      .filter((name) => !set.always.includes(name) && !set.sometimes.includes(name))
      .map((name) => `${name} is too much`),
    ...('peerId' in rest === ('peerDn' in rest || 'peerDisplayName' in rest) ? [] : ['half a peer']),
  ];
}

function fields(always: string, sometimes: string) {
  const split = (text: string) => text.split(' ').filter((name) => name !== '');
  return { always: split(always), sometimes: split(sometimes) };
}
