import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { programsOf } from '../support/page.js';
import { PACKAGE, usePrograms } from '../support/program.js';

const { node } = usePrograms();
const { room: simulated } = useRooms();

const PROGRAMS = programsOf('docs/library.md');

/** A project of somebody who has installed the package. */
const { folder: project } = useFolder();
const fileOf = (title: string) => join(project, `${title.toLowerCase().replaceAll(' ', '-')}.js`);

beforeAll(() => {
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(resolve(PACKAGE), join(project, 'node_modules/trueconf-files'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  for (const [title, code] of PROGRAMS) writeFileSync(fileOf(title), code);
});

describe('a program on the page of the library', () => {
  it('is there for each use', () => {
    expect([...PROGRAMS.keys()]).toEqual([
      'Watch and react',
      'List once',
      'Accept by a rule',
      'Read a log of messages',
      'Test against a simulated Room',
    ]);
  });

  it('watches and reacts', async () => {
    const room = await simulated();
    room.setStatus(room.receive({ name: 'old\u001b.pdf', peerName: 'Alice' }).id, 0);
    const program = node([fileOf('Watch and react'), room.url]);
    await program.stdoutHas('old\\x1b.pdf failed, from Alice\n');
    // Asked once the link is live; before that, its loss would be an end.
    const asked = () => room.requests.map(({ method }) => method);
    await expect.poll(asked).toContain('getFileTransferAvailability');
    room.dropClients();
    await program.stdoutHas('the link is lost: ');
    program.kill('SIGINT');
    expect(await program.ended, program.report).toBe(0);
  });

  it('lists once', async () => {
    const room = await simulated();
    for (const size of [10, 20]) room.setStatus(room.receive({ size }).id, 3);
    room.receive({ size: 40 });
    const program = node([fileOf('List once'), room.url]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.text).toBe('2 files, 30 bytes\n');
  });

  it('accepts by a rule', async () => {
    const room = await simulated();
    const peerId = 'alice@example.com';
    room.receive({ id: 'small', name: 'small.pdf', size: 10, peerId });
    const program = node([fileOf('Accept by a rule'), room.url]);
    await program.stdoutHas('accepted small.pdf\n');
    room.receive({ id: 'other', peerId: 'bob@example.org' });
    room.receive({ id: 'big', name: 'big.pdf', size: 50_000_000, peerId });
    await program.stdoutHas('rejected big.pdf\n');
    expect(room.transfers.map(({ id, status }) => `${id} ${status}`)).toEqual(['small 2', 'other 1']);
    room.endSessions(1);
    expect(await program.ended).toBe(1);
    expect(program.stderr.text).toContain('\nTrueConfFilesError: The Room ');
    expect(program.stderr.text).toContain("code: 'taken-over'");
    // Node shows the line of the bundle that threw.
    expect(Math.max(...program.stderr.lines.map(({ length }) => length))).toBeLessThan(1_000);
  });

  it('reads a log of messages', async () => {
    const status = (fileRequestId: string, code: number) =>
      `{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"${fileRequestId}","status":${code},"fileName":"plan\\u202e.pdf"}`;
    const log = join(project, 'frames.log');
    const lines = [
      `2026-03-01T10:00:00.000Z ${status('a', 1)}`,
      `2026-03-01T10:00:01.500Z ${status('a', 2)}`,
      `2026-03-01T10:00:01.700Z ${status('b', 3)}`,
      '2026-03-01T10:00:02.000Z {"torn":',
      `2026-03-01T10:00:07.000Z ${status('a', 3)}`,
      '2026-03-01T10:00:08.000Z {"event":"fileDeletedFromFileTransferHistory","fileRequestId":"b"}',
    ];
    writeFileSync(log, `${lines.join('\n')}\n`);
    const program = node([fileOf('Read a log of messages'), log]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.lines).toEqual([
      'b is deleted',
      'plan\\u202e.pdf: waiting after 0 s, processing after 1.5 s, complete after 7 s',
    ]);
    expect(program.stderr.text).toBe('a frame is not JSON: "{\\"torn\\":"\n');
  });

  it('tests against a simulated Room', async () => {
    const program = node([fileOf('Test against a simulated Room')]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.text).toContain('pass 1');
  });
});

it('the page names each code of an error', () => {
  const codes: Record<ErrorCode, true> = {
    usage: true,
    unreachable: true,
    lost: true,
    refused: true,
    'taken-over': true,
    rejected: true,
    failed: true,
    output: true,
  };
  const page = readFileSync('docs/library.md', 'utf8');
  const table = page.slice(page.indexOf('## Errors'));
  expect(Object.keys(codes).filter((code) => !table.includes(`\`${code}\``))).toEqual([]);
});
