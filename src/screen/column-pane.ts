import type { Look } from '../output/look.js';
import { line } from '../output/width.js';
import type { Input } from '../terminal/input.js';
import { COLUMNS, type Column, type ColumnName, columnsOf } from './columns.js';
import { leftOutOf, type Model } from './model.js';
import { command, moved, movement } from './movement.js';

type ColumnMode = Extract<Model['mode'], { kind: 'columns' }>;

/** All columns: first those that the table has, in their order. */
function listed(model: Model): { readonly all: readonly Column[]; readonly shown: readonly ColumnName[] } {
  const shown = columnsOf(model.columns, 'steps', leftOutOf(model));
  const others = COLUMNS.filter((column) => !shown.includes(column));
  return { all: [...shown, ...others], shown: shown.map(({ name }) => name) };
}

/** The model after a key that was pressed while columns are chosen. The table has them at once. */
export function inColumns(model: Model, mode: ColumnMode, input: Input, page: number): Model {
  const { all, shown } = listed(model);
  const at = Math.min(mode.at, all.length - 1);
  const name = all[at]?.name;
  const pressed = command(input);
  if (name === undefined || (pressed !== null && CLOSING.has(pressed))) {
    return { ...model, mode: { kind: 'table' } };
  }
  const isShown = shown.includes(name);
  switch (pressed) {
    case ' ': {
      // A table has at least one column.
      if (isShown && shown.length === 1) return model;
      const asked = isShown ? shown.filter((one) => one !== name) : [...shown, name];
      return choose(model, asked, name);
    }
    case 'J':
    case 'K': {
      const to = at + (pressed === 'J' ? 1 : -1);
      if (!isShown || to < 0 || to >= shown.length) return model;
      const others = shown.filter((one) => one !== name);
      return choose(model, others.toSpliced(to, 0, name), name);
    }
    case 'd':
      return choose(model, null, name);
    default: {
      const to = moved(at, movement(input), page, all.length - 1);
      return to === null ? model : { ...model, mode: { ...mode, at: to } };
    }
  }
}

/** The keys stay with the column that they were about. */
function choose(model: Model, asked: readonly ColumnName[] | null, name: ColumnName): Model {
  const chosen: Model = { ...model, columns: { ...model.columns, asked } };
  const at = listed(chosen).all.findIndex((column) => column.name === name);
  return { ...chosen, mode: { kind: 'columns', at } };
}

/** A line for each column; by the names that the option takes. */
export function columnLines(
  model: Model,
  mode: ColumnMode,
  width: number,
  { style, symbols }: Look,
): string[] {
  const { all, shown } = listed(model);
  return all.map(({ name, title }, at) => {
    const sign = shown.includes(name) ? 'x' : ' ';
    const isHere = at === mode.at;
    const text = `${isHere ? symbols.cursor : ' '} [${sign}] ${name.padEnd(NAME_COLUMNS)}${title}`;
    return line([{ text: text.trimEnd(), ...(isHere && { paint: style.strong }) }], width, symbols.ellipsis);
  });
}

const CLOSING: ReadonlySet<string> = new Set(['enter', 'escape', 'C', 'q', '?']);
const NAME_COLUMNS = Math.max(...COLUMNS.map(({ name }) => name.length)) + 2;
