import type { Look } from '../output/look.js';
import { formatAge } from '../output/text.js';
import { middleEllipsis, wrap } from '../output/width.js';
import { nameText, percentOf } from './cell-text.js';
import { type CellContext, type Column, type ColumnName, cell } from './columns.js';
import { isEmpty, splitByMatch } from './find.js';
import { linkReason, linkText, unavailability } from './link-text.js';
import { isStale, type Layout, leftOutOf, type Model, type RoomState, roomsOf } from './model.js';
import { line, type Piece } from './piece.js';
import type { Row } from './row.js';
import { drawTable } from './table.js';
import { type Held, hold, type Sized, shareOut, tableWidth, widest } from './widths.js';

/** The transfers between header and footer: only rows that are on the screen are looked at. */
export function transfersBody(model: Model, layout: Layout, now: number, look: Look): string[] {
  const at = model.pausedAt ?? now;
  const rows = rowsOn(model, layout);
  if (rows.length === 0) return emptyBody(model, layout, now, look);
  return layout.tiny
    ? rows.map((row) => bareLine(model, row, layout.width, look))
    : tableLines(model, rows, layout.width, at, look);
}

/** What the columns have needed, this frame included. */
export function heldAfter(model: Model, layout: Layout, now: number, look: Look): Held {
  if (layout.tiny) return model.held;
  const needs = new Map<ColumnName, number>();
  columnsOf(model, rowsOn(model, layout), layout.width, model.pausedAt ?? now, look, needs);
  return hold(model.held, needs, now);
}

function rowsOn(model: Model, layout: Layout): readonly Row[] {
  return model.rows.shown.slice(model.top, model.top + layout.rows);
}

function tableLines(model: Model, rows: readonly Row[], width: number, now: number, look: Look): string[] {
  const columns = columnsOf(model, rows, width, now, look);
  const titles = columns.map(({ column }) => titleOf(column, model, look));
  const cells = rows.map((row) => {
    const context = contextOf(model, row, now, look);
    return columns
      .map((sized) => cell(row, sized.column, sized.width, context))
      .map((piece) => dress(piece, model, row, look));
  });
  const spare = width - tableWidth(columns);
  const [head = '', rule = '', ...lines] = drawTable(columns, titles, cells, look);
  return [head, rule, ...rows.map((row, index) => finish(model, row, lines[index] ?? '', spare, look))];
}

/** @param needs filled with what each column that was asked for needs in these rows alone */
function columnsOf(
  model: Model,
  rows: readonly Row[],
  width: number,
  now: number,
  look: Look,
  needs = new Map<ColumnName, number>(),
): readonly Sized[] {
  const need = (column: Column) => {
    const texts = () => rows.map((row) => column.text(row, contextOf(model, row, now, look)));
    const known = needs.get(column.name);
    const present =
      known ?? widest(column.title + (column.sorts === undefined ? '' : look.symbols.sorted), texts());
    needs.set(column.name, present);
    return Math.max(present, model.held.get(column.name)?.width ?? 0);
  };
  return shareOut(width, 'steps', leftOutOf(model), need, model.columns);
}

function contextOf(model: Model, row: Row, now: number, look: Look): CellContext {
  return { now, look, stale: isStale(model, row) };
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
  if (isEmpty(query)) return piece;
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

/** What stands in the place of rows where there are none: why, and that the Room is alive. */
export function emptyBody(model: Model, layout: Layout, now: number, look: Look): string[] {
  const { filter, hideEnded } = model.rows.arrangement;
  const sentences: string[] = [];
  if (model.rows.size > 0) {
    const why = filter === '' ? '' : ` that match "${look.text(filter)}"`;
    sentences.push(`No ${hideEnded ? 'active ' : ''}transfers${why}; ${model.rows.size} hidden.`);
  } else {
    const rooms = roomsOf(model);
    const told = [...model.rooms].filter(([room, { link }]) => rooms.has(room) || link.state !== 'live');
    for (const [room, state] of told) sentences.push(...roomSentences(model, room, state, now, look));
    if (model.rooms.size === 0) sentences.push('Starting.');
  }
  const room = Math.max(1, layout.width - 2 * MARGIN_COLUMNS);
  const lines = sentences.flatMap((sentence) => wrap(sentence, room)).slice(0, layout.body);
  const above = layout.tiny ? 0 : Math.max(0, Math.floor((layout.body - lines.length) / 3));
  const margin = ' '.repeat(Math.min(MARGIN_COLUMNS, Math.max(0, layout.width - room)));
  return [...Array<string>(above).fill(''), ...lines.map((text) => margin + text)];
}

const MARGIN_COLUMNS = 2;

function roomSentences(model: Model, room: string, state: RoomState, now: number, look: Look): string[] {
  const where = model.rooms.size > 1 ? `${look.text(room)}: ` : '';
  const reason = linkReason(state);
  if (state.link.state === 'live') {
    const life = state.aliveAt === null ? '' : `; last sign of life ${formatAge(now - state.aliveAt)} ago`;
    const barred = unavailability(state);
    return [`${where}Quiet: no transfers yet${life}.`, ...(barred === null ? [] : [barred])];
  }
  const words = linkText(state, now).long;
  const sentence = `${where}${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return [
    `${sentence}${look.symbols.ellipsis}`.replace(/closed\W+$/, 'closed.'),
    ...(reason === null ? [] : [look.text(reason)]),
  ];
}
