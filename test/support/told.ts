import type { Message } from '../../src/protocol/message.js';
import type { Change } from '../../src/transfers/change.js';
import { Ledger } from '../../src/transfers/ledger.js';

/** A message, or the beginning or the end of a listing. */
export type Step =
  | Message
  | 'snapshot?'
  | 'resync?'
  | 'cleared?'
  | 'both'
  | 'in only'
  | 'out only'
  | 'neither';

/** What happens, and what is reported of it. */
export type Row = readonly [name: string, steps: readonly Step[], told: readonly string[]];

const ANSWERED = {
  both: { inbound: true, outbound: true },
  'in only': { inbound: true, outbound: false },
  'out only': { inbound: false, outbound: true },
  neither: { inbound: false, outbound: false },
};

/** Lets a ledger take a step. */
export function take(ledger: Ledger, step: Step, at: number): readonly Change[] {
  switch (step) {
    case 'snapshot?':
    case 'resync?':
    case 'cleared?':
      ledger.beginListing(step === 'snapshot?' ? 'snapshot' : step === 'resync?' ? 'resync' : 'cleared');
      return [];
    case 'both':
    case 'in only':
    case 'out only':
    case 'neither':
      return ledger.endListing(ANSWERED[step], at);
    default:
      return ledger.apply(step, at);
  }
}

/** What a ledger tells of the steps, one second after the other. */
export function tell(steps: readonly Step[], ledger = new Ledger()): readonly string[] {
  return steps.flatMap((step, index) => take(ledger, step, 1_000 * (index + 1))).map(told);
}

/** A change in one line, such as `a waiting→processing (event)`. */
export function told(change: Change): string {
  switch (change.kind) {
    case 'transfer': {
      const { transfer, previousStatus, origin } = change;
      return `${transfer.id} ${previousStatus ?? ''}→${transfer.status} (${origin})`;
    }
    case 'progress':
      return `${change.transfer.id} ${change.transfer.progress}%`;
    case 'removed':
      return `${change.id} removed (${change.reason})`;
    case 'availability':
      return `availability ${change.code}`;
  }
}
