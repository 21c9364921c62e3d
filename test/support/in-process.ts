import { afterEach } from 'vitest';
import { main } from '../../src/cli.js';
import { Interrupted } from '../../src/errors.js';
import type { Host } from '../../src/host.js';
import { TestClock } from './clock.js';
import { makeHost } from './host.js';
import { type Ending, Written } from './program.js';

/** The program in this process, on pipes, by a clock that the test moves. */
class HostedProgram extends Written {
  readonly clock = new TestClock();
  /** Resolves with its exit code. */
  readonly ended: Promise<Ending>;
  readonly #stop = new AbortController();

  constructor(args: readonly string[], env: Host['env']) {
    super();
    const { signal } = this.#stop;
    const { host, stdout, stderr } = makeHost({ env, signal, clock: this.clock });
    this.read('stdout', stdout);
    this.read('stderr', stderr);
    this.ended = main(args, host).then((code) => this.end(code));
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
