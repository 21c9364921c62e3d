import { spawn } from '@lydell/node-pty';
import { afterEach } from 'vitest';
import { Emulator } from './emulator.js';
import { STARTED } from './program.js';

type Pty = ReturnType<typeof spawn>;

/** Slower than anything that a program takes for a burst, and than a question takes to be read. */
const PRESS_AGAIN_MS = 500;

/** A program on a pseudo-terminal, with a screen that can be read. */
export class PseudoTerminal {
  readonly emulator: Emulator;
  /** All that was ever written to it. */
  written = '';
  readonly #pty: Pty;
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<void>;

  constructor(file: string, args: readonly string[], columns = 100, rows = 30) {
    this.emulator = new Emulator(columns, rows);
    const env = { ...process.env, TERM: 'xterm-256color', PS1: '$ ', LC_ALL: 'C.UTF-8' };
    this.#pty = spawn(file, [...args], { cols: columns, rows, env });
    this.#pty.onData((text) => {
      this.written += text;
      void this.emulator.write(text).then(() => {
        for (const check of this.#waiting) check();
      });
    });
    this.#ended = new Promise((resolve) => this.#pty.onExit(() => resolve()));
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Presses a key, and again until the screen is as `isSo` says: one that comes too soon after another means nothing. */
  async press(key: string, isSo: (screen: string) => boolean): Promise<string> {
    this.type(key);
    const again = setInterval(() => this.type(key), PRESS_AGAIN_MS);
    try {
      return await this.until(isSo);
    } finally {
      clearInterval(again);
    }
  }

  /** Answers what the program asks of the terminal, as real ones do, from now on. */
  answer(): void {
    this.emulator.terminal.onData((answer) => this.type(answer));
  }

  /** Makes its window another size. */
  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Closes it, as a person closes a window. */
  hangUp(): void {
    // node-pty has this, and its types do not.
    (this.#pty as Pty & { destroy(): void }).destroy();
  }

  /** Waits until the screen is as `isSo` says; a test's own time limit is the only one. */
  until(isSo: (screen: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      const check = (): void => {
        const screen = this.emulator.lines().join('\n');
        if (!isSo(screen)) return;
        this.#waiting.delete(check);
        resolve(screen);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Ends what still runs on it. */
  async dispose(): Promise<void> {
    this.#pty.kill('SIGKILL');
    await this.#ended;
  }
}

/** Opens pseudo-terminals that end with each test. */
export function useTerminals() {
  const terminals: PseudoTerminal[] = [];
  afterEach(async () => {
    await Promise.all(terminals.splice(0).map((terminal) => terminal.dispose()));
  });
  const open = (...given: ConstructorParameters<typeof PseudoTerminal>): PseudoTerminal => {
    const terminal = new PseudoTerminal(...given);
    terminals.push(terminal);
    return terminal;
  };
  return {
    open,
    /** Runs the program with the arguments of a shell's line; its exit code is the last line, as `code=0`. */
    type: (line: string, columns = 100, rows = 12): PseudoTerminal => {
      // Ctrl-C reaches the shell too, which has to stay.
      const script = `trap : INT; "$0" "$1" ${line}; printf 'code=%s' $?; read wait`;
      return open('sh', ['-c', script, ...STARTED], columns, rows);
    },
  };
}

/** Waits until what `type` ran has ended. */
export function ended(terminal: PseudoTerminal): Promise<string> {
  return terminal.until((screen) => /^code=\d+$/m.test(screen));
}
