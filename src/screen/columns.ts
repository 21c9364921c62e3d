import { formatAge, formatBytes, formatEta, formatRate, UNKNOWN } from '../output/format.js';
import type { Look, Symbols } from '../output/look.js';
import { fitWidth, middleEllipsis } from '../output/width.js';
import type { Transfer } from '../transfers/transfer.js';
import { pathText } from './path-text.js';
import type { Piece } from './piece.js';
import { isMoving, isStalled, type Moment, type Row } from './row.js';

export type ColumnName =
  | 'status'
  | 'room'
  | 'direction'
  | 'name'
  | 'peer'
  | 'size'
  | 'progress'
  | 'rate'
  | 'left'
  | 'age'
  | 'path';

export interface Column {
  readonly name: ColumnName;
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns of text, without padding and borders. */
  readonly width: number;
}

/** What a table adds to each of its columns: a space on both sides, and a border before the next one. */
export const COLUMN_EXTRA = 3;

/**
 * The columns of a table in `width` terminal columns. The steps are taken one after the other: the first gives a
 * column its place, later ones give it more room. Once a column finds no place none of less worth gets one, even
 * where it would fit, so that a growing window only ever adds columns.
 */
export function columnsFor(width: number, severalRooms: boolean): readonly Column[] {
  const widths = new Map<ColumnName, number>();
  // The last column needs no border after it.
  let room = width + 1;
  let isFull = false;
  for (const [name, upTo] of STEPS) {
    if (name === 'room' && !severalRooms) continue;
    const now = widths.get(name);
    if (now === undefined) {
      isFull ||= upTo + COLUMN_EXTRA > room;
      if (isFull) continue;
      widths.set(name, upTo);
      room -= upTo + COLUMN_EXTRA;
    } else {
      const more = Math.min(room, upTo - now);
      widths.set(name, now + more);
      room -= more;
    }
  }
  return LOOKS.flatMap(({ name, title, align }) => {
    const columns = widths.get(name);
    return columns === undefined ? [] : [{ name, title, align, width: columns }];
  });
}

/** What the room goes to, the most important first: a column, and up to which width. */
const STEPS: readonly (readonly [ColumnName, number])[] = [
  ['status', 12],
  ['name', 12],
  ['progress', 4],
  ['room', 8],
  ['direction', 1],
  ['peer', 10],
  ['size', 8],
  ['room', 14],
  ['path', 11],
  ['name', 15],
  ['progress', 9],
  ['left', 7],
  ['name', 18],
  ['age', 4],
  ['rate', 10],
  ['progress', 11],
  ['name', 22],
  ['path', 16],
  ['peer', 14],
  ['progress', 15],
  ['name', 28],
  ['room', 16],
  ['path', 42],
  ['peer', 24],
  ['name', 48],
  ['progress', 21],
  ['room', 24],
  ['path', 64],
  ['name', 120],
];

const LOOKS: readonly Omit<Column, 'width'>[] = [
  { name: 'status', title: 'Status', align: 'left' },
  { name: 'room', title: 'Room', align: 'left' },
  { name: 'direction', title: '', align: 'left' },
  { name: 'name', title: 'Name', align: 'left' },
  { name: 'peer', title: 'Peer', align: 'left' },
  { name: 'size', title: 'Size', align: 'right' },
  { name: 'progress', title: 'Done', align: 'right' },
  { name: 'rate', title: 'Rate', align: 'right' },
  { name: 'left', title: 'Left', align: 'right' },
  { name: 'age', title: 'Age', align: 'right' },
  { name: 'path', title: 'Path', align: 'left' },
];

/** What a cell needs besides its row. */
export interface CellContext extends Moment {
  readonly look: Look;
}

