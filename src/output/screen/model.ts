import type { Link } from '../../room/link.js';
import type { Playback } from './playback.js';
import { isActive, type Row, rowKey } from './row.js';
import { Rows } from './rows.js';

const DEFAULT_KEEP_ENDED = 10_000;

export interface RoomState {
  readonly link: Link;
  /** When the link got this state, milliseconds since 1970. */
  readonly linkAt: number;
  /** When the Room last gave a sign of life while the link was up; `null` before the first. */
  readonly aliveAt: number | null;
  /** As in `fileTransferAvailabilityChanged`; `null` while not known. */
  readonly availability: number | null;
}

export type Answer = 'accept' | 'reject';

/** What the keys go to, and what the body of the screen shows. */
export type Mode =
  | { readonly kind: 'table' }
  | { readonly kind: 'filter' /** The filter to go back to. */; readonly before: string }
  | {
      readonly kind: 'detail' /** As last known, should it be removed. */;
      readonly row: Row;
      readonly top: number;
    }
  | { readonly kind: 'confirm'; readonly answer: Answer; readonly row: Row }
  | { readonly kind: 'help'; readonly top: number };

/** A sentence for the last line, until it is old; a plain one, until the next key. */
export interface Flash {
  readonly text: string;
  readonly at: number;
  readonly tone: 'plain' | 'alarm';
  /** The Room whose trouble this is: once it is live the sentence is history. */
  readonly room?: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** All that the screen shows. A value, apart from `rows`, which grow in place. */
export interface Model {
  readonly rows: Rows;
  readonly rooms: ReadonlyMap<string, RoomState>;
  /** Those of `rooms` that are none: servers that tell of Rooms, with a link of their own. */
  readonly servers: ReadonlySet<string>;
  /** Key of the selected row; without one the table shows its top. */
  readonly selected: string | null;
  /** Where the selected row was last seen, for the time after its removal. */
  readonly selectedAt: number;
  /** Index of the first row on the screen. */
  readonly top: number;
  readonly mode: Mode;
  /** When drawing was paused, milliseconds since 1970. */
  readonly pausedAt: number | null;
  /** `null` where what is shown happens now. */
  readonly playback: Playback | null;
  readonly flash: Flash | null;
  readonly startedAt: number;
}

export function initialModel(
  now: number,
  rooms: readonly string[] = [],
  keepEnded?: number,
  servers: readonly string[] = [],
): Model {
  return {
    rows: new Rows(keepEnded ?? DEFAULT_KEEP_ENDED),
    rooms: new Map(rooms.map((room) => [room, newRoom(now)])),
    servers: new Set(servers),
    selected: null,
    selectedAt: 0,
    top: 0,
    mode: { kind: 'table' },
    pausedAt: null,
    playback: null,
    flash: null,
    startedAt: now,
  };
}

export function newRoom(now: number): RoomState {
  return { link: { state: 'connecting', attempt: 1 }, linkAt: now, aliveAt: null, availability: null };
}

/** The Rooms alone, without servers; these where no Room is known yet. */
export function roomsOf({ rooms, servers }: Model): Model['rooms'] {
  if (servers.size === 0) return rooms;
  const known = new Map([...rooms].filter(([room]) => !servers.has(room)));
  return known.size === 0 ? rooms : known;
}

/** The selected row as the table shows it, or `undefined`. */
export function selectedRow(model: Model): Row | undefined {
  if (model.selected === null) return undefined;
  const index = model.rows.indexOf(model.selected);
  return index < 0 ? undefined : model.rows.shown.at(index);
}

/** Whether what is shown of a row may be out of date: it has not ended, and its Room is not heard now. */
export function isStale(model: Model, row: Row): boolean {
  return isActive(row) && model.rooms.get(row.room)?.link.state !== 'live';
}

/** The row with its newest facts, or as it was where it is gone. */
export function freshest(model: Model, row: Row): Row {
  return model.rows.live(rowKey(row.room, row.transfer.id)) ?? row;
}
