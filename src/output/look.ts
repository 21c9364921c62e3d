import { Chalk } from 'chalk';
import type { Direction } from '../protocol/fields.js';
import { STATUS_FACTS, STATUSES, type Status, type StatusColor } from '../transfers/transfer.js';
import { safeText } from './text.js';
import { makeTimes, type TimeChoice, type Times } from './times.js';

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
  /** Colours of each status; the text itself must already say which it is. */
  readonly status: Readonly<Record<Status, Paint>>;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly selected: Paint;
  readonly match: Paint;
  readonly good: Paint;
  readonly alarm: Paint;
  readonly notice: Paint;
}

/**
 * Colours of the palette of 256, which no terminal's theme changes: each has a contrast of at least 3:1 against the
 * usual light and dark backgrounds, which none of the first 16 has everywhere.
 */
export const COLORS: Readonly<Record<StatusColor, number>> = {
  purple: 133,
  blue: 31,
  green: 29,
  red: 196,
  orange: 166,
  grey: 244,
};

export function makeStyle(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const paint = (name: StatusColor): Paint => chalk.ansi256(COLORS[name]);
  const bold = (name: StatusColor): Paint => chalk.ansi256(COLORS[name]).bold;
  return {
    status: eachStatus(({ color }) => paint(color)),
    strong: chalk.bold,
    faint: paint('grey'),
    selected: chalk.inverse,
    match: chalk.underline.bold,
    good: paint('green'),
    alarm: bold('red'),
    notice: paint('purple'),
  };
}

/** How a screen looks: its signs, its colours, and how text from outside is made safe for it. */
export interface Look {
  readonly symbols: Symbols;
  readonly style: Style;
  readonly times: Times;
  /** Makes text from outside safe to draw. */
  text(raw: string, maxUnits?: number): string;
}

/** What a terminal can show. */
export interface LookOptions {
  readonly color: boolean;
  /** Whether signs may be Unicode; names are shown as they are all the same. */
  readonly unicode: boolean;
  /** `false` where the locale names a charset other than UTF-8: then all but ASCII is shown as escapes. */
  readonly utf8?: boolean;
  readonly time?: TimeChoice;
}

export function makeLook({ color, unicode, utf8 = true, time }: LookOptions): Look {
  return {
    symbols: unicode ? UNICODE_SYMBOLS : ASCII_SYMBOLS,
    style: makeStyle(color),
    times: makeTimes(time),
    text: utf8 ? safeText : (raw, maxUnits) => asciiText(safeText(raw, maxUnits)),
  };
}

/** The look with signs that are one column wide on every terminal. */
export function withPlainSigns(look: Look): Look {
  return { ...look, symbols: ASCII_SYMBOLS };
}

/** Bytes of such characters could be controls in another charset. */
function asciiText(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x2026) return '...';
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The signs a view draws with; each is one column wide, apart from the ASCII ellipsis and the path's arrow. */
export interface Symbols {
  readonly status: Readonly<Record<Status, string>>;
  /** Beside the title of the column that sorts: as it does by itself, and reversed. */
  readonly sorted: string;
  readonly reversed: string;
  readonly direction: Readonly<Record<Direction, string>>;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly dot: string;
  readonly barDone: string;
  readonly barLeft: string;
  readonly horizontal: string;
  readonly cursor: string;
  readonly alarm: string;
  readonly stale: string;
}

export const UNICODE_SYMBOLS: Symbols = {
  status: eachStatus(({ sign }) => sign),
  sorted: '▾',
  reversed: '▴',
  direction: { inbound: '↓', outbound: '↑', unknown: '?' },
  ellipsis: '…',
  arrow: '→',
  dot: '·',
  barDone: '█',
  barLeft: '░',
  horizontal: '─',
  cursor: '▸',
  alarm: '!',
  stale: '?',
};

export const ASCII_SYMBOLS: Symbols = {
  status: eachStatus(({ asciiSign }) => asciiSign),
  sorted: 'v',
  reversed: '^',
  direction: { inbound: '<', outbound: '>', unknown: '?' },
  ellipsis: '...',
  arrow: '->',
  dot: '-',
  barDone: '#',
  barLeft: '.',
  horizontal: '-',
  cursor: '>',
  alarm: '!',
  stale: '?',
};

/** Whether signs can be expected to show: by the locale, on Windows by what terminals set. */
export function supportsUnicode(env: Environment, platform: string): boolean {
  if (platform === 'win32') {
    const { WT_SESSION, TERM_PROGRAM, ConEmuTask, TERM } = env;
    return Boolean(WT_SESSION || TERM_PROGRAM || ConEmuTask || (TERM && TERM !== 'dumb'));
  }
  return UTF_8.test(localeOf(env));
}

/** Whether names can be shown as they are: everywhere but where the locale names another charset than UTF-8. */
function supportsNames(env: Environment, platform: string): boolean {
  const [, charset] = localeOf(env).split('.');
  return platform === 'win32' || charset === undefined || UTF_8.test(charset);
}

/** The look of a terminal, from what a person asked for and from its environment. */
export function lookOf(
  {
    color,
    ascii = false,
    time,
  }: { readonly color: boolean; readonly ascii?: boolean | undefined; readonly time?: TimeChoice },
  { env, platform }: { readonly env: Environment; readonly platform: string },
): Look {
  const unicode = !ascii && supportsUnicode(env, platform);
  return makeLook({ color, unicode, utf8: supportsNames(env, platform), time });
}

const UTF_8 = /utf-?8/i;

function localeOf({ LC_ALL, LC_CTYPE, LANG }: Environment): string {
  return LC_ALL || LC_CTYPE || LANG || '';
}

function eachStatus<T>(of: (facts: (typeof STATUS_FACTS)[Status]) => T): Readonly<Record<Status, T>> {
  // Each status is a key of the facts, so that the record is whole.
  return Object.fromEntries(STATUSES.map((status) => [status, of(STATUS_FACTS[status])])) as Record<
    Status,
    T
  >;
}
