import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.js';
import { listen } from './silent-server.js';

let server: Server;
let proxy: FaultProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  // It sends back what it gets, and a farewell where the client has said all.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('end', () => socket.end('bye'));
  });
  proxy = await FaultProxy.start(`ws://127.0.0.1:${await listen(server)}`);
});

afterEach(async () => {
  await proxy.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  await once(server, 'close');
});

async function open(): Promise<Socket> {
  const socket = connect({ port: Number(new URL(proxy.url).port), host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function echo(socket: Socket, text: string): Promise<{ text: string; chunks: number }> {
  let got = '';
  let chunks = 0;
  socket.write(text);
  while (got.length < text.length) {
    const [chunk] = await once(socket, 'data');
    got += String(chunk);
    chunks++;
  }
  return { text: got, chunks };
}

describe('the fault proxy', () => {
  it('passes what comes, both ways', async () => {
    expect(await echo(await open(), 'hello')).toEqual({ text: 'hello', chunks: 1 });
    expect(proxy).toMatchObject({ connections: 1, open: 1 });
  });

  it('delays, splits and slows down without changing anything', async () => {
    const socket = await open();
    proxy.delayMs = 5;
    expect((await echo(socket, 'hello')).text).toBe('hello');
    proxy.splitsBytes = true;
    expect((await echo(socket, 'hello')).text).toBe('hello');
    proxy.bytesPerSecond = 1_000;
    expect((await echo(socket, 'hello')).text).toBe('hello');
  });

  it('cuts with a reset', async () => {
    const socket = await open();
    await echo(socket, 'hello');
    proxy.cut('reset');
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  it('cuts properly', async () => {
    const socket = await open();
    await echo(socket, 'hello');
    proxy.cut('fin');
    await once(socket.resume(), 'end');
  });

  it('half-closes: the client hears the end, and what it says still arrives', async () => {
    const socket = await open();
    await echo(socket, 'hello');
    const [, room] = sockets;
    proxy.halfClose();
    await once(socket.resume(), 'end');
    const arrives = once(room ?? socket, 'data');
    socket.write('still here');
    expect(String((await arrives)[0])).toBe('still here');
  });

  it('freezes, and what was held passes when it heals', async () => {
    const socket = await open();
    await echo(socket, 'hello');
    proxy.freeze();
    let got = '';
    socket.on('data', (chunk) => {
      got += String(chunk);
    });
    socket.write('held');
    // Another connection, made after the freeze, passes nothing either.
    const other = await open();
    other.write('held, too');
    expect(got).toBe('');
    proxy.heal();
    await once(other, 'data');
    expect(got).toBe('held');
  });

  it('keeps the order where it heals while something waits', async () => {
    const socket = await open();
    let got = '';
    socket.on('data', (chunk) => {
      got += String(chunk);
    });
    proxy.delayMs = 60_000;
    socket.write('first');
    while (proxy.waiting === 0) await new Promise(setImmediate);
    socket.write(', second');
    proxy.heal();
    while (got.length < 13) await once(socket, 'data');
    expect(got).toBe('first, second');
  });

  it('leaves nothing open', async () => {
    const socket = await open();
    proxy.delayMs = 60_000;
    socket.on('error', () => {});
    socket.write('never back');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await proxy.close();
    await closed;
    expect(proxy.open).toBe(0);
  });
});
