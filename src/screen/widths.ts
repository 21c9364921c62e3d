import { displayWidth } from '../output/width.js';
import {
  type Column,
  type ColumnChoice,
  type ColumnName,
  columnsOf,
  stepsOf,
  type Table,
  USUAL_COLUMNS,
} from './columns.js';

/** A column with the width that it has now. */
export interface Sized {
  readonly column: Column;
  readonly width: number;
}

/** What each column needed of late. */
export type Held = ReadonlyMap<
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
export function hold(held: Held, needs: ReadonlyMap<ColumnName, number>, now: number): Held {
  const next = new Map(held);
  for (const [name, width] of needs) {
    const before = held.get(name);
    const isOver =
      before === undefined || width >= before.width || now - before.at >= HOLD_MS || now < before.at;
    if (isOver) next.set(name, { width, at: now });
  }
  return next;
}
