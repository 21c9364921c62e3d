import CliTable3 from 'cli-table3';
import { displayWidth, hasCertainWidth } from '../width.js';
import { COLUMN_EXTRA, type Column } from './columns.js';
import type { Look } from './look.js';
import type { Piece } from './piece.js';

/** A column of any table; its name only tells it apart. */
export type TableColumn = Omit<Column, 'name'> & { readonly name: string };

/**
 * Lines of a table of at least one row: titles, a rule, and one line for each row; the first character of each line
 * is a space that the caller may use as a mark.
 */
export function drawTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly Piece[])[],
  look: Look,
): string[] {
  const shape = columns.map(({ name, width }) => `${name}${width}`).join();
  const keys = rows.map((cells) => [shape, ...cells.map(painted)].join('\0'));
  const known = look.tableMemo.lines;
  const headKeys = [`${shape} titles`, `${shape} rule`];
  const missing = rows.flatMap((cells, at) =>
    known.has(keys[at] ?? '') ? [] : [{ cells, key: keys[at] ?? '' }],
  );
  const fresh = new Map<string, string>();
  if (missing.length > 0) {
    const drawn = layOut(
      columns,
      missing.map(({ cells }) => cells),
      look,
    );
    for (const [at, key] of [...headKeys, ...missing.map(({ key }) => key)].entries())
      fresh.set(key, drawn[at] ?? '');
  }
  const lines = [...headKeys, ...keys].map((key) => [key, fresh.get(key) ?? known.get(key) ?? ''] as const);
  look.tableMemo.lines = new Map(lines);
  return lines.map(([, line]) => line);
}

/**
 * Terminals differ in how wide they draw emoji, combining marks and some signs, and cli-table3 measures them in yet
 * another way. So it lays out a stand-in of undisputed width, and the real text is put in its place with a move to
 * the column that follows: borders come to stand where they belong in any terminal.
 */
function layOut(columns: readonly TableColumn[], rows: readonly (readonly Piece[])[], look: Look): string[] {
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
  const measured = rows.map((cells) => cells.map(measure));
  for (const cells of measured) table.push(cells.map(standIn));
  const [titles = '', rule = '', ...lines] = table.toString().split('\n');
  return [
    titles,
    style.faint(rule),
    ...lines.map((drawn, at) => putBack(drawn, measured[at] ?? [], columns)),
  ];
}

function painted({ text, paint }: Piece): string {
  return paint === undefined ? text : paint(text);
}

/** ASCII, which cli-table3 measures fastest; a text that has it is itself replaced, so it never means itself. */
const STAND_IN = '~';
/** Printable ASCII without the stand-in: every terminal draws it as wide as it is long. */
const UNDISPUTED = /^[\x20-\x7d]*$/;
/** A stand-in, the ends of its colours, and the padding up to the border. */
const STAND_INS = new RegExp(`${STAND_IN}+((?:\\x1b\\[\\d+m)*)( *)`, 'g');

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

interface Measured extends Piece {
  readonly width: number;
  readonly isReplaced: boolean;
}

function measure(piece: Piece): Measured {
  const width = displayWidth(piece.text);
  return { ...piece, width, isReplaced: width > 0 && !UNDISPUTED.test(piece.text) };
}

function standIn({ text, paint, width, isReplaced }: Measured): string {
  // What takes no column at all is left out: no terminal would agree on where it ends.
  const laidOut = isReplaced ? STAND_IN.repeat(width) : width === 0 ? '' : text;
  return paint === undefined || width === 0 ? laidOut : paint(laidOut);
}

function putBack(drawn: string, cells: readonly Measured[], columns: readonly TableColumn[]): string {
  const replaced = cells.flatMap(({ text, width, isReplaced }, at) =>
    isReplaced ? [{ text, width, start: startColumn(columns, at, width) }] : [],
  );
  let next = 0;
  return drawn.replace(STAND_INS, (_, colorEnds: string, padding: string) => {
    const { text, width, start } = replaced[next++] ?? { text: '', width: 0, start: 1 };
    const end = start + width;
    if (padding.length <= 1 || hasCertainWidth(text)) return `${text}${colorEnds}${toColumn(end)}${padding}`;
    // Padding first: after a text that the terminal draws wider than it counts here it would wipe out its end.
    const blank = ' '.repeat(width + padding.length);
    return `${blank}${toColumn(start)}${text}${colorEnds}${toColumn(end + padding.length)}`;
  });
}

function toColumn(column: number): string {
  return `\x1b[${column}G`;
}

/** The terminal column, from 1, where a text of `width` begins in a table's column. */
function startColumn(columns: readonly TableColumn[], at: number, width: number): number {
  const start = columns.slice(0, at).reduce((sum, column) => sum + column.width + COLUMN_EXTRA, 2);
  const column = columns[at];
  return start + (column?.align === 'right' ? column.width - width : 0);
}
