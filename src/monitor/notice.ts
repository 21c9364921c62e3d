import type { Link } from '../room/entry.js';
import type { Change } from '../transfers/change.js';

/** The state of the link changed. */
export interface LinkNotice {
  readonly kind: 'link';
  readonly at: number;
  readonly link: Link;
}

/** Something was wrong and the watch goes on. One per code and interval: `count` says how many it stands for. */
export interface WarningNotice {
  readonly kind: 'warning';
  readonly at: number;
  readonly code: string;
  /** A sentence; may quote the Room. */
  readonly message: string;
  readonly count: number;
  /** The transfer it concerns, where it concerns one. */
  readonly id: string | null;
}

/** A heartbeat interval passed in which nothing else was written. */
export interface HeartbeatNotice {
  readonly kind: 'heartbeat';
  readonly at: number;
  readonly connected: boolean;
}

/** What a view is shown: a change of a transfer, of the link, a warning or a heartbeat. */
export type Notice = Change | LinkNotice | WarningNotice | HeartbeatNotice;

export function isChange(notice: Notice): notice is Change {
  return notice.kind !== 'link' && notice.kind !== 'warning' && notice.kind !== 'heartbeat';
}
