/** One line of the table: what was measured, of the program and of what it is held against. */
export interface Figure {
  /** The row of the bench that it belongs to, as named on the command line. */
  readonly row: string;
  readonly what: string;
  readonly program: string;
  readonly other: string;
  readonly ratio: number | null;
  readonly bound: Bound | null;
}

export interface Bound {
  readonly kind: 'at most' | 'at least';
  readonly ratio: number;
}

export const atMost = (ratio: number): Bound => ({ kind: 'at most', ratio });
export const atLeast = (ratio: number): Bound => ({ kind: 'at least', ratio });

export function isHeld({ ratio, bound }: Figure): boolean {
  if (ratio === null || bound === null) return true;
  return bound.kind === 'at most' ? ratio <= bound.ratio : ratio >= bound.ratio;
}

/** A table in Markdown, with columns as wide as they need to be. */
export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.row,
    figure.what,
    figure.program,
    figure.other,
    figure.ratio === null ? '' : `${figure.ratio.toFixed(2)}×`,
    figure.bound === null ? '' : `${figure.bound.kind} ${figure.bound.ratio}×`,
    figure.bound === null ? '' : isHeld(figure) ? 'yes' : '**no**',
  ]);
  const lines = [TITLES, ...rows];
  const widths = TITLES.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const draw = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [draw(TITLES), rule, ...rows.map(draw)].join('\n');
}

const TITLES = ['row', 'measured', 'program', 'against', 'ratio', 'bound', 'held'];

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
export const micros = (ms: number): string => `${(ms * 1_000).toFixed(1)} µs`;
export const millis = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
export const mebibytes = (mib: number): string => `${mib.toFixed(0)} MiB`;
