import type { Standing } from '../monitor/monitor.js';
import { decode } from '../protocol/decode.js';
import { FIRST_MILLISECONDS } from '../protocol/fields.js';
import type { Entry } from '../room/entry.js';
import { STATUS_FACTS, type Transfer } from '../transfers/transfer.js';

/**
 * What is known of a Room as entries, so that a part of a recording plays alone: as if the Room had been listed then.
 * @param at when, milliseconds since 1970
 */
export function heldEntries(
  { link, state, availability, transfers }: Standing,
  at: number,
): readonly Entry[] {
  const frames = [...transfers].flatMap(framesOf);
  if (availability !== null) {
    frames.push(event('fileTransferAvailabilityChanged', { availability }));
  }
  if (state !== null) frames.push(event('appStateChanged', { appState: state }));
  const held = frames.map((text): Entry => ({ kind: 'held', at, text, message: decode(text) }));
  const isListed = held.length > 0 || link?.state === 'live';
  return [
    ...(isListed ? [{ kind: 'listing-asked', at, cause: 'snapshot' } as const] : []),
    ...held,
    ...(isListed ? [{ kind: 'listing-answered', at, inbound: true, outbound: true } as const] : []),
    ...(link === null ? [] : [{ kind: 'link', at, link } as const]),
  ];
}

/** Frames from which follows what is known of a transfer: its status, and how far it has come. */
function framesOf(transfer: Transfer): readonly string[] {
  const { id, direction, status, statusCode, progress, bytes } = transfer;
  const facts = factsOf(transfer);
  const code = statusCode ?? STATUS_FACTS[status].code;
  const first =
    code === null
      ? event('incomingFileRequestRejected', facts)
      : event('fileRequestStatusChanged', { ...facts, status: code });
  const name =
    direction === 'outbound'
      ? 'outgoingFileRequestUploadingProgress'
      : 'incomingFileRequestDownloadingProgress';
  // A complete one is at 100, whatever was told last.
  const tellsProgress = progress !== null && status !== 'complete';
  // Its name gives the direction, which that of a rejection gives as inbound.
  const tellsDirection = code === null && direction === 'outbound';
  if (!tellsProgress && !tellsDirection) return [first];
  const done = tellsProgress ? { processedPercents: progress, processedSize: bytes } : {};
  return [first, event(name, { fileRequestId: id, ...done })];
}

function factsOf({ id, direction, name, size, peer, conferenceId, fileId, createdAt }: Transfer): object {
  return {
    fileRequestId: id,
    directionType: direction === 'unknown' ? null : Number(direction === 'outbound'),
    fileName: name,
    fileSize: size,
    peerId: peer?.id,
    peerDn: peer?.name,
    confId: conferenceId,
    fileId,
    // Smaller numbers are read as seconds.
    timestamp: createdAt === null || createdAt >= FIRST_MILLISECONDS ? createdAt : createdAt / 1_000,
  };
}

function event(name: string, fields: object): string {
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify({ method: 'event', event: name, ...Object.fromEntries(known) });
}
