import { safeText } from '../output/text.js';
import type { Decision } from '../protocol/requests.js';
import type { Input, KeyName } from '../terminal/input.js';
import { lineOf } from '../terminal/line.js';
import { inColumns } from './column-pane.js';
import { type Flash, freshest, type Model, selectedRow } from './model.js';
import { command, isMovement, moved, movement, moveSelection, neighbourOf, nextMatch } from './movement.js';
import { nextSort } from './row.js';
import { arranged, inCondition, inFilter } from './typing.js';

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

/** A question is not answered before it was on the screen for this long. */
const READING_MS = 300;

type Mode<Kind extends Model['mode']['kind']> = Extract<Model['mode'], { kind: Kind }>;

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
export function pressKey(model: Model, input: Input, reach: Reach, now: number): Update {
  const after = respond(model, input, reach, now);
  // What was said to the last key is read by the time that another one does something.
  const isOld = after.model !== model && after.model.flash === model.flash && model.flash?.tone === 'plain';
  return isOld ? { ...after, model: { ...after.model, flash: null } } : after;
}

function respond(model: Model, input: Input, reach: Reach, now: number): Update {
  if (input.kind === 'key') {
    const effect = EFFECTS[input.key];
    if (effect !== undefined) return { model, effect };
  }
  const { kind } = model.mode;
  if (input.kind === 'burst' && kind !== 'filter' && kind !== 'condition' && kind !== 'confirm') {
    return only(together(model, input.text, reach, now));
  }
  if (model.playback !== null && (kind === 'table' || kind === 'detail')) {
    const effect = PLAYING_EFFECTS[command(input) ?? ''];
    if (effect !== undefined) return { model, effect };
  }
  if (kind === 'table' || kind === 'detail') {
    const copied = copy(model, command(input), now);
    if (copied !== null) return copied;
  }
  switch (model.mode.kind) {
    case 'table':
      return inTable(model, input, reach.page, now);
    case 'filter':
      return only(inFilter(model, model.mode, input, reach.page));
    case 'condition':
      return only(inCondition(model, model.mode, input));
    case 'confirm':
      return inConfirm(model, model.mode, input, now);
    case 'columns':
      return only(inColumns(model, model.mode, input, reach.page));
    case 'detail':
    case 'help':
    case 'log':
      return inPane(model, model.mode, input, reach);
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

const OPENED: { readonly [pressed: string]: Model['mode'] | undefined } = {
  '?': { kind: 'help', top: 0 },
  l: { kind: 'log', top: 0 },
  C: { kind: 'columns', at: 0 },
};

const QUIT: Effect = { kind: 'quit' };

/**
 * Several characters at once may be a paste: of these only what does no harm is done. A held key moves, and typing
 * ahead on a slow link may begin a filter or a condition.
 */
function together(model: Model, text: string, reach: Reach, now: number): Model {
  const characters = [...text];
  if (characters.every(isMovement)) {
    return characters.reduce(
      (moving, character) => respond(moving, { kind: 'text', text: character }, reach, now).model,
      model,
    );
  }
  const [first = ''] = text;
  if (model.mode.kind !== 'table' || (first !== '/' && first !== ':')) return model;
  const typing = respond(model, { kind: 'text', text: first }, reach, now).model;
  return respond(typing, { kind: 'burst', text: text.slice(1) }, reach, now).model;
}

/** `i` and `I` copy the id or the name of the open or selected transfer; `null` for another key or no transfer. */
function copy(model: Model, pressed: string | null, now: number): Update | null {
  if (pressed !== 'i' && pressed !== 'I') return null;
  const row = model.mode.kind === 'detail' ? model.mode.row : selectedRow(model);
  if (row === undefined) return null;
  const { id, name } = freshest(model, row).transfer;
  const [what, given] = pressed === 'i' ? ['id', id] : ['name', name];
  if (given === null || given === '') return null;
  const flash: Flash = { text: `Copied the ${what} ${given}.`, at: now, tone: 'plain' };
  // As it is shown: a name with a line end in it would be a command where it is pasted into a shell.
  return { model: { ...model, flash }, effect: { kind: 'copy', text: safeText(given) } };
}

function inTable(model: Model, input: Input, page: number, now: number): Update {
  const moved = moveSelection(model, movement(input), page);
  if (moved !== null) return only(moved);
  const { arrangement } = model.rows;
  const pressed = command(input) ?? '';
  const opened = OPENED[pressed];
  if (opened !== undefined) return only({ ...model, mode: opened });
  switch (pressed) {
    case 'enter':
      return only(openDetail(model));
    case 'escape':
      return only(
        arrangement.filter === '' && arrangement.where === null
          ? { ...model, selected: null, chosen: null, top: 0 }
          : arranged(model, { ...arrangement, filter: '', where: null }),
      );
    case '/':
      return only({
        ...model,
        mode: { kind: 'filter', before: arrangement.filter, line: lineOf(arrangement.filter) },
      });
    case ':': {
      const line = lineOf(arrangement.where?.source ?? '');
      return only({ ...model, mode: { kind: 'condition', line, fault: null } });
    }
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
    case 'q':
      return { model, effect: QUIT };
    default:
      return only(model);
  }
}

/** Only `y` typed on its own answers, and only once a person can have read the question. */
function inConfirm(model: Model, mode: Mode<'confirm'>, input: Input, now: number): Update {
  const back: Model = { ...model, mode: { kind: 'table' } };
  if (input.kind === 'key') return only(input.key === 'escape' ? back : model);
  if (input.kind !== 'text' && input.kind !== 'burst' && input.kind !== 'paste') return only(model);
  const typed = input.kind === 'text' ? input.text.toLowerCase() : null;
  if (typed === 'n') return only(back);
  if (typed !== 'y') return only({ ...back, flash: flash('Nothing was sent: that was not y.', now) });
  if (mode.shownAt === null || now - mode.shownAt < READING_MS) return only(model);
  const { room, transfer } = freshest(model, mode.row);
  if (transfer.status !== 'waiting' || model.rows.live(mode.row.key) === undefined) {
    return only({
      ...back,
      flash: flash('That request is no longer waiting; nothing was sent.', now, 'alarm'),
    });
  }
  return { model: back, effect: { kind: 'decide', decision: mode.decision, room, id: transfer.id } };
}

function inPane(model: Model, mode: Mode<'detail' | 'help' | 'log'>, input: Input, reach: Reach): Update {
  const pressed = command(input);
  const back = pressed === 'escape' || pressed === 'q' || pressed === 'enter' || pressed === '?';
  const neighbour = neighbourOf(model, pressed);
  if (neighbour !== null) return only(neighbour);
  if (back) return only({ ...model, mode: { kind: 'table' } });
  const top = Math.min(mode.top, reach.lastTop);
  const match = nextMatch(top, pressed, reach.matches);
  const to = match ?? moved(top, movement(input), reach.page, reach.lastTop);
  return only(to === null ? model : { ...model, mode: { ...mode, top: to } });
}

function openDetail(model: Model): Model {
  const row = selectedRow(model) ?? model.rows.shown.at(0);
  if (row === undefined) return model;
  return { ...model, selected: row.key, chosen: row, mode: { kind: 'detail', row, top: 0 } };
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
    return { ...model, flash: flash('Not possible in a recording.', now) };
  }
  const row = selectedRow(model);
  if (row === undefined) return { ...model, flash: flash(`Select a request to ${decision} first.`, now) };
  const { status, direction } = freshest(model, row).transfer;
  if (status !== 'waiting' || direction !== 'inbound') {
    return { ...model, flash: flash(`Only a waiting inbound request can be ${decision}ed.`, now) };
  }
  return { ...model, flash: null, mode: { kind: 'confirm', decision, row, shownAt: null } };
}

function flash(text: string, at: number, tone: Flash['tone'] = 'plain'): Flash {
  return { text, at, tone };
}

function only(model: Model): Update {
  return { model, effect: null };
}
