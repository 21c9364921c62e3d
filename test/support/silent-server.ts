import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

/** Takes connections, reads what comes and never says a word. */
class SilentServer {
  readonly server: Server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    socket.resume();
  });
  readonly sockets = new Set<Socket>();
  port = 0;

  /** Resolves once somebody is connected. */
  async connected(): Promise<void> {
    if (this.sockets.size === 0) await once(this.server, 'connection');
  }
}

/** Silent servers that end with the test they were started in. */
export function useSilentServers() {
  const servers: SilentServer[] = [];

  afterEach(() => {
    for (const { server, sockets } of servers.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  });

  return async ({ host = '127.0.0.1', port = 0 } = {}): Promise<SilentServer> => {
    const silent = new SilentServer();
    servers.push(silent);
    silent.port = await listen(silent.server, host, port);
    return silent;
  };
}

/** Lets a server listen, at a port that the system gives unless one is given, and gives the port. */
export async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  // A listening TCP server has an address with a port.
  return (server.address() as AddressInfo).port;
}

/**
 * A port on which nothing listens. It is none that the system hands out: one that was given back may belong to another
 * test a moment later.
 */
export async function closedPort(): Promise<number> {
  for (let port = 1; port < 1_024; port++) if (await isClosed(port)) return port;
  throw new Error('something listens on each of the ports that should be free');
}

function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

/** A local address at whose port 8765, the default, nothing listens. */
export async function hostWithDefaultPortClosed(): Promise<string | null> {
  for (const host of ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']) {
    const socket = connect(8765, host);
    const isClosed = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(false));
      socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
    });
    socket.destroy();
    if (isClosed) return host;
  }
  return null;
}
