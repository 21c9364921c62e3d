import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { ProgramFault } from '../errors.js';
import {
  defaultPortFault,
  describeFault,
  HttpStatusError,
  handshakeFault,
  isFrameTooLarge,
} from '../faults.js';
import type { Redactor } from '../protocol/secrets.js';
import { readUrl } from './address.js';
import { ListingTooLargeError } from './ask.js';
import type { Endpoint } from './discovery.js';
import type { Entry } from './entry.js';
import { Session, type SessionOptions } from './session.js';
import { type SignedIn, type SignInOptions, sessionEnding, signIn, withPin } from './sign-in.js';
import { type Clock, SYSTEM_CLOCK } from './timers.js';
import { optionsFor } from './web-socket.js';

export interface DialOptions
  extends SignInOptions,
    SessionOptions,
    Pick<ConnectionHandlers, 'onRefused' | 'onAlive'> {
  /** Of the Room, for messages. */
  readonly label: string;
  readonly redactor: Redactor;
  readonly onEntry: (entry: Entry) => void;
  /** The Room's history was cleared. */
  readonly onCleared?: () => void;
}

/** An open link to a Room. */
export interface DialedLink {
  readonly connection: Connection;
  /** Requests and answers. */
  readonly session: Session;
  /**
   * @param before what the link before was signed in with
   * @throws TrueConfFilesError `refused`
   */
  signIn(before: SignedIn | null): Promise<SignedIn>;
}

/**
 * Opens a WebSocket to a Room. It begins paused.
 * @param link aborted when the link ends, with the first cause; aborting it ends the session, not the connection
 * @param limit of the opening alone
 * @throws Error where the link can't be opened; the reason of `limit`
 */
export async function dial(
  endpoint: Endpoint,
  options: DialOptions,
  link: AbortController,
  limit: AbortSignal = link.signal,
): Promise<DialedLink> {
  const { label, redactor, onEntry } = options;
  let session: Session | null = null;
  let isSignedIn = false;
  const receive = (text: string) => {
    try {
      take(text);
    } catch (error) {
      link.abort(new ProgramFault(error));
    }
  };
  const take = (text: string) => {
    if (session === null || link.signal.aborted) return;
    const isAwaited = !isSignedIn && session.awaits('auth');
    const message = session.receive(text);
    // The next frame may come before the code that waits for this answer goes on.
    if (message.kind === 'auth-answer' && message.result && isAwaited) isSignedIn = true;
    else if (message.kind === 'cleared') options.onCleared?.();
    // Before signing in, a Room may say that signing in is needed.
    else if (message.kind === 'authorization-needed' && isSignedIn)
      link.abort(sessionEnding(message.cause, label));
  };
  const connection = await connect(
    endpoint.url,
    {
      onRefused: (code, bytes) => options.onRefused(code, bytes),
      onAlive: () => options.onAlive?.(),
      onText: receive,
      expectsLarge: () => (session?.listings.length ?? 0) > 0,
      onClosed: (reason, isTooLarge) => {
        const methods = isTooLarge && session !== null ? session.listings : [];
        // Secrets are taken out here: the error may be shown as the cause of another.
        const fault = () => new Error(redactor.redact(reason));
        link.abort(methods.length > 0 ? new ListingTooLargeError(methods) : fault());
      },
    },
    limit,
    options.clock,
  ).catch((error: unknown) => {
    limit.throwIfAborted();
    throw faultOf(endpoint, error);
  });
  const opened = new Session(connection, onEntry, redactor, link.signal, options);
  session = opened;
  return {
    connection,
    session: opened,
    signIn: async (before) =>
      signIn(opened, withPin(options, endpoint.address), before, redactor, link.signal),
  };
}

function faultOf({ address, pageFault }: Endpoint, error: unknown): unknown {
  if (address.kind === 'socket' || pageFault === undefined) return error;
  return defaultPortFault(address.origin, pageFault, error);
}

/** What a connection tells its owner. Nothing comes after `onClosed`. */
export interface ConnectionHandlers {
  onText(text: string): void;
  /** A frame that was not read: binary, or larger than a frame may be. */
  onRefused(code: 'binary-frame' | 'frame-too-large', bytes: number): void;
  /** Whether a frame over `MAX_FRAME_BYTES` is expected: the answer to a listing of many transfers. */
  expectsLarge(): boolean;
  /** A pong or a ping came. */
  onAlive?(): void;
  /**
   * @param reason a sentence; may quote the Room, secrets and all
   * @param isTooLarge whether a frame over 64 MiB was coming
   */
  onClosed(reason: string, isTooLarge: boolean): void;
}

