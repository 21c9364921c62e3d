import type { Key } from './keys.js';
import type { Model } from './model.js';

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
  return row === undefined ? model : { ...model, selected: row.key, selectedAt: to ?? 0 };
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
