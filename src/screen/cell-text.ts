import type { Look, Symbols } from '../output/look.js';
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatEta,
  formatRate,
  shownName,
  UNKNOWN,
} from '../output/text.js';
import type { Precision } from '../output/times.js';
import { displayWidth, fitWidth } from '../output/width.js';
import { hasEnded, type Transfer } from '../transfers/transfer.js';
import { isActive, isMoving, isStalled, type Moment, type Row } from './row.js';

/** Hosts and ports tell Rooms apart; `ws://` only takes their place. */
export function roomText(room: string, look: Texts): string {
  return look.text(room).replace(/^\w+:\/\//, '');
}

export function nameText({ name }: Transfer, look: Texts): string {
  return shownName(name, look.text);
}

/** The peer by name or id, and the conference where there is one: `Anna in conf 4567@some.server`. */
export function peerText({ conferenceId, peer }: Transfer, look: Texts): string {
  const who = peer?.name || peer?.id;
  const parts = [who ? look.text(who) : '', conferenceId === null ? '' : `conf ${look.text(conferenceId)}`];
  return parts.filter(Boolean).join(' in ') || UNKNOWN;
}

/** Text that runs from right to left must not take what stands beside it along. */
export function isolate(text: string, painted = text): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${painted}\u2069` : painted;
}

/** Whole percent from 0 to 100; a complete transfer is at 100, whatever its last progress was. */
export function percentOf({ status, progress }: Transfer): number | null {
  if (status === 'complete') return 100;
  if (progress === null || !Number.isFinite(progress)) return null;
  return Math.floor(Math.min(100, Math.max(0, progress)));
}

/** `█████░░░░░  48%`, without the bar in less room; only running transfers get one. */
export function progressText(transfer: Transfer, width: number, symbols: Symbols): string {
  const percent = percentOf(transfer);
  if (percent === null) return UNKNOWN;
  const figure = `${percent}%`.padStart(FIGURE_COLUMNS);
  const room = width - figure.length - 1;
  if (room < MIN_BAR_COLUMNS || transfer.status !== 'processing') return figure;
  // Whole cells only: half ones look different in every font.
  const done = Math.floor((percent / 100) * room);
  return `${symbols.barDone.repeat(done)}${symbols.barLeft.repeat(room - done)} ${figure}`;
}

/** How fast it moves, or `-` while that is not known; nothing for what does not move, or has stalled. */
export function rateText(row: Row, moment: Moment): string {
  return isMoving(row, moment) ? formatRate(row.transfer.bytesPerSecond) : '';
}

/** Time left, `stalled`, or `-` while it is not known; nothing for what does not move. */
export function leftText(row: Row, { now, stale }: Moment): string {
  if (row.transfer.status !== 'processing') return '';
  if (stale) return UNKNOWN;
  if (isStalled(row, now)) return 'stalled';
  const { size, bytes, bytesPerSecond } = row.transfer;
  if (size === null || bytes === null || bytesPerSecond === null || bytesPerSecond <= 0) return UNKNOWN;
  return formatEta(Math.max(0, size - bytes) / bytesPerSecond);
}

/** When it ended, or how long ago it was requested; both as times, or as ages, where that was asked for. */
export function timeText(
  row: Row,
  { times }: Pick<Look, 'times'>,
  now: number,
  precision: Precision,
): string {
  if (!isActive(row)) return times.clock(row.statusAt, now, precision);
  return times.showsAges ? formatAge(now - row.bornAt) : times.clock(row.bornAt, now, precision);
}

/**
 * All that the texts of a row take from the moment when it is looked at: as long as this is the same, so are they. Times
 * of day depend on the date, which begins with a minute in every zone.
 */
export function momentOf(row: Row, { now, stale }: Moment): string {
  const stalled = isStalled(row, now);
  return `${stale} ${stalled} ${secondsSince(row.statusAt, now)} ${secondsSince(row.bornAt, now)} ${Math.floor(now / 60_000)}`;
}

function secondsSince(at: number, now: number): number {
  return Math.floor((now - at) / 1_000);
}

const MIN_LONG_COLUMNS = 30;

/**
 * The path of statuses with how long each took: `waiting 12s → processing 3s → complete`, or in less room
 * `○12s→●3s→✓`, or of that only the last steps.
 */
export function pathText(transfer: Transfer, now: number, width: number, symbols: Symbols): string {
  // By the width of the column, not of the text: rows that look alike are easier to compare.
  const long = width < MIN_LONG_COLUMNS ? null : longPath(transfer, now, symbols);
  if (long !== null && displayWidth(long) <= width) return long;
  const steps = timedSteps(transfer, now).map(
    ({ status, ms }) => `${symbols.status[status]}${ms === null ? '' : formatAge(ms)}`,
  );
  if (transfer.omittedSteps > 0) steps.splice(1, 0, symbols.ellipsis);
  for (let from = 0; from < steps.length; from += 1) {
    const kept = from === 0 ? steps : [symbols.ellipsis, ...steps.slice(from)];
    const short = kept.join(symbols.arrow);
    if (displayWidth(short) <= width) return short;
  }
  return fitWidth(steps.at(-1) ?? '', width, symbols.ellipsis);
}

/** The whole path in words. */
export function longPath(transfer: Transfer, now: number, symbols: Symbols): string {
  const steps = timedSteps(transfer, now).map(({ status, ms }) =>
    ms === null ? status : `${status} ${formatDuration(ms)}`,
  );
  if (transfer.omittedSteps > 0) steps.splice(1, 0, symbols.ellipsis);
  return steps.join(` ${symbols.arrow} `);
}

/** Each step with how long it took; a present one in whole seconds, `null` where it is the end. */
function timedSteps(transfer: Transfer, now: number): { status: Transfer['status']; ms: number | null }[] {
  return transfer.path.map(({ status, at }, index) => {
    const next = transfer.path[index + 1];
    if (next !== undefined) return { status, ms: Math.max(0, next.at - at) };
    if (hasEnded(status)) return { status, ms: null };
    return { status, ms: Math.floor(Math.max(0, now - at) / 1_000) * 1_000 };
  });
}

/** What a person can read of a row, and so what a search looks into. */
export function searchText(row: Row, look: Pick<Look, 'text' | 'times'>, moment: Moment): string {
  const { transfer } = row;
  const { id, fileId, peer, status, direction } = transfer;
  const percent = percentOf(transfer);
  return [
    nameText(transfer, look),
    peerText(transfer, look),
    peer?.id ? look.text(peer.id) : '',
    look.text(id),
    fileId === null ? '' : look.text(fileId),
    status,
    direction,
    formatBytes(transfer.size),
    percent === null ? '' : `${percent}%`,
    leftText(row, moment),
    isActive(row) ? '' : timeText(row, look, moment.now, 'seconds'),
    roomText(row.room, look),
  ].join('\n');
}

/** How text from outside is made safe. */
type Texts = Pick<Look, 'text'>;

const FIGURE_COLUMNS = 4;
const MIN_BAR_COLUMNS = 4;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
