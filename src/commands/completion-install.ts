import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { decodeText, encodeAs, encodingOf, shellWord } from '../encoding.js';
import { EXIT, TrueConfFilesError } from '../errors.js';
import { codeOf, fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { completionScript } from './completion.js';
import { SHELLS, type Shell } from './options.js';

/** What installing changes: the script's file, and in each start file of the shell one line that reads it. */
interface Plan {
  readonly script: string;
  readonly starts: readonly { readonly file: string; readonly line: string }[];
}

/**
 * Writes the completion script of a shell into a file of this user's, has the shell read it, and says what was
 * written. What is there already stays as it is.
 * @param given the shell's name; `undefined` for the one that this user has
 * @throws TrueConfFilesError `usage` where there is no such shell, or a file can't be written
 */
export async function installCompletion(
  given: string | undefined,
  isDryRun: boolean,
  program: Command,
  host: Host,
): Promise<number> {
  const shell = SHELLS.find((one) => one === given) ?? ownShell(host);
  const { script, starts } = planFor(shell, host);
  const say = (done: string, planned: string, file: string) =>
    host.stdout.write(`${isDryRun ? planned : done} ${safeText(file)}\n`);
  const text = completionScript(shell, program);
  if ((await bytesOf(script)).toString() === text) host.stdout.write(`unchanged ${safeText(script)}\n`);
  else {
    if (!isDryRun) await write(script, (path) => writeFile(path, text));
    say('wrote', 'would write', script);
  }
  for (const { file, line } of starts) {
    const bytes = await bytesOf(file);
    const before = decodeText(bytes);
    if (before.split(/\r?\n/).includes(line)) {
      host.stdout.write(`unchanged ${safeText(file)}\n`);
      continue;
    }
    const end = before === '' || before.endsWith('\n') ? '' : '\n';
    // Only added to: what is there may be in a code page, which is not known here.
    const added = encodeAs(encodingOf(bytes), `${end}${line}\n`);
    if (!isDryRun) await write(file, (path) => appendFile(path, added));
    say('added a line to', 'would add a line to', file);
    host.stdout.write(`  ${safeText(line)}\n`);
  }
  if (!isDryRun) host.stderr.write(`Completion works in the next ${shell} that you start.\n`);
  return EXIT.done;
}

function planFor(shell: Shell, host: Host): Plan {
  const { env } = host;
  const folder =
    host.platform === 'win32'
      ? join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'trueconf-files')
      : join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'trueconf-files');
  switch (shell) {
    case 'bash': {
      const script = join(folder, 'completion.bash');
      return { script, starts: [{ file: join(homedir(), '.bashrc'), line: `. ${shellWord(script)}` }] };
    }
    case 'zsh': {
      const script = join(folder, 'completion.zsh');
      // The script needs `compdef`, which not every .zshrc has loaded.
      const line = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }; . ${shellWord(script)}`;
      return { script, starts: [{ file: join(env['ZDOTDIR'] || homedir(), '.zshrc'), line }] };
    }
    case 'fish': {
      const config = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
      return { script: join(config, 'fish', 'completions', 'trueconf-files.fish'), starts: [] };
    }
    case 'powershell': {
      const script = join(folder, 'completion.ps1');
      // Windows PowerShell reads a profile in the system's code page: a user's name could be misread in it.
      const isNamed = host.platform === 'win32' && env['APPDATA'] !== undefined;
      const line = isNamed
        ? '. "$env:APPDATA\\trueconf-files\\completion.ps1"'
        : `. '${script.replaceAll("'", "''")}'`;
      return { script, starts: profiles(host).map((file) => ({ file, line })) };
    }
  }
}

/** The start files of each PowerShell on the path. Only they know: a user's documents may be elsewhere. */
function profiles(host: Host): readonly string[] {
  const files = ['pwsh', 'powershell'].flatMap((shell) => {
    const args = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', PROFILE];
    const { status, stdout } = spawnSync(shell, args, { encoding: 'utf8', windowsHide: true });
    const file = status === 0 ? decodeURIComponent(stdout.trim()) : '';
    return file === '' ? [] : [file];
  });
  if (files.length > 0) return files;
  throw new TrueConfFilesError(
    'usage',
    'Neither pwsh nor powershell can be started here.',
    `In a PowerShell: trueconf-files completion powershell >> ${host.platform === 'win32' ? '$PROFILE' : '"$PROFILE"'}`,
  );
}

/** In ASCII: Windows PowerShell writes into a pipe in the console's code page. */
const PROFILE = '[uri]::EscapeDataString($PROFILE.CurrentUserAllHosts)';

function ownShell({ env, platform }: Host): Shell {
  const name = basename(env['SHELL'] ?? '');
  const shell = SHELLS.find((one) => one === (name === 'pwsh' ? 'powershell' : name));
  if (shell !== undefined) return shell;
  if (platform === 'win32') return 'powershell';
  throw new TrueConfFilesError(
    'usage',
    name === '' ? 'Your shell is not known: SHELL is not set.' : `Your shell, "${name}", is not served.`,
    `Name one: trueconf-files completion install ${SHELLS.join('|')}`,
  );
}

/** Nothing where there is no such file. */
async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw unusable(file, error);
  }
}

async function write(file: string, put: (path: string) => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await put(file);
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): TrueConfFilesError {
  const hint =
    'Print the script with "trueconf-files completion SHELL", and put it where your shell reads it.';
  return new TrueConfFilesError('usage', `The file "${file}" can't be used: ${fileFault(error)}.`, hint);
}
