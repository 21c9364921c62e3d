import type { Message } from '../protocol/message.js';

/**
 * What happened at a Room, in order and with its time (`at`, milliseconds since 1970). A live Room and a recording
 * both give entries; everything that is shown follows from them alone.
 */
export type Entry =
  | ReceivedEntry
  /**
   * Only in recordings: what was known when a part of one began, as a frame of the Room could tell it. It repeats what
   * the parts before show.
   */
  | { readonly kind: 'held'; readonly at: number; readonly text: string; readonly message: Message }
  /** A frame went to the Room. It may hold credentials. */
  | { readonly kind: 'sent'; readonly at: number; readonly text: string }
  | { readonly kind: 'link'; readonly at: number; readonly link: Link }
  /** Both lists are being asked for. */
  | { readonly kind: 'listing-asked'; readonly at: number; readonly cause: 'snapshot' | 'resync' | 'cleared' }
  /** The lists have answered, or will not: which of them did. */
  | {
      readonly kind: 'listing-answered';
      readonly at: number;
      readonly inbound: boolean;
      readonly outbound: boolean;
    }
  /** Something was wrong apart from a message's content. */
  | { readonly kind: 'warning'; readonly at: number; readonly code: string; readonly message: string }
  | { readonly kind: 'heartbeat'; readonly at: number; readonly connected: boolean };

/** A frame came from the Room. */
export interface ReceivedEntry {
  readonly kind: 'received';
  readonly at: number;
  readonly text: string;
  readonly message: Message;
}

/** The state of the link to one Room. Exactly one holds at any time. */
export type Link =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'signing-in'; readonly attempt: number }
  | { readonly state: 'listing'; readonly attempt: number }
  | { readonly state: 'live'; readonly attempt: number }
  | {
      readonly state: 'waiting';
      /** The try that just failed, or 0 where a live link was lost. */
      readonly attempt: number;
      readonly retryInMs: number;
      /** A sentence; may quote the Room. */
      readonly reason: string;
      /** Whether a live link was lost, rather than a try that failed. */
      readonly wasLive: boolean;
      /** Whether another client took the seat. */
      readonly wasTaken?: boolean;
    }
  | {
      readonly state: 'closed';
      readonly reason: string;
      /** Whether another client took the seat. */
      readonly wasTaken?: boolean;
      /** Whether another process held the link: a relay, or the watch that was recorded. Only what is shown has it. */
      readonly wasElsewhere?: boolean;
    };
