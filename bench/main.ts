// `main.js [--check] [ROW...]`: measures all rows or some; with --check, against the page's own ratios.
import { active } from './rows/active.js';
import { first } from './rows/first.js';
import { frame } from './rows/frame.js';
import { growth } from './rows/growth.js';
import { idle } from './rows/idle.js';
import { latency } from './rows/latency.js';
import { memory } from './rows/memory.js';
import { options } from './rows/options.js';
import { others } from './rows/others.js';
import { records } from './rows/records.js';
import { relay } from './rows/relay.js';
import { rooms } from './rows/rooms.js';
import { scale } from './rows/scale.js';
import { start } from './rows/start.js';
import { table } from './rows/table.js';
import { findRegressions } from './support/check.js';
import { type Figure, fromTable, toTable } from './support/figure.js';
import { readPage, writePage } from './support/page.js';

type Row = () => Promise<readonly Figure[]>;

const ROWS: ReadonlyMap<string, Row> = new Map(
  Object.entries({
    records,
    others,
    options,
    table,
    active,
    start,
    first,
    memory,
    idle,
    latency,
    rooms,
    frame,
    growth,
    relay,
    scale,
  }),
);
/** Only when they are asked for: they take the whole machine, and their figures are in docs/fleet.md. */
const ASKED_FOR: ReadonlySet<string> = new Set(['scale']);

const args = process.argv.slice(2);
const asked = args.filter((arg) => arg !== '--check');
const unknown = asked.find((name) => !ROWS.has(name));
if (unknown !== undefined) {
  console.error(`There is no row "${unknown}"; there are ${[...ROWS.keys()].join(', ')}.`);
  process.exitCode = 2;
} else if (args.includes('--check')) await check();
else await update();

/** Only a whole table goes into the page. */
async function update(): Promise<void> {
  const table = toTable(await measure());
  console.log(table);
  if (asked.length === 0 && process.exitCode === undefined) writePage(table);
}

/** Fails where a ratio is worse than it ever was when the page was written. */
async function check(): Promise<void> {
  const figures = await measure();
  console.log(toTable(figures));
  const regressions = findRegressions(figures, fromTable(readPage().measured));
  for (const regression of regressions) console.error(regression);
  if (regressions.length > 0) process.exitCode = 1;
}

async function measure(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, row] of ROWS) {
    if (asked.length === 0 ? ASKED_FOR.has(name) : !asked.includes(name)) continue;
    console.error(`${name}…`);
    try {
      figures.push(...(await row()));
    } catch (error) {
      console.error(`${name} failed:`, error);
      process.exitCode = 1;
    }
  }
  return figures;
}
