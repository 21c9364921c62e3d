import type { Symbols } from '../output/look.js';
import { formatAge, formatDuration } from '../output/text.js';
import { displayWidth, fitWidth } from '../output/width.js';
import { hasEnded, type Transfer } from '../transfers/transfer.js';

const MIN_LONG_COLUMNS = 30;

/**
 * The path of statuses with how long each took: `waiting 12s → processing 3s → complete`, or in less room
 * `○12s→●3s→✓`, or of that only the last steps.
 */
export function pathText(transfer: Transfer, now: number, width: number, symbols: Symbols): string {
  // By the width of the column, not of the text: rows that look alike are easier to compare.
  const long = width < MIN_LONG_COLUMNS ? null : longPath(transfer, now, symbols);
  if (long !== null && displayWidth(long) <= width) return long;
  const steps = timedSteps(transfer, now).map(
    ({ status, ms }) => `${symbols.status[status]}${ms === null ? '' : formatAge(ms)}`,
  );
  if (transfer.omittedSteps > 0) steps.splice(1, 0, symbols.ellipsis);
  for (let from = 0; from < steps.length; from += 1) {
    const kept = from === 0 ? steps : [symbols.ellipsis, ...steps.slice(from)];
    const short = kept.join(symbols.arrow);
    if (displayWidth(short) <= width) return short;
  }
  return fitWidth(steps.at(-1) ?? '', width, symbols.ellipsis);
}

/** The whole path in words. */
export function longPath(transfer: Transfer, now: number, symbols: Symbols): string {
  const steps = timedSteps(transfer, now).map(({ status, ms }) =>
    ms === null ? status : `${status} ${formatDuration(ms)}`,
  );
  if (transfer.omittedSteps > 0) steps.splice(1, 0, symbols.ellipsis);
  return steps.join(` ${symbols.arrow} `);
}

/** Each step with how long it took; a present one in whole seconds, `null` where it is the end. */
function timedSteps(transfer: Transfer, now: number): { status: Transfer['status']; ms: number | null }[] {
  return transfer.path.map(({ status, at }, index) => {
    const next = transfer.path[index + 1];
    if (next !== undefined) return { status, ms: Math.max(0, next.at - at) };
    if (hasEnded(status)) return { status, ms: null };
    return { status, ms: Math.floor(Math.max(0, now - at) / 1_000) * 1_000 };
  });
}
