import { defaultPortFault } from '../faults.js';
import type { Message } from '../protocol/message.js';
import type { Redactor } from '../protocol/secrets.js';
import { type Connection, type ConnectionHandlers, connect } from './connection.js';
import type { Endpoint } from './discovery.js';
import type { Entry } from './entry.js';
import { Session, type SessionOptions } from './session.js';
import { type SignedIn, type SignInOptions, sessionEnding, signIn, withPin } from './sign-in.js';

export interface DialOptions extends SignInOptions, SessionOptions {
  /** Of the Room, for messages. */
  readonly label: string;
  readonly redactor: Redactor;
  readonly onEntry: (entry: Entry) => void;
  /** Each message, after its entry. */
  readonly onMessage?: (message: Message) => void;
  /** What a link shows of itself apart from frames. */
  readonly onSign: Pick<ConnectionHandlers, 'onRefused' | 'onAlive' | 'onBytes'>;
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
  const { label, redactor, onEntry, onMessage, onSign } = options;
  let session: Session | null = null;
  let isSignedIn = false;
  const receive = (text: string) => {
    if (session === null || link.signal.aborted) return;
    const isAwaited = session.awaits('auth');
    const message = session.receive(text);
    // The next frame may come before the code that waits for this answer goes on.
    if (message.kind === 'auth-answer' && message.result && isAwaited) isSignedIn = true;
    // Before signing in, a Room may say that signing in is needed.
    if (message.kind === 'authorization-needed' && isSignedIn)
      link.abort(sessionEnding(message.cause, label));
    else onMessage?.(message);
  };
  const connection = await connect(
    endpoint.url,
    {
      ...onSign,
      onText: receive,
      expectsLarge: () => session?.isListing ?? false,
      onClosed: (reason) => link.abort(new Error(reason)),
    },
    limit,
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
