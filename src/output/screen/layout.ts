import type { Size } from './model.js';

/** Below these a table has no room: each transfer gets a bare line. */
const MIN_TABLE_COLUMNS = 40;
const MIN_TABLE_ROWS = 6;

/** How the lines of a screen are shared out. Always: header, body, footer, as far as there is room. */
export interface Layout {
  readonly width: number;
  /** Lines drawn: one below the screen's height, as some terminals scroll when the last cell is written. */
  readonly lines: number;
  readonly tiny: boolean;
  readonly hasFooter: boolean;
  /** Lines between header and footer. */
  readonly body: number;
  /** Transfers that have room in the body. */
  readonly rows: number;
}

export function layoutOf({ width, height }: Size): Layout {
  const lines = Math.max(0, height - 1);
  const tiny = width < MIN_TABLE_COLUMNS || height < MIN_TABLE_ROWS;
  const hasFooter = lines >= 3;
  const body = Math.max(0, lines - 1 - (hasFooter ? 1 : 0));
  const heads = tiny ? 0 : TABLE_HEAD_LINES;
  return { width: Math.max(0, width), lines, tiny, hasFooter, body, rows: Math.max(0, body - heads) };
}

/** Column titles and the rule below them. */
const TABLE_HEAD_LINES = 2;
