import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, type Line, LineTooLongError, readLines, Source } from '../../src/recording/source.js';

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

describe('what is read line by line', () => {
  const HEADER = '{"type":"recording","v":1,"time":"2022-07-31T16:17:03.120Z","rooms":["r"]}';
  const BEAT = '{"at":"2022-07-31T16:17:03.120Z","room":"r","kind":"heartbeat","connected":true}';
  const beat = {
    kind: 'entry',
    room: 'r',
    entry: { kind: 'heartbeat', at: Date.UTC(2022, 6, 31, 16, 17, 3, 120), connected: true },
  };
  const message = (text: string) => ({ kind: 'message', text });
  const fault = (code: string, sentence: string) => ({ kind: 'fault', code, message: sentence });

  /** Each chunk of text gives a batch of lines. */
  async function itemsOf(name: string | null, ...texts: readonly string[]): Promise<readonly Item[]> {
    const source = await Source.open(readLines(chunks(...texts.map((text) => Buffer.from(text)))), name);
    const items: Item[] = [];
    if (source === null) return items;
    do {
      for (let item = source.take(); item !== undefined; item = source.take()) items.push(item);
    } while (await source.more());
    expect(source.take()).toBeUndefined();
    return items;
  }

  it.each<[what: string, name: string | null, texts: readonly string[], items: readonly object[]]>([
    ['nothing', null, [], []],
    ['a recording', null, [`${HEADER}\n${BEAT}\n`, `${BEAT}\n`, `${BEAT}\n`], [beat, beat, beat]],
    ['a piece of a recording', null, [`${BEAT}\n${BEAT}\n`], [beat, beat]],
    [
      'a damaged line',
      null,
      [`${HEADER}\n`, `{"at":\n${BEAT}\n`],
      [fault('damaged-line', 'line 2 of the recording is not an entry; it was left out'), beat],
    ],
    [
      'a damaged line of one of several',
      'a.ndjson',
      [`${HEADER}\n[1]\n`],
      [fault('damaged-line', 'line 2 of a.ndjson is not an entry; it was left out')],
    ],
    [
      'a recording that was cut',
      null,
      [`${HEADER}\n${BEAT.slice(0, 9)}`],
      [fault('torn-line', 'the last line is cut off; it was left out')],
    ],
    ['a recording whose last line lacks only its end', null, [`${HEADER}\n${BEAT}`], [beat]],
    ['messages', null, ['{"a":1}\nhello\n{"b":2}'], ['{"a":1}', 'hello', '{"b":2}'].map(message)],
    [
      'messages that were cut',
      'm.ndjson',
      ['{"a":1}\n{"b"'],
      [message('{"a":1}'), fault('torn-line', 'the last line of m.ndjson is cut off; it was left out')],
    ],
    ['messages of which the last is none', null, ['{"a":1}\n[2]'], [message('{"a":1}'), message('[2]')]],
  ])('%s', async (_, name, texts, items) => {
    expect(await itemsOf(name, ...texts)).toEqual(items);
  });

  it.each([
    ['hello\n{"a":1}\n', true],
    ['hello\n[1]\n', true],
    ['hello\nyou\n', false],
  ])('%j is JSON: %s', async (text, isJson) => {
    const source = await Source.open(readLines(chunks(Buffer.from(text))));
    expect(source?.isJson).toBe(isJson);
  });

  it('reads once, however often more is asked for at a time', async () => {
    const [one, two, three] = ['{"event":"1"}', '{"event":"2"}', '{"event":"3"}'] as const;
    const source = await Source.open(
      readLines(chunks(...[one, two, three].map((text) => Buffer.from(`${text}\n`)))),
    );
    expect(await Promise.all([source?.more(), source?.more()])).toEqual([true, true]);
    expect(source?.take()).toEqual(message(two));
    expect(await source?.more()).toBe(true);
    expect(source?.take()).toEqual(message(three));
    expect(await source?.more()).toBe(false);
  });
});
