import type { Look } from '../output/look.js';
import { displayWidth } from '../output/width.js';
import { momentOf } from './cell-text.js';
import type { CellContext, Column } from './columns.js';
import type { Query } from './find.js';
import type { Row } from './row.js';

/**
 * The table as it was drawn last. Of its rows few change from one frame to the next: the others are neither laid out nor
 * measured again. It changes what a frame costs, and nothing in it.
 */
export class TableMemo {
  #look: Look | null = null;
  #rows: ReadonlyMap<Row, DrawnRow> = new Map();
  #shape = '';
  #head: readonly string[] = [];

  /**
   * Rows with what is known of how they are drawn.
   * @param rows all that are on the screen: of others nothing is kept
   */
  take(rows: readonly Row[], look: Look, contextOf: (row: Row) => CellContext): readonly DrawnRow[] {
    if (this.#look !== look) {
      this.#look = look;
      this.#rows = new Map();
      this.#shape = '';
    }
    const all = rows.map((row) => {
      const context = contextOf(row);
      const moment = momentOf(row, context);
      const known = this.#rows.get(row);
      return known?.moment === moment ? known : new DrawnRow(row, moment, context);
    });
    this.#rows = new Map(all.map((drawn) => [drawn.row, drawn]));
    return all;
  }

  /** @param shape all that the head depends on */
  headOf(shape: string, draw: () => readonly string[]): readonly string[] {
    if (this.#shape !== shape) {
      this.#shape = shape;
      this.#head = draw();
    }
    return this.#head;
  }
}

/** A row at a moment, with what its cells need and how it was drawn. */
export class DrawnRow {
  readonly row: Row;
  /** As `momentOf` gives it. */
  readonly moment: string;
  readonly context: CellContext;
  readonly #widths = new Map<Column, number>();
  #shape = '';
  #query: Query | null = null;
  #line = '';

  constructor(row: Row, moment: string, context: CellContext) {
    this.row = row;
    this.moment = moment;
    this.context = context;
  }

  /** Columns of the terminal that its cell in this column needs. */
  widthOf(column: Column): number {
    const known = this.#widths.get(column);
    if (known !== undefined) return known;
    const width = displayWidth(column.text(this.row, this.context));
    this.#widths.set(column, width);
    return width;
  }

  /** @param shape and `query` are all that the line depends on besides the row and its moment */
  lineOf(shape: string, query: Query, draw: () => string): string {
    if (this.#shape !== shape || this.#query !== query) {
      this.#shape = shape;
      this.#query = query;
      this.#line = draw();
    }
    return this.#line;
  }
}
