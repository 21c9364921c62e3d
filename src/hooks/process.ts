import { type ChildProcess, spawn } from 'node:child_process';
import { codeOf, describeFault } from '../faults.js';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Written to its stdin, which is then closed. */
  readonly input: string;
  readonly timeoutMs: number;
  /** Whether the first word of its stdout is wanted; else stdout is thrown away. */
  readonly readsStdout: boolean;
  /** Ends the process and its group, as the time limit does. */
  readonly signal: AbortSignal;
}

/** How a process ended. */
export interface ProcessResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last line of its stderr that is not blank, as it stands; `null` where there is none. */
  readonly stderr: string | null;
  /** The first word of its stdout; `null` where it was not wanted, or there is none. */
  readonly firstWord: string | null;
  /** Why it counts as failed, in words, where it could not be started or did not end by itself. */
  readonly fault: string | null;
}

/**
 * Runs a program without a shell, in a process group of its own. What it leaves running in the background after it
 * ended is not waited for; at the time limit its whole group gets TERM, then KILL. Never throws.
 */
export function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const { command, args, env, input, timeoutMs, readsStdout, signal } = options;
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      const start = startOf(command, args);
      child = spawn(start.file, start.args, {
        ...start.options,
        env: { ...env },
        stdio: ['pipe', readsStdout ? 'pipe' : 'ignore', 'pipe'],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
    } catch (error) {
      resolve(notStarted(error));
      return;
    }
    const stdout = new Head();
    const stderr = new Tail();
    let fault: string | null = null;
    const timers = new Set<NodeJS.Timeout>();
    const after = (ms: number, act: () => void) => timers.add(setTimeout(act, ms));
    let isSettled = false;
    const settle = (result: ProcessResult) => {
      if (isSettled) return;
      isSettled = true;
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (fault !== null) killGroup(child, 'SIGKILL');
      for (const stream of child.stdio) stream?.destroy();
      resolve(result);
    };
    const ended = (exitCode: number | null, by: NodeJS.Signals | null) =>
      settle({ exitCode, signal: by, stderr: stderr.line, firstWord: stdout.word, fault });
    const stop = (why: string) => {
      if (fault !== null || isSettled) return;
      fault = why;
      killGroup(child, 'SIGTERM');
      after(KILL_AFTER_MS, () => {
        killGroup(child, 'SIGKILL');
        after(GIVE_UP_AFTER_MS, () => ended(null, 'SIGKILL'));
      });
    };
    const onAbort = () => stop('it was stopped with the program');

    child.once('error', (error) => {
      if (child.pid === undefined) settle(notStarted(error));
    });
    // Programs that it left running may hold its output open for ever.
    child.once('exit', (exitCode, by) => after(DRAIN_MS, () => ended(exitCode, by)));
    child.once('close', ended);
    child.stdout?.on('data', (chunk: Buffer) => stdout.add(chunk)).on('error', ignore);
    child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk)).on('error', ignore);
    // A program need not read its input.
    child.stdin?.on('error', ignore).end(input);
    after(timeoutMs, () => stop('it ran into its time limit'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** How a command is started. */
export interface Start {
  readonly file: string;
  readonly args: string[];
  readonly options: { readonly windowsVerbatimArguments?: true };
}

/**
 * How to start a command with arguments that reach it as they stand. Windows runs batch files only by its shell, which
 * has a language of its own. Each argument stands in quotes, with `""` for a quote, so that the shell's count of quotes
 * never ends inside; before each `%` an empty text keeps names of variables apart.
 * @see https://github.com/rust-lang/rust/blob/1.77.2/library/std/src/sys/pal/windows/args.rs
 * @throws Error for a line end in an argument of a batch file, which the shell has no way to write
 */
export function startOf(command: string, args: readonly string[]): Start {
  const isBatch = process.platform === 'win32' && /\.(?:bat|cmd)$/i.test(command);
  if (!isBatch) return { file: command, args: [...args], options: {} };
  if (args.some((arg) => /[\r\n]/.test(arg))) throw new Error('a batch file takes no line ends in arguments');
  const line = [`"${command}"`, ...args.map(quotedForShell)].join(' ');
  const file = process.env['ComSpec'] ?? 'cmd.exe';
  // Neither scripts that run at each start of the shell, nor `!NAME!`.
  const shellArgs = ['/d', '/e:on', '/v:off', '/s', '/c', `"${line}"`];
  return { file, args: shellArgs, options: { windowsVerbatimArguments: true } };
}

/** Programs take backslashes in pairs where a quote follows. */
function quotedForShell(arg: string): string {
  const inside = arg.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, '$&$&');
  return `"${inside.replaceAll('%', '%%cd:~,%')}"`;
}

function notStarted(error: unknown): ProcessResult {
  const why = START_FAULTS.get(codeOf(error)) ?? describeFault(error);
  const fault = `it can't be started: ${why}`;
  return { exitCode: null, signal: null, stderr: null, firstWord: null, fault };
}

function killGroup(child: ChildProcess, by: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform !== 'win32') process.kill(-child.pid, by);
    else killTree(child);
  } catch {
    // The group has ended.
  }
}

/** Windows has no process groups; small editions of it have no `taskkill`, either: then the process alone is ended. */
function killTree(child: ChildProcess): void {
  const killAlone = () => child.kill('SIGKILL');
  spawn('taskkill', ['/PID', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    .on('error', killAlone)
    .on('exit', (code) => code === 0 || killAlone());
}

function ignore(): void {}

/** The first word of what comes; the rest is dropped. */
class Head {
  #text = '';

  add(chunk: Buffer): void {
    if (this.#text.length < MAX_HEAD_UNITS) this.#text += chunk.toString('latin1', 0, MAX_HEAD_UNITS);
  }

  get word(): string | null {
    return /^\s*(\S+)/.exec(this.#text.slice(0, MAX_HEAD_UNITS))?.[1] ?? null;
  }
}

/** The last line of what comes; what came long before is dropped. */
class Tail {
  #bytes = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-MAX_TAIL_BYTES)]).subarray(-MAX_TAIL_BYTES);
  }

  get line(): string | null {
    const lines = this.#bytes.toString('utf8').split(/\r\n|[\r\n]/);
    return lines.findLast((line) => line.trim() !== '') ?? null;
  }
}

const START_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such program'],
  ['EACCES', 'it is not executable'],
  ['ENOEXEC', 'it is neither a program nor a script with a first line that names one'],
  ['E2BIG', 'its arguments and environment are too long'],
]);
const KILL_AFTER_MS = 1_000;
const GIVE_UP_AFTER_MS = 1_000;
/** What a program wrote last may come after its end. */
const DRAIN_MS = 250;
const MAX_HEAD_UNITS = 1_024;
const MAX_TAIL_BYTES = 4_096;
