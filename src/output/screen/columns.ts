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
