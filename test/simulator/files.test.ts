import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from './rooms.js';

const { room, signedIn } = useRooms();

const MULTIPART = 'multipart/form-data; boundary=b';
const CUT_SHORT = '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nxxx';

function form(name: string, content: Blob, fileName: string): FormData {
  const data = new FormData();
  data.append('comment', 'a field that is no file');
  data.append(name, content, fileName);
  return data;
}

function uploadUrl(simulated: RoomSimulator, token: unknown): string {
  return `${simulated.httpUrl}/files/?token=${encodeURIComponent(String(token))}`;
}

describe('uploading a file', () => {
  it('of 50 MB: it arrives whole, and can be sent', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
    const piece = Buffer.alloc(1_000_003, '\r\n--');
    const content = new Blob(Array.from({ length: 50 }, () => piece));
    const sha256 = createHash('sha256')
      .update(Buffer.from(await content.arrayBuffer()))
      .digest('hex');
    const response = await fetch(uploadUrl(simulated, tokenForHttpServer), {
      method: 'POST',
      body: form('file', content, 'план "1".bin'),
    });
    expect(response.status).toBe(200);
    const fileId = Number(response.headers.get('FileId'));
    expect(simulated.uploads).toEqual([{ fileId, name: 'план "1".bin', size: content.size, sha256 }]);
    expect(await someone.ask('sendFile', { fileId, callId: 'user2@some.server' })).toMatchObject({
      result: true,
    });
    expect(await someone.nextEvent()).toMatchObject({
      event: 'outgoingFileRequestSent',
      fileName: 'план "1".bin',
      fileSize: content.size,
      peerDn: 'user2',
    });
  });

  it('ends with the token, and begins again with another', async () => {
    let now = 0;
    const simulated = await room({ now: () => now });
    const someone = await signedIn(simulated);
    const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
    const body = form('file', new Blob(['x']), 'x.txt');
    now = 5 * 60_000;
    expect((await fetch(uploadUrl(simulated, tokenForHttpServer), { method: 'POST', body })).status).toBe(
      403,
    );
    const { token } = await someone.ask('getTokenForHttpServer');
    expect((await fetch(uploadUrl(simulated, token), { method: 'POST', body })).status).toBe(200);
  });

  it.each([
    { of: 'a wrong token', status: 403, token: 'x', body: form('file', new Blob(['x']), 'x') },
    { of: 'another field than file', status: 400, body: form('data', new Blob(['x']), 'x') },
    { of: 'a body cut short', status: 400, body: CUT_SHORT, headers: { 'Content-Type': MULTIPART } },
    { of: 'no multipart', status: 400, body: 'text' },
    { of: 'another method', status: 405, method: 'PUT', body: 'text' },
    { of: 'another path', status: 404, path: '/other', body: 'text' },
  ])('refuses $of with $status', async ({ status, body, token, headers, method = 'POST', path }) => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
    const url = new URL(uploadUrl(simulated, token ?? tokenForHttpServer));
    if (path !== undefined) url.pathname = path;
    expect((await fetch(url, { method, body, headers: headers ?? {} })).status).toBe(status);
    expect(simulated.uploads).toEqual([]);
  });

  it('that breaks off leaves nothing', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
    const upload = request(uploadUrl(simulated, tokenForHttpServer), {
      method: 'POST',
      headers: { 'Content-Type': MULTIPART, 'Content-Length': 1_000 },
    });
    upload.on('error', () => {});
    await new Promise<void>((resolve) => {
      upload.write('--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nxxx', () =>
        resolve(),
      );
    });
    upload.destroy();
    expect(await someone.ask('getFileList')).toMatchObject({ fileList: [] });
    expect(simulated.uploads).toEqual([]);
  });
});

