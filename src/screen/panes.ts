import type { Look } from '../output/look.js';
import { formatAge, formatBytes, safeText, shownName, UNKNOWN } from '../output/text.js';
import { wrap } from '../output/width.js';
import type { Transfer } from '../transfers/transfer.js';
import { leftText, longPath, percentOf, rateText } from './cell-text.js';
import { freshest, isStale, type Model } from './model.js';
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
  const entries: LabelledText[] = [
    { label: 'Name', text: shownName(transfer.name, look.text) },
    {
      label: 'Status',
      text: `${look.symbols.status[transfer.status]} ${transfer.status}${code}${notes}`,
    },
    { label: 'Direction', text: `${look.symbols.direction[transfer.direction]} ${transfer.direction}` },
    { label: sideOf(transfer), text: known(peer?.name) },
    { label: `${sideOf(transfer)} id`, text: known(peer?.id) },
    { label: 'Conference', text: known(transfer.conferenceId) },
    { label: 'Size', text: size },
    { label: 'Done', text: percent === null ? UNKNOWN : `${percent}%${bytes}` },
    { label: 'Rate', text: rateText(row, { now, stale }) || UNKNOWN },
    { label: 'Left', text: leftText(row, { now, stale }) || UNKNOWN },
    { label: 'Room', text: known(row.room) },
    { label: 'Request id', text: known(transfer.id) },
    { label: 'File id', text: known(transfer.fileId) },
    { label: 'Created', text: moment(transfer.createdAt, now, look) },
    { label: 'First seen', text: moment(transfer.firstSeenAt, now, look) },
    { label: 'Path', text: longPath(transfer, now, look.symbols) },
    ...transfer.path.map(({ status, at }) => ({ label: '', text: `${moment(at, now, look)}  ${status}` })),
    { label: 'Message', text: transfer.raw === null ? UNKNOWN : look.text(transfer.raw, MAX_RAW_UNITS) },
  ];
  return entryLines(entries, width);
}

/** What the peer is to the file. */
function sideOf({ direction }: Transfer): string {
  return direction === 'unknown' ? 'Peer' : direction === 'outbound' ? 'To' : 'From';
}

/** `2024-05-01T12:00:00.000Z (5m ago)`, or what can be said of a time no calendar knows. */
function moment(at: number | null, now: number, { times }: Pick<Look, 'times'>): string {
  const time = at === null ? UNKNOWN : times.exact(at);
  return at === null || time === UNKNOWN ? UNKNOWN : `${time} (${formatAge(now - at)} ago)`;
}

/** The keys, and what the signs mean. */
export function helpLines(width: number, { symbols }: Look, isRecording: boolean): string[] {
  const signs = Object.entries({ ...symbols.status, stale: symbols.stale })
    .map(([word, sign]) => `${sign} ${word}`)
    .join('  ');
  const { inbound, outbound } = symbols.direction;
  return entryLines(
    [
      ...(isRecording ? KEYS_OF_RECORDING : KEYS),
      { label: '', text: '' },
      { label: 'Signs', text: signs },
      { label: '', text: `${inbound} inbound  ${outbound} outbound  ${symbols.alarm} failed or rejected` },
    ],
    width,
  );
}

const KEYS: readonly LabelledText[] = [
  { label: 'j k, arrows', text: 'move the selection' },
  { label: 'PgUp PgDn', text: 'a page up or down; Space also goes down' },
  { label: 'g G', text: 'first, last; Home and End as well' },
  { label: 'Enter', text: 'all about the selected transfer' },
  { label: 'Esc', text: 'back; then no filter, no selection' },
  { label: 'a r', text: 'accept or reject the selected waiting request' },
  { label: '/', text: 'show only what has these words, as you type; !word leaves out' },
  { label: ':', text: 'show only rows for which a condition is true, as with --where' },
  { label: 's S', text: 'sort by activity, newest, problems, name, peer, size; reverse' },
  { label: 'i I', text: 'copy the id, or the name' },
  { label: 'l', text: 'what happened, newest first' },
  { label: 'J K', text: 'in details: the next transfer, the one before' },
  { label: 'n N', text: 'in details: the next match, the one before' },
  { label: 'c', text: 'hide or show ended transfers' },
  { label: 'C', text: 'choose the columns, as with --columns' },
  { label: 'p', text: 'pause the table; counting goes on' },
  { label: 'Ctrl-L', text: 'draw the screen anew' },
  { label: 'q', text: 'quit' },
];

/** Labels of keys that mean something else in a recording, or nothing. */
const ONLY_LIVE: ReadonlySet<string> = new Set(['PgUp PgDn', 'p', 'a r']);

const KEYS_OF_RECORDING: readonly LabelledText[] = [
  { label: 'Space', text: 'pause, or play on' },
  { label: 'Right Left', text: 'to the next change and pause there; back by one' },
  { label: '+ -', text: 'play faster, slower' },
  { label: 'PgUp PgDn', text: 'a page up or down' },
  ...KEYS.filter(({ label }) => !ONLY_LIVE.has(label)),
];

/** One labelled entry of a pane; `text` may take several lines. */
export interface LabelledText {
  readonly label: string;
  readonly text: string;
}

/** Labels on the left, wrapped text on the right; below each other where there is little room. */
function entryLines(entries: readonly LabelledText[], width: number): string[] {
  const indent = 1 + Math.max(0, ...entries.map(({ label }) => label.length)) + 2;
  if (width < indent * 2) {
    return entries.flatMap(({ label, text }) => [...wrap(label, width), ...wrap(text, width)]);
  }
  return entries.flatMap(({ label, text }) =>
    wrap(text, width - indent).map((part, at) => ` ${(at === 0 ? label : '').padEnd(indent - 1)}${part}`),
  );
}

/** All that is known of one transfer, one labelled line each, for a person. */
export function transferDetails(
  transfer: Transfer,
  room: string,
  now: number,
  look: Pick<Look, 'style' | 'times'>,
): string[] {
  const { style } = look;
  const { status, statusCode, size, peer, createdAt, progress } = transfer;
  const code = statusCode === null ? '' : ` (${statusCode})`;
  const entries: readonly (readonly [label: string, text: string])[] = [
    ['Name', shownName(transfer.name)],
    ['Status', style.status[status](`${status}${code}`)],
    ['Direction', transfer.direction],
    [sideOf(transfer), known(peer?.name)],
    [`${sideOf(transfer)} id`, known(peer?.id)],
    ['Conference', known(transfer.conferenceId)],
    ['Size', size === null ? UNKNOWN : `${formatBytes(size)} (${size} bytes)`],
    ['Done', progress === null ? UNKNOWN : `${Math.floor(progress)}%`],
    ['Created', moment(createdAt, now, look)],
    ['Request id', known(transfer.id)],
    ['File id', known(transfer.fileId)],
    ['Room', known(room)],
  ];
  const width = Math.max(...entries.map(([label]) => label.length)) + 2;
  return entries.map(([label, text]) => `${style.faint(label)}${' '.repeat(width - label.length)}${text}`);
}

function known(text: string | null | undefined): string {
  return text ? safeText(text) : UNKNOWN;
}
