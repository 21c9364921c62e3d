import type { Look } from '../output/look.js';
import { formatBytes, UNKNOWN } from '../output/text.js';
import { fitWidth, middleEllipsis, type Piece } from '../output/width.js';
import {
  leftText,
  longPath,
  nameText,
  pathText,
  peerText,
  progressText,
  rateText,
  roomText,
  timeText,
} from './cell-text.js';
import type { Moment, Row, SortName } from './row.js';

/** What a cell needs besides its row. */
export interface CellContext extends Moment {
  readonly look: Look;
  /** The short form of a request's id; its whole id where it is not given. */
  readonly shortId?: (id: string) => string;
}

/** How a column gets its room: at its turn it may become so wide, if what it holds needs that. */
interface Step {
  /** Steps are taken in the order of their turns, over all columns. */
  readonly turn: number;
  readonly width: number;
  /** Less than the whole is of no use. */
  readonly isWhole?: true;
}

interface ColumnSpec {
  readonly name: string;
  readonly title: string;
  readonly align: 'left' | 'right';
  /** The live table's; none where it does not have the column unless it is asked for. */
  readonly steps: readonly Step[];
  /** Those of a table that is printed once. */
  readonly listSteps: readonly Step[];
  /** Whether `--wide` adds it. */
  readonly isWide?: true;
  /** The orders that go by this column. */
  readonly sorts?: readonly SortName[];
  /** The cell's whole text. */
  text(row: Row, context: CellContext): string;
  /** The text in less room; cut at its end unless given. */
  fit?(row: Row, width: number, context: CellContext): string;
  paint?(text: string, row: Row, context: CellContext): string;
}

/** Every column, from left to right: a new one needs an entry here and nothing else. */
const COLUMN_LIST = [
  {
    name: 'id',
    title: 'Id',
    align: 'left',
    steps: [],
    listSteps: [at(1, 8), at(8, 36)],
    text: ({ transfer }, { look, shortId }) => look.text(shortId?.(transfer.id) ?? transfer.id),
  },
  {
    name: 'status',
    title: 'Status',
    align: 'left',
    steps: [at(1, 1), whole(15, 12)],
    listSteps: [at(2, 1), whole(9, 12)],
    sorts: ['problems'],
    text: ({ transfer }, context) => `${statusSign(transfer.status, context)} ${transfer.status}`,
    fit: ({ transfer }, _, context) => statusSign(transfer.status, context),
    paint: (text, { transfer }, { look }) =>
      look.style.status[transfer.status](text.slice(0, 1)) + text.slice(1),
  },
  {
    name: 'room',
    title: 'Room',
    align: 'left',
    steps: [at(4, 8), at(13, 14), at(20, 24)],
    listSteps: [],
    text: ({ room }, { look }) => roomText(room, look),
    fit: ({ room }, width, { look }) => middleEllipsis(roomText(room, look), width, look.symbols.ellipsis),
    paint: (text, _, { look }) => look.style.faint(text),
  },
  {
    name: 'direction',
    title: '',
    align: 'left',
    steps: [at(5, 1)],
    listSteps: [at(4, 1)],
    text: ({ transfer }, { look }) => look.symbols.direction[transfer.direction],
  },
  {
    name: 'name',
    title: 'Name',
    align: 'left',
    steps: [at(2, 12), at(8, 24), at(14, 36), at(17, 48), at(24, 80), at(29, 1_024)],
    listSteps: [at(3, 12), at(7, 36), at(11, 80), at(12, 1_024)],
    sorts: ['name'],
    text: ({ transfer }, { look }) => nameText(transfer, look),
    fit: ({ transfer }, width, { look }) =>
      middleEllipsis(nameText(transfer, look), width, look.symbols.ellipsis),
  },
  {
    name: 'peer',
    title: 'Peer',
    align: 'left',
    steps: [at(7, 8), at(10, 12), at(16, 24), at(25, 40)],
    listSteps: [at(5, 12), at(10, 32)],
    sorts: ['peer'],
    text: ({ transfer }, { look }) => peerText(transfer, look),
  },
  {
    name: 'peer-id',
    title: 'Peer id',
    align: 'left',
    steps: [],
    listSteps: [],
    isWide: true,
    text: ({ transfer: { peer } }, { look }) => (peer?.id ? look.text(peer.id) : UNKNOWN),
  },
  {
    name: 'conference',
    title: 'Conference',
    align: 'left',
    steps: [],
    listSteps: [],
    text: ({ transfer: { conferenceId } }, { look }) =>
      conferenceId === null ? UNKNOWN : look.text(conferenceId),
  },
  {
    name: 'size',
    title: 'Size',
    align: 'right',
    steps: [at(6, 9)],
    listSteps: [at(6, 9)],
    sorts: ['size'],
    text: ({ transfer }) => formatBytes(transfer.size),
  },
  {
    name: 'progress',
    title: 'Done',
    align: 'right',
    steps: [at(3, 4), at(18, 11), at(22, 15), at(27, 21)],
    listSteps: [],
    text: (row, { look }) => progressText(row.transfer, 21, look.symbols),
    fit: (row, width, { look }) => progressText(row.transfer, width, look.symbols),
  },
  {
    name: 'rate',
    title: 'Rate',
    align: 'right',
    steps: [at(12, 10)],
    listSteps: [],
    text: (row, context) => rateText(row, context),
  },
  {
    name: 'left',
    title: 'Left',
    align: 'right',
    steps: [at(9, 7)],
    listSteps: [],
    text: (row, context) => leftText(row, context),
  },
  {
    name: 'time',
    title: 'Time',
    align: 'right',
    steps: [at(11, 6), whole(19, 8)],
    listSteps: [at(7, 6), whole(9, 8)],
    sorts: ['activity', 'newest'],
    text: (row, { now, look }) => timeText(row, look, now, 'seconds'),
    fit: (row, _, { now, look }) => timeText(row, look, now, 'minutes'),
    paint: (text, _, { look }) => look.style.faint(text),
  },
  {
    name: 'path',
    title: 'Path',
    align: 'left',
    steps: [at(19, 16), at(23, 42), at(26, 64)],
    listSteps: [],
    text: ({ transfer }, { now, look }) => longPath(transfer, now, look.symbols),
    fit: ({ transfer }, width, { now, look }) => pathText(transfer, now, width, look.symbols),
    paint: (text, _, { look }) => look.style.faint(text),
  },
] as const satisfies readonly ColumnSpec[];

