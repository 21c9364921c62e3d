import type { Command } from 'commander';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { type ProgramWords, readWords } from './tree.js';
import { zshScript } from './zsh.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The script with which a shell completes the program's words. It holds them all: no key starts the program. */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](readWords(program));
}

const SCRIPTS: Readonly<Record<Shell, (words: ProgramWords) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
