import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * How new connections fare: `serve` as usual; `hang-up` right after the WebSocket is open; `mute`: open, and no request
 * is ever answered; `unavailable`: the upgrade is answered with 503.
 */
export type Welcome = 'serve' | 'hang-up' | 'mute' | 'unavailable';

/** One client's WebSocket, as the Room sees it. */
export interface Client {
  /** A string goes out as a text frame, bytes as a binary one. Held back while the Room is frozen. */
  send(data: string | Uint8Array): void;
}

export interface SocketListener {
  onText(client: Client, text: string): void;
  onGone(client: Client): void;
}

/** Longest frame taken, bytes; what a Room takes is not known. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * The Room's WebSocket side: any path, no subprotocol, text frames. Frozen, it is a process that hangs: sockets stay
 * open, nothing is read (no pongs either) and nothing is sent until it thaws.
 */
export class Sockets {
  welcome: Welcome = 'serve';
  /** WebSockets opened so far. */
  connections = 0;
  readonly #listener: SocketListener;
  readonly #http: Server = createServer((_, response) => response.writeHead(426).end());
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    autoPong: false,
    clientTracking: true,
    maxPayload: MAX_FRAME_BYTES,
  });
  /** All of TCP, before and after the upgrade. */
  readonly #tcp = new Set<Socket>();
  #isFrozen = false;
  /** What waits for the thaw, in order. */
  #waiting: (() => void)[] = [];

  constructor(listener: SocketListener) {
    this.#listener = listener;
    this.#http.on('connection', (socket: Socket) => {
      this.#tcp.add(socket);
      // A reset between the request to upgrade and its answer has no other listener, and would end the process.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#tcp.delete(socket));
    });
    this.#http.on('upgrade', (request, socket, head) =>
      this.whenThawed(() => this.#upgrade(request, socket, head)),
    );
  }

  listen(port: number, host: string): Promise<number> {
    return listen(this.#http, port, host);
  }

  close(): Promise<void> {
    this.#waiting = [];
    this.dropAll();
    return closeServer(this.#http);
  }

  /** Ends every connection without a word, as when the network goes. */
  dropAll(): void {
    for (const socket of this.#tcp) socket.destroy();
  }

  /** @param code of RFC 6455, 1000 to 4999 */
  closeAll(code: number, reason: string): void {
    for (const webSocket of this.#webSockets.clients) webSocket.close(code, reason);
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const webSocket of this.#webSockets.clients) webSocket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) act();
    for (const webSocket of this.#webSockets.clients) webSocket.resume();
  }

  /** Does it now, or after the thaw. */
  whenThawed(act: () => void): void {
    if (this.#isFrozen) this.#waiting.push(act);
    else act();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.welcome === 'unavailable') {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket));
  }

  #open(webSocket: WebSocket): void {
    this.connections += 1;
    const { welcome } = this;
    const client: Client = {
      send: (data) =>
        this.whenThawed(() => {
          if (webSocket.readyState === webSocket.OPEN) webSocket.send(data);
        }),
    };
    // A frame that breaks RFC 6455 ends the connection; without a listener it would end the process.
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => this.#listener.onGone(client));
    webSocket.on('ping', (data) => this.whenThawed(() => webSocket.pong(data, false, () => {})));
    webSocket.on('message', (data, isBinary) => {
      if (isBinary || welcome === 'mute') return;
      // With the default binaryType a message is one Buffer.
      const text = String(data);
      this.whenThawed(() => this.#listener.onText(client, text));
    });
    if (welcome === 'hang-up') webSocket.terminate();
  }
}

/**
 * @param port 0 lets the system choose
 * @returns the port listened on
 * @throws the system's error, as `EADDRINUSE`
 */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Ends the server with every connection it has; nothing to do where it never listened. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
