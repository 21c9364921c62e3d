import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach } from 'vitest';
import { listen } from './silent-server.js';

/** Self-signed, for `localhost`, and with a key that everybody can read: for tests alone. */
export const CERTIFICATE_FILE = 'test/fixtures/tls/localhost.crt';
const KEY_FILE = 'test/fixtures/tls/localhost.key';

/** Encrypted doors in front of a Room, as a proxy has them, that close with the test they were opened in. */
export function useTlsFronts() {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  /** @returns the port that is encrypted */
  return async (webSocketUrl: string): Promise<number> => {
    const target = new URL(webSocketUrl);
    const sockets = new Set<Socket>();
    const server = createServer(
      { cert: readFileSync(CERTIFICATE_FILE), key: readFileSync(KEY_FILE) },
      (client) => {
        const room = connect(Number(target.port), target.hostname);
        for (const socket of [client, room]) {
          sockets.add(socket);
          socket.on('error', () => socket.destroy());
        }
        client.pipe(room).pipe(client);
      },
    );
    server.on('tlsClientError', () => {});
    const port = await listen(server, 'localhost');
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return port;
  };
}
