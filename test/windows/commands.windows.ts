import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { NODE, type ProgramRecord, usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath, write } = useFolder();

/** Writes its arguments, its input and what the environment says into the file that the first argument names. */
const REPORTER = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const { TCF_NAME } = process.env;
  const [path, ...args] = process.argv.slice(2);
  writeFileSync(path, JSON.stringify({ args, TCF_NAME, name: JSON.parse(readFileSync(0, 'utf8')).name }));`;

/** What a shell of Windows would take for its own language, in an argument and in a name. */
const ARGS = ['a b', 'x&y', '^|<>()!TCF_NAME!', 'say "hi" & echo hacked', 'C:\\dir\\'];
const VARIABLE = '%TCF_NAME%';
const NAME = '"&echo hacked>hacked&%PATH%!x!|^.txt';

/** A script in a folder with a blank in its name. */
function newScript(name: string, text: string): string {
  const path = join(dirname(newPath()), 'my tools', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function runHook(command: string, timeout = '30s'): Promise<ProgramRecord> {
  const room = await startRoom();
  const args = ['--exec', `waiting=${command}`, '--exec-timeout', timeout];
  const program = run(['watch', room.url, '--json', ...args]);
  await program.connected();
  room.receive({ id: 'a', name: NAME });
  return program.record(({ type }) => type === 'hook');
}

/** Wine gives it to what runs in it. */
const IS_WINE = process.env['WINEPREFIX'] !== undefined;
const quoted = (word: string) => (word.includes("'") ? word : `'${word}'`);

describe('a hook', () => {
  it('is a program at a path with backslashes, quoted or not', async () => {
    const script = newScript('report.cjs', REPORTER);
    const args = [...ARGS, VARIABLE];
    for (const node of [NODE, `"${NODE}"`, `'${NODE}'`]) {
      const out = newPath('out.json');
      const words = [node, ...[script, out, ...args].map(quoted)];
      expect(await runHook(words.join(' '))).toMatchObject({ exitCode: 0, fault: null });
      expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ args, TCF_NAME: NAME, name: NAME });
    }
  });

  it.for<[kind: string, args: readonly string[]]>([
    ['characters', ARGS],
    ['variables', [VARIABLE, '100%', '%PATH:~0,1%']],
  ])('is a batch file, for whose shell no %s in arguments mean anything', async ([kind, args], { skip }) => {
    if (kind === 'variables' && IS_WINE) skip("Wine's shell looks for variables in what it put in for one");
    const script = newScript('report.cjs', REPORTER);
    const batch = newScript('hook 1.cmd', `@"${NODE}" "${script}" %*\r\n`);
    const out = newPath('out.json');
    const words = [batch, out, ...args].map(quoted);
    expect(await runHook(words.join(' '))).toMatchObject({ exitCode: 0, fault: null });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ args, TCF_NAME: NAME, name: NAME });
  });

  it('that is a batch file gets no line end, and says so', async () => {
    const batch = newScript('hook 2.cmd', '@exit 0\r\n');
    const hook = await runHook(`'${batch}' 'a\nb'`);
    expect(hook).toMatchObject({
      fault: "it can't be started: a batch file takes no line ends in arguments",
    });
  });

  it.for([['a program'], ['what a batch file started']])(
    'ends at its time limit: %s',
    async ([kind], { skip }) => {
      const isBatch = kind !== 'a program';
      if (isBatch && IS_WINE) skip("Wine's taskkill ends one process alone");
      const out = newPath('pid');
      const code =
        'require("fs").writeFileSync(process.argv[2], String(process.pid)); setInterval(() => {}, 1000)';
      const script = newScript('hang.cjs', code);
      const batch = newScript('hang.cmd', `@"${NODE}" "${script}" %*\r\n`);
      const words = isBatch ? [batch, out] : [NODE, script, out];
      const hook = await runHook(words.map(quoted).join(' '), '5s');
      expect(hook).toMatchObject({ fault: 'it ran into its time limit' });
      await expect.poll(() => isRunning(Number(readFileSync(out, 'utf8')))).toBe(false);
    },
  );

  it('that is not there is a fault', async () => {
    const hook = await runHook('C:\\none\\alert.exe');
    expect(hook).toMatchObject({ fault: "it can't be started: there is no such program" });
  });
});

describe('the config file', () => {
  const CONFIG = { rooms: { lobby: { address: '10.0.0.5' } } };

  it.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('is read from %%APPDATA%% in %s', async (_, encode) => {
    const home = newPath('roaming');
    mkdirSync(join(home, 'trueconf-files'), { recursive: true });
    writeFileSync(join(home, 'trueconf-files', 'config.json'), encode(JSON.stringify(CONFIG)));
    const program = run(['rooms', '--json'], { env: { APPDATA: home } });
    expect(await program.ended, program.report).toBe(0);
    expect(program.records).toMatchObject([{ room: 'lobby', address: '10.0.0.5' }]);
  });

  it('names a batch file that prints the PIN', async () => {
    const room = await startRoom({ pin: '1234' });
    const batch = newScript('pin.cmd', '@echo %~1\r\n');
    const lobby = { address: room.url, credentialsCommand: `"${batch}" 1234` };
    const config = write(JSON.stringify({ rooms: { lobby } }));
    const program = run(['list', '@lobby', '--config', config]);
    expect(await program.ended, program.report).toBe(0);
  });
});

describe('completion install', () => {
  const install = async (shell: string, env: Readonly<Record<string, string>>) => {
    const program = run(['completion', 'install', shell, '--dry-run'], { env });
    await program.ended;
    return program;
  };

  it('says which files it would write', async () => {
    const home = newPath('Иван');
    mkdirSync(home);
    const env = { USERPROFILE: home, APPDATA: join(home, 'AppData', 'Roaming') };
    const [bash, zsh, fish] = await Promise.all(
      ['bash', 'zsh', 'fish'].map(async (shell) => (await install(shell, env)).stdout.text),
    );
    expect(bash).toContain(`would write ${join(env.APPDATA, 'trueconf-files', 'completion.bash')}\n`);
    expect(bash).toContain(`would add a line to ${join(home, '.bashrc')}\n`);
    expect(zsh).toContain(`would write ${join(env.APPDATA, 'trueconf-files', 'completion.zsh')}\n`);
    expect(zsh).toContain(`would add a line to ${join(home, '.zshrc')}\n`);
    const completions = join(home, '.config', 'fish', 'completions');
    expect(fish).toBe(`would write ${join(completions, 'trueconf-files.fish')}\n`);
    expect(readdirSync(home)).toEqual([]);
  });

  it('names the script to PowerShell in ASCII', async ({ skip }) => {
    if (IS_WINE) skip('Wine has no PowerShell');
    const program = await install('powershell', { APPDATA: newPath('Иван') });
    expect(program.stdout.text).toMatch(/^would add a line to .*profile\.ps1$/m);
    expect(program.stdout.text).toContain('\n  . "$env:APPDATA\\trueconf-files\\completion.ps1"\n');
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
