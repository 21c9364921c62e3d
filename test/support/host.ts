import { PassThrough } from 'node:stream';
import type { Host } from '../../src/host.js';
import { SYSTEM_CLOCK } from '../../src/room/timers.js';

/** A host for commands that run in the test's own process, with what they write to stdout and stderr. */
export function makeHost(around: Partial<Pick<Host, 'env' | 'platform' | 'signal'>> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const streams = { stdin, stdout, stderr };
  const world = {
    env: {},
    platform: process.platform,
    signal: new AbortController().signal,
    clock: SYSTEM_CLOCK,
    ...around,
  };
  // Pipes in place of terminals: what only terminals have is not asked of them.
  const host = {
    ...streams,
    ...world,
    interrupt: () => {},
    onLastResort: () => () => {},
  } as unknown as Host;
  return { host, stdout, stderr };
}
