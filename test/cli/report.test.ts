import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { EVENING, NIGHT, writeLastNight } from '../support/nights.js';
import { usePrograms } from '../support/program.js';

const { run, shell } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath, write } = useFolder();

/** What a report writes to stdout, once it has ended well. */
async function reported(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = run(['report', ...args], { env: { TZ: 'UTC', ...env } });
  expect(await program.ended, program.report).toBe(0);
  return program;
}

/** What it writes to stderr where the command line is wrong. */
async function refused(args: readonly string[], input: string | null = '') {
  const program = run(['report', ...args], { env: { TZ: 'UTC' }, input });
  expect(await program.ended, program.report).toBe(2);
  expect(program.stdout.text).toBe('');
  return program.stderr.text;
}

it('writes a line for each transfer by a template, in local time unless told otherwise', async () => {
  const args = [EVENING, '--name', 'notes.txt', '--format', '{time}|{room}|{status:>9}|{name}|{duration}'];
  const { stdout } = await reported(args, { TZ: 'Europe/Moscow' });
  expect(stdout.lines).toEqual([
    expect.stringMatching(/^2026-11-25T0\d:\S+\+03:00\|10\.0\.0\.\d\| {2}unknown\|notes\.txt\|/),
  ]);
  expect((await reported([...args, '--utc'])).stdout.lines[0]).toMatch(/^2026-11-25T0\d:\S+Z\|/);
  expect(await refused([EVENING, '--format', '{nmae}'])).toContain('--format: "nmae" is not a field.');
  for (const other of [['--json'], ['--csv'], ['--by', 'day']])
    expect(await refused([EVENING, '--format', '{name}', ...other])).toContain('cannot be used with');
});

describe('a night of two Rooms', () => {
  it.each(['UTC', 'Asia/Vladivostok', 'America/Los_Angeles'])(
    'tells in %s what failed, and from whom',
    async (zone) => {
      const rec = newPath('rec');
      writeLastNight(rec, Date.now());
      const since = zone === 'UTC' ? 'yesterday' : '-54h';
      const args = [rec, '--since', since, '--where', 'status == "failed"'];
      const { stdout } = await reported(args, { TZ: zone });
      const failures = stdout.lines.filter((line) => /^ +\d{4}-.* failed /.test(line));
      expect(failures.map((line) => line.replace(/^ +\S+ \S+ +/, '').replace(/ {2,}/g, ' | '))).toEqual([
        '10.0.0.5 | inbound | failed | 設計図.iso | 4.5 GiB | from 陳 偉 (chen@example.com) | internal error during the transfer, seen after a gap',
        '10.0.0.6 | inbound | failed | photo.jpg | 3.0 MiB | from Ann Weber (ann@example.com) | internal error before it began',
        '10.0.0.5 | inbound | failed | Протокол.pdf | 18.0 MiB | from Борис Орлов (boris@example.com) | internal error during the transfer',
      ]);
      expect(stdout.lines[0]).toContain(zone);
      expect(stdout.text).toMatch(/10\.0\.0\.5 .* 4m +the connection was cut\n/);
      expect(stdout.text).toMatch(/10\.0\.0\.6 .* 6h +The Room 10\.0\.0\.6 was taken over/);
    },
  );

  it('without the morning leaves unknown what the takeover hid', async () => {
    const { records } = await reported([EVENING, '--json', '--name', 'notes.txt']);
    expect(records).toMatchObject([
      {
        type: 'outcome',
        status: 'unknown',
        reason: 'watch-ended',
        origin: 'gap',
        beganAt: '2026-11-25T01:00:10.000Z',
      },
    ]);
    const morning = await reported([NIGHT, '--json', '--name', 'notes.txt']);
    expect(morning.records).toMatchObject([
      { status: 'complete', reason: null, origin: 'resync', tookMs: null },
    ]);
  });

  it('is counted by what is named, in local days', async () => {
    const { records } = await reported([NIGHT, '--json', '--by', 'day,room'], { TZ: 'Europe/Moscow' });
    expect(records.map(({ by, transfers, failed }) => [by, transfers, failed])).toEqual([
      [{ day: '2026-11-20', room: '10.0.0.5' }, 1, 1],
      [{ day: '2026-11-24', room: '10.0.0.5' }, 2, 0],
      [{ day: '2026-11-24', room: '10.0.0.6' }, 1, 0],
      [{ day: '2026-11-25', room: '10.0.0.5' }, 4, 2],
      [{ day: '2026-11-25', room: '10.0.0.6' }, 5, 1],
    ]);
    const csv = await reported([NIGHT, '--csv', '--by', 'peer', '--utc', '--peer', '*plus*']);
    expect(csv.stdout.lines[0]).toBe(
      'peer,peerName,transfers,waiting,processing,complete,failed,rejected,unknown,bytes,bytesPerSecond',
    );
  });

  it('shows no more of a list than --top, and how to see the rest', async () => {
    const { stdout } = await reported([NIGHT, '--top', '1']);
    expect(stdout.text).toContain('Failed or rejected: 5\n');
    expect(stdout.text).toContain('  and 4 more (--top 5 shows all)\n');
  });
});

