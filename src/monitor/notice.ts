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

/** The Room's own state became known, or changed. */
export interface StateNotice {
  readonly kind: 'state';
  readonly at: number;
  /** 0 to 6, as `appState` has it; others are not documented. */
  readonly code: number;
}

/** A heartbeat interval passed in which nothing else was written. */
export interface HeartbeatNotice {
  readonly kind: 'heartbeat';
  readonly at: number;
  readonly connected: boolean;
}

/** What a view shows. */
export type Notice = Change | LinkNotice | StateNotice | WarningNotice | HeartbeatNotice;

export function isChange(notice: Notice): notice is Change {
  return !OTHER_KINDS.has(notice.kind);
}

const OTHER_KINDS: ReadonlySet<Notice['kind']> = new Set(['link', 'state', 'warning', 'heartbeat']);
