import { displayWidth, fitWidth } from '../output/width.js';

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