describe('sheets', () => {
  it('hold a line for each transfer, with no cell that is a formula', async () => {
    const { stdout } = await reported([NIGHT, '--csv']);
    expect(stdout.lines).toHaveLength(14);
    for (const cell of ["'=cmd|' /C calc'!A0.xlsx", "'-minutes.txt", "'+79161234567", "'@eve"])
      expect(stdout.text).toContain(`,${cell},`);
    expect(stdout.text).toContain(`,"'=HYPERLINK(""http://evil.example"",""Eve"")",`);
    expect(stdout.text).toContain(',"Dora ""D"" Lang, Berlin",');
    expect(stdout.text).toContain(',tab\\x09and\\x0aline.csv,');
  });

  it('have tabs with --tsv, and a byte order mark with --bom', async () => {
    const { stdout } = await reported([NIGHT, '--tsv', '--bom']);
    expect(stdout.lines[0]).toMatch(/^\ufefftime\troom\tdirection\tname\t/);
    expect(stdout.lines.every((line) => line.split('\t').length === 18)).toBe(true);
  });

  it('show local time, and UTC with --utc', async () => {
    const row = ['--csv', '--name', 'plan.docx'];
    const local = await reported([NIGHT, ...row], { TZ: 'America/St_Johns' });
    expect(local.stdout.lines[1]).toMatch(/^2026-11-24 16:46:10,/);
    const utc = await reported([NIGHT, ...row, '--utc'], { TZ: 'America/St_Johns' });
    expect(utc.stdout.lines[1]).toMatch(/^2026-11-24 20:16:10,/);
  });
});

describe('sources', () => {
  it('are packed, on stdin, whole or in pieces, alike', async () => {
    const csv = ['--csv', '--utc'];
    const plain = (await reported([EVENING, ...csv])).stdout.text;
    const text = readFileSync(EVENING, 'utf8');
    const packed = newPath('a.ndjson.gz');
    writeFileSync(packed, gzipSync(text));
    expect((await reported([packed, ...csv])).stdout.text).toBe(plain);
    const stdin = run(['report', '-', ...csv], { input: text });
    expect(await stdin.ended, stdin.report).toBe(0);
    expect(stdin.stdout.text).toBe(plain);
    // A piece each, without headers, and the later one named first.
    const [, ...lines] = text.trimEnd().split('\n');
    const halves = [lines.slice(60), lines.slice(0, 60)].map((half) => write(`${half.join('\n')}\n`));
    expect((await reported([...halves, ...csv])).stdout.text).toBe(plain);
  });

  it('are Rooms: what they list, and their history', async () => {
    const room = await startRoom();
    room.receive({ id: 'open', name: 'open.bin' });
    room.setStatus(room.receive({ id: 'bad', name: 'bad.bin' }).id, 0);
    room.setStatus(room.receive({ id: 'done', name: 'done.bin' }).id, 3);
    const { records } = await reported([room.url, '--json']);
    expect(records.map(({ id, status, origin }) => [id, status, origin]).toSorted()).toEqual([
      ['bad', 'failed', 'snapshot'],
      ['done', 'complete', 'snapshot'],
      ['open', 'waiting', 'snapshot'],
    ]);
  });

  it('may be damaged: what can be read is reported, and the rest is counted', async () => {
    const text = readFileSync(EVENING, 'utf8');
    const path = write(`${text}{"at":"never","kind":"link"}\n{"at":"2026-`);
    const program = await reported([path, '--json']);
    expect(program.records).toHaveLength(12);
    expect(program.stderr.text).toMatch(/^2 lines could not be read, the first: line \d+ .*"never"/);
  });

  it('in a folder that are none are skipped, and so named', async () => {
    const folder = newPath('mixed');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.txt'), 'hello\n');
    writeFileSync(join(folder, 'a.ndjson'), readFileSync(EVENING));
    const program = await reported([folder, '--json']);
    expect(program.records).toHaveLength(12);
    expect(program.stderr.text).toBe(
      `Skipped "${join(folder, 'notes.txt')}": neither a recording nor records.\n`,
    );
  });

  it('that no transfer of fits are said so', async () => {
    const program = await reported([EVENING, '--since', '2027-01-01']);
    expect(program.stdout.lines[0]).toBe('No transfers.');
    expect(program.stderr.text).toBe('none of the 12 transfers matches\n');
  });

  it('end quietly when the reader goes away', async () => {
    const program = shell(`$PROGRAM report ${NIGHT} --csv | head -1`);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stderr.text).toBe('');
  });
});

describe('a wrong command line', () => {
  it.each([
    [['nothing/here.ndjson'], /can't be read: there is no such file\.\nGive files or folders made by/],
    [
      [EVENING, 'nats://127.0.0.1'],
      /here are a file \("\S+"\) and a relay \("nats:\S+"\)\.\nRun it once for each\./,
    ],
    [[EVENING, 'rec2'], /a Room \("rec2"\)\.\nRun it once for each\. A name that no file has is taken/],
    [[], /No Room is named\.\nGive its address .*; of recordings: trueconf-files report rec\/\)/],
    [[EVENING, '--bom'], /--bom belongs to --csv or --tsv/],
    [[EVENING, '--csv', '--json'], /cannot be used with option/],
    [
      [EVENING, '--since', 'today', '--until-time', 'yesterday'],
      /--since today is not before --until-time yesterday/,
    ],
    [
      [EVENING, '--since', '2026-11-31'],
      /--since: .* that month has 30 days\.\n {2}2026-11-31\n {10}\^\^\nGive a day/,
    ],
    [[EVENING, '--until-time', '-3y'], /--until-time: "y" is not a unit/],
    [[EVENING, '--by', 'peer,size'], /Give one or more of peer, day, room, direction, status, conference/],
    [[EVENING, '--where', 'statu == "failed"'], /--where: /],
    [['test/fixtures/events.ndjson'], /holds messages without times/],
  ] as const)('%j', async (args, words) => {
    expect(await refused(args)).toMatch(words);
  });

  it('of an empty or unreadable stdin is reported', async () => {
    expect(await refused(['-'])).toMatch(/The input from stdin is empty\./);
  });
});
