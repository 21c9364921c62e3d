import { createConnection, type Socket } from 'node:net';
import {
  type NatsConnection,
  NatsConnectionImpl,
  type NodeConnectionOptions,
  setTransportFactory,
} from '@nats-io/transport-node';
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js';

/** Options of the client, and what breaks off its tries to connect. */
export interface DialOptions extends NodeConnectionOptions {
  readonly until: AbortSignal;
}

/** Connects as the client's own `connect` does, with a transport that leaves no socket behind. */
export function dialNats(options: DialOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new Transport(), dnsResolveFn: nodeResolveHost });
  return NatsConnectionImpl.connect(options);
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
