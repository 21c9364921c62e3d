import { formatDuration } from '../output/text.js';
import { availabilityMeaning, availabilityOf, roomState } from '../records/record.js';
import type { RoomState } from './model.js';

export type LinkTone = 'good' | 'busy' | 'bad';

export interface LinkText {
  readonly tone: LinkTone;
  readonly long: string;
  readonly short: string;
}

/** The state of a link in words, with its attempt and the time to the next one. */
export function linkText({ link, linkAt, code }: RoomState, now: number): LinkText {
  switch (link.state) {
    case 'connecting':
      return { tone: 'busy', long: `connecting${attempt(link.attempt)}`, short: 'connecting' };
    case 'signing-in':
      return { tone: 'busy', long: `signing in${attempt(link.attempt)}`, short: 'signing in' };
    case 'listing':
      return { tone: 'busy', long: `listing${attempt(link.attempt)}`, short: 'listing' };
    case 'live': {
      const state = code === null ? null : roomState(code);
      if (state === null || state.canTransfer) return { tone: 'good', long: 'live', short: 'live' };
      return { tone: 'bad', long: `${state.text}: no files can arrive`, short: 'no files' };
    }
    case 'waiting': {
      const left = retryIn(link.retryInMs, linkAt, now);
      const what = link.wasLive ? 'connection lost' : `attempt ${link.attempt} failed`;
      if (left === null) return { tone: 'bad', long: `${what}, retrying`, short: 'retrying' };
      return { tone: 'bad', long: `${what}, retrying in ${left}`, short: `retry ${left}` };
    }
    case 'closed':
      return { tone: 'bad', long: 'closed', short: 'closed' };
  }
}

/** Why a Room is not connected, as the link says it: text from outside. */
export function linkReason({ link }: RoomState): string | null {
  return link.state === 'waiting' || link.state === 'closed' ? link.reason : null;
}

/** Why files can't be transferred although the Room is connected; `null` where they can, or it is not known. */
export function unavailability({ availability }: RoomState): string | null {
  if (availability === null || availabilityOf(availability) === 'available') return null;
  const meaning = availabilityMeaning(availability);
  return meaning === null ? null : `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;
}

/**
 * Whole seconds, rounded up. `null` once they are over: the retries of a relay or a server are not announced, and a
 * countdown would stand at 0s.
 */
export function retryIn(retryInMs: number, since: number, now: number): string | null {
  const leftMs = Math.max(0, Math.min(retryInMs, retryInMs - (now - since)));
  return leftMs === 0 ? null : formatDuration(Math.ceil(leftMs / 1_000) * 1_000);
}

function attempt(count: number): string {
  return count > 1 ? ` (attempt ${count})` : '';
}
