import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/**
 * The bytes of a file, unpacked: its first bytes show whether it is packed with gzip or zstd.
 * @throws Error where it is packed in a way that this Node.js can't read
 */
export async function* unpack(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const all = withHead(head, { [Symbol.asyncIterator]: () => iterator });
  const unpacker = unpackerFor(head.subarray(0, MAGIC_BYTES).toString('hex'));
  yield* unpacker === null ? all : through(all, unpacker);
}

async function* withHead(head: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* through(chunks: AsyncIterable<Uint8Array>, unpacker: Transform): AsyncGenerator<Uint8Array> {
  const source = Readable.from(chunks);
  source.once('error', (error) => unpacker.destroy(error));
  try {
    yield* source.pipe(unpacker);
  } catch (error) {
    // The unpackers of Node have numbers and codes of their own, and no words.
    throw source.errored ?? new Error('what is packed in it is damaged', { cause: error });
  } finally {
    source.destroy();
  }
}

/** @param magic the first four bytes, in hexadecimal */
function unpackerFor(magic: string): Transform | null {
  // What was cut off is read as far as it goes, as it is of a plain file.
  if (magic.startsWith('1f8b')) return zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
  const other = OTHER_PACKERS.find(([beginning]) => magic.startsWith(beginning));
  if (other !== undefined) throw new Error(`it is packed with ${other[1]}: unpack it first`);
  if (magic !== '28b52ffd') return null;
  // Node.js 20 has none, and its types none either.
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create === 'function') return create();
  throw new Error('it is packed with zstd, which needs Node.js 22.15 or newer: unpack it first');
}

/** What Node can't unpack, by its first bytes. */
const OTHER_PACKERS: readonly (readonly [magic: string, name: string])[] = [
  ['504b0304', 'zip'],
  ['425a68', 'bzip2'],
  ['fd377a58', 'xz'],
  ['377abcaf', '7-Zip'],
];
const MAGIC_BYTES = 4;
