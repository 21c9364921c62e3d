import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type HookRun, Hooks, type HooksOptions } from '../../src/hooks/hooks.js';
import { parseHook } from '../../src/hooks/spec.js';
import { useFolder } from '../support/folder.js';

const never = new AbortController().signal;
const { newPath, write } = useFolder();

function start(commands: readonly string[], options: Partial<HooksOptions> = {}) {
  const runs: HookRun[] = [];
  const hooks = new Hooks({
    specs: commands.map(parseHook),
    jobs: 4,
    timeoutMs: 60_000,
    env: { PATH: process.env['PATH'] },
    allowDecisions: false,
    onFull: () => {},
    onDrain: () => {},
    onRun: (run) => runs.push(run),
    ...options,
  });
  return { hooks, runs };
}

function subject(fields: Record<string, string | number | null> = {}, id = 'id-1') {
  return {
    room: '10.0.0.5',
    id,
    key: id,
    line: `${JSON.stringify({ id, ...fields })}\n`,
    fields: { id, ...fields },
  };
}

const script = (code: string) => `"${process.execPath}" -e '${code}'`;

describe('a hook', () => {
  it('gets the record on stdin and in its environment, and leaves a record of its run', async () => {
    const out = newPath('out');
    const { hooks, runs } = start([
      `complete=sh -c 'cat > ${out}; env | grep ^TCF_ | sort >> ${out}; echo a >&2; echo last >&2; exit 3'`,
    ]);
    expect(hooks.wants('complete')).toBe(true);
    expect(hooks.wants('failed')).toBe(false);
    hooks.add('complete', subject({ name: '2.jpg', size: 5, previousStatus: 'processing', fileId: null }));
    hooks.add('failed', subject());
    await hooks.close(never);
    expect(await readFile(out, 'utf8')).toBe(
      '{"id":"id-1","name":"2.jpg","size":5,"previousStatus":"processing","fileId":null}\n' +
        'TCF_EVENT=complete\nTCF_ID=id-1\nTCF_NAME=2.jpg\nTCF_PREVIOUS_STATUS=processing\nTCF_ROOM=10.0.0.5\nTCF_SIZE=5\n',
    );
    expect(runs).toEqual([
      {
        room: '10.0.0.5',
        event: 'complete',
        id: 'id-1',
        key: 'id-1',
        command: 'sh',
        exitCode: 3,
        signal: null,
        durationMs: expect.any(Number),
        stderr: 'last',
        decision: null,
        fault: null,
      },
    ]);
  });

  it.each([
    '$(touch hacked)',
    '; touch hacked',
    "'; touch hacked; '",
    '"`touch hacked`"',
    '-rf /',
    '%s%n',
    '\n\r\t\\',
    'a\0b',
    '𝕿𝖍𝖊 \u202e.exe',
    '\ud800',
    '(╯°□°）╯︵ ┻━┻',
  ])('gets the name %j as it stands, and nothing of it is obeyed', async (name) => {
    const out = newPath('out');
    const code =
      'const fs=require("fs");fs.writeFileSync(process.argv[1],JSON.stringify([JSON.parse(fs.readFileSync(0,"utf8")).name,process.env.TCF_NAME]))';
    const { hooks, runs } = start([`complete=${script(code)} ${out}`]);
    hooks.add('complete', subject({ name }));
    await hooks.close(never);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0]);
    const shown = Buffer.from(name.replaceAll('\0', '\ufffd')).toString();
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual([name, shown]);
  });

  it('gets a very long name whole on stdin, and its beginning in the environment', async () => {
    const name = 'x'.repeat(900_000);
    const code =
      'process.exitCode=JSON.parse(require("fs").readFileSync(0,"utf8")).name.length===900000&&process.env.TCF_NAME.length===8192?0:1';
    const { hooks, runs } = start([`complete=${script(code)}`]);
    hooks.add('complete', subject({ name }));
    await hooks.close(never);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0]);
  });

  it('gets no credentials, and no variables of another hook', async () => {
    const code =
      'process.exitCode=Object.keys(process.env).some(n=>n==="TRUECONF_FILES_CREDENTIALS"||n==="TCF_OLD")||process.env.KEPT!=="1"?1:0';
    const env = { PATH: process.env['PATH'], KEPT: '1', TRUECONF_FILES_CREDENTIALS: '1234', TCF_OLD: 'x' };
    const { hooks, runs } = start([`complete=${script(code)}`], { env });
    hooks.add('complete', subject());
    await hooks.close(never);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0]);
  });

  it('runs once for each event, in order for each transfer', async () => {
    const out = newPath('out');
    const { hooks, runs } = start([
      `waiting=sh -c 'sleep 0.05; echo $TCF_ID waiting >> ${out}'`,
      `complete=sh -c 'echo $TCF_ID complete >> ${out}'`,
    ]);
    const ids = Array.from({ length: 20 }, (_, at) => `id-${at}`);
    for (const event of ['waiting', 'complete'] as const) {
      for (const id of ids) hooks.add(event, subject({}, id));
    }
    await hooks.close(never);
    expect(runs).toHaveLength(40);
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    for (const id of ids) {
      expect(lines.filter((line) => line.startsWith(`${id} `))).toEqual([`${id} waiting`, `${id} complete`]);
    }
  });
});

