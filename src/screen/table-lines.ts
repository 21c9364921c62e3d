import type { Look } from '../output/look.js';
import { displayWidth, type Piece } from '../output/width.js';
import { type Column, type ColumnName, cell } from './columns.js';
import { splitByMatch } from './find.js';
import type { DrawnRow } from './memo.js';
import { isStale, type Layout, leftOutOf, type Model } from './model.js';
import type { Row } from './row.js';
import { drawHead, drawRow, type HeldWidths, hold, type Sized, shareOut, tableWidth } from './table.js';

/** The rows that have room between header and footer. */
export function rowsOn(model: Model, layout: Layout): readonly Row[] {
  return model.rows.shown.slice(model.top, model.top + layout.rows);
}

/** What the columns have needed, this frame included. */
export function heldAfter(model: Model, layout: Layout, now: number, look: Look): HeldWidths {
  if (layout.tiny) return model.held;
  const needs = new Map<ColumnName, number>();
  columnsOf(model, drawnRows(model, layout, now, look), layout.width, look, needs);
  return hold(model.held, needs, now);
}

/** Titles, a rule, and a line for each row that has room: at least one row. */
export function tableLines(model: Model, layout: Layout, now: number, look: Look): readonly string[] {
  const { width } = layout;
  const rows = drawnRows(model, layout, now, look);
  const columns = columnsOf(model, rows, width, look);
  const titles = columns.map(({ column }) => titleOf(column, model, look));
  const shape = `${width} ${columns.map((sized, at) => `${titles[at]} ${sized.width}`).join()}`;
  const spare = width - tableWidth(columns);
  const lines = rows.map((drawn) =>
    drawn.lineOf(drawn.row.key === model.selected ? `selected ${shape}` : shape, model.rows.query, () =>
      rowLine(model, drawn, columns, spare, look),
    ),
  );
  return [...model.memo.headOf(shape, () => drawHead(columns, titles, look)), ...lines];
}

function drawnRows(model: Model, layout: Layout, now: number, look: Look): readonly DrawnRow[] {
  const at = model.pausedAt ?? now;
  return model.memo.take(rowsOn(model, layout), look, (row) => ({
    now: at,
    look,
    stale: isStale(model, row),
  }));
}

function rowLine(
  model: Model,
  { row, context }: DrawnRow,
  columns: readonly Sized[],
  spare: number,
  look: Look,
): string {
  const cells = columns.map(({ column, width }) =>
    dress(cell(row, column, width, context), model, row, look),
  );
  return finish(model, row, drawRow(columns, cells), spare, look);
}

/** @param needs filled with what each column that was asked for needs in these rows alone */
function columnsOf(
  model: Model,
  rows: readonly DrawnRow[],
  width: number,
  look: Look,
  needs = new Map<ColumnName, number>(),
): readonly Sized[] {
  const need = (column: Column) => {
    let present = needs.get(column.name);
    if (present === undefined) {
      present = displayWidth(column.title + (column.sorts === undefined ? '' : look.symbols.sorted));
      for (const drawn of rows) present = Math.max(present, drawn.widthOf(column));
      needs.set(column.name, present);
    }
    return Math.max(present, model.held.get(column.name)?.width ?? 0);
  };
  return shareOut(width, 'steps', leftOutOf(model), need, model.columns);
}

/** The title, with a mark where the rows are ordered by its column. */
function titleOf({ title, sorts }: Column, { rows }: Model, { symbols }: Look): string {
  const { sort, isReversed } = rows.arrangement;
  if (!sorts?.includes(sort)) return title;
  return `${title}${isReversed ? symbols.reversed : symbols.sorted}`;
}

/** A selected row is plain, so that reverse video is even; elsewhere what was searched for is marked. */
function dress(piece: Piece, model: Model, row: Row, look: Look): Piece {
  const { text, paint } = piece;
  const { query } = model.rows;
  if (row.key === model.selected) return { text };
  if (query.isEmpty) return piece;
  const parts = splitByMatch(text, query);
  if (!parts.some(({ isMatch }) => isMatch)) return piece;
  const isWhole = parts.length === 1;
  return {
    text,
    paint: (whole) =>
      whole !== text || isWhole
        ? look.style.match(whole)
        : parts
            .map((part) => (part.isMatch ? look.style.match(part.text) : (paint?.(part.text) ?? part.text)))
            .join(''),
  };
}

/** Marks in the first column say without colour what is selected and what went wrong. */
function finish(model: Model, row: Row, drawn: string, spare: number, look: Look): string {
  const marked = mark(model, row, look) + drawn.slice(1);
  if (row.key === model.selected) return look.style.selected(`${marked}${' '.repeat(spare)}`);
  return isStale(model, row) ? look.style.faint(marked) : marked;
}

export function mark(model: Model, row: Row, { symbols }: Look): string {
  if (row.key === model.selected) return symbols.cursor;
  const { status } = row.transfer;
  return status === 'failed' || status === 'rejected' ? symbols.alarm : ' ';
}
