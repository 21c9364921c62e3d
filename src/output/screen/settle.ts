import type { Layout } from './layout.js';
import { type Model, selectedRow } from './model.js';

/**
 * The model before it is drawn: the selection keeps to its transfer wherever that went, to its neighbour where it
 * was removed, and the rows on the screen are moved only as far as the selection needs.
 */
export function settle(model: Model, layout: Layout): Model {
  const { shown } = model.rows;
  const page = layout.rows;
  const lastTop = Math.max(0, shown.length - page);
  if (model.selected === null) return model.top === 0 ? model : { ...model, top: 0 };
  const row = selectedRow(model) ?? shown.at(Math.min(model.selectedAt, shown.length - 1));
  if (row === undefined) return { ...model, top: 0 };
  const index = shown.indexOf(row);
  const top = Math.min(lastTop, Math.max(index - Math.max(1, page) + 1, Math.min(model.top, index)));
  if (row.key === model.selected && index === model.selectedAt && top === model.top) return model;
  return { ...model, selected: row.key, selectedAt: index, top };
}
