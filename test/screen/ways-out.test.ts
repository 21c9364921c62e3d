import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const UNTOUCHED = { cursor: true, wrap: true, alternate: false, bracketedPaste: false };
const TAKEN = { cursor: false, wrap: false, alternate: true, bracketedPaste: true };
const TEST_LIMIT_MS = 30_000;

let folder: string;
let program: string;
let terminal: PseudoTerminal;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ways-out-'));
  program = join(folder, 'program.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./ways-out.program.js', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: program,
    logLevel: 'error',
  });
});

afterEach(() => terminal.dispose());

afterAll(() => rm(folder, { recursive: true }));

/** Shows the screen from a shell that says the terminal's settings before and after, and the exit code. */
function start(): void {
  const script =
    'ulimit -c 0; echo before=$(stty -g); "$0" "$1"; echo code=$?; echo after=$(stty -g); echo the end; read wait';
  terminal = new PseudoTerminal('sh', ['-c', script, process.execPath, program]);
}

async function shownPid(): Promise<number> {
  const screen = await terminal.until((text) => /pid \d+;.*Connecting/s.test(text));
  return Number(/pid (\d+);/.exec(screen)?.[1]);
}

function send(signal: NodeJS.Signals): () => Promise<void> {
  return async () => {
    process.kill(await shownPid(), signal);
  };
}

function press(keys: string): () => Promise<void> {
  return async () => terminal.type(keys);
}

describe.skipIf(process.platform === 'win32')('the terminal is given back', () => {
  test.each<[string, () => Promise<void>, number]>([
    ['q', press('q'), 0],
    ['Ctrl-C', press('\x03'), 130],
    ['SIGINT', send('SIGINT'), 130],
    ['SIGTERM', send('SIGTERM'), 143],
    ['SIGHUP', send('SIGHUP'), 129],
    ['SIGQUIT', send('SIGQUIT'), 131],
    ['a thrown error', press('T'), 1],
    ['process.exit', press('X'), 7],
  ])(
    'after %s',
    async (_, leave, code) => {
      start();
      await shownPid();
      expect(terminal.emulator.state).toEqual(TAKEN);
      await leave();
      const screen = await terminal.until((text) => text.includes('the end'));
      expect(terminal.emulator.state).toEqual(UNTOUCHED);
      expect(screen).toContain(`code=${code}`);
      expect(/after=(.*)/.exec(screen)?.[1]).toBe(/before=(.*)/.exec(screen)?.[1]);
      if (code === 0) expect(screen).toMatch(/Watched pid \d+; for/);
      if (code === 1) expect(screen).toContain('Thrown on purpose.');
    },
    TEST_LIMIT_MS,
  );

  test(
    'for Ctrl-Z, and taken again by fg',
    async () => {
      terminal = new PseudoTerminal('bash', ['--norc', '--noprofile', '-i']);
      // Bash itself asks for marked pastes at its prompt.
      terminal.type("bind 'set enable-bracketed-paste off'; echo before=$(stty -g)\r");
      await terminal.until((text) => /before=[0-9a-f]/.test(text));
      terminal.type(`'${process.execPath}' '${program}'\r`);
      await shownPid();
      terminal.type('\x1a');
      await terminal.until((text) => text.includes('Stopped'));
      expect(terminal.emulator.state).toEqual(UNTOUCHED);
      terminal.type('echo stopped=$(stty -g)\r');
      const stopped = await terminal.until((text) => /stopped=[0-9a-f]/.test(text));
      expect(/stopped=([0-9a-f].*)/.exec(stopped)?.[1]).toBe(/before=([0-9a-f].*)/.exec(stopped)?.[1]);
      terminal.type('fg\r');
      await shownPid();
      expect(terminal.emulator.state).toEqual(TAKEN);
      terminal.type('q');
      await terminal.until((text) => text.includes('Watched'));
      expect(terminal.emulator.state).toEqual(UNTOUCHED);
    },
    TEST_LIMIT_MS,
  );

  test.each([
    [60, 12],
    [160, 40],
    [100, 12],
  ])(
    'for Ctrl-Z, and drawn by fg as large as the window is then: %ix%i',
    async (columns, rows) => {
      terminal = new PseudoTerminal('bash', ['--norc', '--noprofile', '-i']);
      terminal.type(`'${process.execPath}' '${program}'\r`);
      await shownPid();
      terminal.type('\x1a');
      await terminal.until((text) => text.includes('Stopped'));
      terminal.resize(columns, rows);
      terminal.type('fg\r');
      // The keys end in the last column of the line above the free one.
      await terminal.until((text) => text.split('\n')[rows - 2]?.endsWith('q quit') === true);
      expect(terminal.emulator.lines()[rows - 2]).toHaveLength(columns);
    },
    TEST_LIMIT_MS,
  );
});