describe('the form', () => {
  const FILE = 'Content-Disposition: form-data; name="file"; filename="a.bin"';

  /** Sends a form as it is, in pieces of this size, and gives the status. */
  async function post(simulated: RoomSimulator, body: Buffer, pieceSize = body.length): Promise<number> {
    const someone = await signedIn(simulated);
    const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
    const upload = request(uploadUrl(simulated, tokenForHttpServer), {
      method: 'POST',
      headers: { 'Content-Type': MULTIPART },
    });
    for (let at = 0; at < body.length; at += pieceSize) upload.write(body.subarray(at, at + pieceSize));
    upload.end();
    const [response] = await once(upload, 'response');
    response.resume();
    return response.statusCode;
  }

  const formOf = (header: string, content: Buffer) =>
    Buffer.concat([Buffer.from(`--b\r\n${header}\r\n\r\n`), content, Buffer.from('\r\n--b--\r\n')]);

  it('gives each byte, however it is cut and whatever looks like a delimiter', async () => {
    const simulated = await room();
    const looksLikeDelimiter = fc
      .constantFrom('\r', '\n', '-', '\r\n', '\r\n--', '--b', '\r')
      .map(Buffer.from);
    const content = fc
      .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), looksLikeDelimiter), { maxLength: 8 })
      .map((some) => Buffer.concat(some))
      .filter((some) => !`\r\n${some.toString('latin1')}`.includes('\r\n--b'));
    const property = fc.asyncProperty(content, fc.integer({ min: 1, max: 90 }), async (bytes, size) => {
      expect(await post(simulated, formOf(FILE, bytes), size)).toBe(200);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(simulated.uploads.at(-1)).toMatchObject({ name: 'a.bin', size: bytes.length, sha256 });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('may have text before it and after it, and the first part named file counts', async () => {
    const simulated = await room();
    const forms = [
      'preamble\r\n',
      '--b\r\nContent-Disposition: form-data; name="data"; filename="no.bin"\r\n\r\nno\r\n',
      `--b\r\n${FILE}\r\n\r\nyes\r\n`,
      `--b\r\n${FILE.replace('a.bin', 'b.bin')}\r\n\r\nlate\r\n--b--\r\nepilogue`,
    ];
    expect(await post(simulated, Buffer.from(forms.join('')))).toBe(200);
    expect(simulated.uploads).toMatchObject([{ name: 'a.bin', size: 3 }]);
  });

  it.each([
    ['Content-Disposition: form-data; name="file"; filename="план 計画.docx"', 'план 計画.docx'],
    ['content-disposition: form-data; filename="a.txt"; name="file"', 'a.txt'],
    ['Content-Disposition: form-data; name="file"; filename="say %22hi%22.txt"', 'say "hi".txt'],
    ['Content-Disposition: form-data; name="file"; filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['Content-Disposition: form-data; name="file"; filename="../a/b.txt"', '../a/b.txt'],
    ['Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%D0%BF.txt', 'п.txt'],
    ['Content-Type: text/plain\r\nContent-Disposition: form-data; name=file; filename=a.txt', 'a.txt'],
    ['Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream', ''],
  ])('has the name in %s', async (header, name) => {
    const simulated = await room();
    expect(await post(simulated, formOf(header, Buffer.from('x')))).toBe(200);
    expect(simulated.uploads).toMatchObject([{ name, size: 1 }]);
  });

  it.each([
    ['headers that never end', `--b\r\n${'x'.repeat(20_000)}`],
    ['no parts', '--b--\r\n'],
    ['nothing', 'x'],
  ])('with %s is refused', async (_, body) => {
    const simulated = await room();
    expect(await post(simulated, Buffer.from(body))).toBe(400);
    expect(simulated.uploads).toEqual([]);
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'application/x-www-form-urlencoded'])(
    'is refused as %s',
    async (type) => {
      const simulated = await room();
      const someone = await signedIn(simulated);
      const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
      const url = uploadUrl(simulated, tokenForHttpServer);
      const response = await fetch(url, { method: 'POST', body: 'a=b', headers: { 'Content-Type': type } });
      expect(response.status).toBe(400);
    },
  );
});

describe('a body that has no end', () => {
  const HEAD = '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n';
  const PIECE_BYTES = 1_000_000;
  const PIECES = 100;

  it.each([
    ['before the first part', '', 'x'],
    ['in the headers of a part', '--b\r\n', 'x'],
    ['in one header of a part', '--b\r\nContent-Disposition: ', 'x'],
    ['in the content of the file', `${HEAD}\r\n`, 'x'],
    ['in a field', '--b\r\nContent-Disposition: form-data; name="comment"\r\n\r\n', 'x'],
    ['of parts without headers', '', '--b\r\n\r\n\r\n'],
    ['of empty fields', '', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'],
    ['of empty files', '', `${HEAD}\r\n\r\n`],
    ['of what is nearly a delimiter', `${HEAD}\r\n`, '\r\n--'],
    ['after the last part', `${HEAD}\r\n\r\n--b--\r\n`, 'x'],
  ])('is not held: %s', async (_, head, unit) => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { tokenForHttpServer } = await someone.ask('auth', { type: 'unsecured' });
    const upload = request(uploadUrl(simulated, tokenForHttpServer), {
      method: 'POST',
      headers: { 'Content-Type': MULTIPART },
    });
    upload.on('error', () => {});
    upload.write(head);
    const piece = Buffer.from(unit.repeat(Math.ceil(PIECE_BYTES / unit.length)));
    const before = held();
    let most = 0;
    // Some are refused at once, and the rest is not waited for.
    let isAnswered = false;
    const answered = once(upload, 'response').then(
      () => {
        isAnswered = true;
      },
      () => {},
    );
    for (let sent = 0; sent < PIECES && !isAnswered; sent += 1) {
      if (!upload.write(piece)) await Promise.race([once(upload, 'drain'), answered]);
      most = Math.max(most, held());
    }
    upload.destroy();
    expect(most - before).toBeLessThan((PIECES * PIECE_BYTES) / 2);
    expect(await someone.ask('getFileList')).toMatchObject({ fileList: [] });
  });
});

/** Bytes that this process holds. */
function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
