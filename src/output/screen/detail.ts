import { formatAge, formatBytes, UNKNOWN } from '../format.js';
import { leftText, percentOf, rateText } from './cells.js';
import type { Look } from './look.js';
import { freshest, isStale, type Model } from './model.js';
import { type Entry, entryLines } from './pane.js';
import { longPath } from './path-text.js';
import type { Row } from './row.js';

/** Of the raw message no more is shown, UTF-16 units. */
const MAX_RAW_UNITS = 16_384;

/** All that is known of one transfer, uncut. */
export function detailLines(model: Model, shown: Row, width: number, now: number, look: Look): string[] {
  const row = freshest(model, shown);
  const { transfer } = row;
  const { peer } = transfer;
  const gone = model.rows.live(row.key) === undefined;
  const stale = isStale(model, row);
  const known = (text: string | null | undefined): string => (text ? look.text(text) : UNKNOWN);
  const code = transfer.statusCode === null ? '' : ` (${transfer.statusCode})`;
  const notes = `${gone ? ', removed' : ''}${stale ? ', last known' : ''}`;
  const percent = percentOf(transfer);
  const bytes = transfer.bytes === null ? '' : `, ${formatBytes(transfer.bytes)}`;
  const size = transfer.size === null ? UNKNOWN : `${formatBytes(transfer.size)} (${transfer.size} bytes)`;
  const entries: Entry[] = [
    { label: 'Name', text: known(transfer.name) },
    {
      label: 'Status',
      text: `${look.symbols.status[transfer.status]} ${transfer.status}${code}${notes}`,
    },
    { label: 'Direction', text: `${look.symbols.direction[transfer.direction]} ${transfer.direction}` },
    { label: 'Peer', text: known(peer?.name) },
    { label: 'Peer id', text: known(peer?.id) },
    { label: 'Conference', text: known(transfer.conferenceId) },
    { label: 'Size', text: size },
    { label: 'Done', text: percent === null ? UNKNOWN : `${percent}%${bytes}` },
    { label: 'Rate', text: rateText(row, { now, stale }) || UNKNOWN },
    { label: 'Left', text: leftText(row, { now, stale }) || UNKNOWN },
    { label: 'Room', text: known(row.room) },
    { label: 'Request id', text: known(transfer.id) },
    { label: 'File id', text: known(transfer.fileId) },
    { label: 'Created', text: moment(transfer.createdAt, now) },
    { label: 'First seen', text: moment(transfer.firstSeenAt, now) },
    { label: 'Path', text: longPath(transfer, now, look.symbols) },
    ...transfer.path.map(({ status, at }) => ({ label: '', text: `${moment(at, now)}  ${status}` })),
    { label: 'Message', text: transfer.raw === null ? UNKNOWN : look.text(transfer.raw, MAX_RAW_UNITS) },
  ];
  return entryLines(entries, width);
}

/** `2024-05-01T12:00:00.000Z (5m ago)`, or what can be said of a time no calendar knows. */
function moment(at: number | null, now: number): string {
  if (at === null) return UNKNOWN;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? UNKNOWN : `${date.toISOString()} (${formatAge(now - at)} ago)`;
}
