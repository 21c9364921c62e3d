import { quote } from '../protocol/fields.js';
import type { Message } from '../protocol/message.js';
import type { Decision } from '../protocol/requests.js';
import type { Outcome } from '../room/ask.js';
import type { Entry, Link } from '../room/entry.js';
import type { Change } from '../transfers/change.js';
import { Ledger, type LedgerOptions } from '../transfers/ledger.js';
import type { Status, Transfer } from '../transfers/transfer.js';

export interface MonitorOptions extends Pick<LedgerOptions, 'keep'> {
  /**
   * Whether a transfer keeps its path and the last frame about it, as only the table shows them; `false` if not
   * given.
   */
  readonly keepsDetails?: boolean;
}

/** What is known of a Room at one moment. */
export interface Standing {
  /** `null` before the first step of the link. */
  readonly link: Link | null;
  /** The Room's own state, 0 to 6; `null` where it was not told. */
  readonly state: number | null;
  /** Of file transfer, 0 to 3; `null` where it was not told. */
  readonly availability: number | null;
  readonly transfers: Iterable<Transfer>;
}

/**
 * Turns what happened at a Room into what there is to show. Pure: the same entries give the same notices, which is
 * why a replay shows what a live watch showed.
 */
export class Monitor {
  readonly ledger: Ledger;
  readonly #warnings = new Warnings();
  readonly #keepsDetails: boolean;
  readonly #unknownEvents = new Set<string>();
  #state: number | null = null;
  #link: Link | null = null;

  constructor({ keepsDetails = false, ...rest }: MonitorOptions = {}) {
    this.ledger = new Ledger({ ...rest, keepsPaths: keepsDetails });
    this.#keepsDetails = keepsDetails;
  }

  feed(entry: Entry): readonly Notice[] {
    switch (entry.kind) {
      case 'received':
        return this.#receive(entry.message, entry.at, entry.text);
      case 'held':
        return this.#hold(entry.message, entry.at, entry.text);
      case 'sent':
        return NONE;
      case 'link':
        this.#link = entry.link;
        if (entry.link.state !== 'closed') return [entry];
        return [...this.#warnings.flush(entry.at), entry];
      case 'listing-asked':
        this.ledger.beginListing(entry.cause);
        return NONE;
      case 'listing-answered':
        return this.ledger.endListing(entry, entry.at);
      case 'warning':
        return this.#warn(entry.at, entry.code, entry.message);
      case 'heartbeat':
        return [entry];
    }
  }

  /** What is known now, for a recording that begins here. */
  get standing(): Standing {
    const { availability } = this.ledger;
    return { link: this.#link, state: this.#state, availability, transfers: this.ledger.values() };
  }

  #hold(message: Message, at: number, text: string): readonly Notice[] {
    const isAboutTransfer =
      message.kind === 'status' || message.kind === 'implied' || message.kind === 'progress';
    return isAboutTransfer ? this.ledger.hold(message, at) : this.#receive(message, at, text);
  }

  #receive(message: Message, at: number, text: string): readonly Notice[] {
    if (message.kind === 'unreadable') return this.#warn(at, message.code, message.reason);
    const isAnswer = 'method' in message;
    const isKept = this.#keepsDetails && !isAnswer && text.length <= MAX_RAW_UNITS;
    if (message.kind === 'other-event') return message.isDocumented ? NONE : this.#unknown(message.event, at);
    const changes =
      message.kind === 'app-state' || message.kind === 'app-state-answer'
        ? this.#setState(message.appState, at)
        : this.ledger.apply(message, at, isKept ? text : null);
    if (message.problems.length === 0) return changes;
    const about = isAnswer ? `answer to ${quote(message.method)}` : `event ${quote(message.event)}`;
    const id = 'file' in message && message.file !== null && 'id' in message.file ? message.file.id : null;
    return [...changes, ...this.#warn(at, 'partly-read', `${about}: ${message.problems.join('; ')}`, id)];
  }

  #setState(code: number | null, at: number): readonly Notice[] {
    if (code === null || code === this.#state) return NONE;
    this.#state = code;
    return [{ kind: 'state', at, code }];
  }

  /** Once per name, and no more than `MAX_UNKNOWN` of them. */
  #unknown(event: string, at: number): readonly Notice[] {
    if (this.#unknownEvents.has(event) || this.#unknownEvents.size >= MAX_UNKNOWN) return NONE;
    this.#unknownEvents.add(event);
    const message = `an event that is not documented came: ${quote(event)}`;
    return [{ kind: 'warning', at, code: 'unknown-event', message, count: 1, id: null }];
  }

  #warn(at: number, code: string, message: string, id: string | null = null): readonly WarningNotice[] {
    const notice = this.#warnings.admit(at, code, message, id);
    return notice === null ? NONE : [notice];
  }
}

const NONE: readonly never[] = [];

/** Longer frames are not kept with their transfer: many of them would fill the memory. */
const MAX_RAW_UNITS = 16_384;

/** A Room must not fill the memory with names. */
const MAX_UNKNOWN = 50;

/** Lets one warning of each code through per interval, and counts the ones it stands for. Time comes in as data. */
export class Warnings {
  readonly #seen = new Map<string, { lastAt: number; held: number }>();
  readonly #intervalMs: number;

  constructor(intervalMs: number = WARNING_INTERVAL_MS) {
    this.#intervalMs = intervalMs;
  }

  /** The warning to show, or `null` while one of its code was shown less than an interval ago. */
  admit(at: number, code: string, message: string, id: string | null = null): WarningNotice | null {
    const seen = this.#seen.get(code);
    if (seen !== undefined && at >= seen.lastAt && at - seen.lastAt < this.#intervalMs) {
      seen.held++;
      return null;
    }
    this.#seen.set(code, { lastAt: at, held: 0 });
    return { kind: 'warning', at, code, message, count: 1 + (seen?.held ?? 0), id };
  }

  /** What was held back and not told yet: one warning per code, for the end of a watch. */
  flush(at: number): readonly WarningNotice[] {
    const notices: WarningNotice[] = [];
    for (const [code, seen] of this.#seen) {
      if (seen.held === 0) continue;
      notices.push({
        kind: 'warning',
        at,
        code,
        // Far from the warnings of its kind, so that it names them.
        message: `${seen.held} more of "${code}"`,
        count: seen.held,
        id: null,
      });
      seen.held = 0;
    }
    return notices;
  }
}

const WARNING_INTERVAL_MS = 60_000;

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
  readonly outcome: Outcome | null;
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
