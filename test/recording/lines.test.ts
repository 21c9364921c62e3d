import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Line, LineTooLongError, readLines } from '../../src/recording/source.js';

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function linesOf(...parts: readonly (string | Uint8Array)[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  for await (const batch of readLines(chunks(...bytes))) {
    expect(batch).not.toHaveLength(0);
    lines.push(...batch);
  }
  return lines;
}

const texts = (lines: readonly Line[]) => lines.map(({ text }) => text);

it('gives lines with their numbers, without empty ones', async () => {
  expect(await linesOf('a\n\n \r\nb\n')).toEqual([
    { text: 'a', number: 1, isWhole: true },
    { text: 'b', number: 4, isWhole: true },
  ]);
});

it('says that the last has no end', async () => {
  expect(await linesOf('a\nb')).toEqual([
    { text: 'a', number: 1, isWhole: true },
    { text: 'b', number: 2, isWhole: false },
  ]);
});

it('gives a line as soon as its end has come', async () => {
  const batches = readLines(chunks(Buffer.from('a\nb'), Buffer.from('c\nd')));
  expect((await batches.next()).value).toEqual([{ text: 'a', number: 1, isWhole: true }]);
  expect((await batches.next()).value).toEqual([{ text: 'bc', number: 2, isWhole: true }]);
  expect((await batches.next()).value).toEqual([{ text: 'd', number: 3, isWhole: false }]);
});

it('leaves out the mark that some editors put first', async () => {
  expect(texts(await linesOf('\ufeffa\n\ufeffb\n'))).toEqual(['a', '\ufeffb']);
});

it('reads UTF-16 as PowerShell writes it, however it comes', async () => {
  const bytes = Buffer.from('\ufeffпередача\r\n{"a":1}\r\n', 'utf16le');
  const lines = ['передача\r', '{"a":1}\r'];
  for (const cut of [1, 2, 3, 20, bytes.length]) {
    expect(texts(await linesOf(bytes.subarray(0, cut), bytes.subarray(cut)))).toEqual(lines);
  }
});

it('gives none of nothing', async () => {
  expect(await linesOf()).toEqual([]);
  expect(await linesOf('\n\n')).toEqual([]);
});

it('does not care how the bytes come', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => /^[^\s\ufeff]+$/u.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const parts = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(texts(await linesOf(...parts))).toEqual(lines);
    }),
  );
});

it('does not read a line without end', async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(8 * 1_024 * 1_024, 'x');
  }
  await expect(readLines(endless()).next()).rejects.toThrow(LineTooLongError);
});
