import type { Style } from '../../output/color.js';
import { isoTime, RECORD_VERSION } from '../../output/record.js';
import type { RecordBase } from '../../output/room-record.js';
import type { Symbols } from '../../output/symbols.js';
import { safeText } from '../../output/text.js';
import type { Check, Finding } from './check.js';

/** A check as lines for a person: its sign, name and finding, and what to do. */
export function checkLines(check: Check, style: Style, symbols: Symbols): string {
  const { ok, detail, hint, milliseconds } = check;
  const took = milliseconds === null ? '' : style.faint(`  ${formatMilliseconds(milliseconds)}`);
  const name = check.check.padEnd(NAME_COLUMNS);
  if (ok === null) return `${style.faint(`${symbols.dot} ${name} ${safeText(detail)}`)}\n`;
  const sign = ok ? style.good(symbols.status.complete) : style.alarm(symbols.status.failed);
  const advice = hint === null ? '' : `${' '.repeat(NAME_COLUMNS + 3)}${safeText(hint)}\n`;
  return `${sign} ${name} ${safeText(detail)}${took}\n${advice}`;
}

/** A check under `--json`. */
export interface CheckRecord extends RecordBase, Finding {
  readonly type: 'check';
  readonly check: Check['check'];
}

/** A check as one record. */
export function checkRecord({ check, at, ok, detail, hint, milliseconds }: Check, room: string): CheckRecord {
  return {
    type: 'check',
    v: RECORD_VERSION,
    time: isoTime(at),
    room,
    check,
    ok,
    detail,
    hint,
    milliseconds: milliseconds === null ? null : tenths(milliseconds),
  };
}

/** The last line: what all the checks come to. */
export function verdict(checks: readonly Check[], style: Style): string {
  const failed = checks.filter(({ ok }) => ok === false).map(({ check }) => check);
  if (failed.length === 0) {
    const isWhole = checks.some(({ check, ok }) => check === 'sign-in' && ok !== null);
    return `${style.good(isWhole ? 'All is well.' : 'All that was checked is well.')}\n`;
  }
  return `${style.alarm(`Something is wrong: ${failed.join(', ')}.`)}\n`;
}

function formatMilliseconds(ms: number): string {
  return `${ms < SHOWN_IN_TENTHS_MS ? tenths(ms) : Math.round(ms)} ms`;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** As long as the longest name. */
const NAME_COLUMNS = 13;
const SHOWN_IN_TENTHS_MS = 10;
