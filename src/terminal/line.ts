import { displayWidth, fitWidth, graphemes } from '../output/width.js';
import { type Input, type KeyName, printable } from './input.js';

/** A line of text being edited. */
export interface Line {
  readonly text: string;
  /** Where typing goes, UTF-16 units from the start; always between two graphemes. */
  readonly cursor: number;
  /** What was last killed, for Ctrl-Y. */
  readonly killed: string;
}

/** A line with its cursor at its end. */
export function lineOf(text: string): Line {
  return { text, cursor: text.length, killed: '' };
}

/**
 * The line after an input, edited as readline does it; `null` for an input that edits nothing.
 *
 * @param maxUnits what would make the line longer than these UTF-16 units is left out
 */
export function edit(line: Line, input: Input, maxUnits: number): Line | null {
  switch (input.kind) {
    case 'text':
    case 'burst':
    case 'paste':
      return insert(line, input.text, maxUnits);
    case 'key':
      return input.key === 'ctrl-y'
        ? insert(line, line.killed, maxUnits)
        : (EDITS[input.key]?.(line) ?? null);
    case 'focus':
    case 'mouse':
    case 'report':
      return null;
  }
}

export function toEnd(line: Line): Line {
  return moveTo(line, line.text.length);
}

/** A part of a line that fits, and the column of the cursor in it. */
export interface LineWindow {
  readonly text: string;
  readonly cursorColumn: number;
}

/**
 * The part of a line around its cursor that fits into `width` columns, the cursor's own included.
 *
 * @param before what is shown up to the cursor
 * @param after what is shown from the cursor on
 */
export function windowOf(before: string, after: string, width: number, ellipsis: string): LineWindow {
  const [under = ' '] = graphemes(after);
  const taken = displayWidth(under) + (after.length > under.length ? displayWidth(ellipsis) : 0);
  const head = startFitting(before, Math.max(0, width - taken), ellipsis);
  const cursorColumn = displayWidth(head);
  return { text: head + fitWidth(after, width - cursorColumn, ellipsis), cursorColumn };
}

/** The end of a text that fits into `width` columns; that something is cut shows as the ellipsis. */
function startFitting(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = displayWidth(ellipsis);
  for (const grapheme of graphemes(text).reverse()) {
    used += displayWidth(grapheme);
    if (used > width) break;
    kept = grapheme + kept;
  }
  return fitWidth(ellipsis, width, '') + kept;
}

function insert({ text, cursor, killed }: Line, pasted: string, maxUnits: number): Line {
  const added = oneLine(pasted).slice(0, Math.max(0, maxUnits - text.length));
  return { text: text.slice(0, cursor) + added + text.slice(cursor), cursor: cursor + added.length, killed };
}

/** Line ends at the end came along with the text; others become a blank. */
function oneLine(text: string): string {
  return printable(
    text.replace(/[\r\n\t]+/g, (run, at: number) => (at + run.length === text.length ? '' : ' ')),
  );
}

const EDITS: { readonly [key in KeyName]?: (line: Line) => Line } = {
  left,
  'ctrl-b': left,
  right,
  'ctrl-f': right,
  home: (line) => moveTo(line, 0),
  'ctrl-a': (line) => moveTo(line, 0),
  end: toEnd,
  'ctrl-e': toEnd,
  'ctrl-left': (line) => moveTo(line, wordStart(line)),
  'alt-b': (line) => moveTo(line, wordStart(line)),
  'ctrl-right': (line) => moveTo(line, wordEnd(line)),
  'alt-f': (line) => moveTo(line, wordEnd(line)),
  backspace: (line) => remove(line, left(line).cursor, line.cursor),
  delete: (line) => remove(line, line.cursor, right(line).cursor),
  'ctrl-d': (line) => remove(line, line.cursor, right(line).cursor),
  'alt-backspace': (line) => kill(line, wordStart(line), line.cursor),
  'alt-d': (line) => kill(line, line.cursor, wordEnd(line)),
  'ctrl-w': (line) => kill(line, beforeCursor(line).replace(/\S*\s*$/u, '').length, line.cursor),
  'ctrl-u': (line) => kill(line, 0, line.cursor),
  'ctrl-k': (line) => kill(line, line.cursor, line.text.length),
};

function left(line: Line): Line {
  return moveTo(line, line.cursor - (graphemes(beforeCursor(line)).at(-1)?.length ?? 0));
}

function right(line: Line): Line {
  return moveTo(line, line.cursor + (graphemes(line.text.slice(line.cursor)).at(0)?.length ?? 0));
}

function wordStart(line: Line): number {
  return beforeCursor(line).replace(/[\p{L}\p{N}\p{M}]*[^\p{L}\p{N}\p{M}]*$/u, '').length;
}

function wordEnd({ text, cursor }: Line): number {
  return cursor + (/^[^\p{L}\p{N}]*[\p{L}\p{N}\p{M}]*/u.exec(text.slice(cursor))?.[0].length ?? 0);
}

function beforeCursor({ text, cursor }: Line): string {
  return text.slice(0, cursor);
}

function moveTo(line: Line, cursor: number): Line {
  return { ...line, cursor };
}

function remove({ text, killed }: Line, from: number, to: number): Line {
  return { text: text.slice(0, from) + text.slice(to), cursor: from, killed };
}

function kill(line: Line, from: number, to: number): Line {
  return { ...remove(line, from, to), killed: line.text.slice(from, to) };
}
