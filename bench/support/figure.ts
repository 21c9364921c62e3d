import { median, quantile } from './turns.js';

/** One line of the table: what was measured, of the program and of what it is held against. */
export interface Figure {
  /** The row of the bench that it belongs to, as named on the command line. */
  readonly row: string;
  readonly what: string;
  readonly program: string;
  readonly other: string;
  readonly ratio: number | null;
  /** Between these are the ratios of most turns, of all where they are few; `null` where there was one turn alone. */
  readonly spread: Spread | null;
  readonly wants: Wanted;
  readonly bound: number | null;
}

export type Spread = readonly [low: number, high: number];
/** Whether a small ratio is good, or a large one. */
export type Wanted = 'less' | 'more';

export interface About extends Pick<Figure, 'row' | 'what'> {
  readonly format: (value: number) => string;
  /** Default: less. */
  readonly wants?: Wanted;
  /** What the ratio is to be at most, or at least. */
  readonly bound?: number;
}

/** Compares what was measured in turns: each value with the one of the same turn. */
export function compare(ours: readonly number[], theirs: readonly number[], about: About): Figure {
  const { row, what, format, wants = 'less', bound = null } = about;
  const ratios = ours.map((value, turn) => value / (theirs[turn] ?? Number.NaN));
  const spread: Spread | null = ratios.length < 2 ? null : [quantile(ratios, 0.1), quantile(ratios, 0.9)];
  const [program, other] = [format(median(ours)), format(median(theirs))];
  return { row, what, program, other, ratio: median(ratios), spread, wants, bound };
}

function isHeld({ ratio, bound, wants }: Figure): boolean {
  if (ratio === null || bound === null) return true;
  return wants === 'less' ? ratio <= bound : ratio >= bound;
}

/** A table in Markdown, with columns as wide as they need to be. */
export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { row, what, program, other, ratio, spread, wants, bound } = figure;
    return [
      row,
      what,
      program,
      other,
      ratio === null ? '' : `${ratio.toFixed(2)}×`,
      spread === null ? '' : spread.map((each) => each.toFixed(2)).join('–'),
      bound === null ? '' : `at ${wants === 'less' ? 'most' : 'least'} ${bound}×`,
      bound === null ? '' : isHeld(figure) ? 'yes' : '**no**',
    ];
  });
  const lines = [TITLES, ...rows];
  const widths = TITLES.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const draw = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [draw(TITLES), rule, ...rows.map(draw)].join('\n');
}

/** What a table said of a ratio. */
export interface Committed {
  readonly ratio: number;
  readonly spread: Spread | null;
}

/** Reads the ratios of a table that `toTable` made, by `keyOf`. */
export function fromTable(table: string): ReadonlyMap<string, Committed> {
  const ratios = new Map<string, Committed>();
  for (const line of table.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, row = '', what = '', , , ratio = '', spread = ''] = cells;
    const [low, high] = spread.split('–').map(Number);
    if (!ratio.endsWith('×')) continue;
    const isSpread = low !== undefined && high !== undefined;
    ratios.set(keyOf({ row, what }), {
      ratio: Number.parseFloat(ratio),
      spread: isSpread ? [low, high] : null,
    });
  }
  return ratios;
}

export function keyOf({ row, what }: Pick<Figure, 'row' | 'what'>): string {
  return `${row}: ${what}`;
}

const TITLES = ['row', 'measured', 'program', 'against', 'ratio', 'from to', 'bound', 'held'];

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
export const micros = (ms: number): string => `${(ms * 1_000).toFixed(1)} µs`;
export const millis = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
export const mebibytes = (mib: number): string => `${mib.toFixed(0)} MiB`;
export const whole = (value: number): string => Math.round(value).toLocaleString('en');
