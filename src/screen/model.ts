import { DEFAULTS } from '../defaults.js';
import type { PlacedError } from '../errors.js';
import type { Notice } from '../monitor/monitor.js';
import { describe, noteOf } from '../output/lines.js';
import { type Look, makeStyle } from '../output/look.js';
import { wrap } from '../output/width.js';
import type { Decision } from '../protocol/requests.js';
import type { Playback } from '../recording/player.js';
import type { Link } from '../room/entry.js';
import type { Line } from '../terminal/line.js';
import { type ColumnChoice, type ColumnName, USUAL_COLUMNS } from './columns.js';
import { TableMemo } from './memo.js';
import { isActive, type Row } from './row.js';
import { Rows } from './rows.js';
import type { HeldWidths } from './table.js';

export interface RoomState {
  readonly link: Link;
  /** When the link got this state, milliseconds since 1970. */
  readonly linkAt: number;
  /** When the Room last gave a sign of life while the link was up; `null` before the first. */
  readonly aliveAt: number | null;
  /** As in `fileTransferAvailabilityChanged`; `null` while not known. */
  readonly availability: number | null;
  /** `appState` of the Room; `null` until it is known. */
  readonly code: number | null;
}

/** What the keys go to, and what the body of the screen shows. */
export type Mode =
  | { readonly kind: 'table' }
  | { readonly kind: 'filter' /** The filter to go back to. */; readonly before: string; readonly line: Line }
  /** A condition is typed. Its fault is shown until the next key. */
  | { readonly kind: 'condition'; readonly line: Line; readonly fault: PlacedError | null }
  | {
      readonly kind: 'detail' /** As last known, should it be removed. */;
      readonly row: Row;
      readonly top: number;
    }
  | {
      readonly kind: 'confirm';
      readonly decision: Decision;
      readonly row: Row;
      /** When the question was first on the screen, milliseconds since 1970; `null` before. */
      readonly shownAt: number | null;
    }
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'columns' /** The place of the column that the keys are about. */; readonly at: number }
  | { readonly kind: 'log'; readonly top: number };

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

/** All that the screen shows. A value, apart from `rows`, `log` and `memo`, which change in place. */
export interface Model {
  readonly rows: Rows;
  readonly log: EventLog;
  readonly memo: TableMemo;
  readonly rooms: ReadonlyMap<string, RoomState>;
  /** Those of `rooms` that are servers which report Rooms, with a link of their own. */
  readonly servers: ReadonlySet<string>;
  /** Key of the selected row; without one the table shows its top. */
  readonly selected: string | null;
  /** The row that a person selected, as last known: the selection comes back to it where it was hidden for a while. */
  readonly chosen: Row | null;
  /** Where the selected row was last seen, for the time after its removal. */
  readonly selectedAt: number;
  /** Index of the first row on the screen. */
  readonly top: number;
  readonly columns: ColumnChoice;
  /** What the columns needed of late. */
  readonly held: HeldWidths;
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
  columns: ColumnChoice = USUAL_COLUMNS,
): Model {
  return {
    rows: new Rows(keepEnded ?? DEFAULTS.keep),
    log: new EventLog(),
    memo: new TableMemo(),
    rooms: new Map(rooms.map((room) => [room, newRoom(now)])),
    servers: new Set(servers),
    selected: null,
    chosen: null,
    selectedAt: 0,
    top: 0,
    columns,
    held: new Map(),
    mode: { kind: 'table' },
    pausedAt: null,
    playback: null,
    flash: null,
    startedAt: now,
  };
}

