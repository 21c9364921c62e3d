import { isIP } from 'node:net';
import {
  connect,
  type NatsConnection,
  type NodeConnectionOptions,
  PermissionViolationError,
} from '@nats-io/transport-node';
import { delay } from '../room/timers.js';
import { describeNatsFault, isRefusal, natsEnding } from './faults.js';
import type { ServerAddress } from './server-address.js';

export interface NatsLinkOptions {
  readonly address: ServerAddress;
  /** Credentials and certificates, as the client takes them. */
  readonly auth: Partial<NodeConnectionOptions>;
  /** Shown by the server's own tools. */
  readonly name: string;
  /** Keep trying while the server has not been reached yet. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
}

/** What is told of a connection to NATS. Called synchronously. */
export interface NatsLinkListener {
  onUp(): void;
  onDown(reason: string): void;
  /** The account may not do what was tried; the connection lives on. */
  onViolation?(violation: PermissionViolationError): void;
}

/**
 * A connection to NATS that comes back by itself. The client bounds nothing while it is away, so nobody may publish
 * while `isUp` is false.
 */
export class NatsLink {
  readonly connection: NatsConnection;
  readonly #server: string;
  readonly #listeners = new Set<NatsLinkListener>();
  readonly #ended: Promise<never>;
  #isUp = true;
  #lastError: unknown = null;

  /** @throws TrueConfFilesError `unreachable` or `refused`; the signal's reason */
  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const { address, auth, name, wait, signal } = options;
    signal.throwIfAborted();
    const tls = tlsFor(address, auth);
    const dial = {
      ...COMMON,
      ...auth,
      ...(tls !== null && { tls }),
      servers: address.server,
      name,
    };
    for (;;) {
      try {
        return new NatsLink(await orAborted(connect(dial), signal), address.label);
      } catch (error) {
        signal.throwIfAborted();
        const ending = natsEnding(address.label, error);
        if (!wait || ending.code !== 'unreachable') throw ending;
        // The client's own `waitOnFirstConnect` can't be broken off.
        await delay(FIRST_RETRY_MS, signal);
      }
    }
  }

  private constructor(connection: NatsConnection, server: string) {
    this.connection = connection;
    this.#server = server;
    this.#ended = this.#untilClosed();
    // It is awaited by whoever runs on the connection; closing it on purpose is nobody's error.
    this.#ended.catch(() => {});
    void this.#follow();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Rejects when the connection has ended for good; never resolves. */
  get ended(): Promise<never> {
    return this.#ended;
  }

  /** Gives a function that takes the listener off again. */
  listen(listener: NatsLinkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.connection.close();
  }

  async #follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'error') this.#fault(status.error);
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#down();
      else if (status.type === 'reconnect') this.#up();
    }
  }

  #fault(error: Error): void {
    if (!(error instanceof PermissionViolationError)) this.#lastError = error;
    else for (const listener of [...this.#listeners]) listener.onViolation?.(error);
  }

  #down(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    const reason = isRefusal(this.#lastError)
      ? describeNatsFault(this.#lastError)
      : 'the connection to NATS was lost';
    for (const listener of [...this.#listeners]) listener.onDown(reason);
  }

  #up(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#lastError = null;
    for (const listener of [...this.#listeners]) listener.onUp();
  }

  async #untilClosed(): Promise<never> {
    const error = await this.connection.closed();
    this.#isUp = false;
    throw natsEnding(this.#server, error ?? this.#lastError ?? new Error('the connection was closed'));
  }
}

/**
 * How to encrypt; `null` where the server decides. The client names no host that is an IP address to TLS, which would
 * then check the certificate for "localhost".
 */
function tlsFor({ server, mustEncrypt }: ServerAddress, { tls }: Partial<NodeConnectionOptions>) {
  if (!mustEncrypt && tls === undefined) return null;
  const host = server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return { ...tls, ...(isIP(host) !== 0 && { host }) };
}

/** Connecting can't be broken off: what comes too late is closed. */
function orAborted(connecting: Promise<NatsConnection>, signal: AbortSignal): Promise<NatsConnection> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      connecting.then(
        (connection) => connection.close(),
        () => {},
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    connecting.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Measured: without `noAsyncTraces` each publication costs 1.7 times as much CPU. */
const COMMON: Partial<NodeConnectionOptions> = {
  noAsyncTraces: true,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 500,
  reconnectJitter: 500,
  pingInterval: 10_000,
  maxPingOut: 2,
  timeout: 5_000,
};
const FIRST_RETRY_MS = 1_000;
