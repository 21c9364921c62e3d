import { makeStyle, type Style } from '../color.js';
import { ASCII_SYMBOLS, type Symbols, UNICODE_SYMBOLS } from '../symbols.js';
import { safeText } from '../text.js';
import { TableMemo } from './table-memo.js';

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
