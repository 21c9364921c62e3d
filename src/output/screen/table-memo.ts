/**
 * The last table drawn, by what each line shows. Laying out is most of a frame's cost, and most rows look as they
 * did in the frame before: only the others are laid out again. What is drawn does not depend on it.
 */
export class TableMemo {
  /** The titles and the rule, then each row by its key. */
  lines: ReadonlyMap<string, string> = new Map();
}
