import type { Transfer } from '../transfers/transfer.js';
import type { Style } from './color.js';
import { formatAge, formatBytes, UNKNOWN } from './format.js';
import { safeText } from './text.js';

/** All that is known of one transfer, one labelled line each, for a person. */
export function transferDetails(transfer: Transfer, room: string, now: number, style: Style): string[] {
  const { status, statusCode, size, peer, createdAt, progress } = transfer;
  const code = statusCode === null ? '' : ` (${statusCode})`;
  const entries: readonly (readonly [label: string, text: string])[] = [
    ['Name', known(transfer.name)],
    ['Status', style.status(status, `${status}${code}`)],
    ['Direction', transfer.direction],
    ['Peer', known(peer?.name)],
    ['Peer id', known(peer?.id)],
    ['Conference', known(transfer.conferenceId)],
    ['Size', size === null ? UNKNOWN : `${formatBytes(size)} (${size} bytes)`],
    ['Done', progress === null ? UNKNOWN : `${Math.floor(progress)}%`],
    ['Created', moment(createdAt, now)],
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

function moment(at: number | null, now: number): string {
  return at === null ? UNKNOWN : `${new Date(at).toISOString()} (${formatAge(now - at)} ago)`;
}
