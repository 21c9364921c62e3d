import CliTable3 from 'cli-table3';
import { displayWidth } from '../width.js';
import { COLUMN_EXTRA, type Column } from './columns.js';
import type { Look } from './look.js';
import type { Piece } from './piece.js';

/**
 * Lines of a table: titles, a rule, and one line for each row; the first character of each line is a space that
 * the caller may use as a mark.
 *
 * Terminals differ in how wide they draw emoji, combining marks and some signs, and cli-table3 measures them in yet
 * another way. So it lays out a stand-in of undisputed width, and the real text is put in its place with a move to
 * the column where it should have ended: padding and border come to stand where they belong in any terminal.
 */
export function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly Piece[])[],
  look: Look,
): string[] {
  const { symbols, style } = look;
  const table = new CliTable3({
    head: columns.map(({ title }) => style.strong(title)),
    colWidths: columns.map(({ width }) => width + 2),
    colAligns: columns.map(({ align }) => align),
    chars: {
      ...NO_BORDERS,
      mid: symbols.horizontal,
      'mid-mid': symbols.cross,
      middle: style.faint(symbols.vertical),
    },
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1, compact: true },
  });
  for (const cells of rows) table.push(cells.map(standIn));
  const [titles = '', rule = '', ...lines] = table.toString().split('\n');
  return [titles, style.faint(rule), ...lines.map((drawn, at) => putBack(drawn, rows[at] ?? [], columns))];
}

/** Not a character of any language: it can't come from outside, as all text that is not ASCII is replaced. */
const STAND_IN = '\ue000';
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const STAND_INS = new RegExp(`${STAND_IN}+`, 'g');

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

function standIn({ text, paint }: Piece): string {
  const laidOut = PRINTABLE_ASCII.test(text) ? text : STAND_IN.repeat(displayWidth(text));
  return paint === undefined || laidOut === '' ? laidOut : paint(laidOut);
}

function putBack(drawn: string, cells: readonly Piece[], columns: readonly Column[]): string {
  const texts = cells.flatMap(({ text }, at) => {
    const width = displayWidth(text);
    if (PRINTABLE_ASCII.test(text) || width === 0) return [];
    return [`${text}\x1b[${endColumn(columns, at, width)}G`];
  });
  let next = 0;
  return drawn.replace(STAND_INS, () => texts[next++] ?? '');
}

/** The terminal column, from 1, just after a text of `width` in a table's column. */
function endColumn(columns: readonly Column[], at: number, width: number): number {
  const start = columns.slice(0, at).reduce((sum, column) => sum + column.width + COLUMN_EXTRA, 2);
  const column = columns[at];
  const indent = column?.align === 'right' ? column.width - width : 0;
  return start + indent + width;
}
