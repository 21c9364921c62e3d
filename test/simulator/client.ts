import { EventEmitter, once } from 'node:events';
import { WebSocket } from 'ws';

/** Any message of the Room; the fields that the tests look at have names. */
export interface Frame {
  readonly method?: unknown;
  readonly event?: unknown;
  readonly requestId?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly cause?: unknown;
  readonly token?: unknown;
  readonly tokenForHttpServer?: unknown;
  readonly sentFileRequestId?: unknown;
  readonly fileRequestId?: unknown;
  readonly status?: unknown;
  readonly incomingFilesRequests?: unknown;
  readonly outgoingFilesRequests?: unknown;
  readonly fileList?: unknown;
  readonly [field: string]: unknown;
}

/** A WebSocket client that keeps what it gets, and waits for what a test needs; never for a time. */
export class TestClient {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  readonly #news = new EventEmitter().setMaxListeners(0);
  #taken = 0;
  #asked = 0;

  static async open(url: string): Promise<TestClient> {
    const client = new TestClient(new WebSocket(url));
    await once(client.socket, 'open');
    return client;
  }

  /** Opens and signs in. */
  static async signedIn(url: string, fields: Frame = { type: 'unsecured' }): Promise<TestClient> {
    const client = await TestClient.open(url);
    const answer = await client.ask('auth', fields);
    if (answer.result !== true) throw new Error(`Sign-in refused: ${JSON.stringify(answer)}`);
    return client;
  }

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#news.emit('news');
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#news.emit('news'));
  }

  /** Sends a request and waits for the answer with its id. */
  async ask(method: string, fields: Frame = {}): Promise<Frame> {
    const { requestId = `r${++this.#asked}` } = fields;
    this.socket.send(JSON.stringify({ ...fields, method, requestId }));
    return this.until((frame) => frame.requestId === requestId);
  }

  /** The first frame, of all received so far or to come, that fits. */
  async until(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error('The connection ended before that came');
      await once(this.#news, 'news');
    }
  }

  /** The next event in order that has not been taken yet. */
  async nextEvent(): Promise<Frame> {
    for (;;) {
      const frame = this.frames[this.#taken];
      if (frame !== undefined) {
        this.#taken += 1;
        if (frame.method === 'event') return frame;
      } else if (this.socket.readyState === WebSocket.CLOSED) {
        throw new Error('The connection ended before an event came');
      } else {
        await once(this.#news, 'news');
      }
    }
  }

  async nextEvents(count: number): Promise<Frame[]> {
    const events: Frame[] = [];
    while (events.length < count) events.push(await this.nextEvent());
    return events;
  }

  get events(): readonly Frame[] {
    return this.frames.filter((frame) => frame.method === 'event');
  }

  async closed(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.terminate();
  }
}
