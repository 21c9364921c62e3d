import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ScriptedRequest {
  readonly method: string;
  readonly requestId: string;
  readonly [field: string]: unknown;
}

/** What the Room does with a request of a method; what is not scripted gets a plain answer. */
export type Script = Readonly<Record<string, (request: ScriptedRequest, socket: WebSocket) => void>> & {
  /** Called as the WebSocket opens. */
  readonly open?: (request: ScriptedRequest, socket: WebSocket) => void;
};

/** A Room that says exactly what a test lets it say, for what no well-behaved Room does. */
export class ScriptedRoom {
  readonly requests: ScriptedRequest[] = [];
  readonly #server: WebSocketServer;

  onPing: () => void = () => {};

  static async start(script: Script = {}, options: { autoPong?: boolean } = {}): Promise<ScriptedRoom> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true, ...options });
    await once(server, 'listening');
    return new ScriptedRoom(server, script);
  }

  private constructor(server: WebSocketServer, script: Script) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.on('error', () => socket.terminate());
      socket.on('ping', () => this.onPing());
      script.open?.({ method: 'open', requestId: '' }, socket);
      socket.on('message', (data) => {
        const request: ScriptedRequest = JSON.parse(String(data));
        this.requests.push(request);
        const act = script[request.method];
        if (act === undefined) socket.send(answer(request));
        else act(request, socket);
      });
    });
  }

  get url(): string {
    // A listening server on TCP has an address with a port.
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Extensions that each open connection negotiated. */
  get extensions(): readonly string[] {
    return [...this.#server.clients].map(({ extensions }) => extensions);
  }

  /** Bytes that wait for clients to read. */
  get unsent(): number {
    return [...this.#server.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
  }

  send(data: string | Uint8Array, options: { readonly binary?: boolean } = {}): void {
    for (const socket of this.#server.clients) socket.send(data, options);
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The answer to a request: a success, with the fields that its method has. */
export function answer(request: ScriptedRequest, fields: Readonly<Record<string, unknown>> = {}): string {
  const { method, requestId } = request;
  return JSON.stringify({ method, requestId, result: true, ...FIELDS[method], ...fields });
}

/** Does nothing: the request is never answered. */
export function ignore(): void {}

const FIELDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  auth: { token: '1*token', resultCode: 0 },
  getIncomingFilesRequests: { incomingFilesRequests: [] },
  getOutgoingFilesRequests: { outgoingFilesRequests: [] },
  getFileTransferAvailability: { availability: 3 },
  getAppState: { appState: 3 },
};
