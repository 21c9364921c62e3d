/** The head of the table that was drawn last, which the next one mostly shares. */
export class TableMemo {
  /** What it depends on. */
  shape = '';
  head: readonly string[] = [];
}
