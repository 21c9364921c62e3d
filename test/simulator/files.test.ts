import { createHash } from 'node:crypto';
import { request } from 'node:http';
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