describe('a hook that misbehaves', () => {
  it.each([
    [() => '/no/such/program', 'there is no such program'],
    [() => write('echo hello\n'), 'it is not executable'],
  ])('because it does not start', async (makeCommand, why) => {
    const command = makeCommand();
    const { hooks, runs } = start([`complete=${command}`]);
    hooks.add('complete', subject());
    await hooks.close(never);
    expect(runs).toMatchObject([
      { command, exitCode: null, signal: null, fault: `it can't be started: ${why}` },
    ]);
  });

  it('and hangs is ended with all that it started', async () => {
    const pids = newPath('pids');
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { hooks, runs } = start([
      `complete=sh -c 'trap "" TERM; sleep 1000 & echo $! > ${pids}; echo $$ >> ${pids}; sleep 1000'`,
    ]);
    hooks.add('complete', subject());
    await expect.poll(() => readFile(pids, 'utf8').catch(() => '')).toMatch(/^\d+\n\d+\n$/);
    await vi.advanceTimersByTimeAsync(70_000);
    await hooks.close(never);
    expect(runs).toMatchObject([{ exitCode: null, fault: 'it ran into its time limit' }]);
    for (const pid of (await readFile(pids, 'utf8')).trim().split('\n')) {
      await expect.poll(() => isRunning(Number(pid))).toBe(false);
    }
  });

  it('and leaves a program behind that holds its output is not waited for', async () => {
    const pid = newPath('pid');
    const { hooks, runs } = start([`complete=sh -c 'sleep 1000 & echo $! > ${pid}; echo done >&2'`]);
    hooks.add('complete', subject());
    await hooks.close(never);
    expect(runs).toMatchObject([{ exitCode: 0, stderr: 'done', fault: null }]);
    process.kill(Number(await readFile(pid, 'utf8')));
  });

  it('and floods its output loses the flood alone', async () => {
    const { hooks, runs } = start(
      ['waiting=sh -c "yes accept | head -c 20000000; yes e | head -c 20000000 >&2; echo end >&2"'],
      { allowDecisions: true },
    );
    hooks.add('waiting', subject());
    await hooks.close(never);
    expect(runs).toMatchObject([{ exitCode: 0, stderr: 'end', decision: 'accept' }]);
  });

  it('and ends on a signal says which', async () => {
    const { hooks, runs } = start(["complete=sh -c 'kill -SEGV $$'"]);
    hooks.add('complete', subject());
    await hooks.close(never);
    expect(runs).toMatchObject([{ exitCode: null, signal: 'SIGSEGV' }]);
  });

  it('and is still running when the program is stopped gets a short time', async () => {
    const stop = new AbortController();
    const { hooks, runs } = start(["complete=sh -c 'exec sleep 1000'"], { jobs: 1 });
    hooks.add('complete', subject());
    hooks.add('complete', subject({}, 'id-2'));
    stop.abort();
    expect(await hooks.close(stop.signal)).toBe(1);
    expect(runs).toMatchObject([{ id: 'id-1', signal: 'SIGTERM', fault: 'it was stopped with the program' }]);
  });
});

describe('a decision', () => {
  it.each([
    ['echo accept', true, 'accept'],
    ['printf "  reject because\\n"', true, 'reject'],
    ['echo accepted', true, null],
    ['echo no; echo accept', true, null],
    ['echo accept; exit 1', true, null],
    ['echo accept; kill -9 $$', true, null],
    ['true', true, null],
    ['echo accept', false, null],
  ] as const)('of %j, allowed: %s, is %s', async (command, allowDecisions, decision) => {
    const { hooks, runs } = start([`waiting=sh -c '${command}'`], { allowDecisions });
    hooks.add('waiting', subject());
    await hooks.close(never);
    expect(runs).toMatchObject([{ decision }]);
  });

  it('is only taken from a hook of waiting', async () => {
    const { hooks, runs } = start(['processing=echo accept'], { allowDecisions: true });
    hooks.add('processing', subject());
    await hooks.close(never);
    expect(runs).toMatchObject([{ decision: null }]);
  });
});

/** A process that has ended and whose parent has not looked is still listed, as a zombie. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
