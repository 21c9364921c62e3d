import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { NODE, usePrograms } from '../support/program.js';
import { answer, ScriptedRoom } from '../support/scripted-room.js';
import { useWatches } from '../support/watch.js';

const { run } = usePrograms();
const { use } = useWatches();
const { room: startRoom } = useRooms();
const { newPath, write } = useFolder();

/** Adds a line to a file: what the environment says, and the record. */
const REPORTER = `
  const { appendFileSync, readFileSync } = require('node:fs');
  const { TCF_EVENT, TCF_ID = '', TCF_NAME = '' } = process.env;
  appendFileSync(process.argv[2], [TCF_EVENT, TCF_ID, TCF_NAME, readFileSync(0)].join(' '));`;

/** A hook that runs some code, in the words of a command. */
const nodeHook = (event: string, code: string, ...args: readonly string[]) => [
  '--exec',
  `${event}=${[NODE, write(code), ...args].map((word) => `"${word}"`).join(' ')}`,
];

describe('a hook of a watch', () => {
  it('runs once for each change, with the record, and not for what was there', async () => {
    const room = await startRoom();
    room.receive({ id: 'old-1' });
    const out = newPath('out');
    const events = ['waiting', 'processing', 'complete', 'removed', 'connected'];
    const args = events.flatMap((event) => nodeHook(event, REPORTER, out));
    const program = run(['watch', room.url, '--json', '--exec-jobs', '1', ...args]);
    await program.connected();
    room.receive({ id: 'new-1', name: '$(x) \'"; a.txt' });
    room.setStatus('new-1', 2);
    room.setStatus('new-1', 2);
    room.setStatus('new-1', 3);
    room.delete('new-1');
    await program.record(({ type, event }) => type === 'hook' && event === 'removed');
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split(' ', 2).join(' ').trim())).toEqual([
      'connected',
      'waiting new-1',
      'processing new-1',
      'complete new-1',
      'removed new-1',
    ]);
    expect(lines[1]).toContain(' $(x) \'"; a.txt {"type":"transfer","v":1,');
    expect(lines[4]).toContain(' $(x) \'"; a.txt {"type":"removed","v":1,');
    const runs = program.records.filter(({ type }) => type === 'hook');
    expect(runs.map(({ event, id, exitCode }) => [event, id, exitCode])).toEqual([
      ['connected', null, 0],
      ['waiting', 'new-1', 0],
      ['processing', 'new-1', 0],
      ['complete', 'new-1', 0],
      ['removed', 'new-1', 0],
    ]);
  });

  it('that can not be started leaves a record and one warning, and the watch goes on', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--exec', 'waiting=/no/such/program']);
    await program.connected();
    room.receive({ id: 'id-1' });
    room.receive({ id: 'id-2' });
    await program.record(({ type, id }) => type === 'hook' && id === 'id-2');
    room.setStatus('id-2', 3);
    await program.record(({ status }) => status === 'complete');
    expect(program.records.filter(({ type }) => type === 'hook')).toHaveLength(2);
    expect(program.records.filter(({ code }) => code === 'hook-failed')).toHaveLength(1);
  });

  it('runs only for what --where selects', async () => {
    const room = await startRoom();
    const args = ['--where', 'size > 5 * KB', ...nodeHook('waiting', '')];
    const program = run(['watch', room.url, '--json', ...args]);
    await program.connected();
    room.receive({ id: 'small', size: 10 });
    room.receive({ id: 'large', size: 10_000 });
    await program.record(({ type }) => type === 'hook');
    expect(program.records.filter(({ type }) => type === 'hook').map(({ id }) => id)).toEqual(['large']);
  });

  it('runs when another client takes the seat', async () => {
    const room = await startRoom();
    const out = newPath('out');
    const hooks = ['disconnected', 'taken-over'].flatMap((event) => nodeHook(event, REPORTER, out));
    const program = run(['watch', room.url, '--json', '--exec-jobs', '1', ...hooks]);
    await program.connected();
    const other = run(['watch', room.url, '--json']);
    await other.connected();
    expect(await program.ended, program.report).toBe(5);
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split(' ', 1)[0])).toEqual(['disconnected', 'taken-over']);
  });

  it('ends with the watch that is stopped', async () => {
    const room = await startRoom();
    const program = run([
      'watch',
      room.url,
      '--json',
      '--exec',
      "waiting=sh -c 'echo started >&2; exec sleep 1000'",
    ]);
    await program.connected();
    room.receive({ id: 'id-1' });
    await program.record(({ id }) => id === 'id-1');
    program.kill('SIGTERM');
    expect(await program.ended, program.report).toBe(143);
    expect(program.records.filter(({ type }) => type === 'hook')).toMatchObject([
      { id: 'id-1', exitCode: null, signal: 'SIGTERM', fault: 'it was stopped with the program' },
    ]);
  });
});

