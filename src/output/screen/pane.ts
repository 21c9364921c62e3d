import { wrap } from '../width.js';

/** One labelled entry of a pane; `text` may take several lines. */
export interface Entry {
  readonly label: string;
  readonly text: string;
}

/** Labels on the left, wrapped text on the right; below each other where there is little room. */
export function entryLines(entries: readonly Entry[], width: number): string[] {
  const indent = 1 + Math.max(0, ...entries.map(({ label }) => label.length)) + 2;
  if (width < indent * 2) {
    return entries.flatMap(({ label, text }) => [...wrap(label, width), ...wrap(text, width)]);
  }
  return entries.flatMap(({ label, text }) =>
    wrap(text, width - indent).map((part, at) => ` ${(at === 0 ? label : '').padEnd(indent - 1)}${part}`),
  );
}
