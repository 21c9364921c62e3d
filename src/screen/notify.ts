import type { Environment } from '../output/look.js';
import { safeText } from '../output/text.js';
import type { TransferChange } from '../transfers/change.js';
import type { Status } from '../transfers/transfer.js';
import { nameText, peerText } from './cell-text.js';

/** At most one notification in this time. */
export const NOTIFY_INTERVAL_MS = 1_000;

/** Collects changes of which a person wants to be notified. Time comes in as data, milliseconds since 1970. */
export class Notifier {
  readonly #statuses: ReadonlySet<Status>;
  #first: TransferChange | null = null;
  #more = 0;
  #notifiedAt = Number.NEGATIVE_INFINITY;

  constructor(statuses: readonly Status[]) {
    this.#statuses = new Set(statuses);
  }

  /** Takes a change; the first listing does not notify. */
  add(change: TransferChange): void {
    if (change.origin === 'snapshot' || !this.#statuses.has(change.transfer.status)) return;
    if (this.#first === null) this.#first = change;
    else this.#more += 1;
  }

  /** The text of the notification that is due now: `failed: report.pdf, Anna, and 2 more`; `null` where none is. */
  take(now: number): string | null {
    if (this.#first === null || now - this.#notifiedAt < NOTIFY_INTERVAL_MS) return null;
    const { transfer } = this.#first;
    const more = this.#more > 0 ? `, and ${this.#more} more` : '';
    this.#first = null;
    this.#more = 0;
    this.#notifiedAt = now;
    return `${transfer.status}: ${nameText(transfer, SAFE)}, ${peerText(transfer, SAFE)}${more}`;
  }
}

const MAX_NAME_UNITS = 80;
const SAFE = { text: (raw: string): string => safeText(raw, MAX_NAME_UNITS) };

/** What makes a terminal notify its user: a bell, and a desktop notification in the way that the terminal knows. */
export function notification(text: string, env: Environment): string {
  // A semicolon would end a field.
  const field = text.replaceAll(';', ',');
  switch (protocolOf(env)) {
    case 'osc-9':
      return `\x1b]9;${field}\x07${BELL}`;
    case 'osc-99':
      return `\x1b]99;;${field}\x1b\\${BELL}`;
    case 'osc-777':
      return `\x1b]777;notify;trueconf-files;${field}\x07${BELL}`;
    case 'bell':
      return BELL;
  }
}

const BELL = '\x07';

function protocolOf(env: Environment): 'osc-9' | 'osc-99' | 'osc-777' | 'bell' {
  const { TERM = '', TERM_PROGRAM = '', KITTY_WINDOW_ID, VTE_VERSION, TMUX, STY } = env;
  // Both keep such sequences from the terminal, and report a bell themselves.
  if (TMUX || STY) return 'bell';
  if (KITTY_WINDOW_ID || TERM === 'xterm-kitty') return 'osc-99';
  if (/^(?:iTerm\.app|WezTerm|ghostty)$/.test(TERM_PROGRAM)) return 'osc-9';
  if (VTE_VERSION || /^(?:foot|rxvt-unicode)/.test(TERM)) return 'osc-777';
  return 'bell';
}
