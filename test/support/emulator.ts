import { Terminal } from '@xterm/headless';
import stringWidth from 'string-width';

/** A terminal emulator: what was written to it can be read back as it stands on the screen. */
export class Emulator {
  readonly terminal: Terminal;
  #isCursorShown = true;

  constructor(columns: number, rows: number) {
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1_000 });
    for (const final of ['h', 'l']) {
      this.terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
        if (params.includes(CURSOR_MODE)) this.#isCursorShown = final === 'h';
        return false;
      });
    }
  }

  /** What a program could have left behind, as it should be at a shell's prompt where all is well. */
  get state(): { cursor: boolean; wrap: boolean; alternate: boolean; bracketedPaste: boolean } {
    return {
      cursor: this.#isCursorShown,
      wrap: this.terminal.modes.wraparoundMode,
      alternate: this.terminal.buffer.active.type === 'alternate',
      bracketedPaste: this.terminal.modes.bracketedPasteMode,
    };
  }

  /** Draws what Unicode calls ambiguous two columns wide from now on, as terminals for East Asian text do. */
  drawWide(): void {
    const widthOf = (point: number): 0 | 1 | 2 => {
      const text = String.fromCodePoint(point);
      if (point < 0x20 || /^[\p{M}\p{Cf}]$/u.test(text)) return 0;
      return stringWidth(text, { ambiguousIsNarrow: false }) > 1 ? 2 : 1;
    };
    this.terminal.unicode.register({
      version: 'wide',
      wcwidth: widthOf,
      // The emulator keeps the width from the second bit on, and whether it joins the one before in the first.
      charProperties: (point, before) => (widthOf(point) === 0 ? (before & ~1) | 1 : widthOf(point) << 1),
    });
    this.terminal.unicode.activeVersion = 'wide';
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
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true, 0, this.terminal.cols) ?? '',
    );
  }

  /** Every cell of the screen with how it looks. */
  cells(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: this.terminal.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      return Array.from({ length: this.terminal.cols }, (__, column) => {
        const cell = line?.getCell(column);
        const look = [cell?.getFgColor(), cell?.isBold(), cell?.isInverse(), cell?.isUnderline()].map(Number);
        return `${cell?.getChars() || ' '}${look.join(',')}`;
      }).join('|');
    });
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

const CURSOR_MODE = 25;
