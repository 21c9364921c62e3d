import CliTable3 from 'cli-table3';
import { type Look, makeLook } from '../output/look.js';
import { displayWidth, hasCertainWidth, type Piece } from '../output/width.js';
import { isolate } from './cell-text.js';
import {
  type Column,
  type ColumnChoice,
  type ColumnName,
  columnsOf,
  stepsOf,
  type Table,
  USUAL_COLUMNS,
} from './columns.js';

/**
 * Lines of a table of at least one row: titles, a rule, and one line for each row; the first character of each line
 * is a space that the caller may use as a mark.
 *
 * @param titles those of the columns, in their order
 */
export function drawTable(
  columns: readonly Drawn[],
  titles: readonly string[],
  rows: readonly (readonly Piece[])[],
  look: Look,
): string[] {
  return [...drawHead(columns, titles, look), ...rows.map((cells) => drawRow(columns, cells))];
}

/** As much of a column as it takes to draw it. */
export interface Drawn {
  readonly column: Pick<Column, 'align'>;
  readonly width: number;
}

/** The same for where no terminal is: titles and rows, padded with blanks alone. */
export function plainTable(
  columns: readonly Drawn[],
  titles: readonly string[],
  rows: readonly (readonly Piece[])[],
): string[] {
  const cells = [titles, ...rows.map((row) => row.map(({ text }) => text))];
  return cells.map((texts) =>
    columns
      .map(({ column, width }, at) => {
        const text = texts[at] ?? '';
        const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
        return column.align === 'right' ? `${blanks}${text}` : `${text}${blanks}`;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** Titles and rule. */
export function drawHead(
  columns: readonly Drawn[],
  titles: readonly string[],
  { symbols, style }: Look,
): readonly string[] {
  const table = new CliTable3({
    head: columns.map(({ width }, at) => {
      const title = titles[at] ?? '';
      // Of a column of one sign there is room for the mark of its order, and for nothing else.
      return style.strong(displayWidth(title) <= width ? title : title.slice(-width).replace(/\w/g, ''));
    }),
    colWidths: columns.map(({ width }) => width),
    colAligns: columns.map(({ column }) => column.align),
    chars: {
      ...NO_BORDERS,
      mid: symbols.horizontal,
      'mid-mid': symbols.horizontal.repeat(GAP),
      middle: ' '.repeat(GAP),
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  // The rule stands between the titles and a row.
  table.push(columns.map(() => ''));
  const [head = '', rule = ''] = table.toString().split('\n');
  const margin = ' '.repeat(MARK);
  return [`${margin}${head}`, style.faint(symbols.horizontal.repeat(MARK) + rule)];
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
export function drawRow(columns: readonly Drawn[], cells: readonly Piece[]): string {
  let line = ' '.repeat(MARK);
  let start = MARK + 1;
  for (const [at, sized] of columns.entries()) {
    if (at > 0) line += ' '.repeat(GAP);
    line += drawCell(cells[at] ?? NOTHING, sized, start);
    start += sized.width + GAP;
  }
  return line;
}

/**
 * Terminals differ in how wide they draw emoji, combining marks and some signs. So a text that is not plain is followed
 * by a move to the column that it should have reached: what comes after it stands where it belongs in any terminal.
 *
 * @param piece never wider than the column
 * @param start the terminal column, from 1, where the cell begins
 */
function drawCell({ text, paint }: Piece, { column, width: room }: Drawn, start: number): string {
  const width = displayWidth(text);
  const gap = Math.max(0, room - width);
  const blanks = ' '.repeat(gap);
  // What takes no column at all is left out: no terminal would agree on where it ends.
  const painted = width === 0 ? '' : isolate(text, paint?.(text) ?? text);
  const isPlain = width === 0 || PLAIN.test(text);
  if (column.align === 'right') return `${blanks}${painted}${isPlain ? '' : toColumn(start + room)}`;
  if (isPlain) return `${painted}${blanks}`;
  if (gap === 0 || hasCertainWidth(text)) return `${painted}${toColumn(start + width)}${blanks}`;
  // Blanks first: after a text that the terminal draws wider than it counts here they would wipe out its end.
  return `${' '.repeat(room)}${toColumn(start)}${painted}${toColumn(start + room)}`;
}

function toColumn(column: number): string {
  return `\x1b[${column}G`;
}

const NOTHING: Piece = { text: '' };
/** Every terminal draws printable ASCII as wide as it is long. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Draws a table that is not shown. The first one costs ten times as much as those after it, mostly for finding out how
 * wide an emoji is: time that is free while a Room is being dialled.
 */
export function warmUp(): void {
  const columns = shareOut(SOME_COLUMNS, 'steps', new Set(), () => 1);
  const cells = columns.map(() => ({ text: '👋 文.txt' }));
  drawTable(
    columns,
    columns.map(() => ''),
    [cells],
    makeLook({ color: true, unicode: true }),
  );
}

const SOME_COLUMNS = 200;

/** A column with the width that it has now. */
export interface Sized {
  readonly column: Column;
  readonly width: number;
}

/** What each column needed of late. */
export type HeldWidths = ReadonlyMap<
  ColumnName,
  { readonly width: number /** Milliseconds since 1970. */; readonly at: number }
>;

/** Blanks between two columns. */
export const GAP = 2;
/** Before the first column: the mark of the selected row, or of what went wrong. */
export const MARK = 1;

/** A column stays as wide as what it held for this long, so that columns don't move with each change of rows. */
const HOLD_MS = 10_000;

/**
 * Shares `width` out among the columns. Steps are taken in their turns: the first gives a column its place, later ones
 * more room, and none gets more than it needs. Once a column finds no place, those that come later get none either, so
 * that a growing window only ever adds columns.
 *
 * @param need columns of text that the cells of a column need
 */
export function shareOut(
  width: number,
  table: Table,
  leftOut: ReadonlySet<ColumnName>,
  need: (column: Column) => number,
  choice: ColumnChoice = USUAL_COLUMNS,
): readonly Sized[] {
  const shown = columnsOf(choice, table, leftOut);
  const turns = shown
    .flatMap((column, place) =>
      stepsOf(column, table).map((step, at) => {
        // Those that were asked for get their places in the order in which they were.
        const turn = choice.asked !== null && at === 0 ? place - shown.length : step.turn;
        return { column, ...step, turn };
      }),
    )
    .sort((a, b) => a.turn - b.turn);
  const widths = new Map<Column, number>();
  // The first column needs no gap before it.
  let room = width - MARK + GAP;
  let isFull = false;
  for (const { column, width: most, isWhole } of turns) {
    const now = widths.get(column);
    if (now === undefined && isFull) continue;
    const wanted = Math.min(most, Math.max(1, need(column)));
    const more = wanted - (now ?? -GAP);
    if (now === undefined) {
      isFull = more > room;
      if (isFull) continue;
    }
    const given = Math.min(room, more);
    if (given <= 0 || (isWhole && given < more)) continue;
    widths.set(column, (now ?? -GAP) + given);
    room -= given;
  }
  return shown.flatMap((column) => {
    const given = widths.get(column);
    return given === undefined ? [] : [{ column, width: given }];
  });
}

/** Columns of the terminal that a line of the table takes. */
export function tableWidth(columns: readonly Sized[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP, MARK - GAP);
}

/** What a column needs for these texts and its title. */
export function widest(title: string, texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), displayWidth(title));
}

/** What is held after a frame in which the columns needed this. */
export function hold(held: HeldWidths, needs: ReadonlyMap<ColumnName, number>, now: number): HeldWidths {
  const next = new Map(held);
  for (const [name, width] of needs) {
    const before = held.get(name);
    const isOver =
      before === undefined || width >= before.width || now - before.at >= HOLD_MS || now < before.at;
    if (isOver) next.set(name, { width, at: now });
  }
  return next;
}
