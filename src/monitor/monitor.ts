import { quote } from '../protocol/fields.js';
import type { Message } from '../protocol/message.js';
import type { Entry } from '../room/entry.js';
import { Ledger, type LedgerOptions } from '../transfers/ledger.js';
import type { Notice, WarningNotice } from './notice.js';

export interface MonitorOptions extends Pick<LedgerOptions, 'keep'> {
  /**
   * Whether a transfer keeps its path and the last frame that told of it, as only the table shows them; `false` if not
   * given.
   */
  readonly keepsDetails?: boolean;
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

  constructor({ keepsDetails = false, ...rest }: MonitorOptions = {}) {
    this.ledger = new Ledger({ ...rest, keepsPaths: keepsDetails });
    this.#keepsDetails = keepsDetails;
  }

  feed(entry: Entry): readonly Notice[] {
    switch (entry.kind) {
      case 'received':
        return this.#receive(entry.message, entry.at, entry.text);
      case 'sent':
        return NONE;
      case 'link':
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
        message: `${seen.held} more of these`,
        count: seen.held,
        id: null,
      });
      seen.held = 0;
    }
    return notices;
  }
}

export const WARNING_INTERVAL_MS = 60_000;