/** The text of one cell, never wider than its column. */
export function cell(row: Row, { name, width }: Column, context: CellContext): Piece {
  const { transfer } = row;
  const { look, now, stale } = context;
  const { symbols, style } = look;
  const fitted = (text: string): string => fitWidth(text, width, symbols.ellipsis);
  switch (name) {
    case 'status': {
      const sign = stale ? symbols.stale : symbols.status[transfer.status];
      const paint = (text: string): string => style.status(transfer.status, text);
      return { text: fitted(`${sign} ${transfer.status}`), paint };
    }
    case 'room':
      return { text: middleEllipsis(roomText(row.room, look), width, symbols.ellipsis), paint: style.faint };
    case 'direction':
      return { text: symbols.direction[transfer.direction] };
    case 'name':
      return { text: middleEllipsis(nameText(transfer, look), width, symbols.ellipsis) };
    case 'peer':
      return { text: fitted(peerText(transfer, look)) };
    case 'size':
      return { text: fitted(formatBytes(transfer.size)) };
    case 'progress':
      return progressCell(transfer, width, look);
    case 'rate':
      return { text: fitted(rateText(row, context)) };
    case 'left':
      return { text: fitted(leftText(row, context)) };
    case 'age':
      return { text: fitted(formatAge(now - row.bornAt)), paint: style.faint };
    case 'path':
      return { text: pathText(transfer, now, width, symbols), paint: style.faint };
  }
}

/** Hosts and ports tell Rooms apart; `ws://` only takes their place. */
export function roomText(room: string, look: Look): string {
  return look.text(room).replace(/^\w+:\/\//, '');
}

export function nameText(transfer: Transfer, look: Look): string {
  return transfer.name === null || transfer.name === '' ? UNKNOWN : look.text(transfer.name);
}

/** The peer by name or id, and the conference where there is one: `Anna in conf 4567@some.server`. */
export function peerText({ conferenceId, peer }: Transfer, look: Look): string {
  const who = peer?.name || peer?.id;
  const parts = [who ? look.text(who) : '', conferenceId === null ? '' : `conf ${look.text(conferenceId)}`];
  return parts.filter(Boolean).join(' in ') || UNKNOWN;
}

/** Whole percent from 0 to 100; what is complete is all done, whatever was last told of its progress. */
export function percentOf({ status, progress }: Transfer): number | null {
  if (status === 'complete') return 100;
  if (progress === null || !Number.isFinite(progress)) return null;
  return Math.floor(Math.min(100, Math.max(0, progress)));
}

/** How fast it moves, or `-` while that is not known; nothing for what does not move, or has stalled. */
export function rateText(row: Row, moment: Moment): string {
  return isMoving(row, moment) ? formatRate(row.transfer.bytesPerSecond) : '';
}

/** Time left, `stalled`, or `-` while it is not known; nothing for what does not move. */
export function leftText(row: Row, { now, stale }: Moment): string {
  if (row.transfer.status !== 'processing') return '';
  if (stale) return UNKNOWN;
  if (isStalled(row, now)) return 'stalled';
  const { size, bytes, bytesPerSecond } = row.transfer;
  if (size === null || bytes === null || bytesPerSecond === null || bytesPerSecond <= 0) return UNKNOWN;
  return formatEta(Math.max(0, size - bytes) / bytesPerSecond);
}

/** `█████░░░░░  48%`: whole cells only, as half ones look different in every font. */
export function bar(percent: number, width: number, symbols: Symbols): string {
  const done = Math.floor((percent / 100) * width);
  return symbols.barDone.repeat(done) + symbols.barLeft.repeat(width - done);
}

function progressCell(transfer: Transfer, width: number, { symbols, style }: Look): Piece {
  const percent = percentOf(transfer);
  if (percent === null) return { text: UNKNOWN };
  const figure = `${percent}%`.padStart(4);
  const room = width - figure.length - 1;
  const paint = (text: string): string => style.status(transfer.status, text);
  // Only what moves has a bar: a screen of full bars says nothing, loudly.
  return room < MIN_BAR_COLUMNS || transfer.status !== 'processing'
    ? { text: figure, paint }
    : { text: `${bar(percent, room, symbols)} ${figure}`, paint };
}

const MIN_BAR_COLUMNS = 4;
