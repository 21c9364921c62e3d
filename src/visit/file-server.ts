import { Secret } from '../protocol/secret.js';
import type { UploadPlace } from '../room/upload.js';
import type { RoomWatcher } from '../room/watcher.js';
import { reasonOf, refused } from './refusal.js';

export interface FileServer extends UploadPlace {
  /** How it is known, as a clause. */
  readonly known: string;
}

/** Where a Room's HTTP server is: as its page says, or the Room itself, else at the documented port. */
export async function findFileServer(room: RoomWatcher): Promise<FileServer> {
  const { endpoint } = room;
  if (endpoint === null) throw new Error('a link without an endpoint');
  if (endpoint.http !== null) {
    return { ...endpoint.http, isEncrypted: false, known: "the Room's config.json names that port" };
  }
  const { hostname: host, protocol } = new URL(endpoint.url);
  const answer = await room.request({ method: 'getAppState' });
  const told = answer.kind === 'app-state-answer' && answer.result ? answer.embeddedHttpPort : null;
  const isPort = told !== null && Number.isInteger(told) && told > 0 && told <= 65_535;
  const known = isPort
    ? 'the Room names that port in getAppState'
    : 'the Room names no port, and that is the usual one';
  // Whoever asked for encryption gets no less, though nobody says that a Room's HTTP server has it.
  const isEncrypted = protocol === 'wss:';
  const how = isEncrypted ? `, and it is encrypted as the WebSocket is (ws:// instead of wss:// is not)` : '';
  return { host, port: isPort ? told : USUAL_PORT, isEncrypted, known: `${known}${how}` };
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
