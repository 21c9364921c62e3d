import type { Decision } from '../protocol/requests.js';
import type { Key, KeyName } from './keys.js';
import { type Flash, freshest, type Model, selectedRow } from './model.js';
import { copied, copyFor, neighbourOf, nextMatch } from './pane-keys.js';
import { nextSort, type Row } from './row.js';
import type { Arrangement } from './rows.js';

/** What a key asks of the world outside the model. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }
  /** Puts text into the terminal's clipboard. */
  | { readonly kind: 'copy'; readonly text: string }
  /** Play on, or pause. */
  | { readonly kind: 'play' }
  /** Play to the next change, and pause there. */
  | { readonly kind: 'step' }
  /** Shows what there was before the last change. */
  | { readonly kind: 'back' }
  | { readonly kind: 'speed'; readonly by: 1 | -1 }
  | { readonly kind: 'decide'; readonly decision: Decision; readonly room: string; readonly id: string };

export interface Update {
  readonly model: Model;
  readonly effect: Effect | null;
}

/** Longest filter, UTF-16 units. */
const MAX_FILTER_UNITS = 200;

/** How far keys move. */
export interface Reach {
  /** Lines of a page: what the body of the screen holds. */
  readonly page: number;
  /** How far an open pane can be scrolled. */
  readonly lastTop: number;
  /** Lines of an open pane in which the search has a match. */
  readonly matches: readonly number[];
}

/**
 * The model after a key. A key that means nothing where it was pressed leaves the model as it is.
 *
 * @param now milliseconds since 1970
 */
export function pressKey(model: Model, key: Key, reach: Reach, now: number): Update {
  const after = respond(model, key, reach, now);
  // What was said to the last key is read by the time that another one does something.
  const isOld = after.model !== model && after.model.flash === model.flash && model.flash?.tone === 'plain';
  return isOld ? { ...after, model: { ...after.model, flash: null } } : after;
}

function respond(model: Model, key: Key, reach: Reach, now: number): Update {
  if (key.kind === 'key') {
    const effect = EFFECTS[key.name];
    if (effect !== undefined) return { model, effect };
  }
  const { kind } = model.mode;
  if (model.playback !== null && (kind === 'table' || kind === 'detail')) {
    const effect = PLAYING_EFFECTS[command(key) ?? ''];
    if (effect !== undefined) return { model, effect };
  }
  if (kind === 'table' || kind === 'detail') {
    const copy = copyFor(model, command(key));
    if (copy !== null) {
      return { model: { ...model, flash: copied(copy, now) }, effect: { kind: 'copy', text: copy.text } };
    }
  }
  switch (model.mode.kind) {
    case 'table':
      return inTable(model, key, reach.page, now);
    case 'filter':
      return only(inFilter(model, model.mode.before, key, reach.page));
    case 'confirm':
      return inConfirm(model, model.mode, key, now);
    case 'detail':
    case 'help':
    case 'log':
      return inPane(model, model.mode, key, reach);
  }
}

const EFFECTS: { readonly [name in KeyName]?: Effect } = {
  'ctrl-c': { kind: 'interrupt' },
  'ctrl-z': { kind: 'suspend' },
  'ctrl-l': { kind: 'redraw' },
};

/** Keys of a recording, where they go before what they are otherwise for. */
const PLAYING_EFFECTS: { readonly [pressed: string]: Effect | undefined } = {
  ' ': { kind: 'play' },
  p: { kind: 'play' },
  right: { kind: 'step' },
  left: { kind: 'back' },
  '+': { kind: 'speed', by: 1 },
  '-': { kind: 'speed', by: -1 },
};

const QUIT: Effect = { kind: 'quit' };

function inTable(model: Model, key: Key, page: number, now: number): Update {
  const moved = moveSelection(model, movement(key), page);
  if (moved !== null) return only(moved);
  const { arrangement } = model.rows;
  switch (command(key)) {
    case 'enter':
      return only(openDetail(model));
    case 'escape':
      return only(
        arrangement.filter === ''
          ? { ...model, selected: null, chosen: null, top: 0 }
          : arranged(model, { ...arrangement, filter: '' }),
      );
    case '/':
      return only({ ...model, mode: { kind: 'filter', before: arrangement.filter } });
    case 's':
      return only(arranged(model, { ...arrangement, sort: nextSort(arrangement.sort), isReversed: false }));
    case 'S':
      return only(arranged(model, { ...arrangement, isReversed: !arrangement.isReversed }));
    case 'c':
      return only(arranged(model, { ...arrangement, hideEnded: !arrangement.hideEnded }));
    case 'p':
      return only(togglePause(model, now));
    case 'a':
      return only(ask(model, 'accept', now));
    case 'r':
      return only(ask(model, 'reject', now));
    case '?':
      return only({ ...model, mode: { kind: 'help', top: 0 } });
    case 'l':
      return only({ ...model, mode: { kind: 'log', top: 0 } });
    case 'q':
      return { model, effect: QUIT };
    default:
      return only(model);
  }
}

