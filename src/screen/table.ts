import CliTable3 from 'cli-table3';
import { type Look, makeLook } from '../output/look.js';
import { displayWidth, hasCertainWidth } from '../output/width.js';
import { COLUMN_EXTRA, type Column, columnsFor } from './columns.js';
import type { Piece } from './piece.js';

/** A column of any table; its name only tells it apart. */
export type TableColumn = Omit<Column, 'name'> & { readonly name: string };

/**
 * Lines of a table of at least one row: titles, a rule, and one line for each row; the first character of each line
 * is a space that the caller may use as a mark.
 */
export function drawTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly Piece[])[],
  look: Look,
): string[] {
  const border = look.style.faint(look.symbols.vertical);
  return [...headOf(columns, look), ...rows.map((cells) => drawRow(columns, cells, border))];
}

/** Titles and rule stay as they are until the columns change. */
function headOf(columns: readonly TableColumn[], look: Look): readonly string[] {
  const shape = columns.map(({ name, width }) => `${name}${width}`).join();
  if (look.tableMemo.shape !== shape) {
    look.tableMemo.shape = shape;
    look.tableMemo.head = layOutHead(columns, look);
  }
  return look.tableMemo.head;
}

function layOutHead(columns: readonly TableColumn[], { symbols, style }: Look): readonly string[] {
  const table = new CliTable3({
    head: columns.map(({ title }) => style.strong(title)),
    colWidths: columns.map(({ width }) => width + 2),
    colAligns: columns.map(({ align }) => align),
    chars: {
      ...NO_BORDERS,
      mid: symbols.horizontal,
      'mid-mid': symbols.cross,
      middle: style.faint(symbols.vertical),
    },
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1, compact: true },
  });
  // The rule stands between the titles and a row.
  table.push(columns.map(() => ''));
  const [titles = '', rule = ''] = table.toString().split('\n');
  return [titles, style.faint(rule)];
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
};

/** cli-table3 would take tens of times as long for a row, and there are many of them ten times a second. */
function drawRow(columns: readonly TableColumn[], cells: readonly Piece[], border: string): string {
  let line = '';
  let start = FIRST_COLUMN;
  for (const [at, column] of columns.entries()) {
    if (at > 0) line += border;
    line += drawCell(cells[at] ?? NOTHING, column, start);
    start += column.width + COLUMN_EXTRA;
  }
  return line;
}

/**
 * Terminals differ in how wide they draw emoji, combining marks and some signs. So a text that is not plain is followed
 * by a move to the column that it should have reached: borders come to stand where they belong in any terminal.
 *
 * @param piece never wider than the column
 * @param start the terminal column, from 1, where texts of the table's column begin
 */
function drawCell(piece: Piece, column: TableColumn, start: number): string {
  const { text, paint } = piece;
  const width = displayWidth(text);
  const gap = Math.max(0, column.width - width);
  // What takes no column at all is left out: no terminal would agree on where it ends.
  const painted = width === 0 ? '' : (paint?.(text) ?? text);
  const isPlain = width === 0 || PLAIN.test(text);
  if (column.align === 'right') {
    return ` ${' '.repeat(gap)}${painted}${isPlain ? '' : toColumn(start + column.width)} `;
  }
  if (isPlain) return ` ${painted}${' '.repeat(gap + 1)}`;
  if (gap === 0 || hasCertainWidth(text))
    return ` ${painted}${toColumn(start + width)}${' '.repeat(gap + 1)}`;
  // Blanks first: after a text that the terminal draws wider than it counts here they would wipe out its end.
  const end = start + column.width + 1;
  return `${' '.repeat(column.width + 2)}${toColumn(start)}${painted}${toColumn(end)}`;
}

function toColumn(column: number): string {
  return `\x1b[${column}G`;
}

const NOTHING: Piece = { text: '' };
/** Before it there is the space that may become a mark. */
const FIRST_COLUMN = 2;
/** Every terminal draws printable ASCII as wide as it is long. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Draws a table that nobody sees. The first one costs ten times as much as those after it, mostly for finding out how
 * wide an emoji is: time that is free while a Room is being dialled.
 */
export function warmUp(): void {
  const columns = columnsFor(SOME_COLUMNS, true);
  drawTable(columns, [columns.map(() => ({ text: '👋 文.txt' }))], makeLook({ color: true, unicode: true }));
}

const SOME_COLUMNS = 200;