describe('a decision of a hook', () => {
  it.each([
    ['accept', ['--allow-decisions'], 2, 'accept'],
    ['reject', ['--allow-decisions'], null, 'reject'],
    ['accept', [], 1, null],
    ['maybe', ['--allow-decisions'], 1, null],
    ['accept', ['--allow-decisions', '--dry-run'], 1, 'accept'],
  ])('%j with %j', async (word, options, status, decision) => {
    const room = await startRoom();
    const hook = nodeHook('waiting', `console.log('${word}')`);
    const args = ['--no-snapshot', '--count', '1', ...hook, ...options];
    const program = run(['watch', room.url, '--json', ...args]);
    await program.connected();
    room.receive({ id: 'id-1' });
    expect(await program.ended, program.report).toBe(0);
    expect(room.transfers.map((one) => one.status)).toEqual(status === null ? [] : [status]);
    const isDry = options.includes('--dry-run');
    expect(program.records.find(({ type }) => type === 'hook')).toMatchObject({ decision, exitCode: 0 });
    const answers = program.records.filter(({ type }) => type === 'answer');
    expect(answers).toMatchObject(
      decision === null ? [] : [{ action: decision, id: 'id-1', hook: NODE, ok: !isDry, dryRun: isDry }],
    );
  });
});

describe('rules', () => {
  it('answer requests as they come, rejections first, and leave the rest', async () => {
    const room = await startRoom();
    room.receive({ id: 'there', name: 'a.pdf' });
    const rules = ['--accept', 'glob(name, "*.pdf")', '--reject', 'size > 1 * MB'];
    const program = run(['watch', room.url, '--json', ...rules]);
    await program.connected();
    room.receive({ id: 'good', name: 'a.pdf', size: 5 });
    room.receive({ id: 'large', name: 'b.pdf', size: 5_000_000 });
    room.receive({ id: 'other', name: 'c.txt', size: 5 });
    room.send({ id: 'ours', name: 'd.pdf', size: 5 });
    await program.until(() => program.records.filter(({ type }) => type === 'answer')[1]);
    await program.record(({ id, status }) => id === 'large' && status === 'rejected');
    const answers = program.records.filter(({ type }) => type === 'answer');
    expect(
      answers.map(({ id, action, ok, rule, hook, dryRun }) => [id, action, ok, rule, hook, dryRun]),
    ).toEqual([
      ['good', 'accept', true, 'glob(name, "*.pdf")', null, false],
      ['large', 'reject', true, 'size > 1 * MB', null, false],
    ]);
    const left = room.transfers.filter(({ status }) => status === 1).map(({ id }) => id);
    expect(left.sort()).toEqual(['other', 'ours', 'there']);
  });

  it('are reported as the Room took them, if a signal comes before its answer', async () => {
    const room = await use(
      ScriptedRoom.start({
        acceptIncomingFileRequest: (request, socket) => {
          program.kill('SIGINT');
          setTimeout(() => socket.send(answer(request)), 200);
        },
      }),
    );
    const program = run(['watch', room.url, '--json', '--accept', 'true']);
    await program.connected();
    const file = {
      fileRequestId: 'id-1',
      fileName: 'a',
      fileSize: 1,
      peerId: 'p',
      peerDn: 'P',
      timestamp: 1,
    };
    room.send(JSON.stringify({ method: 'event', event: 'receivedFileRequest', ...file }));
    expect(await program.ended, program.report).toBe(130);
    const answers = program.records.filter(({ type }) => type === 'answer');
    expect(answers.map(({ id, ok, error }) => [id, ok, error])).toEqual([['id-1', true, null]]);
    expect(program.records.filter(({ code }) => code === 'answer-failed')).toEqual([]);
  });

  it('answer what is there at the start only with --answer-snapshot', async () => {
    const room = await startRoom();
    room.receive({ id: 'there', name: 'a.pdf' });
    const program = run(['watch', room.url, '--json', '--once', '--answer-snapshot', '--accept', 'true']);
    expect(await program.ended, program.report).toBe(0);
    expect(room.transfers.map(({ status }) => status)).toEqual([2]);
  });

  it('say what they would answer under --dry-run, in lines too', async () => {
    const room = await startRoom();
    const args = ['--no-snapshot', '--count', '1', '--dry-run', '--reject', 'size < 5 * MB'];
    const program = run(['watch', room.url, ...args]);
    await program.stderrHas('connected');
    room.receive({ id: 'id-1' });
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.text).toContain('request would be rejected  id id-1  by rule size < 5 * MB\n');
    expect(room.transfers.map(({ status }) => status)).toEqual([1]);
  });
});

it('a replay runs hooks, too', async () => {
  const room = await startRoom();
  const recording = newPath('recording');
  const watch = run(['watch', room.url, '--json', '--count', '2', '--record', recording]);
  await watch.connected();
  room.setStatus(room.receive({ id: 'id-1' }).id, 3);
  expect(await watch.ended, watch.report).toBe(0);
  const program = run(['replay', recording, '--json', ...nodeHook('complete', '')]);
  expect(await program.ended, program.report).toBe(0);
  expect(program.records.filter(({ type }) => type === 'hook')).toMatchObject([
    { event: 'complete', id: 'id-1' },
  ]);
});

it.each([
  [['--exec', 'done=x'], '--exec: "done" is not an event for a hook.'],
  [['--exec', "complete='x"], "--exec: The command can't be read: a quote is never closed."],
  [['--accept', 'sise > 5'], '--accept: "sise" is not a field.'],
  [['--reject', 'size'], '--reject: The expression gives a int, not true or false.'],
  [['--where', 'ended and stalled'], '--where: "and" is written &&.'],
])('%j is wrong usage, with the place marked', async (args, message) => {
  const program = run(['watch', 'demo', ...args]);
  expect(await program.ended, program.report).toBe(2);
  expect(program.stderr.lines[0]).toBe(`trueconf-files: ${message}`);
  expect(program.stderr.lines[2]).toMatch(/^ +\^+$/);
});
