import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { commandTree } from '../support/command-tree.js';
import { useFolder } from '../support/folder.js';
import { STARTED, usePrograms } from '../support/program.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const { run } = usePrograms();

/** Of PowerShell, as a parser reads it. */
const GRAMMAR = resolve('node_modules/tree-sitter-powershell/tree-sitter-powershell.wasm');

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const { folder } = useFolder();
beforeAll(() => {
  for (const shell of SHELLS) {
    const [command, ...words] = STARTED;
    const script = execFileSync(command, [...words, 'completion', shell]);
    writeFileSync(join(folder, `script.${shell}`), script);
  }
  writeFileSync(join(folder, 'bashrc'), 'source ./script.bash; echo ready');
  writeFileSync(
    join(folder, '.zshrc'),
    'autoload -Uz compinit && compinit -u -D; source ./script.zsh; echo ready',
  );
  // Stands for the program, and says what the shell gave it.
  const rooms = '@lobby  10.0.0.5  user  @floor-2\n@Зал  10.0.0.6';
  const given = 'printf given; printf "<%s>" "$@"; echo .';
  writeFileSync(
    join(folder, 'trueconf-files'),
    `#!/bin/sh\nif [ "$*" = rooms ]; then echo '${rooms}'; else ${given}; fi\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(folder, 'two words.txt'), '');
});

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
  ['watch @lo', 'watch', '@lobby'],
  ['watch demo @flo', 'watch', 'demo', '@floor-2'],
  ['doctor @З', 'doctor', '@Зал'],
  ['accept abcdef --room @al', 'accept', 'abcdef', '--room', '@all'],
  ['accept abcdef --room=@lo', 'accept', 'abcdef', '--room=@lobby'],
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

it('no other shell is served', async () => {
  const program = run(['completion', 'tcsh']);
  expect(await program.ended).toBe(2);
  expect(program.stdout.text).toBe('');
  expect(program.stderr.text).toContain('Allowed choices are bash, zsh, fish, powershell, install.');
});

describe('powershell', () => {
  const script = async () => {
    const program = run(['completion', 'powershell']);
    expect(await program.ended, program.report).toBe(0);
    return program.stdout.text;
  };

  it('is a script that PowerShell can read, in ASCII', async () => {
    const text = await script();
    expect(text).toMatch(/^[\n -~]*$/);
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(GRAMMAR));
    const tree = parser.parse(text);
    expect(tree?.rootNode.hasError).toBe(false);
    expect(parser.parse(text.replace('} else {', '} els {'))?.rootNode.hasError).toBe(true);
  });

  it('holds every command, option and choice', async () => {
    const [, json = ''] = /@'\n(.*)\n'@/.exec(await script()) ?? [];
    const words = JSON.parse(json);
    const commands = commandTree().commands.filter((command) => command.name() !== 'help');
    for (const command of commands) {
      const told = words.commands.find(({ name }: { name: string }) => name === command.name());
      const names = told.options.flatMap((option: { names: string[] }) => option.names);
      const visible = command.options.filter(({ hidden }) => !hidden);
      expect(names).toEqual(expect.arrayContaining(visible.flatMap(({ long }) => long ?? [])));
      for (const { long, argChoices } of visible) {
        if (!argChoices) continue;
        const option = told.options.find((one: { names: string[] }) => one.names.includes(long ?? ''));
        expect([long, option.value.choices]).toEqual([long, argChoices]);
      }
    }
  });

  it('offers what fits what is typed', async ({ skip }) => {
    if (spawnSync('pwsh', ['-v']).status !== 0) skip('pwsh is not installed');
    const path = join(folder, 'script.ps1');
    writeFileSync(path, await script());
    for (const [typed, ...words] of TYPED.filter(([line]) => !line.includes('credentials-file'))) {
      const line = `trueconf-files ${typed}`;
      const asked = `. '${path}'; (TabExpansion2 '${line}' ${line.length}).CompletionMatches[0].CompletionText`;
      const { stdout } = spawnSync('pwsh', ['-NoProfile', '-Command', asked], { encoding: 'utf8' });
      if (typed !== 'watch --timeout dem') expect([typed, stdout.trim()]).toEqual([typed, words.at(-1)]);
    }
  });
});

describe('installing', () => {
  const home = () => mkdtempSync(join(folder, 'home-'));
  const install = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const program = run(['completion', 'install', ...args], { env });
    expect(await program.ended, program.report).toBe(0);
    return program.stdout.text;
  };

  it.each([
    ['bash', '.local/share/trueconf-files/completion.bash', '.bashrc'],
    ['zsh', '.local/share/trueconf-files/completion.zsh', '.zshrc'],
    ['fish', '.config/fish/completions/trueconf-files.fish', null],
  ] as const)('writes the script of %s where it is read, once', async (shell, script, start) => {
    const HOME = home();
    const before = 'export MINE=1';
    if (start !== null) writeFileSync(join(HOME, start), before);
    const told = await install([], { HOME, SHELL: `/usr/bin/${shell}` });
    expect(told).toContain(`wrote ${join(HOME, script)}\n`);
    const [command, ...words] = STARTED;
    const printed = execFileSync(command, [...words, 'completion', shell], { encoding: 'utf8' });
    expect(readFileSync(join(HOME, script), 'utf8')).toBe(printed);
    if (start !== null) {
      const [first, line = '', ...rest] = readFileSync(join(HOME, start), 'utf8').split('\n');
      expect([first, rest]).toEqual([before, ['']]);
      expect(told).toContain(`added a line to ${join(HOME, start)}\n  ${line}\n`);
      expect(
        spawnSync(shell, ['-c', `${line}; echo read`], { env: { ...process.env, HOME }, encoding: 'utf8' })
          .stdout ?? 'read\n',
      ).toBe('read\n');
    }
    const again = await install([shell], { HOME });
    expect(again.match(/^unchanged /gm)).toHaveLength(start === null ? 1 : 2);
  });

  it('writes nothing with --dry-run, and says what it would', async () => {
    const HOME = home();
    const told = await install(['bash', '--dry-run'], { HOME });
    expect(told).toContain(`would write ${join(HOME, '.local/share/trueconf-files/completion.bash')}\n`);
    expect(told).toContain(`would add a line to ${join(HOME, '.bashrc')}\n`);
    expect(readdirSync(HOME)).toEqual([]);
  });

  it.for<[encoding: string, encode: (text: string) => Buffer]>([
    ['UTF-16', (text) => Buffer.from(text, 'utf16le')],
    ['UTF-16, big end first', (text) => Buffer.from(text, 'utf16le').swap16()],
    ['a code page', (text) => Buffer.from(text.replace('\ufeff', ''), 'latin1')],
  ])('adds to a file in %s, and leaves the rest as it is', async ([, encode]) => {
    const HOME = home();
    const file = join(HOME, '.bashrc');
    const mine = '\ufeff# m\u00efne\n';
    writeFileSync(file, encode(mine));
    await install(['bash'], { HOME });
    const line = `. '${join(HOME, '.local/share/trueconf-files/completion.bash')}'\n`;
    expect(readFileSync(file).equals(encode(mine + line))).toBe(true);
    const again = await install(['bash'], { HOME });
    expect(again.match(/^unchanged /gm)).toHaveLength(2);
  });

  it('asks each PowerShell for its profile', async () => {
    const HOME = home();
    const bin = mkdtempSync(join(folder, 'bin-'));
    const profile = join(HOME, 'my документы', 'profile.ps1');
    const said = encodeURIComponent(profile);
    writeFileSync(join(bin, 'pwsh'), `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
    const PATH = `${bin}:${process.env['PATH']}`;
    const told = await install(['powershell'], { HOME, PATH });
    const script = join(HOME, '.local/share/trueconf-files/completion.ps1');
    expect(told).toContain(`added a line to ${profile}\n  . '${script}'\n`);
    expect(readFileSync(profile, 'utf8')).toBe(`. '${script}'\n`);
  });

  it.each([
    [[], { SHELL: '/bin/tcsh' }, 'Your shell, "tcsh", is not served.'],
    [[], { SHELL: '' }, 'SHELL is not set.'],
    [['powershell'], { PATH: dirname(process.execPath) }, 'Neither pwsh nor powershell can be started here.'],
  ])('%j with %j tells what to do', async (args, env, message) => {
    const program = run(['completion', 'install', ...args], { env: { HOME: home(), ...env } });
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.text).toContain(message);
    expect(program.stderr.text).toContain('trueconf-files completion');
  });

  it('says which file could not be written', async () => {
    const HOME = home();
    writeFileSync(join(HOME, '.local'), 'a file');
    const program = run(['completion', 'install', 'bash'], { env: { HOME } });
    expect(await program.ended, program.report).toBe(2);
    expect(program.stderr.text).toContain(`The file "${join(HOME, '.local/share')}`);
  });
});

function skipWithout(shell: Shell, { skip }: TestContext): void {
  if (spawnSync(shell, ['-c', ':']).status !== 0) skip(`${shell} is not installed`);
}

/** A shell that completes, with a program of that name on its path. */
function start(shell: Shell): PseudoTerminal {
  const line = `cd '${folder}' && PATH=".:$PATH" && ${COMMAND_LINES[shell]}`;
  const terminal = new PseudoTerminal('sh', ['-c', line], 100, 60);
  terminals.push(terminal);
  return terminal;
}

const COMMAND_LINES: Readonly<Record<Shell, string>> = {
  bash: 'exec bash --noprofile --rcfile ./bashrc -i',
  zsh: 'ZDOTDIR=. exec zsh -i',
  fish: "exec fish -N -i -C 'source ./script.fish; echo ready'",
};
