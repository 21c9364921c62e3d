import type { PlacedError } from '../errors.js';
import type { Look } from '../output/look.js';
import { heldAfter, transfersBody } from './body.js';
import { columnLines } from './column-pane.js';
import { isEmpty, splitByMatch } from './find.js';
import { faultLine, fieldOf, footer } from './footer.js';
import { header } from './header.js';
import { type Layout, layoutOf, type Model, roomsOf, type Size, settle } from './model.js';
import { detailLines, helpLines } from './panes.js';
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

/** How far keys can move on the screen that `view` draws. */
export function reachOf(model: Model, size: Size, now: number, look: Look): Reach {
  const layout = layoutOf(size);
  const pane = paneLines(model, layout, now, look);
  if (pane === null) return { page: layout.rows, lastTop: 0, matches: [] };
  const { query } = model.rows;
  const matches = isEmpty(query)
    ? []
    : pane.flatMap((line, at) => (splitByMatch(line, query).some(({ isMatch }) => isMatch) ? [at] : []));
  return { page: layout.body, lastTop: Math.max(0, pane.length - layout.body), matches };
}

function body(model: Model, layout: Layout, now: number, look: Look): string[] {
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
  if (isEmpty(query)) return line;
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
