import { createHash } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/protocol/secrets.js';
import { SizeChangedError, type UploadOptions, upload } from '../../src/visit/upload.js';
import { useRooms } from '../simulator/rooms.js';
import { useFileServers } from '../support/file-server.js';
import { closedPort } from '../support/silent-server.js';

const serve = useFileServers();
const { room: startRoom, signedIn } = useRooms();
const { signal } = new AbortController();

async function* pieces(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

/** Never ends by itself. */
async function* endless() {
  for (;;) yield Buffer.alloc(65_536);
}

/** What a server may do instead of answering, again and again. */
const every =
  (ms: number, act: (response: ServerResponse) => void): RequestListener =>
  (_, response) => {
    const timer = setInterval(() => act(response), ms);
    response.on('close', () => clearInterval(timer));
  };

it.each<[what: string, listener: RequestListener]>([
  ['says that it goes on', every(20, (response) => response.writeContinue())],
  ['says nothing', () => {}],
])('a server that only %s has a limit', async (_, listener) => {
  const { port } = await serve(listener);
  await expect(upload(options(port, { idleMs: 200 }), signal)).rejects.toThrow('nothing moved for 0.2 s');
});

it('a server that changes the protocol is reported as that', async () => {
  const { port } = await serve((_, response) =>
    response.writeHead(101, { upgrade: 'x', connection: 'upgrade' }).end(),
  );
  await expect(upload(options(port), signal)).rejects.toThrow('it answers HTTP 101');
});

it('an answer that drips is read for as long as anything may take', async () => {
  const drip = every(20, (response) => response.write('x'));
  const { port } = await serve((request, response) => {
    response.writeHead(200, { FileId: '7' });
    drip(request, response);
  });
  expect(await upload(options(port, { idleMs: 200 }), signal)).toMatchObject({ status: 200, fileId: '7' });
});

function options(port: number, more: Partial<UploadOptions> = {}): UploadOptions {
  return {
    place: { host: '127.0.0.1', port, isEncrypted: false },
    token: new Secret('4*a/b+c=='),
    name: 'a.bin',
    size: 6,
    content: pieces('abc', 'def'),
    onProgress: () => {},
    ...more,
  };
}

it.each(['a.bin', 'Отчёт 日本.pdf', 'a"b\r\nc.bin', "it's;x=1.bin"])(
  'a file arrives whole at a simulated Room, under its name: %j',
  async (name) => {
    const room = await startRoom();
    const { token } = await (await signedIn(room)).ask('getTokenForHttpServer');
    const told: number[] = [];
    const port = Number(new URL(room.httpUrl).port);
    const more = {
      token: new Secret(String(token)),
      name,
      onProgress: (bytes: number) => told.push(bytes),
    };
    const answer = await upload(options(port, more), signal);
    expect(answer).toMatchObject({ status: 200, fileId: expect.stringMatching(/^\d+$/) });
    const sha256 = createHash('sha256').update('abcdef').digest('hex');
    expect(room.uploads).toEqual([{ fileId: Number(answer.fileId), name, size: 6, sha256 }]);
    expect(told).toEqual([3, 6]);
  },
);

it('says its length, and has the token in its address alone', async () => {
  let asked = { url: '', headers: '', body: '' };
  const { port } = await serve(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    asked = { url: request.url ?? '', headers: JSON.stringify(request.headers), body };
    expect(Number(request.headers['content-length'])).toBe(body.length);
    response.writeHead(200, { FileId: '7' }).end();
  });
  expect(await upload(options(port), signal)).toEqual({ status: 200, fileId: '7', text: '' });
  expect(asked.url).toBe('/files/?token=4*a%2Fb%2Bc%3D%3D');
  expect(asked.headers + asked.body).not.toContain('4*');
});

describe('a server that', () => {
  it('refuses before it has read all is heard, and nothing more is read of the file', async () => {
    const { port } = await serve((_, response) => void response.writeHead(403).end(' not you \n'));
    const answer = await upload(options(port, { content: endless(), size: 2 ** 40 }), signal);
    expect(answer).toEqual({ status: 403, fileId: null, text: 'not you' });
  });

  it('answers at length is not heard out', async () => {
    const { port } = await serve((_, response) => void response.writeHead(500).end('x'.repeat(100_000)));
    expect((await upload(options(port), signal)).text).toBe('x'.repeat(200));
  });

  it('is not there', async () => {
    await expect(upload(options(await closedPort()), signal)).rejects.toThrow('ECONNREFUSED');
  });

  it('hangs up', async () => {
    const { port } = await serve((request) => void request.once('data', () => request.destroy()));
    const uploading = upload(options(port, { content: endless(), size: 2 ** 40 }), signal);
    await expect(uploading).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
  });

  it.each([
    ['stops reading', 2 ** 40, () => endless()],
    ['never answers', 6, () => pieces('abcdef')],
  ])('%s is given up', async (_, size, content) => {
    const { port } = await serve((request) => void request.pause());
    const uploading = upload(options(port, { content: content(), size, idleMs: 200 }), signal);
    await expect(uploading).rejects.toThrow('nothing moved for 0.2 s');
  });
});

describe('a file that', () => {
  it.each([
    ['shrinks', 'abcde'],
    ['grows', 'abcdefg'],
  ])('%s while it is read is not sent', async (_, text) => {
    const { port } = await serve(async (request, response) => {
      await request.toArray().catch(() => []);
      response.end();
    });
    await expect(upload(options(port, { content: pieces(text) }), signal)).rejects.toThrow(SizeChangedError);
  });

  it('can not be read on is not sent', async () => {
    async function* failing() {
      yield Buffer.from('abc');
      throw new Error('EIO');
    }
    const { port } = await serve((request) => void request.resume());
    await expect(upload(options(port, { content: failing() }), signal)).rejects.toThrow('EIO');
  });
});

it('ends with the signal, and closes the file', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  let isReleased = false;
  async function* content() {
    try {
      yield* endless();
    } finally {
      isReleased = true;
    }
  }
  const { port } = await serve((request) => void request.once('data', () => stop.abort(reason)));
  await expect(upload(options(port, { content: content(), size: 2 ** 40 }), stop.signal)).rejects.toBe(
    reason,
  );
  expect(isReleased).toBe(true);
  await expect(upload(options(port), stop.signal)).rejects.toBe(reason);
});
