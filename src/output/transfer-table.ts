import type { Transfer } from '../transfers/transfer.js';
import { cell } from './screen/cells.js';
import { COLUMN_EXTRA, type ColumnName } from './screen/columns.js';
import type { Look } from './screen/look.js';
import type { Piece } from './screen/piece.js';
import { makeRow, type Row } from './screen/row.js';
import { comparator } from './screen/sort.js';
import { drawTable, type TableColumn } from './screen/table.js';
import { shortIds } from './short-ids.js';
import { displayWidth, fitWidth } from './width.js';

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
