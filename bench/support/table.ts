import { spawn } from '@lydell/node-pty';
import { measured, type Usage } from './child.js';
import { PROGRAM } from './paths.js';

/**
 * Watches a Room as the live table on a pseudo-terminal of 120 by 40, until the options end it.
 * @param exitCode with which it is to end
 */
export function watchAsTable(url: string, options: readonly string[], exitCode: number): Promise<Usage> {
  return measured(async (env) => {
    const terminal = spawn(process.execPath, [PROGRAM, 'watch', url, ...options], {
      cols: 120,
      rows: 40,
      env: { ...env, TERM: 'xterm-256color' },
    });
    let written = '';
    terminal.onData((text) => {
      written = (written + text).slice(-KEPT_UNITS);
    });
    const ending = await new Promise<{ exitCode: number }>((resolve) => terminal.onExit(resolve));
    if (ending.exitCode !== exitCode) throw new Error(`the table ended with ${ending.exitCode}: ${written}`);
  });
}

const KEPT_UNITS = 2_000;
