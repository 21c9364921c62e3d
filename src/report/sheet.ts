import { type Options, stringify } from 'csv-stringify/sync';
import { safeText } from '../output/text.js';
import { STATUSES } from '../transfers/transfer.js';
import type { Outcome } from './outcome.js';
import type { Group, GroupKey } from './summary.js';
import type { Zone } from './zone.js';

export interface SheetOptions {
  /** Between the cells: a comma or a tab. */
  readonly delimiter: ',' | '\t';
  /** Whether it begins with a byte order mark, by which Excel knows UTF-8. */
  readonly bom: boolean;
  readonly zone: Zone;
}

type Cell = string | number | null;

/**
 * Rows for a spreadsheet, a piece at a time, each of whole lines. A cell that a spreadsheet would take for a formula
 * gets a `'` before it; what a terminal or a reader of lines would obey is shown as an escape, as everywhere.
 */
export function* outcomeSheet(outcomes: Iterable<Outcome>, options: SheetOptions): Generator<string> {
  const time = (at: number | null) => (at === null ? null : options.zone.showTime(at));
  yield* sheet(OUTCOME_COLUMNS, outcomes, options, (outcome) => [
    time(outcome.time),
    text(outcome.room),
    outcome.direction,
    text(outcome.name),
    outcome.size,
    text(outcome.peer?.id ?? null),
    text(outcome.peer?.name ?? null),
    text(outcome.conferenceId),
    time(outcome.createdAt),
    time(outcome.beganAt),
    time(outcome.endedAt),
    outcome.waitedMs,
    outcome.tookMs,
    outcome.bytesPerSecond,
    outcome.status,
    outcome.reason,
    outcome.known,
    text(outcome.id),
  ]);
}

export function* groupSheet(
  groups: readonly Group[],
  keys: readonly GroupKey[],
  options: SheetOptions,
): Generator<string> {
  const names = keys.flatMap((key) => (key === 'peer' ? ['peer', 'peerName'] : [key]));
  const columns = [...names, 'transfers', ...STATUSES, 'bytes', 'bytesPerSecond'];
  yield* sheet(columns, groups, options, ({ values, peerName, totals }) => [
    ...keys.flatMap((key, at) => {
      const value = text(values[at] ?? null);
      return key === 'peer' ? [value, text(peerName)] : [value];
    }),
    totals.transfers,
    ...STATUSES.map((status) => totals.statuses[status]),
    totals.bytes,
    totals.bytesPerSecond,
  ]);
}

/** In the order in which they stand; the names are those of the records. */
const OUTCOME_COLUMNS = [
  'time',
  'room',
  'direction',
  'name',
  'size',
  'peerId',
  'peerName',
  'conferenceId',
  'createdAt',
  'beganAt',
  'endedAt',
  'waitedMs',
  'tookMs',
  'bytesPerSecond',
  'status',
  'reason',
  'origin',
  'id',
] as const;

function* sheet<T>(
  columns: readonly string[],
  rows: Iterable<T>,
  { delimiter, bom }: SheetOptions,
  cellsOf: (row: T) => readonly Cell[],
): Generator<string> {
  const csv: Options = { delimiter, escape_formulas: true };
  yield stringify([[...columns]], { ...csv, bom });
  let batch: Cell[][] = [];
  for (const row of rows) {
    batch.push([...cellsOf(row)]);
    if (batch.length < BATCH) continue;
    yield stringify(batch, csv);
    batch = [];
  }
  yield stringify(batch, csv);
}

function text(value: string | null): string | null {
  return value === null ? null : safeText(value, MAX_CELL_UNITS);
}

/** Rows that are made into text at once. */
const BATCH = 1_000;
/** What a cell of Excel holds, with room for escapes. */
const MAX_CELL_UNITS = 4_096;
