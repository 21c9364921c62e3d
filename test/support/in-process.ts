import { PassThrough } from 'node:stream';
import { afterEach } from 'vitest';
import { main } from '../../src/cli.js';
import { Interrupted } from '../../src/errors.js';
import type { Host } from '../../src/host.js';
import { TestClock } from './clock.js';
import { type Ending, Written } from './program.js';

/** The program in this process, on pipes, by a clock that the test moves. */
class HostedProgram extends Written {
  readonly clock = new TestClock();
  /** Resolves with its exit code. */
  readonly ended: Promise<Ending>;
  readonly #stop = new AbortController();

  constructor(args: readonly string[], env: Host['env']) {
    super();
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end();
    this.read('stdout', stdout);
    this.read('stderr', stderr);
    const host = {
      ...{ env, platform: process.platform, stdin, stdout, stderr },
      ...{ signal: this.#stop.signal, clock: this.clock },
      ...{ interrupt: () => this.stop(), onLastResort: () => () => {} },
    };
    // Pipes in place of terminals: what only terminals have is not asked of them.
    this.ended = main(args, host as unknown as Host).then((code) => this.end(code));
  }

  stop(): void {
    this.#stop.abort(new Interrupted('SIGTERM'));
  }
}

/** Programs that end with the test they were started in. */
export function useHostedPrograms() {
  const programs: HostedProgram[] = [];

  afterEach(async () => {
    for (const program of programs.splice(0)) {
      program.stop();
      await program.ended;
    }
  });

  return (args: readonly string[], env: Host['env'] = {}) => {
    const program = new HostedProgram(args, env);
    programs.push(program);
    return program;
  };
}