/** The tables that there are, by what says how their columns get their room. */
export type Table = 'steps' | 'listSteps';

/** How a column gets its room in a table; where that has it only because it was asked for, as elsewhere. */
export function stepsOf({ steps, listSteps }: Column, table: Table): readonly Step[] {
  const [own, other] = table === 'steps' ? [steps, listSteps] : [listSteps, steps];
  return [own, other, USUAL_STEPS].find(({ length }) => length > 0) ?? [];
}

const USUAL_STEPS: readonly Step[] = [at(7, 12), at(16, 40)];

/** Which columns a table has. */
export interface ColumnChoice {
  /** Those that were asked for, in their order; `null` for the usual ones. */
  readonly asked: readonly ColumnName[] | null;
  /** Whether those of `--wide` are among the usual ones. */
  readonly isWide: boolean;
}

export const USUAL_COLUMNS: ColumnChoice = { asked: null, isWide: false };

/** The columns of a table, in their order. */
export function columnsOf(
  { asked, isWide }: ColumnChoice,
  table: Table,
  leftOut: ReadonlySet<ColumnName> = new Set(),
): readonly Column[] {
  if (asked !== null) return asked.flatMap((name) => COLUMNS.find((column) => column.name === name) ?? []);
  const isUsual = (column: Column) => column[table].length > 0 || (isWide && column.isWide === true);
  return COLUMNS.filter((column) => isUsual(column) && !leftOut.has(column.name));
}

export type ColumnName = (typeof COLUMN_LIST)[number]['name'];
export type Column = Omit<ColumnSpec, 'name'> & { readonly name: ColumnName };

/** Every column, from left to right. */
export const COLUMNS: readonly Column[] = COLUMN_LIST;

/** The text of one cell in `width` columns, never wider. */
export function cell(row: Row, column: Column, width: number, context: CellContext): Piece {
  const { ellipsis } = context.look.symbols;
  const whole = column.text(row, context);
  const fitted = fitWidth(whole, width, ellipsis);
  const isCut = fitted.length !== whole.length || fitted !== whole;
  const text = isCut && column.fit ? fitWidth(column.fit(row, width, context), width, ellipsis) : fitted;
  const { paint } = column;
  return paint === undefined ? { text } : { text, paint: (part) => paint(part, row, context) };
}

function at(turn: number, width: number): Step {
  return { turn, width };
}

function whole(turn: number, width: number): Step {
  return { turn, width, isWhole: true };
}

function statusSign(status: Row['transfer']['status'], { look: { symbols }, stale }: CellContext): string {
  return stale ? symbols.stale : symbols.status[status];
}
