import type { Look } from '../output/look.js';
import { middleEllipsis } from '../output/width.js';
import type { Transfer } from '../transfers/transfer.js';
import { type Column, type ColumnChoice, cell } from './columns.js';
import { comparator, makeRow } from './row.js';
import { drawTable, GAP, MARK, plainTable, shareOut, widest } from './table.js';

export interface TransferTableOptions {
  /** Of the terminal; without it every cell is shown whole, and nothing is written that only a terminal knows. */
  readonly columns?: number;
  /** Transfers shown at most; all if not given. */
  readonly rows?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly look: Look;
  /** The Room's, for the column that names it. */
  readonly label?: string;
  readonly choice?: ColumnChoice;
}

/** Transfers as lines of a table that is printed once: active ones first, then the newest, and their short ids. */
export function transferTable(
  transfers: readonly Transfer[],
  { columns: width, rows = Number.POSITIVE_INFINITY, now, look, label = '', choice }: TransferTableOptions,
): { readonly lines: readonly string[]; readonly hidden: number } {
  const sorted = transfers
    .map((transfer, seq) => makeRow(label, transfer, seq, false))
    .sort(comparator('activity'));
  const shown = sorted.slice(0, rows);
  const ids = shortIds(transfers.map(({ id }) => id));
  const context = { now, look, stale: false, shortId: (id: string) => ids.get(id) ?? id };
  const need = (column: Column) =>
    widest(
      column.title,
      shown.map((row) => column.text(row, context)),
    );
  const columns = shareOut(width ?? MAX_COLUMNS, 'listSteps', new Set(), need, choice);
  const titles = columns.map(({ column }) => column.title);
  const cells = shown.map((row) => columns.map((sized) => cell(row, sized.column, sized.width, context)));
  const draw = width === undefined ? plainTable : drawTable;
  return { lines: draw(columns, titles, cells, look), hidden: sorted.length - shown.length };
}

/** Columns of a table whose cells are texts: the one that gives way where there is not room for all. */
export interface TextTable {
  readonly titles: readonly string[];
  readonly aligns: readonly ('left' | 'right')[];
  readonly yields: number;
  /** Made safe already. */
  readonly rows: readonly (readonly string[])[];
}

/** Texts as lines of a table that is printed once. */
export function textTable({ titles, aligns, yields, rows }: TextTable, width: number, look: Look): string[] {
  const needs = titles.map((title, at) =>
    widest(
      title,
      rows.map((row) => row[at] ?? ''),
    ),
  );
  const taken = needs.reduce((sum, need, at) => sum + (at === yields ? 0 : need + GAP), MARK);
  const columns = needs.map((need, at) => ({
    column: { align: aligns[at] ?? 'left' },
    width: at === yields ? Math.min(need, Math.max(MIN_COLUMNS, width - taken)) : need,
  }));
  const cells = rows.map((row) =>
    row.map((text, at) => ({ text: middleEllipsis(text, columns[at]?.width ?? 0, look.symbols.ellipsis) })),
  );
  return drawTable(columns, titles, cells, look);
}

const MIN_COLUMNS = 12;

/** More than all columns take. */
const MAX_COLUMNS = 100_000;

/**
 * For each id its shortest prefix, of at least `least` characters, that no other of the ids has: what a person needs
 * to type. Between code points, so that none is torn. A number is never shortened, nor to a number: commands take one
 * as a whole id.
 */
export function shortIds(ids: readonly string[], least = 8): ReadonlyMap<string, string> {
  const sorted = [...new Set(ids)].sort();
  return new Map(
    sorted.map((id, at) => {
      const shared = Math.max(common(id, sorted[at - 1] ?? ''), common(id, sorted[at + 1] ?? ''));
      return [id, beginning(id, Math.max(least, shared + 1))];
    }),
  );
}

/** How many code units two texts share at their beginning. */
function common(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function beginning(id: string, units: number): string {
  const last = id.charCodeAt(units - 1);
  const tearsPair = last >= 0xd800 && last <= 0xdbff;
  const prefix = id.slice(0, tearsPair ? units + 1 : units);
  if (!/^\d+$/.test(prefix)) return prefix;
  return /^\d+\D?/.exec(id)?.[0] ?? id;
}
