import { createConnection, type Socket } from 'node:net';
import {
  type NatsConnection,
  NatsConnectionImpl,
  type NodeConnectionOptions,
  PermissionViolationError,
  setTransportFactory,
} from '@nats-io/transport-node';
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js';
import type { TrueConfFilesError } from '../errors.js';
import { delay } from '../room/timers.js';
import { describeNatsFault, isRefusal, natsEnding } from './faults.js';
import type { ServerAddress } from './server-address.js';

export interface NatsLinkOptions {
  readonly address: ServerAddress;
  /** Credentials and certificates, as the client takes them. */
  readonly auth: Partial<NodeConnectionOptions>;
  /** Shown by the server's own tools. */
  readonly name: string;
  /** Whether to try again after a try that failed. */
  readonly retries: (fault: TrueConfFilesError) => boolean;
  /** How long a try may take, milliseconds. */
  readonly dialMs?: number;
  readonly signal: AbortSignal;
}

/** Events of a connection to NATS. Called synchronously. */
export interface NatsLinkListener {
  onUp(): void;
  onDown(reason: string): void;
  /** The account may not do what was tried; the connection lives on. */
  onViolation?(violation: PermissionViolationError): void;
}

/**
 * A connection to NATS that comes back by itself. The client bounds nothing while it is away, so nothing may be published
 * while `isUp` is false.
 */
export class NatsLink {
  readonly connection: NatsConnection;
  readonly #server: string;
  readonly #listeners = new Set<NatsLinkListener>();
  readonly #ended: Promise<TrueConfFilesError>;
  #isUp = true;
  #lastError: unknown = null;

  /** @throws TrueConfFilesError `unreachable` or `refused`; the signal's reason */
  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const { address, auth, name, retries, dialMs, signal } = options;
    signal.throwIfAborted();
    const dial = {
      ...COMMON,
      ...auth,
      ...(address.mustEncrypt && { tls: auth.tls ?? {} }),
      servers: [...address.servers],
      name,
      ...(dialMs !== undefined && { timeout: dialMs }),
      until: signal,
    };
    for (;;) {
      try {
        return new NatsLink(await dialNats(dial), address.label);
      } catch (error) {
        signal.throwIfAborted();
        const fault = natsEnding(address.label, error);
        if (!retries(fault)) throw fault;
        await delay(FIRST_RETRY_MS, signal);
      }
    }
  }

  private constructor(connection: NatsConnection, server: string) {
    this.connection = connection;
    this.#server = server;
    this.#ended = this.#untilClosed();
    void this.#follow();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Why the connection has ended for good, once it has. */
  get ended(): Promise<TrueConfFilesError> {
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

  async #untilClosed(): Promise<TrueConfFilesError> {
    const error = await this.connection.closed();
    this.#isUp = false;
    return natsEnding(this.#server, error ?? this.#lastError ?? new Error('the connection was closed'));
  }
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

/** Options of the client, and what breaks off its tries to connect. */
interface DialOptions extends NodeConnectionOptions {
  readonly servers: string[];
  readonly until: AbortSignal;
}

/** Connects as the client's own `connect` does, with a transport that leaves no socket behind. */
async function dialNats(options: DialOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new Transport(), dnsResolveFn: nodeResolveHost });
  const connection = await NatsConnectionImpl.connect(options);
  if (!(connection instanceof NatsConnectionImpl)) return connection;
  // The client has dropped the servers that it tried in vain before one answered.
  const { servers } = connection.protocol;
  const known = new Set(servers.getServers().map(({ listen }) => listen));
  for (const server of options.servers) if (!known.has(server)) servers.addServer(server);
  return connection;
}

/**
 * The client's transport keeps the socket of a try that failed, which keeps the process alive, and can't be broken off.
 * It also waits for a frozen server to take what was written before it gives the connection up.
 */
class Transport extends NodeTransport {
  override connect(server: Server, options: DialOptions): Promise<void> {
    const { until, tls } = options;
    // For an IP address the client has TLS check the certificate for "localhost".
    const given =
      tls && server.tlsName === '' ? { ...options, tls: { ...tls, host: server.hostname } } : options;
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(until.reason);
      if (until.aborted) onAbort();
      until.addEventListener('abort', onAbort, { once: true });
      super
        .connect(server, given)
        .then(resolve, reject)
        .finally(() => until.removeEventListener('abort', onAbort));
    });
  }

  override dial({ hostname, port }: Pick<Server, 'hostname' | 'port'>): Promise<Socket> {
    const socket = createConnection(port, hostname);
    this.socket = socket;
    socket.setNoDelay(true);
    return new Promise((resolve, reject) => {
      let fault: Error | undefined;
      socket.on('error', (error) => (fault = error));
      socket.on('close', () => reject(fault ?? new Error('the server closed the connection')));
      socket.on('connect', () => {
        socket.removeAllListeners();
        // The client listens for itself once the server has introduced itself.
        socket.on('data', () => {
          if (socket.bytesRead > MAX_GREETING_BYTES) socket.destroy(new Error('it does not speak NATS'));
        });
        resolve(socket);
      });
    });
  }

  override async close(error?: Error): Promise<void> {
    if (this.connected) await super.close(error);
    else this.discard();
  }

  /** The server is silent: nothing that was written is waited for. */
  override disconnect(): void {
    this.socket.destroy();
  }
}

type Server = Parameters<NodeTransport['connect']>[0];

const MAX_GREETING_BYTES = 1024 * 1024;
