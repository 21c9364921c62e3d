import type { Tally } from '../../metrics/tally.js';
import type { Link } from '../../room/link.js';
import type { FeedHandlers } from './feed.js';

/** Handlers of a Room's feed that count as well. What is counted does not depend on what is shown. */
export function metered(handlers: FeedHandlers, tally: Tally | null): FeedHandlers {
  if (tally === null) return handlers;
  return {
    ...handlers,
    onNotice(notice, room) {
      tally.notice(notice, room);
      handlers.onNotice(notice, room);
    },
  };
}

/** Handlers of a feed that tells of a NATS server under its address, and of Rooms that relays hold. */
export function meteredRelay(handlers: FeedHandlers, tally: Tally | null, server: string): FeedHandlers {
  if (tally === null) return handlers;
  return {
    ...handlers,
    onNotice(notice, room) {
      if (room !== server) tally.toldNotice(notice, room);
      else if (notice.kind === 'link') tally.server(server, whyDown(notice.link));
      handlers.onNotice(notice, room);
    },
  };
}

function whyDown(link: Link): string | null {
  if (link.state === 'live') return null;
  return 'reason' in link ? link.reason : 'connecting';
}
