import type { Command } from 'commander';
import { buildProgram } from '../../src/commands/program.js';
import { SYSTEM_CLOCK } from '../../src/room/timers.js';

/** The program's commands and options, of which none is run. */
export function commandTree(): Command {
  const { stdin, stdout, stderr, env, platform } = process;
  const { signal } = new AbortController();
  const host = { stdin, stdout, stderr, env, platform, signal };
  return buildProgram({
    host: { ...host, clock: SYSTEM_CLOCK, interrupt: () => {}, onLastResort: () => () => {} },
    exitCode: 0,
    printed: '',
  });
}
