import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Conveyor } from './conveyor.js';
import { Desk, type ReceivedRequest } from './desk.js';
import { serveFiles, servePages, type Upload } from './files.js';
import { meetingEvents } from './meeting.js';
import { CONFERENCE_ID, createRandom, PEERS, type Random } from './names.js';
import { APP_STATE, DEFAULT_MAX_TRANSFERS, DEFAULT_TRANSFER_MS, type SimulatorOptions } from './options.js';
import { type NewRequest, RoomState, type SimulatedTransfer, type StatusCode } from './room-state.js';
import { closeServer, listen, Sockets, type Welcome } from './sockets.js';
import { startTicking, Traffic } from './traffic.js';

/** A request to make; what is left out is made up. */
export type RequestOptions = Partial<NewRequest>;

/**
 * A Room in this process, for demos, tests and integrators: its web page, WebSocket and HTTP server, with all quirks of
 * the documented wire. Its methods act on the Room and send the events of that to signed-in clients.
 */
export class RoomSimulator {
  /** Files uploaded so far, oldest first. Their content is not kept. */
  readonly uploads: Upload[] = [];
  /** Milliseconds that an answer to a command waits once it is made up, while events overtake it; default 0. */
  answerDelayMs = 0;
  readonly #options: SimulatorOptions;
  readonly #host: string;
  readonly #now: () => number;
  readonly #random: Random;
  readonly #state = new RoomState();
  readonly #sockets: Sockets;
  readonly #desk: Desk;
  readonly #conveyor: Conveyor;
  /** One end for all: it stops the timers and the listener on the caller's signal. */
  readonly #ending = new AbortController();
  readonly #pages = createServer((request, response) =>
    this.#sockets.whenThawed(() => servePages(request, response, this.#ports)),
  );
  readonly #files = createServer((request, response) => {
    const serve = () => serveFiles(request, response, this.#shelf).catch(() => response.destroy());
    this.#sockets.whenThawed(() => void serve());
  });
  readonly #shelf = {
    acceptsToken: (token: string) => this.#desk.seats.acceptsHttpToken(token, this.#now()),
    store: (name: string, size: number, sha256: string) => {
      const { fileId } = this.#state.store(name, size);
      this.uploads.push({ fileId, name, size, sha256 });
      return fileId;
    },
  };
  #ports = { page: 0, webSocket: 0, http: 0 };
  #closed: Promise<void> | null = null;

  /** Makes a Room and starts it. */
  static async start(options: SimulatorOptions = {}): Promise<RoomSimulator> {
    const room = new RoomSimulator(options);
    await room.start();
    return room;
  }

  constructor(options: SimulatorOptions = {}) {
    this.#options = options;
    this.#host = options.host ?? '127.0.0.1';
    this.#now = options.now ?? Date.now;
    this.#random = createRandom(options.seed ?? 1);
    const { conferenceId = CONFERENCE_ID } = options;
    this.#state.appState =
      options.appState ?? (conferenceId === null ? APP_STATE.idle : APP_STATE.conference);
    this.#desk = new Desk({
      credentials: { pin: options.pin ?? null, password: options.password ?? null },
      isLegacy: options.legacy ?? false,
      state: this.#state,
      now: this.#now,
      newRequestId: () => this.#newRequestId(),
      httpPort: () => this.#ports.http,
      conferenceId: () => conferenceId,
      answer: (send) => this.#answer(send),
      proceed: (id) => this.#conveyor.proceed(id),
    });
    this.#sockets = new Sockets({
      onText: (client, text) => this.#desk.handle(client, text),
      onGone: (client) => this.#desk.seats.leave(client),
    });
    this.#conveyor = new Conveyor(this.#state, options.transferMs ?? DEFAULT_TRANSFER_MS, (events) =>
      this.#desk.tell(events),
    );
  }

  /**
   * Begins to listen; `RoomSimulator.start` does this too.
   * @throws the system's error where a port can't be had; nothing is left listening then
   */
  async start(): Promise<void> {
    const { port = 0, webSocketPort = 0, httpPort = 0, signal, rate = 0 } = this.#options;
    signal?.throwIfAborted();
    try {
      const http = await listen(this.#files, httpPort, this.#host);
      const webSocket = await this.#sockets.listen(webSocketPort, this.#host);
      this.#ports = { http, webSocket, page: await listen(this.#pages, port, this.#host) };
    } catch (error) {
      await this.close();
      throw error;
    }
    signal?.addEventListener('abort', () => void this.close(), { once: true, signal: this.#ending.signal });
    if (rate > 0) this.#startTraffic(rate);
    if (signal?.aborted === true) await this.close();
  }

  /** Ends every connection, listener and timer. May be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  /** Of the web page, where clients look first. */
  get url(): string {
    return `http://${this.#hostInUrls}:${this.#ports.page}`;
  }

  /** Of the WebSocket itself. */
  get webSocketUrl(): string {
    return `ws://${this.#hostInUrls}:${this.#ports.webSocket}`;
  }

  /** Of the built-in HTTP server. */
  get httpUrl(): string {
    return `http://${this.#hostInUrls}:${this.#ports.http}`;
  }

  /** What is held now, oldest first; what was rejected or deleted is not. */
  get transfers(): readonly SimulatedTransfer[] {
    return this.#state.transfers;
  }

  /** Every text frame received, oldest first; the last 10,000. */
  get requests(): readonly ReceivedRequest[] {
    return this.#desk.requests;
  }

  /** Successful sign-ins so far. */
  get signIns(): number {
    return this.#desk.signIns;
  }

  /** WebSockets opened so far. */
  get connections(): number {
    return this.#sockets.connections;
  }

  /** How connections from now on fare; default `serve`. */
  get welcome(): Welcome {
    return this.#sockets.welcome;
  }

  set welcome(welcome: Welcome) {
    this.#sockets.welcome = welcome;
  }

  /** An inbound request arrives: `receivedFileRequest`, then status 1. */
  receive(request: RequestOptions = {}): SimulatedTransfer {
    const made = { ...this.#madeUp(), ...request };
    this.#desk.tell(this.#state.receive(made));
    return this.#state.get(made.id);
  }

  /**
   * The Room sends a file, which it puts on its HTTP server: `outgoingFileRequestSent`, or `…SentToConference` where
   * `peerId` is `null`, then status 1. It does not proceed by itself.
   */
  send(request: RequestOptions = {}): SimulatedTransfer {
    const toConference = request.peerId === null ? { conferenceId: CONFERENCE_ID, peerName: null } : {};
    const made = { ...this.#madeUp(), ...toConference, ...request };
    this.#desk.tell(this.#state.send(made, this.#state.store(made.name, made.size).fileId));
    return this.#state.get(made.id, 'outbound');
  }

  /** `incomingFileRequestAccepted`, then status 2. It does not proceed by itself. */
  accept(id: string): void {
    this.#desk.tell(this.#state.accept(id));
  }

  /** `incomingFileRequestRejected`; the request is removed. */
  reject(id: string): void {
    this.#desk.tell(this.#state.reject(id));
  }

  /** `fileRequestStatusChanged`: 0 failed, 1 waiting, 2 processing, 3 complete. */
  setStatus(id: string, status: StatusCode): void {
    this.#desk.tell(this.#state.setStatus(id, status));
  }

  /** Progress of the request's direction; any number goes onto the wire as it is. */
  progress(id: string, percent: number): void {
    this.#desk.tell(this.#state.progress(id, percent));
  }

  /** `fileDeletedFromFileTransferHistory`. */
  delete(id: string, removedFromDisk = false): void {
    this.#desk.tell(this.#state.delete(id, removedFromDisk));
  }

  /** `fileTransferHistoryCleared`: finished requests are removed. */
  clearHistory(): void {
    this.#desk.tell(this.#state.clear(false));
  }

  /** `fileTransferAvailabilityChanged`. */
  setAvailability(code: number): void {
    this.#desk.tell(this.#state.setAvailability(code));
  }

  /** `appStateChanged`, 0 to 6. */
  setAppState(code: number): void {
    this.#desk.tell(this.#state.setAppState(code, this.#ports.http));
  }

  /** A raw frame to everyone signed in: a string as text, bytes as binary. */
  broadcast(data: string | Uint8Array): void {
    this.#desk.broadcast(data);
  }

  /** `authorizationNeeded` to everyone signed in; causes 1 to 8 as its page lists them. */
  endSessions(cause: number): void {
    this.#desk.endSessions(cause);
  }

  /** Makes every token invalid, as a restart does. */
  forgetTokens(): void {
    this.#desk.seats.forgetTokens();
  }

  /** Ends every client's TCP connection without a close frame. */
  dropClients(): void {
    this.#sockets.dropAll();
  }

  /** Closes every WebSocket with a close frame. */
  closeClients(code = 1001, reason = ''): void {
    this.#sockets.closeAll(code, reason);
  }

  /** Hangs from now on: connections stay, and nothing is read, answered or sent. */
  freeze(): void {
    this.#sockets.freeze();
  }

  /** Reads, answers and sends what it missed while it was frozen. */
  thaw(): void {
    this.#sockets.thaw();
  }

  #startTraffic(rate: number): void {
    const { maxTransfers = DEFAULT_MAX_TRANSFERS } = this.#options;
    const traffic = new Traffic(this.#random, maxTransfers, () => this.#newRequestId());
    const meeting = meetingEvents((this.#options.seed ?? 1) + 1);
    traffic.furnish(this.#state, this.#now());
    startTicking(
      rate,
      () => {
        this.#desk.tell(traffic.step(this.#state, this.#now(), this.#conveyor.ids));
        for (const event of meeting(this.#now())) this.broadcast(JSON.stringify(event));
      },
      this.#ending.signal,
    );
  }

  #answer(send: () => void): void {
    if (this.answerDelayMs === 0) send();
    else setTimeout(this.answerDelayMs, null, { signal: this.#ending.signal }).then(send, () => {});
  }

  async #end(): Promise<void> {
    this.#ending.abort();
    this.#conveyor.stop();
    await Promise.all([this.#sockets.close(), closeServer(this.#pages), closeServer(this.#files)]);
  }

  get #hostInUrls(): string {
    if (this.#host === '0.0.0.0') return '127.0.0.1';
    if (this.#host === '::') return '[::1]';
    return this.#host.includes(':') ? `[${this.#host}]` : this.#host;
  }

  /** Before 4.1 ids were numbers. */
  #newRequestId(): string {
    return this.#options.legacy === true ? String(this.#random.int(1, 2_147_483_647)) : this.#random.uuid();
  }

  #madeUp(): NewRequest {
    const peer = PEERS[0];
    return {
      id: this.#newRequestId(),
      name: '2.jpg',
      size: 3_200,
      peerId: peer.id,
      peerName: peer.name,
      conferenceId: null,
      createdAt: this.#now(),
    };
  }
}
