import type { Input } from '../terminal/input.js';
import type { Model } from './model.js';

/** Ways to move, in the table as in a pane. */
export type Movement = 'up' | 'down' | 'page-up' | 'page-down' | 'home' | 'end';

/** The name of a key or the character typed; nothing of what came together or of itself. */
export function command(input: Input): string | null {
  if (input.kind === 'key') return input.key;
  return input.kind === 'text' ? input.text : null;
}

/** How a key moves, if it does. */
export function movement(input: Input): Movement | undefined {
  const pressed = command(input);
  return pressed === null ? undefined : MOVEMENTS[pressed];
}

/** Whether a character typed moves. */
export function isMovement(character: string): boolean {
  return MOVEMENTS[character] !== undefined;
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

/** The detail pane on the next transfer of the table, or on the one before; `null` for another key. */
export function neighbourOf(model: Model, pressed: string | null): Model | null {
  const { mode, rows } = model;
  if (mode.kind !== 'detail' || (pressed !== 'J' && pressed !== 'K')) return null;
  const at = rows.indexOf(mode.row.key);
  const to = at < 0 ? model.selectedAt : at + (pressed === 'J' ? 1 : -1);
  const row = to < 0 ? undefined : rows.shown.at(to);
  if (row === undefined) return model;
  return { ...model, selected: row.key, chosen: row, selectedAt: to, mode: { ...mode, row, top: 0 } };
}

/**
 * Where a pane scrolls to for its next match (`n`) or the one before (`N`); `null` for another key.
 * @param matches the lines that hold a match, from 0
 */
export function nextMatch(top: number, pressed: string | null, matches: readonly number[]): number | null {
  if (pressed === 'n') return matches.find((line) => line > top) ?? top;
  if (pressed === 'N') return matches.findLast((line) => line < top) ?? top;
  return null;
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