/** One open WebSocket to a Room, from which text frames come. */
export interface Connection {
  /** Bytes that have come of a frame that is not whole yet; a little more where frames came together. */
  readonly partBytes: number;
  /** When bytes last came, maybe of a frame that is not whole yet; by the clock that was given. */
  readonly heardAt: number;
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
export function connect(
  url: string,
  handlers: ConnectionHandlers,
  signal: AbortSignal,
  clock: Clock = SYSTEM_CLOCK,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const place = readUrl(url);
    const socket = new WebSocket(place.url, optionsFor(place));
    let fault: Error | undefined;
    let isOpen = false;
    let bytesSinceFrame = 0;
    let heardAt = 0;
    const giveUp = (reason: unknown) => {
      reject(reason);
      socket.terminate();
    };
    const onAbort = () => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    // Not that of ws, which is one of silence: a handshake that drips would never end.
    const late = new Error(`it did not open a WebSocket within ${HANDSHAKE_MS / 1_000} s`);
    const cancel = clock.after(HANDSHAKE_MS, () => giveUp(late));
    const settle = () => {
      cancel();
      signal.removeEventListener('abort', onAbort);
    };
    socket.on('unexpected-response', (_, response) => {
      fault = new HttpStatusError(response.statusCode ?? 0, ' instead of opening a WebSocket');
      // A listener of this event has to end the handshake: `close` follows.
      socket.terminate();
    });
    let stream: Duplex | undefined;
    socket.on('upgrade', (response) => {
      stream = response.socket;
    });
    socket.on('error', (error) => {
      fault ??= isOpen ? error : handshakeFault(error);
    });
    socket.once('open', () => {
      settle();
      isOpen = true;
      socket.pause();
      // Before the listener that makes frames of it; that one had to be the first, as it also lets the stream flow.
      stream?.prependListener('data', (chunk: Buffer) => {
        bytesSinceFrame += chunk.length;
        heardAt = clock.now();
      });
      heardAt = clock.now();
      resolve(wrap(socket, { partBytes: () => bytesSinceFrame, heardAt: () => heardAt }));
    });
    socket.once('close', (code, text) => {
      settle();
      reject(fault ?? new Error('it closed the connection at once'));
      if (isOpen) handlers.onClosed(closeReason(code, text.toString(), fault), isFrameTooLarge(fault));
    });
    socket.on('pong', () => handlers.onAlive?.());
    socket.on('ping', (data: Buffer) => {
      handlers.onAlive?.();
      // Answers that a Room does not read must not pile up here.
      if (socket.bufferedAmount < MAX_UNSENT_BYTES) socket.pong(data);
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      bytesSinceFrame = 0;
      // Some servers send JSON in binary frames.
      if (isBinary && !BEGINS_LIKE_JSON.test(data.toString('latin1', 0, BEGINNING_BYTES))) {
        handlers.onRefused('binary-frame', data.length);
      } else if (data.length > MAX_FRAME_BYTES && !handlers.expectsLarge()) {
        handlers.onRefused('frame-too-large', data.length);
      } else handlers.onText(data.toString());
    });
  });
}

function wrap(
  socket: WebSocket,
  { partBytes, heardAt }: { readonly partBytes: () => number; readonly heardAt: () => number },
): Connection {
  const whenOpen = (act: () => void) => {
    if (socket.readyState === WebSocket.OPEN) act();
  };
  return {
    get partBytes() {
      return partBytes();
    },
    get heardAt() {
      return heardAt();
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
  if (code === NO_CODE) return 'the Room closed the connection';
  const said = text === '' ? '' : `: ${text}`;
  return `the Room closed the connection (code ${code}${said})`;
}

/** Larger frames are not read, except the answer to a listing. */
export const MAX_FRAME_BYTES = 1_024 * 1_024;
/** Blanks, maybe after the byte order mark of UTF-8, and a brace. */
const BEGINS_LIKE_JSON = /^(?:\xef\xbb\xbf)?\s*\{/;
const BEGINNING_BYTES = 16;
const MAX_UNSENT_BYTES = 64 * 1_024;
const HANDSHAKE_MS = 10_000;
const GOODBYE_MS = 250;
/** The close codes that stand for a close frame without a code, and for no close frame (RFC 6455, 7.4.1). */
const NO_CODE = 1005;
const NO_CLOSE_FRAME = 1006;
