import type { Direction } from '../protocol/message.js';
import type { Status } from '../transfers/transfer.js';
import type { Environment } from './color.js';

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
