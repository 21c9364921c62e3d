import type { Decision } from '../protocol/requests.js';
import type { Link } from '../room/entry.js';
import type { Change } from '../transfers/change.js';
import type { Status } from '../transfers/transfer.js';

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

/** A hook ended. */
export interface HookNotice {
  readonly kind: 'hook';
  readonly at: number;
  /** What it was run for. */
  readonly event: Status | 'removed' | 'connected' | 'disconnected' | 'taken-over';
  /** The transfer's; `null` for an event of the link. */
  readonly id: string | null;
  /** The first word of its command. */
  readonly command: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** The last line that it wrote to stderr. */
  readonly stderr: string | null;
  /** What it decided of a request. */
  readonly decision: Decision | null;
  /** Why it failed, in words, where it could not be started or did not end by itself. */
  readonly fault: string | null;
}

/** A request was answered by a rule or a hook, or would have been. */
export interface AnswerNotice {
  readonly kind: 'answer';
  readonly at: number;
  readonly decision: Decision;
  readonly id: string;
  /** `null` where nothing was sent, under `--dry-run`. */
  readonly outcome: { readonly ok: true } | { readonly ok: false; readonly reason: string } | null;
  /** The rule, or the first word of the hook's command. */
  readonly by: { readonly rule: string } | { readonly hook: string };
}

/** What a view is shown: what happened at a Room, and what was done about it. */
export type Shown = Notice | HookNotice | AnswerNotice;

/** What happened at a Room: a change of a transfer, of the link or the Room's state, a warning or a heartbeat. */
export type Notice = Change | LinkNotice | StateNotice | WarningNotice | HeartbeatNotice;

export function isChange(notice: Notice): notice is Change {
  return !OTHER_KINDS.has(notice.kind);
}

const OTHER_KINDS: ReadonlySet<Notice['kind']> = new Set(['link', 'state', 'warning', 'heartbeat']);
