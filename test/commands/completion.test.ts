import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import { NODE, PROGRAM } from '../support/program.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
beforeAll(() => {
  for (const shell of SHELLS) {
    const script = execFileSync(NODE, [PROGRAM, 'completion', shell]);
    writeFileSync(join(folder, `script.${shell}`), script);
  }
  writeFileSync(join(folder, 'bashrc'), 'source ./script.bash; echo ready');
  writeFileSync(
    join(folder, '.zshrc'),
    'autoload -Uz compinit && compinit -u -D; source ./script.zsh; echo ready',
  );
  // Stands for the program, and says what the shell gave it.
  writeFileSync(join(folder, 'trueconf-files'), '#!/bin/sh\nprintf given; printf "<%s>" "$@"; echo .\n', {
    mode: 0o755,
  });
  writeFileSync(join(folder, 'two words.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const terminals: PseudoTerminal[] = [];
afterEach(async () => {
  await Promise.all(terminals.splice(0).map((terminal) => terminal.dispose()));
});

/** What is typed, before a Tab, and the words that the shell then gives to the program. */
const TYPED: readonly (readonly [typed: string, ...words: string[]])[] = [
  ['wat', 'watch'],
  ['watch dem', 'watch', 'demo'],
  ['watch --dir', 'watch', '--direction'],
  ['watch --direction out', 'watch', '--direction', 'outbound'],
  ['watch --direction=out', 'watch', '--direction=outbound'],
  ['watch demo --until en', 'watch', 'demo', '--until', 'ended'],
  ['watch --status wai', 'watch', '--status', 'waiting'],
  ['watch --status complete,wai', 'watch', '--status', 'complete,waiting'],
  ['watch --status=complete,wai', 'watch', '--status=complete,waiting'],
  ['watch --color=al', 'watch', '--color=always'],
  ['watch --credentials-file tw', 'watch', '--credentials-file', 'two words.txt'],
  ['watch --timeout dem', 'watch', '--timeout', 'dem'],
  ['doctor --role user dem', 'doctor', '--role', 'user', 'demo'],
  ['completion fi', 'completion', 'fish'],
  ['help doc', 'help', 'doctor'],
  ['--vers', '--version'],
];

describe.each(SHELLS)('%s', (shell) => {
  it('completes what is typed', async (test) => {
    skipWithout(shell, test);
    const terminal = start(shell);
    await terminal.until((screen) => screen.includes('ready'));
    const given = () => [
      ...terminal.emulator
        .lines()
        .join('')
        .matchAll(/given(<.*?>)\./g),
    ];
    for (const [place, [typed, ...words]] of TYPED.entries()) {
      terminal.type(`trueconf-files ${typed}\t\r`);
      await terminal.until(() => given().length > place);
      expect([typed, given()[place]?.[1]]).toEqual([typed, words.map((word) => `<${word}>`).join('')]);
    }
  });
});

/** How a shell is asked, without a terminal, what it offers for the last of some words. */
const ASKED: Readonly<Record<'bash' | 'fish', (words: readonly string[]) => string>> = {
  bash: (words) =>
    `COMP_WORDS=(trueconf-files ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; ` +
    `_trueconf_files; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (words) => `complete -C 'trueconf-files ${words.join(' ')}'`,
};

/** What it offers, without descriptions, for each of the lines. */
function offersOf(shell: 'bash' | 'fish', lines: readonly (readonly string[])[]): readonly string[][] {
  const asked = lines.map((words) => `${ASKED[shell](words)}\necho ---`);
  const script = `source ./script.${shell}\n${asked.join('\n')}`;
  const text = execFileSync(shell, ['-c', script], { cwd: folder, encoding: 'utf8' });
  return text.split('---\n').map((offers) => offers.split('\n').map((line) => line.replace(/\t.*/, '')));
}

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  const commands = commandTree().commands.filter((command) => command.name() !== 'help');

  it('offers every command', (test) => {
    skipWithout(shell, test);
    const [offers] = offersOf(shell, [['']]);
    expect(offers).toEqual(expect.arrayContaining([...commands.map((command) => command.name()), 'help']));
  });

  it('offers every option of every command', (test) => {
    skipWithout(shell, test);
    const offers = offersOf(
      shell,
      commands.map((command) => [command.name(), '--']),
    );
    for (const [place, command] of commands.entries()) {
      const names = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
      expect([command.name(), offers[place]?.filter((offer) => offer !== '').sort()]).toEqual([
        command.name(),
        [...names, '--help'].sort(),
      ]);
    }
  });

  it('offers every choice of every option', (test) => {
    skipWithout(shell, test);
    const choosing = commands.flatMap((command) =>
      command.options.flatMap(({ long, argChoices }) =>
        long && argChoices ? [{ words: [command.name(), long, ''], choices: argChoices }] : [],
      ),
    );
    const offers = offersOf(
      shell,
      choosing.map(({ words }) => words),
    );
    for (const [place, { words, choices }] of choosing.entries()) {
      const offered = offers[place]?.filter((offer) => offer !== '').sort();
      expect([words, offered]).toEqual([words, [...choices].sort()]);
    }
  });
});

it('no other shell is served', () => {
  const { status, stderr, stdout } = spawnSync(NODE, [PROGRAM, 'completion', 'tcsh'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
});

function skipWithout(shell: Shell, { skip }: TestContext): void {
  if (spawnSync(shell, ['-c', ':']).status !== 0) skip(`${shell} is not installed`);
}

/** A shell that completes, with a program of that name on its path. */
function start(shell: Shell): PseudoTerminal {
  const line = `cd '${folder}' && PATH=".:$PATH" && ${STARTED[shell]}`;
  const terminal = new PseudoTerminal('sh', ['-c', line], 100, 60);
  terminals.push(terminal);
  return terminal;
}

const STARTED: Readonly<Record<Shell, string>> = {
  bash: 'exec bash --noprofile --rcfile ./bashrc -i',
  zsh: 'ZDOTDIR=. exec zsh -i',
  fish: "exec fish -N -i -C 'source ./script.fish; echo ready'",
};
