import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { type Program, type ProgramRecord, usePrograms } from '../support/program.js';

const { run, shell } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath, write } = useFolder();

/** What is left of a record once nothing in it shows who it is about. */
const bare = ({ type, time, status, previousStatus, size, percent, origin, event }: ProgramRecord) =>
  [type, time, status, previousStatus, size, percent, origin, event] as const;

async function ended(program: Program, code = 0): Promise<Program> {
  expect(await program.ended, program.report).toBe(code);
  return program;
}

let path: string;
let live: Program;

/** A recording, and the records of the watch that made it. */
async function recorded(): Promise<void> {
  const { url } = await startRoom({ rate: 300, seed: 11 });
  path = newPath('room.ndjson');
  live = await ended(run(['watch', url, '--json', '--count', '60', '--record', path]));
}

describe('a redacted recording', () => {
  it('plays, with the same statuses, sizes and times, and with ids that stay apart', async () => {
    await recorded();
    const out = newPath('out');
    const program = await ended(run(['redact', path, '-o', out]));
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([
      'Look through it before you share it: sizes and times are as they were.',
    ]);
    if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600);
    const again = await ended(run(['replay', out, '--json']));
    expect(again.records.map(bare)).toEqual(live.records.map(bare));
    const pairs = new Map(live.transfers.map(({ id }, at) => [id, again.transfers[at]?.id]));
    expect(live.transfers.map(({ id }) => pairs.get(id))).toEqual(again.transfers.map(({ id }) => id));
    expect(new Set(pairs.values()).size).toBe(pairs.size);
    const text = readFileSync(out, 'utf8');
    for (const { id, name, peer, room } of live.transfers) {
      for (const own of [id, name, room, ...Object.values(peer ?? {})]) {
        if (typeof own === 'string' && own !== '')
          expect(text).not.toContain(JSON.stringify(own).slice(1, -1));
      }
    }
  });

  it('is the same from several files, packed or not, and through pipes', async () => {
    await recorded();
    const lines = readFileSync(path, 'utf8').split(/(?<=\n)/);
    const half = lines.length >> 1;
    const packed = newPath('first.gz');
    writeFileSync(packed, gzipSync(lines.slice(0, half).join('')));
    const rest = write(lines.slice(half).join(''));
    const withoutHeader = ({ stdout }: Program) => stdout.lines.slice(1);
    const whole = withoutHeader(await ended(run(['redact', path, '-o', '-'])));
    expect(withoutHeader(await ended(run(['redact', rest, packed, '-o', '-'])))).toEqual(whole);
    const input = readFileSync(path, 'utf8');
    expect(withoutHeader(await ended(run(['redact', '-', '-o', '-'], { input })))).toEqual(whole);
  });

  it('leaves out what can’t be read, and says so', async () => {
    await recorded();
    const damaged = write(`${readFileSync(path, 'utf8')}secret-of-ann\n`);
    const program = await ended(run(['redact', damaged, '-o', '-']));
    expect(program.stdout.text).not.toContain('secret-of-ann');
    expect(program.stderr.text).toBe('Left out 1 damaged line.\n');
  });
});

it('records of --json are redacted, and reported on as they were', async () => {
  await recorded();
  const out = newPath('out');
  await ended(run(['redact', write(live.stdout.text), '-o', out]));
  const records: readonly ProgramRecord[] = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.map(bare)).toEqual(live.records.map(bare));
  const [before, after] = [write(live.stdout.text), out].map((file) => run(['report', file, '--json']));
  // Those of one moment are in the order of their ids.
  const outcomes = async (program: Program | undefined) =>
    program === undefined
      ? []
      : (await ended(program)).records.map(({ type, status, size }) => `${type} ${status} ${size}`).sort();
  expect(await outcomes(after)).toEqual(await outcomes(before));
});

it('messages of a Room are redacted one by one', async () => {
  const frame = {
    method: 'event',
    event: 'receivedFileRequest',
    fileRequestId: 'a',
    fileName: 'Ann.pdf',
    note: 'x',
  };
  const program = await ended(run(['redact', '-', '-o', '-'], { input: `${JSON.stringify(frame)}\nAnn\n` }));
  expect(program.stdout.lines).toEqual([
    '{"method":"event","event":"receivedFileRequest","fileRequestId":"request-1","fileName":"file-1.pdf"}',
    '(3 characters that are not JSON)',
  ]);
});

describe('is refused', () => {
  it('without a place for what is left', async () => {
    const program = await ended(run(['redact', write('{}\n')]), 2);
    expect(program.stderr.text).toContain("'-o, --output <file>' not specified");
  });

  it('where that is there already', async () => {
    const kept = write('kept');
    const program = await ended(run(['redact', write('{"method":"event","event":"none"}\n'), '-o', kept]), 2);
    expect(program.stderr.text).toBe(
      `trueconf-files: The file "${kept}" of --output exists already and is never overwritten.\nGive the name of a new file, or - for stdout.\n`,
    );
    expect(readFileSync(kept, 'utf8')).toBe('kept');
  });

  it.skipIf(process.platform === 'win32')('a file that can not grow any more ends it with 1', async () => {
    const [file, out] = [write(`{"method":"event","event":"none"}\n`.repeat(9_000)), newPath('out')];
    const program = shell(`trap '' XFSZ; ulimit -f 1; exec $PROGRAM redact ${file} -o ${out}`);
    await ended(program, 1);
    expect(program.stderr.lines.at(-1)).toBe(
      `trueconf-files: "${out}" can't be written: a file may not be larger here.`,
    );
  });

  it('where there is nothing to read, and no file is made', async () => {
    const out = newPath('out');
    await ended(run(['redact', newPath('none'), '-o', out]), 2);
    expect(existsSync(out)).toBe(false);
  });
});
