import type { Look } from '../output/look.js';
import { formatBytes, formatDuration } from '../output/text.js';
import { fitWidth, middleEllipsis } from '../output/width.js';
import type { Transfer } from '../transfers/transfer.js';
import { nameText, pathText, peerText, percentOf, roomText } from './cell-text.js';
import { type Model, roomsOf } from './model.js';
import type { EndedCounts, FailedTransfer } from './tally.js';

/** How many problems, and how many links that ended, are listed one by one. */
const MAX_LISTED = 20;
const MAX_NAME_COLUMNS = 60;
const MAX_PATH_COLUMNS = 60;

/** What stays on the normal screen: how long, how many of each status, and what went wrong and why. */
export function summaryLines(model: Model, now: number, look: Look): string[] {
  const { rows, rooms, startedAt } = model;
  const { tally } = rows;
  const names = [...rooms.keys()].map((room) => look.text(room)).join(', ') || 'no Room';
  const lines = [`Watched ${names} for ${formatDuration(wholeSeconds(now - startedAt))}.`];
  const bytes = tally.completedBytes > 0 ? ` (${formatBytes(tally.completedBytes)})` : '';
  const { complete, failed, rejected } = tally.watched;
  lines.push(`Ended while watching: ${complete} complete${bytes}, ${failed} failed, ${rejected} rejected.`);
  const active = (['processing', 'waiting', 'unknown'] as const)
    .filter((status) => rows.count(status) > 0)
    .map((status) => `${rows.count(status)} ${status}`);
  if (active.length > 0) lines.push(`Not ended: ${active.join(', ')}.`);
  if (sum(tally.unseen) > 0) {
    const before = tally.unseen;
    lines.push(
      `Ended before: ${before.complete} complete, ${before.failed} failed, ${before.rejected} rejected.`,
    );
  }
  const listed = tally.problems.slice(-MAX_LISTED);
  const unlisted = failed + rejected - listed.length;
  if (unlisted > 0 && listed.length > 0)
    lines.push(`The last ${listed.length} that failed or were rejected:`);
  for (const problem of listed) lines.push(problemLine(problem, roomsOf(model).size > 1, look));
  if (listed.some(({ row }) => row.transfer.status === 'failed' && row.transfer.statusCode === 0)) {
    lines.push('Status 0 is an error inside the Room; its log says more.');
  }
  lines.push(...endingLines(model, look));
  return lines;
}

/** How the links ended that another process held. Of this one, an error or the person who ended it says so. */
function endingLines(model: Model, look: Look): string[] {
  const ended = [...model.rooms].flatMap(([room, { link }]) =>
    link.state === 'closed' && link.wasElsewhere === true
      ? [`${look.text(room)}: closed: ${look.text(link.reason)}`]
      : [],
  );
  const unlisted = ended.length - MAX_LISTED;
  return unlisted > 0 ? [...ended.slice(0, MAX_LISTED), `${unlisted} more links were closed.`] : ended;
}

/** `✗ failed   ↓ report.pdf, Anna: at 48%, waiting 2s → processing 3s → failed (status 0)`. */
function problemLine({ row, event }: FailedTransfer, severalRooms: boolean, look: Look): string {
  const { transfer } = row;
  const { symbols, style } = look;
  const percent = percentOf(transfer);
  const sign = `${symbols.status[transfer.status]} ${transfer.status.padEnd('rejected'.length)}`;
  const where = severalRooms ? `${roomText(row.room, look)}: ` : '';
  const done = percent === null ? '' : `at ${percent}%, `;
  const name = middleEllipsis(nameText(transfer, look), MAX_NAME_COLUMNS, symbols.ellipsis);
  const peer = fitWidth(peerText(transfer, look), MAX_NAME_COLUMNS, symbols.ellipsis);
  const what = `${symbols.direction[transfer.direction]} ${name}, ${peer}`;
  const path = pathText(transfer, row.statusAt, MAX_PATH_COLUMNS, symbols);
  return `${style.status[transfer.status](sign)} ${where}${what}: ${done}${path} (${reason(transfer, event, look)})`;
}

/** A status is all that the Room reports of a failure, apart from its own log. */
function reason({ status, statusCode }: Transfer, event: string | null, look: Look): string {
  const source = event === null ? 'seen when listing again' : look.text(event);
  if (status === 'rejected') return source;
  const code = `status ${statusCode ?? 'unknown'}`;
  return event === null ? `${code}, ${source}` : code;
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(Math.max(0, milliseconds) / 1_000) * 1_000;
}

function sum({ complete, failed, rejected }: EndedCounts): number {
  return complete + failed + rejected;
}
