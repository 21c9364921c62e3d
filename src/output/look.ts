import { Chalk } from 'chalk';
import type { Direction } from '../protocol/message.js';
import type { Status } from '../transfers/transfer.js';
import { safeText } from './text.js';

export type ColorFlag = 'always' | 'never' | 'auto';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether to write colours: the flag, then `NO_COLOR`, then `FORCE_COLOR` (0 and false mean off), then `TERM=dumb`,
 * then whether it is a terminal. An empty variable counts as unset.
 */
export function wantsColor(flag: ColorFlag, env: Environment, isTTY: boolean): boolean {
  if (flag !== 'auto') return flag === 'always';
  const { NO_COLOR: noColor, FORCE_COLOR: forceColor, TERM: term } = env;
  if (noColor) return false;
  if (forceColor) return forceColor !== '0' && forceColor.toLowerCase() !== 'false';
  if (term === 'dumb') return false;
  return isTTY;
}

type Paint = (text: string) => string;

/** How things look; without colour every one of these returns its text as it is. */
export interface Style {
  /** Colours of a status; the text itself must already say which it is. */
  status(status: Status, text: string): string;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly selected: Paint;
  readonly good: Paint;
  readonly alarm: Paint;
  readonly notice: Paint;
}

/** The colours used are those of the first 16 that read on dark and on light backgrounds. */
export function makeStyle(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const byStatus: Readonly<Record<Status, Paint>> = {
    waiting: chalk.magenta,
    processing: chalk.cyan,
    complete: chalk.green,
    failed: chalk.red.bold,
    rejected: chalk.red,
    unknown: chalk.dim,
  };
  return {
    status: (status, text) => byStatus[status](text),
    strong: chalk.bold,
    faint: chalk.dim,
    selected: chalk.inverse,
    good: chalk.green,
    alarm: chalk.red.bold,
    notice: chalk.magenta,
  };
}

/** How a screen looks: its signs, its colours, and the way of text from outside onto it. */
export interface Look {
  readonly symbols: Symbols;
  readonly style: Style;
  readonly tableMemo: TableMemo;
  /** Makes text from outside safe to draw; where the terminal has no UTF-8, all but ASCII shows as escapes. */
  text(raw: string, maxUnits?: number): string;
}

export function makeLook({ color, unicode }: { readonly color: boolean; readonly unicode: boolean }): Look {
  return {
    symbols: unicode ? UNICODE_SYMBOLS : ASCII_SYMBOLS,
    style: makeStyle(color),
    tableMemo: new TableMemo(),
    text: (raw, maxUnits) => (unicode ? safeText(raw, maxUnits) : asciiText(safeText(raw, maxUnits))),
  };
}

/** To a terminal without UTF-8 the bytes of such characters could be controls. */
function asciiText(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x2026) return '...';
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The head of the table that was drawn last, which the next one mostly shares. */
export class TableMemo {
  /** What it depends on. */
  shape = '';
  head: readonly string[] = [];
}

/** The signs a view draws with; each is one column wide, apart from the ASCII ellipsis and the path's arrow. */
export interface Symbols {
  readonly status: Readonly<Record<Status, string>>;
  readonly direction: Readonly<Record<Direction, string>>;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly dot: string;
  readonly barDone: string;
  readonly barLeft: string;
  readonly vertical: string;
  readonly horizontal: string;
  readonly cross: string;
  readonly cursor: string;
  readonly alarm: string;
  readonly stale: string;
}

export const UNICODE_SYMBOLS: Symbols = {
  status: { waiting: '○', processing: '●', complete: '✓', failed: '✗', rejected: '⊘', unknown: '?' },
  direction: { inbound: '↓', outbound: '↑', unknown: '?' },
  ellipsis: '…',
  arrow: '→',
  dot: '·',
  barDone: '█',
  barLeft: '░',
  vertical: '│',
  horizontal: '─',
  cross: '┼',
  cursor: '▸',
  alarm: '!',
  stale: '?',
};

export const ASCII_SYMBOLS: Symbols = {
  status: { waiting: 'o', processing: '*', complete: '+', failed: 'x', rejected: '/', unknown: '?' },
  direction: { inbound: '<', outbound: '>', unknown: '?' },
  ellipsis: '...',
  arrow: '->',
  dot: '-',
  barDone: '#',
  barLeft: '.',
  vertical: '|',
  horizontal: '-',
  cross: '+',
  cursor: '>',
  alarm: '!',
  stale: '?',
};

/** Whether the terminal can be expected to show Unicode, from the locale; on Windows from the terminal's own marks. */
export function supportsUnicode(env: Environment, platform: string): boolean {
  if (platform === 'win32') {
    const { WT_SESSION, TERM_PROGRAM, ConEmuTask, TERM } = env;
    return Boolean(WT_SESSION || TERM_PROGRAM || ConEmuTask || (TERM && TERM !== 'dumb'));
  }
  const { LC_ALL, LC_CTYPE, LANG } = env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
