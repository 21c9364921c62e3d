import { PlacedError } from '../errors.js';
import { compileExpression } from '../rules/expression.js';
import type { Input } from '../terminal/input.js';
import { edit } from '../terminal/line.js';
import type { Mode, Model } from './model.js';
import { command, movement, moveSelection } from './movement.js';
import type { Arrangement } from './rows.js';

/** The model after a key in the filter, which the table follows as it is typed. */
export function inFilter(
  model: Model,
  mode: Extract<Mode, { kind: 'filter' }>,
  input: Input,
  page: number,
): Model {
  const { arrangement } = model.rows;
  const pressed = command(input);
  if (pressed === 'enter') return { ...model, mode: { kind: 'table' } };
  if (pressed === 'escape') {
    return { ...arranged(model, { ...arrangement, filter: mode.before }), mode: { kind: 'table' } };
  }
  const line = edit(mode.line, input, MAX_FILTER_UNITS);
  if (line === null) return moveSelection(model, movement(input), page) ?? model;
  const edited =
    line.text === arrangement.filter ? model : arranged(model, { ...arrangement, filter: line.text });
  return { ...edited, mode: { ...mode, line } };
}

/** A condition is taken with Enter, once it can be used: half of one can't. */
export function inCondition(model: Model, mode: Extract<Mode, { kind: 'condition' }>, input: Input): Model {
  const pressed = command(input);
  const { line } = mode;
  if (pressed === 'escape') return { ...model, mode: { kind: 'table' } };
  if (pressed !== 'enter') {
    const edited = edit(line, input, MAX_CONDITION_UNITS);
    return edited === null ? model : { ...model, mode: { ...mode, line: edited, fault: null } };
  }
  try {
    const where = line.text.trim() === '' ? null : compileExpression(line.text);
    return { ...arranged(model, { ...model.rows.arrangement, where }), mode: { kind: 'table' } };
  } catch (fault) {
    if (!(fault instanceof PlacedError)) throw fault;
    return { ...model, mode: { ...mode, line: { ...line, cursor: fault.place.start }, fault } };
  }
}

/** The model with its rows arranged anew, from the top. */
export function arranged(model: Model, arrangement: Arrangement): Model {
  model.rows.arrange(arrangement);
  return { ...model, top: 0, held: new Map() };
}

/** Longest filter, UTF-16 units. */
const MAX_FILTER_UNITS = 200;
const MAX_CONDITION_UNITS = 1_000;
