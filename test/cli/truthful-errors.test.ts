import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { usePrograms } from '../support/program.js';
import { closedPort, listen } from '../support/silent-server.js';
import { useTlsFronts } from '../support/tls-front.js';

const { run } = usePrograms();
const startFront = useTlsFronts();

async function listening(server: Server, scheme: string): Promise<string> {
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${scheme}://127.0.0.1:${port}`;
}

/** A server that answers the upgrade to a WebSocket with an HTTP status. */
function answering(status: number): () => Promise<string> {
  const server = createServer();
  server.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n\r\n`));
  return () => listening(server, 'ws');
}

const NOT_OF_WEBSOCKET = 'it does not keep to the rules of WebSocket';
/** What comes once the WebSocket is open, and what is said of it. */
const BROKEN_FRAMES: readonly (readonly [bytes: Buffer, says: string])[] = [
  [Buffer.from([0xf1, 1, 0x61]), `${NOT_OF_WEBSOCKET} (RSV2 and RSV3 must be clear)`],
  [Buffer.from([0x83, 0]), `${NOT_OF_WEBSOCKET} (invalid opcode 3)`],
  [Buffer.from([0x81, 127, 0, 0, 0, 0, 0x80, 0, 0, 0]), 'a frame is larger than 64 MiB'],
  [Buffer.from([0x81, 127, ...Array<number>(8).fill(0xff)]), 'a frame is larger than 64 MiB'],
  [Buffer.from([0x88, 0]), "can't be reached: the Room closed the connection."],
];

/** A server that opens a WebSocket, with one more header, and then sends these bytes. */
function upgrading(header: string, bytes: Uint8Array = Buffer.alloc(0)): () => Promise<string> {
  const server = createServer();
  server.on('upgrade', ({ headers }, socket) => {
    socket.on('error', () => {});
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}${WEBSOCKET_GUID}`)
      .digest('base64');
    const accepted = header === '' ? `Sec-WebSocket-Accept: ${accept}` : header;
    socket.write(`HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${accepted}\r\n\r\n`);
    socket.write(bytes);
  });
  return () => listening(server, 'ws');
}

/** Of RFC 6455. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A server that begins to talk by itself, as those of SSH and MySQL do. */
async function greeting(scheme: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.write('SSH-2.0-OpenSSH_9.6\r\n');
  });
  onTestFinished(() => void server.close());
  return `${scheme}://127.0.0.1:${await listen(server)}`;
}

it('a port of SSH in the place of the page is reported as what it is', async () => {
  const url = await greeting('http');
  const program = run(['watch', url, '--quiet']);
  expect(await program.ended).toBe(3);
  const place = url.replace('http://', '');
  expect(program.stderr.lines).toEqual([
    `trueconf-files: The Room ${url} can't be reached: something other than a Room answers at ${place} (it does not speak HTTP).`,
    'Check host and port.',
  ]);
});

it.each<[what: string, start: () => Promise<string>, says: string, advises: string]>([
  ['a name that is not known', async () => 'ws://no-such-room.invalid', 'the host name', 'typing errors'],
  [
    'a closed port',
    async () => `ws://127.0.0.1:${await closedPort()}`,
    'connection refused',
    'Check that the Room runs',
  ],
  [
    'a certificate that no CA signed',
    async () => `wss://localhost:${await startFront('tcp://127.0.0.1:1')}`,
    'self-signed',
    'NODE_EXTRA_CA_CERTS',
  ],
  ['no TLS where it is asked for', () => listening(createServer(), 'wss'), 'not speak TLS', 'Give ws://'],
  ['a port of SSH', () => greeting('ws'), 'it does not speak HTTP', 'Check host and port'],
  ['401', answering(401), 'HTTP 401', 'lets only some in'],
  ['403', answering(403), 'HTTP 403', 'lets only some in'],
  ['404', answering(404), 'HTTP 404', 'Something else answers there'],
  ['429', answering(429), 'HTTP 429', 'try again later'],
  ['503', answering(503), 'HTTP 503', 'try again later'],
  ['999', answering(999), 'HTTP 999', 'Something else answers there'],
  [
    'an interface that is not there',
    async () => 'ws://[fe80::1%none0]:8765',
    'this machine has no network interface "none0"',
    'after the percent sign',
  ],
  [
    'a wrong answer to the handshake',
    upgrading('Sec-WebSocket-Accept: none'),
    'its answer does not open a WebSocket (Invalid Sec-WebSocket-Accept header)',
    'Check that the Room runs',
  ],
  ...BROKEN_FRAMES.map(([bytes, says]): [string, () => Promise<string>, string, string] => [
    `a frame of ${bytes.toString('hex')}`,
    upgrading('', bytes),
    says,
    'Check that the Room runs',
  ]),
])('%s is reported as what it is, with what to do', async (_, start, says, advises) => {
  const url = await start();
  const program = run(['watch', url, '--quiet']);
  expect(await program.ended).toBe(3);
  expect(program.stdout.text).toBe('');
  const [sentence, hint, ...more] = program.stderr.lines;
  expect(sentence).toMatch(/^trueconf-files: The Room \S+ can't be reached: [^\p{Cc}]+\.$/u);
  expect(sentence).toContain(says);
  expect(hint).toContain(advises);
  expect(more).toEqual([]);
});

it.each([
  ['watch', (port: number) => ['watch', `wss://localhost:${port}`]],
  ['list', (port: number) => ['list', `wss://localhost:${port}`]],
  ['doctor', (port: number) => ['doctor', `wss://localhost:${port}`]],
])('a certificate is checked though NODE_TLS_REJECT_UNAUTHORIZED is 0: %s', async (_, args) => {
  const port = await startFront('tcp://127.0.0.1:1');
  const program = run([...args(port), '--quiet'], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  expect(await program.ended).toBe(3);
  expect(`${program.stdout.text}${program.stderr.text}`).toContain('its certificate is self-signed');
});
