import { formatAge } from '../output/format.js';
import type { Look } from '../output/look.js';
import { middleEllipsis, wrap } from '../output/width.js';
import { cell, columnsFor, nameText, percentOf } from './columns.js';
import { linkReason, linkText, unavailability } from './link-text.js';
import { isStale, type Layout, type Model, type RoomState, roomsOf } from './model.js';
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
