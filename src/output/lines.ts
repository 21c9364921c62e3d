import type { AnswerNotice, HookNotice, Shown } from '../monitor/monitor.js';
import { availabilityOf, roomState } from '../records/record.js';
import type { Link } from '../room/entry.js';
import type { Transfer } from '../transfers/transfer.js';
import type { Look, Style } from './look.js';
import type { Sink, View } from './sink.js';
import { formatBytes, formatDuration, safeText, shownName } from './text.js';

export interface LinesOptions {
  readonly look: Pick<Look, 'style' | 'times'>;
  /** Name the Room in each line: there is more than one. */
  readonly nameRooms: boolean;
  /** Whether lines have the time when a transfer was made, as far as it was there already. */
  readonly isListing?: boolean;
  /** Whether peers are shown with their ids. */
  readonly isWide?: boolean;
}

/** One plain line per change: for pipes, logs and screen readers. */
export class LinesView implements View {
  readonly #sink: Sink;
  readonly #options: LinesOptions;

  constructor(sink: Sink, options: LinesOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  show(notice: Shown, room: string | null): void {
    const { look, nameRooms, isListing = false, isWide } = this.#options;
    const text = describe(notice, look.style, isWide);
    if (text === null) return;
    const where = nameRooms && room !== null ? `${safeText(room)}  ` : '';
    const time = look.times.full(timeOf(notice, isListing)).padEnd(AGO_COLUMNS);
    this.#sink.write(`${time}  ${where}${text}\n`);
  }

  async close(): Promise<void> {}
}

/** When something happened; of a transfer that was there already when it was made, where the Room tells that. */
export function timeOf(notice: Shown, isListing: boolean): number {
  const isKnown = isListing && notice.kind === 'transfer' && notice.origin === 'snapshot';
  return (isKnown ? notice.transfer.createdAt : null) ?? notice.at;
}

/** A change in words; `null` for progress, which would drown the rest, and for the link, which `noteOf` puts into words. */
export function describe(notice: Shown, style: Style, isWide = false): string | null {
  switch (notice.kind) {
    case 'transfer': {
      const { transfer, previousStatus } = notice;
      const status = style.status[transfer.status](statusText(transfer).padEnd(STATUS_COLUMNS));
      const was = previousStatus === null ? '' : `  (was ${previousStatus})`;
      return `${transfer.direction.padEnd(DIRECTION_COLUMNS)}  ${status}  ${about(transfer, isWide)}${was}`;
    }
    case 'removed': {
      const { transfer, reason, id, removedFromDisk } = notice;
      const what = transfer === null ? `id ${safeText(id)}` : about(transfer, isWide);
      const direction = (transfer?.direction ?? 'unknown').padEnd(DIRECTION_COLUMNS);
      const disk = removedFromDisk === true ? ', also from disk' : '';
      return `${direction}  ${'removed'.padEnd(STATUS_COLUMNS)}  ${what}  (${reason}${disk})`;
    }
    case 'availability':
      return `file transfer is ${availabilityOf(notice.code)} (${notice.code})`;
    case 'state':
      return `Room: ${roomState(notice.code).text} (${notice.code})`;
    case 'heartbeat':
      return notice.connected ? 'alive, nothing changed' : 'still not connected';
    case 'answer':
      return answerText(notice);
    case 'hook':
      return hookText(notice);
    case 'progress':
    case 'link':
    case 'warning':
      return null;
  }
}

function answerText({ decision, id, outcome, by }: AnswerNotice): string {
  const done = decision === 'accept' ? 'accepted' : 'rejected';
  const reason = outcome === null || outcome.ok ? '' : `: ${safeText(outcome.reason)}`;
  const what = outcome === null ? `would be ${done}` : `${outcome.ok ? '' : 'not '}${done}${reason}`;
  const who = 'rule' in by ? `rule ${safeText(by.rule)}` : `hook ${safeText(by.hook)}`;
  return `request ${what}  id ${safeText(id)}  by ${who}`;
}

/** Only a hook that failed is worth a line. */
function hookText({ event, id, command, exitCode, signal, stderr, fault }: HookNotice): string | null {
  if (exitCode === 0 && fault === null) return null;
  const how = fault ?? (signal === null ? `exit code ${exitCode}` : `ended by ${signal}`);
  const about = id === null ? '' : `  id ${safeText(id)}`;
  const last = stderr === null ? '' : `: ${safeText(stderr)}`;
  return `hook     ${safeText(command)} for ${event} failed: ${how}${last}${about}`;
}

function statusText({ status, statusCode }: Transfer): string {
  return status === 'unknown' && statusCode !== null ? `unknown(${statusCode})` : status;
}

function about(transfer: Transfer, isWide: boolean): string {
  const { name, size, peer, conferenceId, direction, id } = transfer;
  const parts = [shownName(name), formatBytes(size)];
  const who = whoIs(peer, isWide);
  if (who !== null) parts.push(`${direction === 'outbound' ? 'to' : 'from'} ${who}`);
  if (conferenceId !== null) parts.push(`in conference ${safeText(conferenceId)}`);
  parts.push(`id ${safeText(id)}`);
  return parts.join('  ');
}

/** A peer's name; with its id first, which no name can forge, where it is asked for. */
function whoIs(peer: Transfer['peer'], isWide: boolean): string | null {
  const { id = null, name = null } = peer ?? {};
  const who = name ?? id;
  if (!isWide || id === null || name === null) return who === null ? null : safeText(who);
  return `${safeText(id)} (${safeText(name)})`;
}

/** Of `999d ago`. */
const AGO_COLUMNS = 8;
const DIRECTION_COLUMNS = 'outbound'.length;
const STATUS_COLUMNS = 'processing'.length;

/** The note on stderr while data goes to stdout; `null` for a notice without one. */
export function noteOf(notice: Shown, room: string | null): string | null {
  const where = room === null ? '' : `${safeText(room)}: `;
  if (notice.kind === 'answer') return `${where}${answerText(notice)}`;
  if (notice.kind === 'warning') {
    const { count, message } = notice;
    // What is reported at the end begins with its number.
    const times = count > 1 && !message.startsWith(`${count} `) ? ` (${count} times)` : '';
    return `${where}warning: ${safeText(message)}${times}`;
  }
  if (notice.kind !== 'link') return null;
  const text = linkNote(notice.link);
  return text === null ? null : `${where}${text}`;
}

function linkNote(link: Link): string | null {
  switch (link.state) {
    case 'connecting':
      return link.attempt > 1 ? `connecting, try ${link.attempt}…` : 'connecting…';
    case 'live':
      return 'connected';
    case 'waiting': {
      const what = link.wasLive ? 'disconnected' : 'not connected';
      const when = link.retryInMs === 0 ? 'at once' : `in ${formatDuration(link.retryInMs)}`;
      return `${what}: ${safeText(link.reason)}; trying again ${when}`;
    }
    case 'closed':
      return link.wasElsewhere === true ? `closed: ${safeText(link.reason)}` : null;
    case 'signing-in':
    case 'listing':
      return null;
  }
}
