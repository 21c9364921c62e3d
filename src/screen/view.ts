import type { PlacedError } from '../errors.js';
import type { Look } from '../output/look.js';
import { formatAge } from '../output/text.js';
import { line, middleEllipsis, type Piece, wrap } from '../output/width.js';
import { nameText, percentOf } from './cell-text.js';
import { columnLines } from './column-pane.js';
import { splitByMatch } from './find.js';
import { faultLine, fieldOf, footer } from './footer.js';
import { header, linkReason, linkText, unavailability } from './header.js';
import {
  isStale,
  type Layout,
  layoutOf,
  type Model,
  type RoomState,
  roomsOf,
  type Size,
  settle,
} from './model.js';
import { detailLines, helpLines } from './panes.js';
import type { Row } from './row.js';
import { heldAfter, mark, rowsOn, tableLines } from './table-lines.js';
import type { Cursor } from './terminal.js';
import type { Reach } from './update.js';

/** The model as `view` takes it: with the rows that have changed, the selection in sight and columns as they are held. */
export function prepare(model: Model, size: Size, now: number, look: Look): Model {
  const layout = layoutOf(size);
  model.rows.lookAt(now, look);
  const settled = settle(model, layout);
  return { ...settled, held: heldAfter(settled, layout, now, look) };
}

/**
 * The screen as lines: one fewer than `size.height`, none wider than `size.width`. The model must be prepared for
 * this size.
 *
 * @param now milliseconds since 1970
 */
export function view(model: Model, size: Size, now: number, look: Look): string[] {
  const layout = layoutOf(size);
  if (layout.lines === 0 || layout.width === 0) return Array<string>(layout.lines).fill('');
  const last = bottom(model, layout, now, look);
  const room = layout.body - (last.length - 1);
  const shown = body(model, layout, now, look).slice(0, room);
  const filler = Array<string>(room - shown.length).fill('');
  const lines = [header(model, layout.width, now, look), ...shown, ...filler];
  if (layout.hasFooter) return [...lines, ...last];
  // What is asked and what is typed must be seen, however little room there is.
  const isInput = model.mode.kind === 'confirm' || fieldOf(model, layout.width, look) !== null;
  return isInput ? [...lines.slice(0, -1), ...last] : lines;
}

/** The footer, and below it what is wrong with what was typed. */
function bottom(model: Model, layout: Layout, now: number, look: Look): readonly string[] {
  const last = footer(model, layout, now, look);
  const fault = faultOf(model, layout);
  if (fault === null) return [last];
  const { cursorColumn = 0 } = fieldOf(model, layout.width, look) ?? {};
  return [last, faultLine(fault, cursorColumn, layout.width, look)];
}

/** The fault that has a line of its own; `null` where there is none, or no room for it. */
function faultOf({ mode }: Model, { body, hasFooter }: Layout): PlacedError | null {
  return mode.kind === 'condition' && body > 0 && hasFooter ? mode.fault : null;
}

/** Where the terminal's cursor is to be, from 0; `null` where nothing is typed. */
export function cursorOf(model: Model, size: Size, look: Look): Cursor | null {
  const layout = layoutOf(size);
  const { lines, width } = layout;
  const field = fieldOf(model, width, look);
  if (field === null || lines === 0 || width === 0) return null;
  const fromBottom = faultOf(model, layout) === null ? 1 : 2;
  return { row: lines - fromBottom, column: Math.min(field.cursorColumn, width - 1) };
}

/** The model once what it asks is on the screen, from `now` on. */
export function wasShown(model: Model, now: number): Model {
  const { mode } = model;
  if (mode.kind !== 'confirm' || mode.shownAt !== null) return model;
  return { ...model, mode: { ...mode, shownAt: now } };
}

/** The model once the screen was taken away. */
export function notShown(model: Model): Model {
  const { mode } = model;
  return mode.kind === 'confirm' ? { ...model, mode: { ...mode, shownAt: null } } : model;
}

/** How far keys can move on the screen that `view` draws. */
export function reachOf(model: Model, size: Size, now: number, look: Look): Reach {
  const layout = layoutOf(size);
  const pane = paneLines(model, layout, now, look);
  if (pane === null) return { page: layout.rows, lastTop: 0, matches: [] };
  const { query } = model.rows;
  const matches = query.isEmpty
    ? []
    : pane.flatMap((line, at) => (splitByMatch(line, query).some(({ isMatch }) => isMatch) ? [at] : []));
  return { page: layout.body, lastTop: Math.max(0, pane.length - layout.body), matches };
}

function body(model: Model, layout: Layout, now: number, look: Look): readonly string[] {
  const pane = paneLines(model, layout, now, look);
  if (pane !== null && model.mode.kind === 'columns') {
    const top = Math.max(0, Math.min(model.mode.at, pane.length - 1) - layout.body + 1);
    return pane.slice(top, top + layout.body);
  }
  if (pane === null || !('top' in model.mode)) return transfersBody(model, layout, now, look);
  const top = Math.max(0, Math.min(model.mode.top, pane.length - layout.body));
  return pane.slice(top, top + layout.body).map((line) => marked(line, model, look));
}

function marked(line: string, { rows: { query } }: Model, { style }: Look): string {
  if (query.isEmpty) return line;
  return splitByMatch(line, query)
    .map(({ text, isMatch }) => (isMatch ? style.match(text) : text))
    .join('');
}

function paneLines(model: Model, layout: Layout, now: number, look: Look): string[] | null {
  const { mode } = model;
  switch (mode.kind) {
    case 'detail':
      return detailLines(model, mode.row, layout.width, now, look);
    case 'log':
      return model.log.lines(layout.width, now, look, roomsOf(model).size > 1);
    case 'columns':
      return columnLines(model, mode, layout.width, look);
    case 'help':
      return helpLines(layout.width, look, model.playback !== null);
    default:
      return null;
  }
}

/** The transfers between header and footer: only rows that are on the screen are looked at. */
function transfersBody(model: Model, layout: Layout, now: number, look: Look): readonly string[] {
  const rows = rowsOn(model, layout);
  if (rows.length === 0) return emptyBody(model, layout, now, look);
  return layout.tiny
    ? rows.map((row) => bareLine(model, row, layout.width, look))
    : tableLines(model, layout, now, look);
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
    { text: before, paint: style.status[transfer.status] },
    { text: middleEllipsis(nameText(transfer, look), room, symbols.ellipsis) },
  ];
  const drawn = line(pieces, width, symbols.ellipsis);
  return row.key === model.selected ? style.selected(drawn) : drawn;
}

/** What stands in the place of rows where there are none: why, and that the Room is alive. */
function emptyBody(model: Model, layout: Layout, now: number, look: Look): string[] {
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
