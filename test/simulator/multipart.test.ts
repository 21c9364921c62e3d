import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundaryOf, type PartHeader, readMultipart } from '../../src/simulator/files.js';

interface Part extends PartHeader {
  content: Buffer;
}

async function read(body: Buffer, boundary: string, pieceSize = body.length) {
  const parts: Part[] = [];
  const isWhole = await readMultipart(pieces(body, pieceSize), boundary, {
    begin: (header) => void parts.push({ ...header, content: Buffer.alloc(0) }),
    content: (bytes) => {
      const part = parts.at(-1);
      if (part !== undefined) part.content = Buffer.concat([part.content, bytes]);
    },
  });
  return { isWhole, parts };
}

async function* pieces(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

function build(boundary: string, parts: readonly { header: string; content: Uint8Array }[]): Buffer {
  const written = parts.flatMap(({ header, content }) => [
    Buffer.from(`--${boundary}\r\n${header}\r\n\r\n`),
    content,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]);
}

const FILE = 'Content-Disposition: form-data; name="file"; filename="a.bin"';

describe('multipart/form-data', () => {
  it('comes out as it went in, however it is cut', async () => {
    const looksLikeDelimiter = fc.constantFrom('\r\n', '--', '\r\n--', '\r\n--X', 'X', '\r').map(Buffer.from);
    const content = fc
      .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), looksLikeDelimiter), { maxLength: 8 })
      .map((some) => Buffer.concat(some))
      .filter((some) => !some.includes('\r\n--XyZ'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(content, { maxLength: 3 }),
        fc.integer({ min: 1, max: 90 }),
        async (all, size) => {
          const body = build(
            'XyZ',
            all.map((some) => ({ header: FILE, content: some })),
          );
          const { isWhole, parts } = await read(body, 'XyZ', size);
          expect(isWhole).toBe(true);
          expect(parts.map((part) => part.content.toString('hex'))).toEqual(
            all.map((some) => some.toString('hex')),
          );
        },
      ),
    );
  });

  it('that is no multipart at all never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 90 }),
        async (bytes, size) => {
          expect((await read(Buffer.from(bytes), 'XyZ', size)).isWhole).toBe(false);
        },
      ),
    );
  });

  it('cut short is not whole', async () => {
    const body = build('b', [{ header: FILE, content: Buffer.from('content') }]);
    expect((await read(body.subarray(0, body.length - 6), 'b')).isWhole).toBe(false);
  });

  it('with headers that never end is not taken', async () => {
    const body = Buffer.concat([Buffer.from('--b\r\n'), Buffer.alloc(20_000, 'x')]);
    expect((await read(body, 'b', 1_000)).isWhole).toBe(false);
  });

  it('skips what stands before the first delimiter', async () => {
    const body = Buffer.concat([
      Buffer.from('preamble\r\n'),
      build('b', [{ header: FILE, content: Buffer.from('content') }]),
    ]);
    expect((await read(body, 'b')).parts).toMatchObject([{ name: 'file', fileName: 'a.bin' }]);
  });

  it.each([
    ['Content-Disposition: form-data; name="file"; filename="план 計画.docx"', 'план 計画.docx'],
    ['content-disposition: form-data; filename="a.txt"; name="file"', 'a.txt'],
    ['Content-Disposition: form-data; name="file"; filename="say %22hi%22.txt"', 'say "hi".txt'],
    ['Content-Disposition: form-data; name="file"; filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%D0%BF.txt', 'п.txt'],
    ['Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%ZZ', '%ZZ'],
    ['Content-Type: text/plain\r\nContent-Disposition: form-data; name=file; filename=a.txt', 'a.txt'],
    ['Content-Disposition: form-data; name="file"', null],
  ])('reads the name in %s', async (header, fileName) => {
    const { parts } = await read(build('b', [{ header, content: Buffer.alloc(0) }]), 'b');
    expect(parts).toMatchObject([{ name: 'file', fileName }]);
  });

  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data; charset=utf-8; boundary="a b"', 'a b'],
    ['Multipart/Form-Data;boundary=abc', 'abc'],
    ['multipart/form-data', null],
    ['text/plain; boundary=abc', null],
    [undefined, null],
  ])('finds the boundary in %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });
});
