import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { closedPort as findClosedPort, listen } from './silent-server.js';

/** What a test connects to, and ends itself. */
export interface Place {
  readonly url: string;
  close(): Promise<unknown>;
}

/** A port that takes connections and never says a word. */
export async function blackHole(scheme: string): Promise<Place> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  const port = await listen(server);
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nothing listens. */
export const closedPort = async (): Promise<Place> => ({
  url: `ws://127.0.0.1:${await findClosedPort()}`,
  close: async () => {},
});
