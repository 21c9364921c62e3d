import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { getCurrentTest, type Test } from '@vitest/runner';
import { afterEach, expect } from 'vitest';
import { sendConsoleEvent } from '../windows/console.js';
import { checkRecord } from './record-schema.js';

/** A record under `--json`; the fields that tests look at often have names. */
export interface ProgramRecord {
  readonly type?: unknown;
  readonly state?: unknown;
  readonly id?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to stdin, which then ends; `null` leaves stdin open and silent. */
  readonly input?: string | null;
  /** Where it runs; where the tests do if not given. */
  readonly cwd?: string;
  /** A command that runs it, such as `ip netns exec NAME`. */
  readonly through?: readonly string[];
}

/** How a program ended: its exit code, or the name of the signal that ended it. */
export type Ending = number | NodeJS.Signals | null;

/** What a program writes. Waits for what a test needs; never for a time. */
export class Written {
  readonly stdout = new Output();
  readonly stderr = new Output();
  #ending: Ending | undefined;
  readonly #news = new EventEmitter().setMaxListeners(0);
  readonly #records: ProgramRecord[] = [];
  readonly #transfers: ProgramRecord[] = [];

  protected read(name: 'stdout' | 'stderr', stream: Readable): void {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      this[name].push(chunk);
      this.#news.emit('news');
    });
  }

  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  protected end(ending: Ending): Ending {
    this.#ending = ending;
    this.#news.emit('news');
    return ending;
  }

  /** Lines of stdout as records, each as the schema has it. */
  get records(): readonly ProgramRecord[] {
    for (const line of this.stdout.lines.slice(this.#records.length)) {
      const record: ProgramRecord = JSON.parse(line);
      checkRecord(record);
      this.#records.push(record);
      if (record.type === 'transfer') this.#transfers.push(record);
    }
    return this.#records;
  }

  get transfers(): readonly ProgramRecord[] {
    return this.records.length === 0 ? [] : this.#transfers;
  }

  /** What `find` gives once it gives something; tried whenever there is more output. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#ending !== undefined)
        throw new Error(`It ended (${this.#ending}) before that.\n${this.report}`);
      await once(this.#news, 'news');
    }
  }

  record(fits: (record: ProgramRecord) => boolean): Promise<ProgramRecord> {
    return this.until(() => this.records.find(fits));
  }

  /** The record that says that it is signed in and listed, for the `nth` time. */
  connected(nth = 1): Promise<ProgramRecord> {
    return this.until(() => this.records.filter(({ state }) => state === 'connected')[nth - 1]);
  }

  stdoutHas(text: string): Promise<true> {
    return this.until(() => this.stdout.text.includes(text) || undefined);
  }

  stderrHas(text: string): Promise<true> {
    return this.until(() => this.stderr.text.includes(text) || undefined);
  }

  get report(): string {
    return `stdout: ${this.stdout.text.slice(-REPORTED_UNITS)}\nstderr: ${this.stderr.text.slice(-REPORTED_UNITS)}`;
  }
}

/** The built program in a process of its own. */
export class Program extends Written {
  readonly child: ChildProcess;
  /** Resolves once it has ended and all of its output was read. */
  readonly ended: Promise<Ending>;

  constructor(command: string, args: readonly string[], options: RunOptions = {}) {
    super();
    const { env = {}, input = '', cwd = '.' } = options;
    this.child = spawn(command, args, { cwd, env: { ...PLAIN_ENV, ...env }, stdio: 'pipe' });
    const { stdin, stdout, stderr } = this.child;
    if (stdout !== null) this.read('stdout', stdout);
    if (stderr !== null) this.read('stderr', stderr);
    // What ended already reads no input.
    stdin?.on('error', () => {});
    if (input !== null) stdin?.end(input);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => resolve(this.end(code ?? signal)));
    });
  }

  /** On Windows a signal is what its console tells it; a test of `SIGTERM` or its like is skipped there. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (!IS_WINDOWS || signal === 'SIGKILL' || pid === undefined) this.child.kill(signal);
    else if (signal === 'SIGINT') sendConsoleEvent(pid, 'Ctrl-C');
    else skipTest(`Windows has no ${signal}`);
  }
}

/** What came on one stream, and the whole lines of it. */
class Output {
  text = '';
  readonly lines: string[] = [];
  #rest = '';

  push(chunk: string): void {
    this.text += chunk;
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
  }
}

/** Programs that end with the test they were started in. */
export function usePrograms() {
  const programs: Program[] = [];
  const writers: Program[] = [];

  afterEach(async () => {
    for (const program of programs) program.kill('SIGKILL');
    await Promise.all(programs.splice(0).map(({ ended }) => ended));
    // Each record is held against the schema, whether or not the test looked at it.
    for (const writer of writers.splice(0)) expect(writer.records).toBeDefined();
  });

  const start = (command: string, args: readonly string[], options?: RunOptions) => {
    const program = new Program(command, args, options);
    programs.push(program);
    return program;
  };
  return {
    run: (args: readonly string[], options?: RunOptions) => {
      const [command = '', ...words] = [...(options?.through ?? []), ...STARTED];
      const program = start(command, [...words, ...args], options);
      if (args.includes('--json') && !args.includes('--help')) writers.push(program);
      return program;
    },
    /** A script of somebody's own. */
    node: (args: readonly string[], options?: RunOptions) => start(NODE, args, options),
    /** A module of its own, which imports the package as others do. */
    module: (code: string, args: readonly string[] = []) =>
      start(NODE, ['--input-type=module', '-e', code, ...args], { cwd: PREFIX }),
    /** A line of `sh`, in which `$PROGRAM` is the program; on Windows its test is skipped. */
    shell: (line: string, options: RunOptions = {}) => {
      if (IS_WINDOWS) skipTest('Windows has no sh');
      const env = { ...options.env, PROGRAM: STARTED.join(' ') };
      return start('sh', ['-c', line], { ...options, env });
    },
  };
}

function skipTest(why: string): void {
  getCurrentTest<Test | undefined>()?.context.skip(why);
}

const IS_WINDOWS = process.platform === 'win32';
/**
 * Tests of the program run the built one, with this Node; `npm run test:nodes` an installed one, with others; and
 * `npm run executables` a single file.
 */
const { TESTED_PREFIX, TESTED_NODE, TESTED_EXECUTABLE } = process.env;
export const NODE = TESTED_NODE ?? process.execPath;
/** From here the package can be imported by its name. */
const PREFIX = TESTED_PREFIX ?? '.';
export const PACKAGE = TESTED_PREFIX === undefined ? '.' : join(TESTED_PREFIX, 'node_modules/trueconf-files');
export const PROGRAM = join(PACKAGE, 'bin/trueconf-files.js');
/** What starts the program: always two words where there is `env`, as scripts of tests expect. */
export const STARTED: readonly [string, ...string[]] =
  TESTED_EXECUTABLE === undefined
    ? [NODE, PROGRAM]
    : IS_WINDOWS
      ? [TESTED_EXECUTABLE]
      : ['env', TESTED_EXECUTABLE];
/** Nothing of the tests' own surroundings: neither colours nor a Room or credentials. */
export const PLAIN_ENV: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
};
const REPORTED_UNITS = 4_000;
