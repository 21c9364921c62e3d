import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach } from 'vitest';
import { listen } from './silent-server.js';

/** A built-in HTTP server that does with uploads what a test wants. */
export interface FileServer {
  readonly port: number;
  /** Resolves once somebody uploads. */
  asked(): Promise<void>;
}

/** HTTP servers that end with the test they were started in. */
export function useFileServers() {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  return async (listener: RequestListener): Promise<FileServer> => {
    const server = createServer(listener);
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    ends.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const asked = once(server, 'request');
    return { port: await listen(server), asked: async () => void (await asked) };
  };
}
