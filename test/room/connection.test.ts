import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../src/room/connection.js';
import { listen } from '../support/silent-server.js';

const HANDLERS = {
  onText: () => {},
  onRefused: () => {},
  expectsLarge: () => false,
  onAlive: () => {},
  onClosed: () => {},
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A server that answers the first bytes of a client as a test wants. */
async function serve(answer: (socket: Socket) => void): Promise<{ port: number; asked: Promise<unknown> }> {
  const sockets = new Set<Socket>();
  let onAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      answer(socket);
      onAsked();
    });
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, asked };
}

it.each<[what: string, scheme: string, answer: (socket: Socket) => void]>([
  ['says nothing', 'ws', () => {}],
  ['says again and again that it goes on', 'ws', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n')],
  ['begins an answer and does not end it', 'ws', (socket) => socket.write('HTTP/1.1 101 Switching')],
  ['does not answer to TLS', 'wss', () => {}],
])('a handshake with a server that %s has a limit as a whole', async (_, scheme, answer) => {
  const { port, asked } = await serve(answer);
  const connecting = connect(`${scheme}://127.0.0.1:${port}`, HANDLERS, new AbortController().signal);
  const outcome = connecting.catch((error: unknown) => String(error));
  await asked;
  await vi.advanceTimersByTimeAsync(9_999);
  expect(await Promise.race([outcome, 'pending'])).toBe('pending');
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toContain('did not open a WebSocket within 10 s');
});

it('what does not speak HTTP is reported as that', async () => {
  const { port } = await serve((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  const connecting = connect(`ws://127.0.0.1:${port}`, HANDLERS, new AbortController().signal);
  await expect(connecting).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
});
