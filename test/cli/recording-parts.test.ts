import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';

const { run, shell } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();
const NULL_DEVICE = process.platform === 'win32' ? 'NUL' : '/dev/null';

async function replayed(...paths: readonly string[]) {
  const program = run(['replay', ...paths, '--json']);
  expect(await program.ended, program.report).toBe(0);
  return program;
}

describe('a recording in parts', () => {
  it.each([[[]], [['--record-gzip']]])('gives byte for byte what the watch gave: %j', async (options) => {
    const { url } = await startRoom({ rate: 200, seed: 3 });
    const folder = newPath('rec');
    const name = join(folder, '%Y', '%H-%M.ndjson');
    const recording = ['--record', name, '--record-max-size', '20KB', ...options];
    const live = run(['watch', url, '--json', '--count', '150', ...recording]);
    expect(await live.ended, live.report).toBe(0);
    const parts = readdirSync(folder, { recursive: true }).filter((part) =>
      /\.ndjson(?:\.gz)?$/.test(String(part)),
    );
    expect(parts.length).toBeGreaterThan(3);
    expect((await replayed(folder)).stdout.text).toBe(live.stdout.text);
  });

  it('says at its end where it is', async () => {
    const folder = newPath('rec');
    const live = run([
      'watch',
      'demo',
      '--once',
      '--no-timestamps',
      '--record',
      join(folder, 'room.ndjson'),
      '--record-gzip',
    ]);
    expect(await live.ended).toBe(0);
    expect(live.stderr.lines.at(-1)).toBe(`Recorded to "${join(folder, 'room.ndjson.gz')}".`);
  });

  it('is never written over: the next run takes a number', async () => {
    const folder = newPath('rec');
    const name = join(folder, '%Y.ndjson');
    for (const count of [1, 2, 3]) {
      const live = run(['watch', 'demo', '--once', '--json', '--record', name]);
      expect(await live.ended, live.report).toBe(0);
      expect(readdirSync(folder)).toHaveLength(count);
    }
    expect(readdirSync(folder).every((one) => /^\d{4}(?:\.[23])?\.ndjson$/.test(one))).toBe(true);
  });

  it.each<[options: readonly string[], said: string]>([
    [
      ['--record', 'rec/%Q.ndjson'],
      'The name "rec/%Q.ndjson" of --record has the unknown code %Q.\nThe codes are %Y',
    ],
    [['--record', 'x', '--record-max-size', '10'], 'Give at least 1K.'],
    [['--record', 'x', '--record-max-size', 'big'], 'Give a number of bytes'],
    [['--record', 'x', '--record-keep', '0'], 'Give a number of files from 1, or an age such as 12h or 30d.'],
    [
      ['--record', 'x', '--record-keep', '3y'],
      'Give a number of files from 1, or an age such as 12h or 30d.',
    ],
    [['--record-keep', '3'], '--record-keep is about a recording, and there is none.'],
    [['--record-gzip'], '--record-gzip is about a recording, and there is none.'],
    [
      ['--record', '-', '--record-gzip'],
      '--record-gzip puts a recording in several files, and stdout is not a file.',
    ],
    [['--record', NULL_DEVICE, '--record-keep', '3'], `and "${NULL_DEVICE}" is not a file.`],
  ])('is refused as %j', async (options, said) => {
    const program = run(['watch', 'demo', '--once', ...options]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain(said);
    expect(existsSync('x')).toBe(false);
  });
});

describe('a crash', () => {
  it.each([[1], [40], [170]])('loses at most the line being written: after %i records', async (count) => {
    const { url } = await startRoom({ rate: 1_000, seed: count });
    const folder = newPath('rec');
    const name = join(folder, '%H-%M.ndjson');
    const live = run([
      'watch',
      url,
      '--json',
      '--record',
      name,
      '--record-max-size',
      '10KB',
      '--record-gzip',
    ]);
    await live.until(() => live.transfers[count - 1]);
    live.kill('SIGKILL');
    expect(await live.ended).toBe('SIGKILL');
    for (const part of readdirSync(folder).filter((one) => one.endsWith('.ndjson'))) {
      const text = readFileSync(join(folder, part), 'utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      for (const line of whole.split('\n').slice(0, -1)) expect(JSON.parse(line)).toBeTypeOf('object');
    }
    const again = await replayed(folder);
    const warnings = again.records.filter(({ type }) => type === 'warning').map(({ code }) => code);
    expect([[], ['torn-line']]).toContainEqual(warnings);
    // What was shown is in it, up to where the reader of this test had come.
    const shown = live.stdout.lines.slice(0, count / 2);
    expect(again.stdout.lines.slice(0, shown.length)).toEqual(shown);
  });

  it('in a line is read past, and said once', async () => {
    const folder = newPath('rec');
    const live = run(['watch', 'demo', '--count', '5', '--json', '--record', join(folder, '%Y.ndjson')]);
    expect(await live.ended).toBe(0);
    const [part = ''] = readdirSync(folder);
    const text = readFileSync(join(folder, part), 'utf8').trimEnd();
    const lines = text.split('\n');
    const last = (lines.at(-1) ?? '').length;
    const cut = newPath('cut.ndjson');
    for (const length of [1, last >> 1, last - 1]) {
      writeFileSync(cut, text.slice(0, text.length - length));
      const program = await replayed(cut);
      const warnings = program.records.filter(({ type }) => type === 'warning');
      expect(warnings).toMatchObject([{ code: 'torn-line' }]);
    }
  });
});

describe.skipIf(process.platform === 'win32')('a recording through a pipe', () => {
  const isRecording = (text: string) => {
    const lines = text.trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'recording', rooms: ['demo'] });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'link', link: { state: 'closed' } });
  };

  it.each([
    [
      'a FIFO',
      'mkfifo F; cat F > OUT & $PROGRAM watch demo --once --quiet --record F > /dev/null; code=$?; wait; exit $code',
    ],
    [
      'a FIFO whose reader comes later',
      'mkfifo F; $PROGRAM watch demo --once --quiet --record F > /dev/null & cat F > OUT; wait $!',
    ],
    ['stdout by its name', '$PROGRAM watch demo --once --quiet --record - | cat > OUT'],
    ['stdout in a file', '$PROGRAM watch demo --once --quiet --record - > OUT'],
    ['/dev/stdout', '$PROGRAM watch demo --once --quiet --record /dev/stdout | grep "^{" > OUT'],
    [
      '/dev/fd/3, as of >(gzip)',
      '{ $PROGRAM watch demo --once --quiet --record /dev/fd/3 3>&1 > /dev/null; } | gzip | gunzip > OUT',
    ],
  ])('is written to %s', async (_, line) => {
    const [fifo, out] = [newPath('fifo'), newPath('out')];
    const program = shell(line.replaceAll(' F', ` ${fifo}`).replaceAll('OUT', out));
    expect(await program.ended, program.report).toBe(0);
    isRecording(readFileSync(out, 'utf8'));
    expect(existsSync('-')).toBe(false);
  });

  it('to stdout shows nothing else there, and ends with its reader', async () => {
    const program = shell('$PROGRAM watch demo --record - | head -n 1');
    expect(await program.ended).toBe(0);
    expect(program.stdout.lines).toHaveLength(1);
  });

  it.each([['--json'], ['--plain']])('to stdout is refused beside %s', async (format) => {
    const program = run(['watch', 'demo', '--record', '-', format]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: --record - writes the recording to stdout, where it would mix with what ${format} writes.`,
      'Leave one of them out, or record into a file.',
    ]);
  });

  it('whose reader goes away is reported once, and the watch goes on', async () => {
    const fifo = newPath('fifo');
    const program = shell(
      `mkfifo ${fifo}; head -n 1 ${fifo} > /dev/null & $PROGRAM watch demo --count 20 --no-timestamps --record ${fifo}`,
    );
    expect(await program.ended, program.report).toBe(0);
    expect(program.stderr.lines.filter((line) => line.includes(fifo))).toEqual([
      `warning: The recording "${fifo}" can't be written: its reader went away. The watch goes on without it.`,
      `The recording "${fifo}" is incomplete: its reader went away.`,
    ]);
  });

  it('waits for a reader, and a signal ends that', async () => {
    const fifo = newPath('fifo');
    const program = shell(`mkfifo ${fifo}; exec $PROGRAM watch demo --record ${fifo}`);
    await program.stderrHas('to be read');
    program.kill('SIGTERM');
    expect(await program.ended).toBe(143);
  });
});

it('a folder that stands where the recording should be is said', async () => {
  const path = newPath('folder');
  mkdirSync(path);
  const program = run(['watch', 'demo', '--record', path]);
  expect(await program.ended).toBe(2);
  expect(program.stderr.text).toContain(`"${path}" of --record exists already and is never overwritten.`);
  const slashed = run(['watch', 'demo', '--record', `${path}/`]);
  expect(await slashed.ended).toBe(2);
  expect(slashed.stderr.text).toContain(
    `"${path}/" of --record can't be created: it is a folder.\nGive the name of a new file, or one with codes`,
  );
});
