import type { Command } from 'commander';
import { buildProgram } from '../../src/commands/program.js';
import { makeHost } from './host.js';

/** The program's commands and options, of which none is run. */
export function commandTree(): Command {
  return buildProgram({ host: makeHost().host, exitCode: 0, printed: '' });
}
