import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { describeFault, HttpStatusError } from '../faults.js';

/** What a connection tells its owner. Nothing comes after `onClosed`. */
export interface ConnectionHandlers {
  onText(text: string): void;
  /** A frame that was not read: binary, or larger than a frame may be. */
  onRefused(code: 'binary-frame' | 'frame-too-large', bytes: number): void;
  /** Whether a frame over `MAX_FRAME_BYTES` is expected: the answer to a listing of many transfers. */
  expectsLarge(): boolean;
  /** A pong or a ping came. */
  onAlive(): void;
  /** Bytes came, maybe of a frame that is not whole yet. */
  onBytes?(): void;
  /** @param reason a sentence; may quote the Room */
  onClosed(reason: string): void;
}

/** One open WebSocket to a Room, from which text frames come. */
export interface Connection {
  /** Whether a frame is on its way that is too long to come at once. */
  readonly isReceiving: boolean;
  send(text: string): void;
  ping(): void;
  /** Stops reading; the Room's frames then wait in the network's buffers. */
  pause(): void;
  resume(): void;
  /** Says goodbye, and hangs up where that is not answered soon. */
  close(): Promise<void>;
}

/**
 * Opens a WebSocket, without compression, so that a small frame can't unfold into a huge one. It begins paused, so
 * that no frame comes before its owner is ready.
 * @throws Error where it can't be opened within `HANDSHAKE_MS`; the signal's reason where it is aborted
 */
export function connect(url: string, handlers: ConnectionHandlers, signal: AbortSignal): Promise<Connection> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: MAX_LISTING_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      // Names in a broken encoding must not end the link: they are shown with replacement characters.
      skipUTF8Validation: true,
    });
    let fault: Error | undefined;
    let isOpen = false;
    let bytesSinceFrame = 0;
    const onAbort = () => {
      reject(signal.reason);
      socket.terminate();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => signal.removeEventListener('abort', onAbort);
    socket.on('unexpected-response', (_, response) => {
      fault = new HttpStatusError(response.statusCode ?? 0);
      // Whoever listens for this event has to end the handshake: `close` follows.
      socket.terminate();
    });
    let stream: Duplex | undefined;
    socket.on('upgrade', (response) => {
      stream = response.socket;
    });
    socket.on('error', (error) => {
      fault ??= error;
    });
    socket.once('open', () => {
      settle();
      isOpen = true;
      socket.pause();
      // Before the listener that makes frames of it; that one had to be the first, as it also lets the stream flow.
      stream?.prependListener('data', (chunk: Buffer) => {
        bytesSinceFrame += chunk.length;
        handlers.onBytes?.();
      });
      resolve(wrap(socket, () => bytesSinceFrame > LARGEST_CHUNK_BYTES));
    });
    socket.once('close', (code, text) => {
      settle();
      reject(fault ?? new Error('it closed the connection at once'));
      if (isOpen) handlers.onClosed(closeReason(code, text.toString(), fault));
    });
    socket.on('pong', () => handlers.onAlive());
    socket.on('ping', (data: Buffer) => {
      handlers.onAlive();
      // Answers that a Room does not read must not pile up here.
      if (socket.bufferedAmount < MAX_UNSENT_BYTES) socket.pong(data);
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      bytesSinceFrame = 0;
      if (isBinary) handlers.onRefused('binary-frame', data.length);
      else if (data.length > MAX_FRAME_BYTES && !handlers.expectsLarge()) {
        handlers.onRefused('frame-too-large', data.length);
      } else handlers.onText(data.toString());
    });
  });
}

function wrap(socket: WebSocket, isReceiving: () => boolean): Connection {
  const whenOpen = (act: () => void) => {
    if (socket.readyState === WebSocket.OPEN) act();
  };
  return {
    get isReceiving() {
      return isReceiving();
    },
    send: (text) => whenOpen(() => socket.send(text)),
    ping: () => whenOpen(() => socket.ping()),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => hangUp(socket),
  };
}

function hangUp(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
    socket.close(1000);
  });
}

function closeReason(code: number, text: string, fault: Error | undefined): string {
  if (fault !== undefined) return `the connection failed: ${describeFault(fault)}`;
  if (code === NO_CLOSE_FRAME) return 'the connection was cut';
  const said = text === '' ? '' : `: ${text}`;
  return `the Room closed the connection (code ${code}${said})`;
}

/** Larger frames are not read, except the answer to a listing. */
export const MAX_FRAME_BYTES = 1_024 * 1_024;
/** Room for a listing of some 60,000 transfers. A larger frame ends the connection. */
const MAX_LISTING_BYTES = 16 * 1_024 * 1_024;
/** What is read at once is no larger, so that more than this is not just the beginning of the next frame. */
const LARGEST_CHUNK_BYTES = 64 * 1_024;
const MAX_UNSENT_BYTES = 64 * 1_024;
const HANDSHAKE_MS = 10_000;
const GOODBYE_MS = 250;
/** The close code that stands for "none came" (RFC 6455, 7.4.1). */
const NO_CLOSE_FRAME = 1006;
