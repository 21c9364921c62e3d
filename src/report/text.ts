import type { Style } from '../output/look.js';
import { formatBytes, formatDuration, formatRate, safeText, UNKNOWN } from '../output/text.js';
import { displayWidth, middleEllipsis } from '../output/width.js';
import { hasEnded, STATUSES, type Status } from '../transfers/transfer.js';
import type { Outcome, OutcomeReason } from './outcome.js';
import type { Gap } from './rows.js';
import { type Group, type GroupKey, groupBy, type Top, type Totals, topOf, totalsOf } from './summary.js';
import type { Zone } from './zone.js';

export interface TextOptions {
  readonly zone: Zone;
  readonly style: Style;
  /** Rows of each list at most. */
  readonly top: number;
  /** What the groups are counted by; by direction where none is given. */
  readonly by: readonly GroupKey[];
}

/** The lines of a summary for a person, made safe. */
export function* summaryLines(
  outcomes: Iterable<Outcome>,
  gaps: readonly Gap[],
  options: TextOptions,
): Generator<string> {
  const { zone, style, top, by } = options;
  const rooms = groupBy(outcomes, ['room'], zone);
  yield headline(outcomes, rooms, zone);
  if (rooms.length > 0) {
    const keys = by.length === 0 ? (['direction'] as const) : by;
    const groups = groupBy(outcomes, keys, zone);
    yield* section(`By ${keys.join(', ')}`, cut(groups, top), style, (rows) => groupTable(rows, keys, style));
    const failed = topOf(those(outcomes, hasFailed), top, newestFirst);
    yield* section('Failed or rejected', failed, style, (rows) => problemTable(rows, options));
    const unknown = topOf(those(outcomes, isUnknown), top, newestFirst);
    yield* section('Not known what became of', unknown, style, (rows) => problemTable(rows, options));
    const slowest = topOf(those(outcomes, isTimed), top, slowestFirst);
    yield* section('Slowest', slowest, style, (rows) => slowTable(rows, options));
    if (!keys.includes('peer')) {
      const peers = cut(groupBy(those(outcomes, hasPeer), ['peer'], zone), top);
      yield* section('Peers', peers, style, (rows) => groupTable(rows, ['peer'], style));
    }
  }
  yield* section('Not watched', cut(gaps, top), style, (rows) => gapTable(rows, zone));
}

function headline(outcomes: Iterable<Outcome>, rooms: readonly Group[], zone: Zone): string {
  const [room, ...others] = rooms;
  if (room === undefined) return 'No transfers.';
  const totals = totalsOf(outcomes);
  const counts = STATUSES.filter((status) => totals.statuses[status] > 0).map(
    (status) => `${totals.statuses[status]} ${status}`,
  );
  const where = others.length === 0 ? safeText(room.values[0] ?? '') : `${rooms.length} Rooms`;
  const when = `${zone.showTime(totals.firstTime)} to ${zone.showTime(totals.time)}, ${zone.name}`;
  const transfers = totals.transfers === 1 ? '1 transfer' : `${totals.transfers} transfers`;
  return `${transfers} of ${where} (${when}): ${counts.join(', ')}; ${formatBytes(totals.bytes)} transferred`;
}

/** A heading and the first rows; nothing where there are none. */
function* section<T>(
  title: string,
  { count, first }: Top<T>,
  style: Style,
  table: (rows: readonly T[]) => readonly string[],
): Generator<string> {
  if (count === 0) return;
  yield '';
  yield style.strong(`${title}: ${count}`);
  yield* table(first);
  if (count > first.length) yield `  and ${count - first.length} more (--top ${count} shows all)`;
}

function* those(outcomes: Iterable<Outcome>, fits: (outcome: Outcome) => boolean): Generator<Outcome> {
  for (const outcome of outcomes) if (fits(outcome)) yield outcome;
}

function cut<T>(rows: readonly T[], top: number): Top<T> {
  return { count: rows.length, first: rows.slice(0, top) };
}

function hasFailed({ status }: Outcome): boolean {
  return hasEnded(status) && status !== 'complete';
}

function isUnknown({ status }: Outcome): boolean {
  return status === 'unknown';
}

function isTimed({ status, tookMs }: Outcome): boolean {
  return status === 'complete' && tookMs !== null;
}

function hasPeer({ peer }: Outcome): boolean {
  return peer !== null;
}

function newestFirst(one: Outcome, other: Outcome): number {
  return other.time - one.time;
}

function slowestFirst(one: Outcome, other: Outcome): number {
  return (other.tookMs ?? 0) - (one.tookMs ?? 0);
}

function groupTable(groups: readonly Group[], keys: readonly GroupKey[], style: Style): readonly string[] {
  const used = STATUSES.filter((status) => groups.some(({ totals }) => totals.statuses[status] > 0));
  const titles = [...keys, 'transfers', ...used, 'size', 'mean rate'];
  const rows = groups.map(({ values, peerName, totals }) => [
    ...keys.map((key, at) => valueCell(key, values[at] ?? null, peerName)),
    right(String(totals.transfers)),
    ...used.map((status) => countCell(totals, status, style)),
    right(formatBytes(totals.bytes)),
    right(formatRate(totals.bytesPerSecond)),
  ]);
  return layOut(titles, rows);
}

