import { frame } from './rows/frame.js';
import { growth } from './rows/growth.js';
import { latency } from './rows/latency.js';
import { memory } from './rows/memory.js';
import { others } from './rows/others.js';
import { records } from './rows/records.js';
import { relay } from './rows/relay.js';
import { start } from './rows/start.js';
import { table } from './rows/table.js';
import { type Figure, toTable } from './support/figure.js';
import { writePage } from './support/page.js';

type Row = () => Promise<readonly Figure[]>;

const ROWS: ReadonlyMap<string, Row> = new Map(
  Object.entries({ records, others, table, start, memory, latency, frame, growth, relay }),
);

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !ROWS.has(name));
if (unknown === undefined) await measure();
else {
  console.error(`There is no row "${unknown}"; there are ${[...ROWS.keys()].join(', ')}.`);
  process.exitCode = 2;
}

/** Only a whole table goes into the page. */
async function measure(): Promise<void> {
  const figures: Figure[] = [];
  for (const [name, row] of ROWS) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.error(`${name}…`);
    figures.push(...(await row()));
  }
  const table = toTable(figures);
  console.log(table);
  if (asked.length === 0) writePage(table);
}
