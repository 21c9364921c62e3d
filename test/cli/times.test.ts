import { expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { type Program, usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();

const MADE = Date.UTC(2026, 0, 31, 23);
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d) {2}/;

/** A Room with one request, made at a known time. */
async function roomWithRequest() {
  const room = await startRoom();
  room.receive({ id: 'id-1', createdAt: MADE, peerId: 'ann@some.server', peerName: 'Ann' });
  return room;
}

const firstLine = async (program: Program) => {
  expect(await program.ended, program.report).toBe(0);
  return program.stdout.lines[0];
};

it('lines of what is there have the time when it was made, in the zone asked for', async () => {
  const { url } = await roomWithRequest();
  expect(await firstLine(run(['list', url]))).toMatch(/^2026-01-31T23:00:00\.000Z {2}inbound/);
  const berlin = ['--time', 'Europe/Berlin'];
  expect(await firstLine(run(['list', url, ...berlin]))).toMatch(/^2026-02-01T00:00:00\.000\+01:00 {2}/);
  expect(await firstLine(run(['watch', url, '--once', ...berlin]))).toMatch(
    /^2026-02-01T00:00:00\.000\+01:00/,
  );
  const local = run(['list', url, '--time', 'local'], { env: { TZ: 'America/New_York' } });
  expect(await firstLine(local)).toMatch(/^2026-01-31T18:00:00\.000-05:00 {2}/);
  expect(await firstLine(run(['list', url, '--time', 'ago']))).toMatch(/^(?:\d+d|>1y) ago +inbound/);
  const template = ['--format', '{time}|{createdAt}|{time:json}', '--time', 'Asia/Tokyo'];
  expect(await firstLine(run(['list', url, ...template]))).toBe(
    '2026-02-01T08:00:00.000+09:00|2026-02-01T08:00:00.000+09:00|"2026-01-31T23:00:00.000Z"',
  );
});

it('a watch that goes on has the time at which each was seen, and records stay in UTC', async () => {
  const { url } = await roomWithRequest();
  const before = Date.now();
  const line = (await firstLine(run(['watch', url, '--count', '1', '--time', 'Asia/Tokyo']))) ?? '';
  expect(line).toMatch(/^\S+\+09:00 {2}inbound/);
  expect(Date.parse(line.split(' ')[0] ?? '')).toBeGreaterThanOrEqual(before);
  const program = run(['list', url, '--json', '--time', 'Asia/Tokyo']);
  await program.ended;
  expect(program.transfers).toMatchObject([{ createdAt: '2026-01-31T23:00:00.000Z' }]);
  expect(program.transfers[0]?.['time']).toMatch(/Z$/);
});

it('names peers with their ids where asked to', async () => {
  const { url } = await roomWithRequest();
  expect(await firstLine(run(['list', url]))).toContain('  from Ann  ');
  expect(await firstLine(run(['list', url, '--wide']))).toContain('  from ann@some.server (Ann)  ');
});

it('list --columns prints the table in a pipe as well, with the title of each column', async () => {
  const { url } = await roomWithRequest();
  const program = run(['list', url, '--columns', 'name,peer-id,id', '--time', 'utc']);
  expect(await firstLine(program)).toMatch(/^Name +Peer id +Id$/);
  expect(program.stdout.lines.slice(1)).toEqual([expect.stringMatching(/^\S+ +ann@some\.server +id-1$/)]);
});

it('notes on stderr have their time, unless none is wanted', async () => {
  const { url } = await roomWithRequest();
  const seen = async (...args: string[]) => {
    const program = run(['watch', url, 'ws://127.0.0.1:1', '--metrics', '0', '--once', ...args]);
    expect(await program.ended).toBe(3);
    return program.stderr.lines;
  };
  const stamped = await seen();
  expect(stamped.length).toBeGreaterThan(3);
  expect(stamped.filter((line) => !STAMPED.test(line))).toEqual([]);
  expect((await seen('--time', 'Asia/Tokyo')).every((line) => /^\S+\+09:00 {2}/.test(line))).toBe(true);
  const bare = await seen('--no-timestamps');
  expect(bare.map((line) => line.replace(/:\d+/g, '')).sort()).toEqual(
    stamped.map((line) => line.replace(STAMPED, '').replace(/:\d+/g, '')).sort(),
  );
});

it('errors and usage have no time', async () => {
  const program = run(['watch', 'ws://127.0.0.1:1', '--once']);
  expect(await program.ended).toBe(3);
  expect(program.stderr.lines.filter((line) => line.startsWith('trueconf-files: '))).toHaveLength(1);
});

it.each(['Mars/Phobos', 'berlin', ''])('--time "%s" is wrong usage', async (zone) => {
  const program = run(['list', 'demo', '--time', zone]);
  expect(await program.ended).toBe(2);
  expect(program.stderr.text).toContain('Give utc, local, ago, or a time zone such as Europe/Berlin.');
});
