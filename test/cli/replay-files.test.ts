import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRecordings } from '../../src/recording/open.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';

const { run, shell } = usePrograms();
const { newPath, write } = useFolder();

const entry = (kind: string, fields: object) =>
  `${JSON.stringify({ at: '2022-07-31T16:17:03.000Z', room: 'one', kind, ...fields })}\n`;
const message = (id: string, status: number) =>
  `${JSON.stringify({ method: 'event', event: 'fileRequestStatusChanged', fileRequestId: id, status })}\n`;
const received = (id: string, status: number) =>
  entry('received', {
    text: message(id, status).trimEnd(),
  });

const RECORDING = [
  '{"type":"recording","v":1,"time":"2022-07-31T16:17:03.000Z","rooms":["one"]}\n',
  entry('link', { link: { state: 'live', attempt: 1 } }),
  received('a', 1),
  received('b', 2),
  received('a', 3),
].join('');

describe('a recording as people keep it', () => {
  const pretty = RECORDING.split('\n')
    .slice(1, -1)
    .map((line) => JSON.stringify(JSON.parse(line), null, 2))
    .join('\n');

  it.each<[what: string, content: string | Buffer]>([
    ['without its first line', RECORDING.slice(RECORDING.indexOf('\n') + 1)],
    ['packed with gzip', gzipSync(RECORDING)],
    ['cut off, and packed with gzip', gzipSync(RECORDING).subarray(0, -8)],
    ['in UTF-16', Buffer.from(`\ufeff${RECORDING}`, 'utf16le')],
    ['in UTF-16, big-endian', Buffer.from(`\ufeff${RECORDING}`, 'utf16le').swap16()],
  ])('is played: %s', async (_, content) => {
    const path = newPath();
    writeFileSync(path, content);
    const [whole, kept] = [run(['replay', write(RECORDING), '--json']), run(['replay', path, '--json'])];
    expect(await kept.ended).toBe(0);
    await whole.ended;
    const ids = whole.transfers.map(({ id, status }) => `${id} ${status}`);
    expect(ids).not.toEqual([]);
    expect(kept.transfers.map(({ id, status }) => `${id} ${status}`)).toEqual(ids);
  });

  const NOT_JSON = 'is not a recording: its lines are not JSON';
  const NOT_OF_ROOM = 'is not a recording: none of its lines comes from a Room';
  const array = `[${message('a', 1).trimEnd()}]`;

  it.each<[what: string, content: string | Buffer, says: string, remedy: string]>([
    ['JSON over several lines', pretty, NOT_JSON, 'spread over lines: jq -c . FILE |'],
    ['text', 'one line\nand another\n', NOT_JSON, 'spread over lines: jq -c . FILE |'],
    [
      'bytes',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
      NOT_JSON,
      'jq -c . FILE |',
    ],
    ['messages in an array', `${array}\n`, NOT_OF_ROOM, "in an array: jq -c '.[]' FILE |"],
    [
      'an array over several lines',
      JSON.stringify(JSON.parse(array), null, 2),
      NOT_JSON,
      "jq -c '.[]' FILE |",
    ],
    ['a number', '5', NOT_OF_ROOM, 'one per line'],
    ['objects of something else', '{"a":1}\n{"method":"event"}\n', NOT_OF_ROOM, 'one per line'],
    ['text and JSON', 'one\n"two"\nnull\n', NOT_OF_ROOM, 'one per line'],
  ])('is refused where nothing in it can be read: %s', async (_, content, says, remedy) => {
    const path = newPath();
    writeFileSync(path, content);
    for (const [given, input] of [
      [path, ''],
      ['-', content.toString('latin1')],
    ] as const) {
      const program = run(['replay', given, '--json'], { input });
      expect(await program.ended, program.report).toBe(2);
      expect(program.stderr.lines[0]).toContain(says);
      expect(program.stderr.lines[1]).toContain(remedy);
      expect(program.stdout.text).toBe('');
    }
  });

  it.each([['report'], ['redact', '-o', '-'], ['conform']])('is refused by %s, too', async (...args) => {
    const program = run([...args, write('5\n')]);
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.lines[0]).toContain(NOT_OF_ROOM);
  });

  it.each([['a file'], ['stdin']])(
    'is read from %s where a message comes after what is none',
    async (from) => {
      const text = `${'five\n'.repeat(50_000)}${message('a', 1)}`;
      const program = run(['replay', from === 'stdin' ? '-' : write(text), '--json'], { input: text });
      expect(await program.ended, program.report).toBe(0);
      expect(program.transfers.map(({ id }) => id)).toEqual(['a']);
    },
  );

  const packed = gzipSync(RECORDING);
  it.each<[what: string, content: Buffer, says: string]>([
    ['damaged in the middle', Buffer.from(packed).fill(0xff, 20, 40), 'what is packed in it is damaged'],
    ['with a wrong sum', Buffer.from(packed).fill(0, packed.length - 8), 'what is packed in it is damaged'],
    [
      'with something behind it',
      Buffer.concat([packed, Buffer.from('more')]),
      'what is packed in it is damaged',
    ],
    ['zip', Buffer.from('PK\x03\x04and more'), 'it is packed with zip: unpack it first'],
    ['bzip2', Buffer.from('BZh9and more'), 'it is packed with bzip2: unpack it first'],
    ['xz', Buffer.from('\xfd7zXZ\0and more', 'latin1'), 'it is packed with xz: unpack it first'],
  ])('is reported where it can not be unpacked: %s', async (_, content, says) => {
    const path = newPath();
    writeFileSync(path, content);
    for (const args of [
      ['replay', path],
      ['report', path],
      ['conform', path],
      ['redact', path, '-o', '-'],
    ]) {
      const program = run(args);
      expect(await program.ended, program.report).toBe(2);
      expect(program.stderr.text).toContain(`trueconf-files: The file "${path}" can't be read: ${says}.\n`);
    }
  });
});

