import { Secret } from '../../protocol/secret.js';
import type { Place } from '../../room/discovery.js';
import type { RoomWatcher } from '../../room/watcher.js';
import { reasonOf, refused } from './refusal.js';

/** A Room's built-in HTTP server. */
export interface FileServer extends Place {
  /** How its port is known, as a clause. */
  readonly known: string;
}

/** Where a Room's HTTP server is: as its page says, or the Room itself, else at the documented port. */
export async function findFileServer(room: RoomWatcher): Promise<FileServer> {
  const { endpoint } = room;
  if (endpoint === null) throw new Error('a link without an endpoint');
  if (endpoint.http !== null) return { ...endpoint.http, known: "the Room's config.json names that port" };
  const host = new URL(endpoint.url).hostname;
  const answer = await room.request({ method: 'getAppState' });
  const port = answer.kind === 'app-state-answer' && answer.result ? answer.embeddedHttpPort : null;
  return port !== null && Number.isInteger(port) && port > 0 && port <= 65_535
    ? { host, port, known: 'the Room names that port in getAppState' }
    : { host, port: USUAL_PORT, known: 'the Room names no port, and that is the usual one' };
}

/**
 * The token for it: from the sign-in, else from the Room.
 * Source: `commands/auth`, field `tokenForHttpServer`; `commands/getTokenForHttpServer`.
 * @throws TrueConfFilesError `rejected`
 */
export async function fileServerToken(room: RoomWatcher, label: string): Promise<Secret> {
  const token = room.tokenForHttpServer ?? (await askToken(room, label));
  room.redactor.add(token);
  // A server may repeat the address that it was asked for.
  room.redactor.add(new Secret(encodeURIComponent(token.reveal())));
  return token;
}

async function askToken(room: RoomWatcher, label: string): Promise<Secret> {
  const answer = await room.request({ method: 'getTokenForHttpServer' });
  if (answer.kind === 'token-answer' && answer.result && answer.token !== null) return answer.token;
  throw refused(label, 'a token for its HTTP server', reasonOf(answer, room.redactor), null);
}

const USUAL_PORT = 8766;