function problemTable(outcomes: readonly Outcome[], { zone, style }: TextOptions): readonly string[] {
  const rows = outcomes.map((outcome) => [
    left(zone.showTime(outcome.time)),
    left(outcome.room),
    left(outcome.direction),
    { ...left(outcome.status), paint: (text: string) => style.status[outcome.status](text) },
    left(nameOf(outcome)),
    right(formatBytes(outcome.size)),
    left(otherSide(outcome)),
    whole(whyOf(outcome)),
  ]);
  return layOut(['time', 'room', 'direction', 'status', 'name', 'size', 'peer', 'why'], rows);
}

function slowTable(outcomes: readonly Outcome[], { zone }: TextOptions): readonly string[] {
  const rows = outcomes.map((outcome) => [
    right(formatDuration(outcome.tookMs)),
    right(formatDuration(outcome.waitedMs)),
    right(formatRate(outcome.bytesPerSecond)),
    right(formatBytes(outcome.size)),
    left(zone.showTime(outcome.time)),
    left(outcome.room),
    left(nameOf(outcome)),
    left(otherSide(outcome)),
  ]);
  return layOut(['took', 'waited', 'rate', 'size', 'time', 'room', 'name', 'peer'], rows);
}

function gapTable(gaps: readonly Gap[], zone: Zone): readonly string[] {
  const rows = gaps.map(({ room, from, to, why }) => [
    left(room),
    left(zone.showTime(from)),
    left(to === null ? 'the end' : zone.showTime(to)),
    right(to === null ? UNKNOWN : formatDuration(to - from)),
    whole(why),
  ]);
  return layOut(['room', 'from', 'to', 'for', 'why'], rows);
}

function nameOf({ name }: Outcome): string {
  return name === null ? UNKNOWN : name === '' ? '(no name)' : name;
}

/** Who sent or got it: the name, and the id that tells namesakes apart. */
function otherSide({ direction, peer, conferenceId }: Outcome): string {
  const word = direction === 'inbound' ? 'from ' : direction === 'outbound' ? 'to ' : '';
  if (peer === null) return conferenceId === null ? UNKNOWN : `${word}the conference ${conferenceId}`;
  return `${word}${peerText(peer.id, peer.name)}`;
}

function peerText(id: string | null, name: string | null): string {
  if (id === null || name === null || id === name) return name ?? id ?? UNKNOWN;
  return `${name} (${id})`;
}

function whyOf({ reason, known, endedAt, status }: Outcome): string {
  const why = reason === null ? null : WHY[reason];
  const how =
    known === 'resync' && status !== 'unknown'
      ? 'seen after a gap'
      : known === 'snapshot' && endedAt === null
        ? 'before the watch began'
        : null;
  return [why, how].filter((part) => part !== null).join(', ');
}

/** Each as a clause. */
const WHY: Readonly<Record<OutcomeReason, string>> = {
  'failed-before-start': 'internal error before it began',
  'failed-in-transfer': 'internal error during the transfer',
  failed: 'internal error',
  deleted: 'deleted before it ended',
  cleared: 'the history was cleared before it ended',
  gone: 'gone from the lists after a gap',
  'connection-lost': 'the connection was lost and did not come back',
  'watch-ended': 'the watch ended before it did',
  'not-listed': 'the Room did not list it after a gap',
  'unknown-status': 'the Room gave a status that is not documented',
};

function valueCell(key: GroupKey, value: string | null, peerName: string | null): Cell {
  if (value === null) return left(UNKNOWN);
  return left(key === 'peer' ? peerText(value, peerName) : value);
}

function countCell({ statuses }: Totals, status: Status, style: Style): Cell {
  const count = statuses[status];
  const paint = (text: string) => (count === 0 ? text : style.status[status](text));
  return { ...right(String(count)), paint };
}

interface Cell {
  readonly text: string;
  readonly isRight: boolean;
  readonly paint?: (text: string) => string;
}

function left(text: string): Cell {
  return { text: middleEllipsis(safeText(text), MAX_CELL_COLUMNS), isRight: false };
}

/** Of a last column: nothing stands behind it. */
function whole(text: string): Cell {
  return { text: safeText(text), isRight: false };
}

function right(text: string): Cell {
  return { text, isRight: true };
}

/** Cells in columns as wide as the widest, two blanks between them. */
function layOut(titles: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const head = titles.map((title, at) => ({ text: title, isRight: rows[0]?.[at]?.isRight ?? false }));
  const all = [head, ...rows];
  const widths = titles.map((_, at) => Math.max(...all.map((row) => displayWidth(row[at]?.text ?? ''))));
  return all.map((row) => {
    const cells = row.map(({ text, isRight, paint }: Cell, at) => {
      const gap = ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(text)));
      const painted = paint?.(text) ?? text;
      return isRight ? gap + painted : painted + gap;
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

const MAX_CELL_COLUMNS = 60;
