import { safeText } from '../output/text.js';
import { type Flash, freshest, type Model, selectedRow } from './model.js';
import type { Row } from './row.js';

/** Text for the terminal's clipboard, and what to say of it. */
export interface Copy {
  readonly text: string;
  readonly said: string;
}

/** What `i` and `I` copy: the id or the name of the open or selected transfer; `null` for another key or no transfer. */
export function copyFor(model: Model, pressed: string | null): Copy | null {
  if (pressed !== 'i' && pressed !== 'I') return null;
  const shown = model.mode.kind === 'detail' ? model.mode.row : selectedRow(model);
  if (shown === undefined) return null;
  const { id, name } = freshest(model, shown).transfer;
  if (pressed === 'i') return { text: safeText(id), said: `Copied the id ${id}.` };
  // As it is shown: a name with a line end in it would be a command where it is pasted into a shell.
  return name === null || name === '' ? null : { text: safeText(name), said: `Copied the name ${name}.` };
}

/** The detail pane on the next transfer of the table, or on the one before; `null` for another key. */
export function neighbourOf(model: Model, pressed: string | null): Model | null {
  const { mode, rows } = model;
  if (mode.kind !== 'detail' || (pressed !== 'J' && pressed !== 'K')) return null;
  const at = rows.indexOf(mode.row.key);
  const to = at < 0 ? model.selectedAt : at + (pressed === 'J' ? 1 : -1);
  const row: Row | undefined = to < 0 ? undefined : rows.shown.at(to);
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

export function copied({ said }: Copy, at: number): Flash {
  return { text: said, at, tone: 'plain' };
}
