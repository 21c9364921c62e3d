import type { Message } from '../protocol/message.js';
import type { Link } from './link.js';

/**
 * What happened at a Room, in order and with its time (`at`, milliseconds since 1970). A live Room and a recording
 * both give entries; everything that is shown follows from them alone.
 */
export type Entry =
  | ReceivedEntry
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
