import { createConnection, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ClientOptions } from 'ws';
import type { SocketPlace } from './address.js';
import { ADDRESS_MS } from './discovery.js';

/** How a WebSocket to a Room is opened, apart from the limit of the handshake, which its owner keeps. */
export function optionsFor(place: SocketPlace): ClientOptions {
  // Its types don't know all that ws takes or hands on to the socket.
  const unlisted: Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout'> & {
    readonly closeTimeout: number;
  } = {
    autoSelectFamilyAttemptTimeout: ADDRESS_MS,
    // A server that said goodbye, or was given up, may leave the socket open.
    closeTimeout: CLOSE_MS,
  };
  return {
    ...unlisted,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_LISTING_BYTES,
    // Also if the environment says otherwise: anyone who reads the traffic would have the credentials.
    rejectUnauthorized: true,
    // Names in a broken encoding must not end the link: they are shown with replacement characters.
    skipUTF8Validation: true,
    ...(place.host.includes('%') ? { createConnection: opener(place) } : {}),
  };
}

/** Opens sockets to an address that no URL can hold. */
function opener({ url, host }: SocketPlace): typeof createConnection {
  const open = (options: TcpNetConnectOpts) =>
    url.protocol === 'wss:'
      ? connectTls({ ...options, host, servername: '' })
      : createConnection({ ...options, host });
  // ws calls it with options alone, though its type has the other forms of Node's function too.
  return open as typeof createConnection;
}

/** Room for a listing of some 280,000 transfers. A larger frame ends the connection. */
const MAX_LISTING_BYTES = 64 * 1_024 * 1_024;
const CLOSE_MS = 1_000;
