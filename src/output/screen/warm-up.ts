import { columnsFor } from './columns.js';
import { makeLook } from './look.js';
import { drawTable } from './table.js';

/**
 * Draws a table that nobody sees. The first one costs ten times as much as those after it, mostly for finding out how
 * wide an emoji is: time that is free while a Room is being dialled.
 */
export function warmUp(): void {
  const columns = columnsFor(SOME_COLUMNS, true);
  drawTable(columns, [columns.map(() => ({ text: '👋 文.txt' }))], makeLook({ color: true, unicode: true }));
}

const SOME_COLUMNS = 200;
