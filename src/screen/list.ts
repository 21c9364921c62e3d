import type { Look } from '../output/look.js';
import { displayWidth, fitWidth } from '../output/width.js';
import type { Transfer } from '../transfers/transfer.js';
import { COLUMN_EXTRA, type ColumnName, cell } from './columns.js';
import type { Piece } from './piece.js';
import { comparator, makeRow, type Row } from './row.js';
import { drawTable, type TableColumn } from './table.js';

export interface TransferTableOptions {
  /** Of the terminal. */
  readonly columns: number;
  /** Transfers shown at most. */
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly look: Look;
}

/** Transfers as lines of a table that is printed once: active ones first, then the newest, and their short ids. */
export function transferTable(
  transfers: readonly Transfer[],
  { columns, rows, now, look }: TransferTableOptions,
): { readonly lines: readonly string[]; readonly hidden: number } {
  const sorted = transfers
    .map((transfer, seq) => makeRow('', transfer, seq, false))
    .sort(comparator('activity'));
  const shown = sorted.slice(0, rows);
  const ids = shortIds(transfers.map(({ id }) => id));
  const idTexts = shown.map(({ transfer }) => look.text(ids.get(transfer.id) ?? transfer.id));
  const idWidth = Math.min(MAX_ID_COLUMNS, Math.max(...idTexts.map(displayWidth)));
  const drawn = columnsFor(columns, idWidth);
  const context = { now, look, stale: false };
  const cells = shown.map((row: Row, at): Piece[] =>
    drawn.map((column) =>
      column.name === 'id'
        ? { text: fitWidth(idTexts[at] ?? '', column.width, look.symbols.ellipsis) }
        : cell(row, { ...column, name: column.name }, context),
    ),
  );
  return { lines: drawTable(drawn, cells, look), hidden: sorted.length - shown.length };
}

type Name = 'id' | ColumnName;
type ListColumn = TableColumn & { readonly name: Name };

/** Columns in the order of their worth: those of less worth give way where there is little room, then all is shared. */
function columnsFor(width: number, idWidth: number): readonly ListColumn[] {
  let room = width;
  const chosen = new Map<Name, number>();
  for (const [name, least] of [['id', idWidth] as const, ...WORTH]) {
    if (least + COLUMN_EXTRA > room && chosen.size > 0) break;
    chosen.set(name, least);
    room -= least + COLUMN_EXTRA;
  }
  for (const [name, most] of GROWING) {
    const now = chosen.get(name);
    if (now === undefined || room <= 0) continue;
    const more = Math.min(room, most - now);
    chosen.set(name, now + more);
    room -= more;
  }
  return LOOKS.flatMap((look) => {
    const columns = chosen.get(look.name);
    return columns === undefined ? [] : [{ ...look, width: columns }];
  });
}

const WORTH: readonly (readonly [Name, number])[] = [
  ['status', 12],
  ['name', 8],
  ['direction', 1],
  ['peer', 10],
  ['size', 8],
  ['age', 4],
];

const GROWING: readonly (readonly [Name, number])[] = [
  ['name', 28],
  ['peer', 20],
  ['name', 60],
  ['peer', 32],
];

const LOOKS: readonly Omit<ListColumn, 'width'>[] = [
  { name: 'id', title: 'Id', align: 'left' },
  { name: 'status', title: 'Status', align: 'left' },
  { name: 'direction', title: '', align: 'left' },
  { name: 'name', title: 'Name', align: 'left' },
  { name: 'peer', title: 'Peer', align: 'left' },
  { name: 'size', title: 'Size', align: 'right' },
  { name: 'age', title: 'Age', align: 'right' },
];

/** Ids that begin alike for longer than this are cut. */
const MAX_ID_COLUMNS = 36;

/**
 * For each id its shortest beginning, of at least `least` characters, that no other of the ids has: what a person
 * needs to type. Between code points, so that none is torn.
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
  return id.slice(0, tearsPair ? units + 1 : units);
}
