import { Terminal } from '@xterm/headless';

/** A terminal emulator: what was written to it can be read back as it stands on the screen. */
export class Emulator {
  readonly terminal: Terminal;

  constructor(columns: number, rows: number) {
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1_000 });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

  /** The lines of the screen, without spaces at their ends. */
  lines(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: this.terminal.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
  }

  /** The columns, from 0, of the cells that hold `character` in a line of the screen. */
  columnsOf(character: string, row: number): number[] {
    const line = this.terminal.buffer.active.getLine(this.terminal.buffer.active.baseY + row);
    const columns: number[] = [];
    for (let column = 0; column < this.terminal.cols; column += 1) {
      if (line?.getCell(column)?.getChars() === character) columns.push(column);
    }
    return columns;
  }
}
