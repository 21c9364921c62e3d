import { middleEllipsis } from '../width.js';
import { cell, nameText, percentOf } from './cells.js';
import { columnsFor } from './columns.js';
import { emptyBody } from './empty-body.js';
import type { Layout } from './layout.js';
import type { Look } from './look.js';
import { isStale, type Model, roomsOf } from './model.js';
import { line, type Piece } from './piece.js';
import type { Row } from './row.js';
import { drawTable } from './table.js';

/** The transfers between header and footer: only rows that are on the screen are looked at. */
export function transfersBody(model: Model, layout: Layout, now: number, look: Look): string[] {
  const at = model.pausedAt ?? now;
  const rows = model.rows.shown.slice(model.top, model.top + layout.rows);
  if (rows.length === 0) return emptyBody(model, layout, now, look);
  return layout.tiny
    ? rows.map((row) => bareLine(model, row, layout.width, look))
    : tableLines(model, rows, layout.width, at, look);
}

function tableLines(model: Model, rows: readonly Row[], width: number, now: number, look: Look): string[] {
  const columns = columnsFor(width, roomsOf(model).size > 1);
  const cells = rows.map((row) => {
    const context = { now, look, stale: isStale(model, row) };
    return columns.map((column) => cell(row, column, context));
  });
  const [titles = '', rule = '', ...lines] = drawTable(columns, cells, look);
  const drawn = rows.map((row, index) => finish(model, row, lines[index] ?? '', look));
  return [titles, rule, ...drawn];
}

/** Marks in the first column say without colour what is selected and what went wrong. */
function finish(model: Model, row: Row, drawn: string, look: Look): string {
  const marked = mark(model, row, look) + drawn.slice(1);
  if (row.key === model.selected) return look.style.selected(marked);
  return isStale(model, row) ? look.style.faint(marked) : marked;
}

function mark(model: Model, row: Row, { symbols }: Look): string {
  if (row.key === model.selected) return symbols.cursor;
  const { status } = row.transfer;
  return status === 'failed' || status === 'rejected' ? symbols.alarm : ' ';
}

/** Where a table has no room: mark, sign, percent, name. */
function bareLine(model: Model, row: Row, width: number, look: Look): string {
  const { symbols, style } = look;
  const { transfer } = row;
  const stale = isStale(model, row);
  const percent = transfer.status === 'processing' ? percentOf(transfer) : null;
  const figure = percent === null ? '' : `${percent}% `.padStart(5);
  const before = `${mark(model, row, look)}${stale ? symbols.stale : symbols.status[transfer.status]} ${figure}`;
  const room = Math.max(0, width - before.length);
  const pieces: Piece[] = [
    { text: before, paint: (text) => style.status(transfer.status, text) },
    { text: middleEllipsis(nameText(transfer, look), room, symbols.ellipsis) },
  ];
  const drawn = line(pieces, width, symbols.ellipsis);
  return row.key === model.selected ? style.selected(drawn) : drawn;
}