/** A file of a recording: a header, and what was seen so many seconds after noon. */
function recording(
  header: object,
  ...seen: readonly (readonly [second: number, id: string, status: number])[]
) {
  const at = (second: number) => new Date(Date.UTC(2022, 6, 31, 12, 0, second)).toISOString();
  const lines = seen.map(([second, id, status]) => {
    const text = JSON.stringify({
      method: 'event',
      event: 'fileRequestStatusChanged',
      fileRequestId: id,
      status,
    });
    return { at: at(second), room: 'one', kind: 'received', text };
  });
  const first = { type: 'recording', v: 1, time: at(seen[0]?.[0] ?? 0), rooms: ['one'], ...header };
  return [first, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A link to a folder, as Windows lets anybody make one, too. */
function link(folder: string, path: string): void {
  symlinkSync(folder, path, 'junction');
}

async function played(...paths: readonly string[]) {
  const program = run(['replay', ...paths, '--json']);
  expect(await program.ended, program.report).toBe(0);
  return { program, ids: program.transfers.map(({ id, status }) => `${id} ${status}`) };
}

describe('several recordings are played as one', () => {
  const morning = recording({}, [1, 'a', 1], [2, 'b', 2]);
  const noon = recording({}, [10, 'a', 3]);
  const evening = recording({}, [20, 'b', 3], [30, 'c', 1]);
  const ALL = ['a waiting', 'b processing', 'a complete', 'b complete', 'c waiting'];

  it('in order of time, in whatever order they are given and packed', async () => {
    const packed = newPath('noon.gz');
    writeFileSync(packed, gzipSync(noon));
    const { ids } = await played(write(evening), write(morning), packed);
    expect(ids).toEqual(ALL);
  });

  it('of a folder, with its folders, without what is no recording', async () => {
    const folder = newPath('rec');
    mkdirSync(join(folder, 'deeper'), { recursive: true });
    writeFileSync(join(folder, 'a.ndjson'), evening);
    writeFileSync(join(folder, 'deeper', 'z.ndjson'), morning);
    writeFileSync(join(folder, 'noon.ndjson.gz'), gzipSync(noon));
    writeFileSync(join(folder, 'half.ndjson.gz.tmp'), gzipSync(evening));
    writeFileSync(join(folder, '.hidden'), evening);
    writeFileSync(join(folder, 'notes.txt'), 'not a recording');
    writeFileSync(
      join(folder, 'records.ndjson'),
      '{"type":"transfer","v":1,"time":"2022-07-31T12:00:00.000Z"}\n',
    );
    writeFileSync(join(folder, 'empty'), '');
    const { ids, program } = await played(folder);
    expect(ids).toEqual(ALL);
    expect(program.stderr.text).toMatch(/^\S+Z {2}Skipped ".*empty" and 2 more: not a recording\.\n$/);
  });

  it('each once', async () => {
    const folder = newPath('rec');
    mkdirSync(folder);
    const path = join(folder, 'evening');
    writeFileSync(path, evening);
    expect((await played(path, folder, path)).ids).toEqual(['b complete', 'c waiting']);
  });

  describe('of a folder with links', () => {
    const folder = newPath('linked');
    const elsewhere = newPath('elsewhere');
    beforeAll(() => {
      for (const path of [folder, join(folder, 'deeper'), elsewhere]) mkdirSync(path);
      writeFileSync(join(folder, 'deeper', 'a.ndjson'), recording({}, [1, 'a', 1]));
      writeFileSync(join(elsewhere, 'b.ndjson'), recording({}, [2, 'b', 1]));
      link(folder, join(folder, 'itself'));
      link(folder, join(folder, 'deeper', 'up'));
      link(join(folder, 'deeper'), join(folder, 'again'));
      link(elsewhere, join(folder, 'elsewhere'));
      link(folder, join(elsewhere, 'back'));
    });

    it.each([
      ['replay', () => [folder, '--json'], /"transfer".*"a".*\n.*"transfer".*"b".*\n$/],
      ['report', () => [folder, '--json'], /^.*"a".*\n.*"b".*\n$/],
      ['redact', () => [folder, '-o', '-'], /^.*\n.*"request-1.*\n.*"request-2.*\n$/],
      ['conform', () => [`${folder}/`], /^2 frames of one /],
    ])('%s reads each file once, also where links lead back', async (command, args, written) => {
      const program = run([command, ...args()]);
      await program.ended;
      expect(program.stdout.text, program.report).toMatch(written);
    });
  });

  it('and a search for them ends with the signal', async () => {
    const stopped = new Error('stopped');
    for (const soon of [(stop: () => void) => stop(), queueMicrotask, setImmediate]) {
      const stop = new AbortController();
      const opening = openRecordings([parse(process.cwd()).root], Readable.from([]), stop.signal);
      soon(() => stop.abort(stopped));
      await expect(opening).rejects.toBe(stopped);
    }
  });

  it('entry by entry where they overlap', async () => {
    const one = recording({}, [1, 'a', 1], [20, 'a', 2], [40, 'a', 3]);
    const other = recording({ rooms: ['two'] }, [10, 'b', 1], [30, 'b', 3]).replaceAll('"one"', '"two"');
    const { program } = await played(write(other), write(one));
    expect(program.transfers.map(({ room, status }) => `${room} ${status}`)).toEqual([
      'one waiting',
      'two waiting',
      'one processing',
      'two complete',
      'one complete',
    ]);
  });

  it('and parts of one in their order, whatever the clock did', async () => {
    const parts = [
      recording({ id: 'x', part: 1, held: 0 }, [20, 'a', 1]),
      recording({ id: 'x', part: 2, held: 0 }, [10, 'a', 2]),
      recording({ id: 'x', part: 3, held: 0 }, [15, 'a', 3]),
    ];
    const { ids } = await played(...parts.map((text) => write(text)).reverse());
    expect(ids).toEqual(['a waiting', 'a processing', 'a complete']);
  });

  it('without what a part repeats of those before it, and with it where one is missing', async () => {
    const [first = '', second = '', third = ''] = [
      recording({ id: 'x', part: 1, held: 0 }, [1, 'a', 1], [2, 'a', 2]),
      recording({ id: 'x', part: 2, held: 1 }, [3, 'a', 1], [4, 'b', 1]),
      recording({ id: 'x', part: 3, held: 2 }, [5, 'a', 3], [5, 'b', 1], [6, 'b', 2]),
    ].map((text) => write(text));
    const whole = ['a waiting', 'a processing', 'b waiting', 'b processing'];
    expect((await played(first, second, third)).ids).toEqual(whole);
    expect((await played(first, third)).ids).toEqual([
      'a waiting',
      'a processing',
      'a complete',
      'b waiting',
      'b processing',
    ]);
  });

  it('where they come through pipes', async ({ skip }) => {
    if (process.platform === 'win32') skip('no FIFOs');
    const [one, other] = [evening, morning].map((text) => write(text));
    const [first, second] = [newPath('fifo'), newPath('fifo')];
    const line = `mkfifo ${first} ${second}; cat ${one} > ${first} & cat ${other} > ${second} & $PROGRAM replay ${first} ${second} --json`;
    const program = shell(line);
    expect(await program.ended, program.report).toBe(0);
    expect(program.transfers.map(({ id }) => id)).toEqual(['a', 'b', 'b', 'c']);
  });

  it.each<[what: string, paths: (folder: string) => readonly string[], said: string]>([
    ['stdin among others', () => ['-', write(morning)], '- is the input from stdin, which is played alone.'],
    ['messages among others', () => [write(morning), write(message('a', 1))], 'holds messages without times'],
    ['a folder without any', (folder) => [folder], 'holds no recordings.'],
    ['one that is not there', (folder) => [write(morning), `${folder}/none`], 'there is no such file'],
    [
      'one that is none',
      () => [write(morning), write('text\n')],
      'is not a recording: its lines are not JSON',
    ],
  ])('but not %s', async (_, paths, said) => {
    const folder = newPath('folder');
    mkdirSync(folder);
    const program = run(['replay', ...paths(folder), '--json']);
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.text).toContain(said);
    expect(program.stdout.text).toBe('');
  });
});
