import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import { manPage } from '../../src/commands/manual.js';
import { commandTree } from '../support/command-tree.js';

/** As it was built, and as it is installed. */
const PAGE = 'dist/trueconf-files.1';

/** Runs a tool that reads manual pages, if it is there, and gives what it writes. */
function read(tool: string, args: readonly string[], { skip }: TestContext, columns = 200) {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: String(columns), MAN_DISABLE_SECCOMP: '1' };
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', env });
  if (error !== undefined) skip(`${tool} is not installed`);
  return { status, stdout, stderr };
}

describe('the manual page', () => {
  it('is well-formed, says man', (test) => {
    const { status, stderr } = read('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', PAGE], test);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('is well-formed, says mandoc', (test) => {
    const { status, stdout } = read('mandoc', ['-Tlint', '-Wwarning', PAGE], test);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('shows everything that help shows, as it is', (test) => {
    const { stdout } = read('man', ['-E', 'UTF-8', '-l', PAGE], test);
    const words = (text: string) => text.replace(/\s+/g, ' ');
    const shown = words(stdout);
    expect(shown).toContain('trueconf-files - watch the file transfers of a TrueConf Room, live');
    for (const command of commandTree().commands) {
      const help = command.createHelp();
      expect(shown).toContain(`trueconf-files ${command.name()}`);
      for (const option of help.visibleOptions(command)) {
        expect(shown).toContain(words(`${option.flags} ${help.optionDescription(option)}`));
      }
      for (const argument of help.visibleArguments(command)) {
        expect(shown).toContain(words(`${argument.name()} ${help.argumentDescription(argument)}`));
      }
    }
  });

  it.each(['EXAMPLES', 'ENVIRONMENT', 'FILES', 'EXIT STATUS', 'SEE ALSO'])('has the heading %s', (title) => {
    expect(readFileSync(PAGE, 'utf8').split('\n')).toContain(`.SH ${title}`);
  });

  it('has examples that can be copied, line by line, however narrow the terminal', (test) => {
    const { stdout } = read('man', ['-E', 'UTF-8', '-l', PAGE], test, 50);
    expect(stdout).toMatch(
      /^ +trueconf-files watch 10\.0\.0\.5 --json \| jq --unbuffered 'select\(\.type == "transfer"\)'$/m,
    );
    expect(stdout).toMatch(/^EXIT STATUS\n +0 +done as asked/m);
  });

  it('is of this version, and dated', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [head] = readFileSync(PAGE, 'utf8').split('\n');
    const dated = head?.replace(/ \d{4}-\d\d-\d\d /, ' DATE ');
    expect(dated).toBe(`.TH TRUECONF\\-FILES 1 DATE "trueconf\\-files ${version}" "User Commands"`);
  });
});

it('a text is shown as it is, whatever roff would take it for', () => {
  const program = commandTree();
  program.command('odd').description(".TH 'x' \\fB -- é");
  const lines = manPage(program, '1.2.3', '2026-01-02').split('\n');
  expect(lines[0]).toBe('.TH TRUECONF\\-FILES 1 2026-01-02 "trueconf\\-files 1.2.3" "User Commands"');
  expect(lines).toContain('\\&.TH \\(aqx\\(aq \\efB \\-\\- \\[u00E9]');
});
