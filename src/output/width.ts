import stringWidth from 'string-width';
import { safeText } from './text.js';

/**
 * Says that the terminal draws what Unicode calls ambiguous (Greek, Cyrillic, many signs) two columns wide, as those for
 * East Asian text do, or one. For the whole process, which has one terminal.
 */
export function setAmbiguousWidth(columns: 1 | 2): void {
  simple = columns === 1 ? SIMPLE : ASCII;
}

/** Columns that a text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  return simple.test(text) ? text.length : stringWidth(text, { ambiguousIsNarrow: simple === SIMPLE });
}

/** Whether every terminal can be expected to draw the text as wide as it is counted here. */
export function hasCertainWidth(text: string): boolean {
  return simple.test(text);
}

/** What a person takes for single characters, whatever they are made of. */
export function graphemes(text: string): string[] {
  return simple.test(text) ? [...text] : Array.from(segmentsOf(text), ({ segment }) => segment);
}

/**
 * Text cut at its end to at most `width` columns, between graphemes; what was cut shows as the ellipsis.
 * Plain text only: colours are added afterwards.
 */
export function fitWidth(text: string, width: number, ellipsis = '…'): string {
  const whole = head(text, width);
  if (whole.length === text.length) return text;
  const mark = displayWidth(ellipsis);
  if (mark > width) return whole;
  return head(text, width - mark) + ellipsis;
}

/** A file name cut in its middle to at most `width` columns, keeping the extension: `quarterly-r…nal.pdf`. */
export function middleEllipsis(name: string, width: number, ellipsis = '…'): string {
  if (head(name, width).length === name.length) return name;
  const room = width - displayWidth(ellipsis);
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  const spare = room - displayWidth(extension);
  if (spare < 1) return fitWidth(name, width, ellipsis);
  const front = head(name, Math.ceil((spare * 2) / 3));
  return front + ellipsis + tail(name, room - displayWidth(front));
}

/**
 * Text in lines of at most `width` columns, broken at a space that comes late enough in its line, else between
 * graphemes; an empty text is one empty line. What is wider than a whole line, as it happens with a single column, is
 * shown as `?`.
 *
 * @param width at least 1
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  do {
    const full = head(rest, width);
    const line = full.length < rest.length ? upToWord(full, rest) : full;
    const isTooWide = line === '' && rest !== '';
    lines.push(isTooWide ? '?' : line.trimEnd());
    rest = rest.slice(isTooWide ? firstGrapheme(rest).length : line.length);
  } while (rest.length > 0);
  return lines;
}

/** A part of a line: plain text, and how it is painted once it fits. */
export interface Piece {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export function piecesWidth(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + displayWidth(piece.text), 0);
}

/** The pieces as one line of at most `width` columns; what goes beyond is cut. */
export function line(pieces: readonly Piece[], width: number, ellipsis: string): string {
  let room = width;
  let painted = '';
  for (const { text, paint } of pieces) {
    const fitted = fitWidth(text, room, ellipsis);
    painted += fitted === '' || paint === undefined ? fitted : paint(fitted);
    room -= displayWidth(fitted);
    if (fitted !== text) break;
  }
  return painted;
}

/** The first candidate that fits, or the last one cut. */
export function firstThatFits(
  candidates: readonly (readonly Piece[])[],
  width: number,
  ellipsis: string,
): string {
  const fitting = candidates.find((pieces) => piecesWidth(pieces) <= width) ?? candidates.at(-1) ?? [];
  return line(fitting, width, ellipsis);
}

/** Left pieces, and right ones at the end of the line where there is room for them. */
export function spread(
  left: readonly Piece[],
  right: readonly Piece[],
  width: number,
  ellipsis: string,
): string {
  const gap = width - piecesWidth(left) - piecesWidth(right);
  if (gap < 2) return line(left, width, ellipsis);
  return line([...left, { text: ' '.repeat(gap) }, ...right], width, ellipsis);
}

/** Pieces with two spaces between them. */
export function spaced(groups: readonly (readonly Piece[])[]): Piece[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, at) => (at === 0 ? group : [{ text: '  ' }, ...group]));
}

/** A dot and a short ending after at least one other character. */
const EXTENSION = /(?<=[^.])\.[\p{L}\p{N}_-]{1,8}$/u;
/**
 * Characters that take one column each and never join others: ASCII, Latin, Greek, Cyrillic, and the signs that the
 * screen itself draws with. Finding graphemes costs a hundred times as much.
 */
const SIMPLE = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f…←-↓─-▓●○✓✗⊘▸▴▾]*$/;
/** The same where ambiguous characters take two columns. */
const ASCII = /^[\x20-\x7e]*$/;
let simple = SIMPLE;
let segmenter: Intl.Segmenter | undefined;
/** A grapheme longer than this is an attack; its tail is not looked for farther back. */
const MAX_GRAPHEME_UNITS = 32;

/** Made for the first text that is not plain: to make it loads tables, which takes a tenth of the start. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** The longest start of `text` that takes at most `width` columns. */
function head(text: string, width: number): string {
  if (simple.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  for (const { segment, index } of segmentsOf(text)) {
    used += displayWidth(segment);
    if (used > width) return text.slice(0, index);
  }
  return text;
}

/** The longest end of `text` that takes at most `width` columns. */
function tail(text: string, width: number): string {
  const from = Math.max(0, text.length - (width + 1) * MAX_GRAPHEME_UNITS);
  const end = text.slice(from);
  if (simple.test(end)) return end.slice(Math.max(0, end.length - width));
  const segments = [...segmentsOf(end)];
  // The first may be a part of a grapheme that began earlier.
  const first = from > 0 ? 1 : 0;
  let used = 0;
  let start = text.length;
  for (let at = segments.length - 1; at >= first; at -= 1) {
    const segment = segments[at];
    if (segment === undefined) break;
    used += displayWidth(segment.segment);
    if (used > width) break;
    start = from + segment.index;
  }
  return text.slice(start);
}

/** A full line without the word that would be torn, and with the space that follows it. */
function upToWord(full: string, rest: string): string {
  if (rest.startsWith(' ', full.length)) return `${full} `;
  const [words = ''] = UP_TO_A_SPACE.exec(full) ?? [];
  return words.length * 2 >= full.length ? words : full;
}

/** A combining mark would belong to the space. */
const UP_TO_A_SPACE = /^.* (?!\p{M})/su;

function firstGrapheme(text: string): string {
  for (const { segment } of segmentsOf(text)) return segment;
  return text;
}

/**
 * The line of a text that has a place in it, made safe, and marks below the place; of a long line what is around it.
 * @param place UTF-16 units from the start of the text
 */
export function markPlace(text: string, place: { readonly start: number; readonly end: number }): string {
  const begin = Math.max(text.lastIndexOf('\n', place.start - 1) + 1, place.start - CONTEXT_UNITS);
  const lineEnd = text.indexOf('\n', place.start);
  const end = Math.min(lineEnd < 0 ? text.length : lineEnd, Math.max(place.start, begin) + CONTEXT_UNITS);
  const before = safeText(text.slice(begin, place.start));
  const marked = safeText(text.slice(place.start, Math.min(place.end, end)));
  const after = safeText(text.slice(Math.min(place.end, end), end));
  const marks = '^'.repeat(Math.max(1, displayWidth(marked)));
  return `  ${before}${marked}${after}\n  ${' '.repeat(displayWidth(before))}${marks}\n`;
}

const CONTEXT_UNITS = 60;
