import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Frame } from '../simulator/client.js';
import { listen } from './silent-server.js';

/** How a Room answers, where it is not as usual. */
export interface Script {
  /** By method: the fields of the answer, or `null` for none. */
  readonly answers?: Readonly<Record<string, (request: Frame) => object | null>>;
  /** What is at `config.json`, instead of the port. */
  readonly config?: string;
  /** Where it listens; 127.0.0.1, if not given. */
  readonly host?: string;
  /** Whether pings are answered; they are, if not given. */
  readonly pongs?: boolean;
}

/** A Room that says what a test wants it to say, also what no Room would. */
export class ScriptedWebRoom {
  readonly requests: Frame[] = [];
  /** The same as they came: a number keeps all its digits. */
  readonly texts: string[] = [];
  /** WebSockets opened so far. */
  connections = 0;
  readonly #script: Script;
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
  readonly #tcp = new Set<Socket>();
  #port = 0;
  readonly #news = new EventEmitter().setMaxListeners(0);

  static async start(script: Script = {}): Promise<ScriptedWebRoom> {
    const room = new ScriptedWebRoom(script);
    room.#port = await listen(room.#server, script.host);
    return room;
  }

  constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((_, response) => response.end(script.config ?? this.#config));
    this.#server.on('connection', (socket: Socket) => {
      this.#tcp.add(socket);
      socket.once('close', () => this.#tcp.delete(socket));
    });
    this.#webSockets = new WebSocketServer({ server: this.#server, autoPong: script.pongs ?? true });
    this.#webSockets.on('connection', (socket) => {
      this.connections += 1;
      socket.on('error', () => {});
      socket.on('close', () => this.#news.emit('news'));
      socket.on('message', (data) => {
        this.texts.push(String(data));
        const answer = this.#answer(JSON.parse(String(data)));
        if (answer !== null) socket.send(answer);
        this.#news.emit('news');
      });
    });
  }

  get url(): string {
    return `http://${this.#script.host ?? '127.0.0.1'}:${this.#port}`;
  }

  get webSocketUrl(): string {
    return `ws://${this.#script.host ?? '127.0.0.1'}:${this.#port}`;
  }

  /** WebSockets open now. */
  get clients(): number {
    return this.#webSockets.clients.size;
  }

  /** Resolves once it holds; tried whenever a request comes or a client goes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#news, 'news');
  }

  /** Resolves once clients have stopped reading: what waits for them no longer gets less. */
  async untilHeldUp(): Promise<void> {
    for (let before = -1; ; ) {
      const waiting = [...this.#webSockets.clients].reduce((sum, socket) => sum + socket.bufferedAmount, 0);
      if (waiting > 0 && waiting === before) return;
      before = waiting;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** A frame to every client: text as it is, bytes as a binary frame, an object as JSON. */
  send(frame: string | Uint8Array | object): void {
    const data = typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame);
    for (const socket of this.#webSockets.clients) socket.send(data);
  }

  /** Resolves once every client has read all that was sent. */
  async untilRead(): Promise<void> {
    await Promise.all(
      [...this.#webSockets.clients].map((socket) => {
        const answered = once(socket, 'pong');
        socket.ping();
        return answered;
      }),
    );
  }

  /** Closes every WebSocket with a close frame. */
  hangUp(code: number, reason: string): void {
    for (const socket of this.#webSockets.clients) socket.close(code, reason);
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const socket of this.#tcp) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #answer(request: Frame): string | null {
    this.requests.push(request);
    const { method, requestId } = request;
    const answers: Script['answers'] = { ...USUAL_ANSWERS, ...this.#script.answers };
    const fields = answers[String(method)]?.(request);
    if (fields === null) return null;
    return JSON.stringify({ method, requestId, ...(fields ?? { result: false, error: 'unknown method' }) });
  }

  get #config(): string {
    return JSON.stringify({ config: { websocket: { hostname: null, port: this.#port } } });
  }
}

const POLL_MS = 300;
const USUAL_ANSWERS: NonNullable<Script['answers']> = {
  auth: () => ({
    previleges: 2,
    token: '1*token',
    tokenForHttpServer: '4*token',
    result: true,
    resultCode: 0,
  }),
  getIncomingFilesRequests: () => ({ incomingFilesRequests: [], result: true }),
  getOutgoingFilesRequests: () => ({ outgoingFilesRequests: [], result: true }),
  getFileTransferAvailability: () => ({ availability: 3, result: true }),
  getAppState: () => ({ appState: 3, embeddedHttpPort: 8766, result: true }),
};

/** Scripted Rooms that end with the test they were started in. */
export function useScriptedWebRooms() {
  const rooms: ScriptedWebRoom[] = [];

  afterEach(async () => {
    await Promise.all(rooms.splice(0).map((room) => room.stop()));
  });

  return async (script?: Script): Promise<ScriptedWebRoom> => {
    const room = await ScriptedWebRoom.start(script);
    rooms.push(room);
    return room;
  };
}
