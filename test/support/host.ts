import { PassThrough } from 'node:stream';
import type { Host } from '../../src/host.js';
import { SYSTEM_CLOCK } from '../../src/room/timers.js';

/** A host for commands that run in the test's own process, with what they write to stdout and stderr. */
export function makeHost(around: Partial<Host> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  // Pipes in place of terminals: what only terminals have is not asked of them.
  const host = {
    ...{ stdin, stdout, stderr },
    ...{ env: {}, platform: process.platform, signal: new AbortController().signal, clock: SYSTEM_CLOCK },
    ...{ interrupt: () => {}, onLastResort: () => () => {} },
    ...around,
  } as unknown as Host;
  return { host, stdout, stderr };
}