function newRoom(now: number): RoomState {
  return {
    link: { state: 'connecting', attempt: 1 },
    linkAt: now,
    aliveAt: null,
    availability: null,
    code: null,
  };
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

/** Columns that say nothing here: of one Room its name, unless it is asked for. */
export function leftOutOf(model: Model): ReadonlySet<ColumnName> {
  return new Set(roomsOf(model).size > 1 ? [] : ['room']);
}

/** Whether what is shown of a row may be out of date: it has not ended, and its Room is not heard now. */
export function isStale(model: Model, row: Row): boolean {
  return isActive(row) && model.rooms.get(row.room)?.link.state !== 'live';
}

/** The row with its newest facts, or as it was where it is gone. */
export function freshest(model: Model, row: Row): Row {
  return model.rows.live(row.key) ?? row;
}

/** Below these a table has no room: each transfer gets a bare line. */
const MIN_TABLE_COLUMNS = 40;
const MIN_TABLE_ROWS = 6;

/** How the lines of a screen are shared out. Always: header, body, footer, as far as there is room. */
export interface Layout {
  readonly width: number;
  /** Lines drawn: one below the screen's height, as some terminals scroll when the last cell is written. */
  readonly lines: number;
  readonly tiny: boolean;
  readonly hasFooter: boolean;
  /** Lines between header and footer. */
  readonly body: number;
  /** Transfers that have room in the body. */
  readonly rows: number;
}

export function layoutOf({ width, height }: Size): Layout {
  const lines = Math.max(0, height - 1);
  const tiny = width < MIN_TABLE_COLUMNS || height < MIN_TABLE_ROWS;
  const hasFooter = lines >= 3;
  const body = Math.max(0, lines - 1 - (hasFooter ? 1 : 0));
  const heads = tiny ? 0 : TABLE_HEAD_LINES;
  return { width: Math.max(0, width), lines, tiny, hasFooter, body, rows: Math.max(0, body - heads) };
}

/** Column titles and the rule below them. */
const TABLE_HEAD_LINES = 2;

/** The model after a notice; `room` is `null` for a warning that concerns no Room. */
export function applyNotice(model: Model, notice: Notice, room: string | null): Model {
  if (room !== null) return applyRoomNotice(model, notice, room);
  return notice.kind === 'warning'
    ? { ...model, flash: { text: notice.message, at: notice.at, tone: 'alarm' } }
    : model;
}

/** Costs the same whatever the number of transfers. */
function applyRoomNotice(model: Model, notice: Notice, room: string): Model {
  const state = model.rooms.get(room) ?? newRoom(notice.at);
  model.log.add(notice, room);
  switch (notice.kind) {
    case 'transfer':
      model.rows.change(room, notice);
      return withSignOfLife(model, room, state, notice.at);
    case 'progress':
      model.rows.progress(room, notice.transfer);
      return withSignOfLife(model, room, state, notice.at);
    case 'removed':
      model.rows.remove(room, notice);
      return withSignOfLife(model, room, state, notice.at);
    case 'availability':
      return withRoom(model, room, { ...state, aliveAt: notice.at, availability: notice.code });
    case 'state':
      return withRoom(model, room, { ...state, aliveAt: notice.at, code: notice.code });
    case 'heartbeat':
      return withRoom(model, room, notice.connected ? { ...state, aliveAt: notice.at } : state);
    case 'link': {
      const isLive = notice.link.state === 'live';
      const linked = { ...state, link: notice.link, linkAt: notice.at };
      const told = withRoom(model, room, isLive ? { ...linked, aliveAt: notice.at } : linked);
      return isLive && told.flash?.room === room ? { ...told, flash: null } : told;
    }
    case 'warning':
      return {
        ...withRoom(model, room, state),
        flash: { text: notice.message, at: notice.at, tone: 'alarm', room },
      };
  }
}

/** Many events share a millisecond, and say no more of their Room than that it lives. */
function withSignOfLife(model: Model, room: string, state: RoomState, at: number): Model {
  return state.aliveAt === at ? model : withRoom(model, room, { ...state, aliveAt: at });
}

function withRoom(model: Model, room: string, state: RoomState): Model {
  return { ...model, rooms: new Map(model.rooms).set(room, state) };
}

/**
 * The model before it is drawn: the selection stays with its transfer wherever that went, goes to its neighbour where it
 * was removed or hidden, and comes back to it. The rows on the screen move only as far as the selection needs.
 */
export function settle(model: Model, layout: Layout): Model {
  const { shown } = model.rows;
  if (model.selected === null) return model.top === 0 ? model : { ...model, top: 0 };
  const row = selection(model);
  if (row === undefined) return { ...model, top: 0 };
  const index = shown.indexOf(row);
  const lastTop = Math.max(0, shown.length - layout.rows);
  const top = Math.min(lastTop, Math.max(index - Math.max(1, layout.rows) + 1, Math.min(model.top, index)));
  if (row.key === model.selected && index === model.selectedAt && top === model.top) return model;
  return { ...model, selected: row.key, selectedAt: index, top };
}

function selection(model: Model): Row | undefined {
  const { rows, chosen, selectedAt } = model;
  if (chosen !== null && rows.indexOf(chosen.key) >= 0) return rows.shown.at(rows.indexOf(chosen.key));
  const isHidden = chosen !== null && rows.live(chosen.key) !== undefined;
  const present = selectedRow(model);
  if (present !== undefined && !isHidden) return present;
  const hidden = chosen === null ? undefined : rows.live(chosen.key);
  const place = hidden === undefined ? selectedAt : rows.shown.placeOf(hidden);
  return rows.shown.at(Math.min(place, rows.shown.length - 1));
}

/** What happened, newest last; of more than `MAX_EVENTS` the latest are kept. Grows in place, as rows do. */
class EventLog {
  #events: { readonly notice: Notice; readonly room: string }[] = [];

  add(notice: Notice, room: string): void {
    if (notice.kind === 'progress' || notice.kind === 'heartbeat') return;
    this.#events.push({ notice, room });
    if (this.#events.length >= 2 * MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS);
  }

  /** One or more lines for each event, the newest first, with the time of day. */
  lines(width: number, now: number, look: Look, namesRooms: boolean): string[] {
    const lines = this.#events
      .slice(-MAX_EVENTS)
      .reverse()
      .flatMap(({ notice, room }) => {
        const change = describe(notice, PLAIN_STYLE);
        const where = namesRooms ? `${look.text(room)}: ` : '';
        const text = change === null ? noteOf(notice, room) : `${where}${change}`;
        if (text === null) return [];
        const space = Math.max(1, width - TIME_COLUMNS);
        return wrap(text, space).map((part, at) => {
          const time = at === 0 ? look.times.clock(notice.at, now, 'seconds') : '';
          return ` ${time.padEnd(TIME_COLUMNS - 1)}${part}`;
        });
      });
    return lines.length > 0 ? lines : [' Nothing has happened yet.'];
  }
}

const MAX_EVENTS = 500;
const PLAIN_STYLE = makeStyle(false);
const TIME_COLUMNS = ' HH:MM:SS  '.length;
