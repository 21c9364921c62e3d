import type { Notice } from '../monitor/notice.js';
import type { Link } from '../room/link.js';
import { formatDuration } from './format.js';
import { safeText } from './text.js';

/** What a person is told on stderr while data goes to stdout; `null` where a notice is no news there. */
export function noteOf(notice: Notice, room: string): string | null {
  if (notice.kind === 'warning') {
    const times = notice.count > 1 ? ` (${notice.count} times)` : '';
    return `${safeText(room)}: warning: ${safeText(notice.message)}${times}`;
  }
  if (notice.kind !== 'link') return null;
  const text = linkNote(notice.link);
  return text === null ? null : `${safeText(room)}: ${text}`;
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