function inFilter(model: Model, before: string, key: Key, page: number): Model {
  const { arrangement } = model.rows;
  const { filter } = arrangement;
  const edited = (text: string): Model => arranged(model, { ...arrangement, filter: text });
  if (key.kind !== 'key') return edited((filter + oneLine(key.text)).slice(0, MAX_FILTER_UNITS));
  switch (key.name) {
    case 'enter':
      return { ...model, mode: { kind: 'table' } };
    case 'escape':
      return { ...edited(before), mode: { kind: 'table' } };
    case 'backspace':
      return edited([...filter].slice(0, -1).join(''));
    case 'ctrl-u':
      return edited('');
    default:
      return moveSelection(model, movement(key), page) ?? model;
  }
}

function inConfirm(model: Model, mode: { decision: Decision; row: Row }, key: Key, now: number): Update {
  const back: Model = { ...model, mode: { kind: 'table' } };
  const pressed = command(key);
  if (pressed === 'n' || pressed === 'N' || pressed === 'escape') return only(back);
  if (pressed !== 'y' && pressed !== 'Y') return only(model);
  const { room, transfer } = freshest(model, mode.row);
  if (transfer.status !== 'waiting' || model.rows.live(mode.row.key) === undefined) {
    return only({ ...back, flash: alarm('That request is no longer waiting; nothing was sent.', now) });
  }
  return { model: back, effect: { kind: 'decide', decision: mode.decision, room, id: transfer.id } };
}

function inPane(model: Model, mode: Extract<Model['mode'], { top: number }>, key: Key, reach: Reach): Update {
  const pressed = command(key);
  const back = pressed === 'escape' || pressed === 'q' || pressed === 'enter' || pressed === '?';
  const neighbour = neighbourOf(model, pressed);
  if (neighbour !== null) return only(neighbour);
  if (back) return only({ ...model, mode: { kind: 'table' } });
  const top = Math.min(mode.top, reach.lastTop);
  const match = nextMatch(top, pressed, reach.matches);
  const to = match ?? moved(top, movement(key), reach.page, reach.lastTop);
  return only(to === null ? model : { ...model, mode: { ...mode, top: to } });
}

function openDetail(model: Model): Model {
  const row = selectedRow(model) ?? model.rows.shown.at(0);
  if (row === undefined) return model;
  return { ...model, selected: row.key, chosen: row, mode: { kind: 'detail', row, top: 0 } };
}

function arranged(model: Model, arrangement: Arrangement): Model {
  model.rows.arrange(arrangement);
  return { ...model, top: 0, held: new Map() };
}

function togglePause(model: Model, now: number): Model {
  if (model.pausedAt === null) {
    model.rows.freeze();
    return { ...model, pausedAt: now };
  }
  model.rows.thaw();
  return { ...model, pausedAt: null };
}

function ask(model: Model, decision: Decision, now: number): Model {
  if (model.playback !== null) {
    return { ...model, flash: plain('Not possible in a recording.', now) };
  }
  const row = selectedRow(model);
  if (row === undefined) return { ...model, flash: plain(`Select a request to ${decision} first.`, now) };
  const { status, direction } = freshest(model, row).transfer;
  if (status !== 'waiting' || direction !== 'inbound') {
    return { ...model, flash: plain(`Only a waiting inbound request can be ${decision}ed.`, now) };
  }
  return { ...model, flash: null, mode: { kind: 'confirm', decision, row } };
}

function plain(text: string, at: number): Flash {
  return { text, at, tone: 'plain' };
}

function alarm(text: string, at: number): Flash {
  return { text, at, tone: 'alarm' };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ');
}

function only(model: Model): Update {
  return { model, effect: null };
}

/** Ways to move, in the table as in a pane. */
export type Movement = 'up' | 'down' | 'page-up' | 'page-down' | 'home' | 'end';

/** The name of a key or the character typed; nothing of what is pasted. */
export function command(key: Key): string | null {
  if (key.kind === 'paste') return null;
  return key.kind === 'key' ? key.name : key.text;
}

/** How a key moves, if it does. */
export function movement(key: Key): Movement | undefined {
  const pressed = command(key);
  return pressed === null ? undefined : MOVEMENTS[pressed];
}

/** The model with its selection moved; `null` for a key that does not move. */
export function moveSelection(model: Model, by: Movement | undefined, page: number): Model | null {
  const { shown } = model.rows;
  if (by === undefined) return null;
  const from = model.selected === null ? -1 : model.rows.indexOf(model.selected);
  const to = from < 0 ? firstMove(by, shown.length) : moved(from, by, page, shown.length - 1);
  const row = shown.at(to ?? 0);
  return row === undefined ? model : { ...model, selected: row.key, chosen: row, selectedAt: to ?? 0 };
}

/** Where a movement leads from an index, no farther than `last`; `null` for none. */
export function moved(from: number, by: Movement | undefined, page: number, last: number): number | null {
  const steps: Readonly<Record<Movement, number>> = {
    up: -1,
    down: 1,
    'page-up': -Math.max(1, page),
    'page-down': Math.max(1, page),
    home: -from,
    end: last - from,
  };
  return by === undefined ? null : Math.max(0, Math.min(last, from + steps[by]));
}

const MOVEMENTS: { readonly [key: string]: Movement | undefined } = {
  k: 'up',
  j: 'down',
  ' ': 'page-down',
  g: 'home',
  G: 'end',
  up: 'up',
  down: 'down',
  'page-up': 'page-up',
  'page-down': 'page-down',
  home: 'home',
  end: 'end',
};

/** Where nothing is selected yet the first key selects the first row. */
function firstMove(by: Movement, length: number): number {
  return by === 'end' ? length - 1 : 0;
}
