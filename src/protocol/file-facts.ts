import {
  type JsonObject,
  type Problems,
  readBytes,
  readId,
  readNumber,
  readText,
  readTime,
} from './fields.js';
import type { Direction, FileFacts, Peer } from './message.js';

/** What an object on the wire tells of a file request; `null` where it has no id. */
export function readFile(from: JsonObject, direction: Direction, problems: Problems): FileFacts | null {
  const id = readRequestId(from, problems);
  if (id === null) return null;
  return {
    id,
    direction,
    name: readText(from, 'fileName', problems) ?? readText(from, 'name', problems),
    size: readSize(from, problems),
    peer: readPeer(from, problems),
    conferenceId: readText(from, 'confId', problems),
    fileId: readId(from, 'fileId', problems),
    createdAt: readTime(from, 'timestamp', problems),
  };
}

/** `fileRequestId`, or `id` before 4.1. */
export function readRequestId(from: JsonObject, problems: Problems): string | null {
  return readId(from, 'fileRequestId', problems) ?? readId(from, 'id', problems);
}

/** `directionType`: 0 inbound, 1 outbound. */
export function readDirection(from: JsonObject, problems: Problems): Direction {
  const code = readNumber(from, 'directionType', problems);
  if (code === 0) return 'inbound';
  if (code === 1) return 'outbound';
  if (code !== null) problems.add('directionType', code, '0 or 1');
  return 'unknown';
}

/** `fileSize` in events, `size` in lists, `totalSize` before 4.1. */
function readSize(from: JsonObject, problems: Problems): number | null {
  return (
    readBytes(from, 'fileSize', problems) ??
    readBytes(from, 'size', problems) ??
    readBytes(from, 'totalSize', problems)
  );
}

/** A name is `peerDn` in some messages and `peerDisplayName` in others. */
function readPeer(from: JsonObject, problems: Problems): Peer | null {
  const id = readId(from, 'peerId', problems);
  const name = readText(from, 'peerDn', problems) ?? readText(from, 'peerDisplayName', problems);
  return id === null && name === null ? null : { id, name };
}
