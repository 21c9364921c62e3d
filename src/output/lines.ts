import type { AnswerNotice, HookNotice, Shown } from '../monitor/monitor.js';
import { isoTime } from '../records/line.js';
import { availabilityOf, roomState } from '../records/record.js';
import type { Link } from '../room/entry.js';
import type { Transfer } from '../transfers/transfer.js';
import { formatBytes, formatDuration } from './format.js';
import type { Style } from './look.js';
import type { Sink, View } from './sink.js';
import { safeText, shownName } from './text.js';

export interface LinesOptions {
  readonly style: Style;
  /** Name the Room in each line: there is more than one. */
  readonly nameRooms: boolean;
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
    const text = describe(notice, this.#options.style);
    if (text === null) return;
    const where = this.#options.nameRooms && room !== null ? `${safeText(room)}  ` : '';
    this.#sink.write(`${isoTime(notice.at)}  ${where}${text}\n`);
  }

  async close(): Promise<void> {}
}

/** A change in words; `null` for progress, which would drown the rest, and for the link, which `noteOf` puts into words. */
export function describe(notice: Shown, style: Style): string | null {
  switch (notice.kind) {
    case 'transfer': {
      const { transfer, previousStatus } = notice;
      const status = style.status(transfer.status, statusText(transfer).padEnd(STATUS_COLUMNS));
      const was = previousStatus === null ? '' : `  (was ${previousStatus})`;
      return `${transfer.direction.padEnd(DIRECTION_COLUMNS)}  ${status}  ${about(transfer)}${was}`;
    }
    case 'removed': {
      const { transfer, reason, id, removedFromDisk } = notice;
      const what = transfer === null ? `id ${safeText(id)}` : about(transfer);
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

function about(transfer: Transfer): string {
  const { name, size, peer, conferenceId, direction, id } = transfer;
  const parts = [shownName(name), formatBytes(size)];
  const who = peer?.name ?? peer?.id ?? null;
  if (who !== null) parts.push(`${direction === 'outbound' ? 'to' : 'from'} ${safeText(who)}`);
  if (conferenceId !== null) parts.push(`in conference ${safeText(conferenceId)}`);
  parts.push(`id ${safeText(id)}`);
  return parts.join('  ');
}

const DIRECTION_COLUMNS = 'outbound'.length;
const STATUS_COLUMNS = 'processing'.length;

/** What a person is told on stderr while data goes to stdout; `null` where a notice is no news there. */
export function noteOf(notice: Shown, room: string | null): string | null {
  const where = room === null ? '' : `${safeText(room)}: `;
  if (notice.kind === 'answer') return `${where}${answerText(notice)}`;
  if (notice.kind === 'warning') {
    const times = notice.count > 1 ? ` (${notice.count} times)` : '';
    return `${where}warning: ${safeText(notice.message)}${times}`;
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
    case 'signing-in':
    case 'listing':
    case 'closed':
      return null;
  }
}
