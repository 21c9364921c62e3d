import { EXIT, exitCodeOf, TrueConfFilesError } from '../../errors.js';
import type { Style, Symbols } from '../../output/look.js';
import { safeText } from '../../output/text.js';
import { isoTime, RECORD_VERSION } from '../../records/line.js';
import type { RecordBase } from '../../records/types.js';
import type { RoomCheckup } from './room-checkup.js';

/** Everything that is checked, in this order. */
export type CheckName =
  | 'address'
  | 'name'
  | 'page'
  | 'port'
  | 'handshake'
  | 'ping'
  | 'sign-in'
  | 'seat'
  | 'inbound-list'
  | 'outbound-list'
  | 'availability'
  | 'request'
  | 'state'
  | 'pin'
  | 'events'
  | NatsCheckName;

/** What is checked of a NATS server, besides address, name, port, sign-in and ping. */
type NatsCheckName =
  | 'server'
  | 'jetstream'
  | 'stream'
  | 'leases'
  | 'may-watch'
  | 'may-relay'
  | 'relays'
  | 'rooms'
  | 'commands';

/** What a check found. Sentences may quote the Room; secrets are taken out of them. */
export interface CheckResult {
  /** `null` where it was not checked, or there was nothing to check. */
  readonly ok: boolean | null;
  readonly detail: string;
  /** What to do, where something is wrong. */
  readonly hint: string | null;
  /** How long it took, where that tells something. */
  readonly milliseconds: number | null;
}

export interface Check extends CheckResult {
  readonly check: CheckName;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** One step of an examination. */
export interface CheckStep {
  readonly check: CheckName;
  /** It takes a seat of the Room, or needs one. */
  readonly needsSeat: boolean;
  /**
   * @throws whatever leaves nothing to check behind it. What is wrong and yet does not stop a watch is a finding.
   */
  run(checkup: RoomCheckup): Promise<CheckResult> | CheckResult;
}

/** A step, with what it is about. */
interface Task {
  readonly check: CheckName;
  /** Whether the tasks after it run even where it fails. */
  readonly goesOn?: boolean;
  run(): Promise<CheckResult> | CheckResult;
}

/**
 * Runs tasks in their order. One that fails skips all after it, unless it says otherwise.
 * @returns the exit code: that of the first that failed, 6 where something is wrong and none failed, else 0
 * @throws the signal's reason where it is aborted
 */
export async function runTasks(
  tasks: readonly Task[],
  options: { readonly onCheck: (check: Check) => void; readonly describe: (fault: unknown) => CheckResult },
  signal: AbortSignal,
): Promise<number> {
  let failed: CheckName | null = null;
  let isWrong = false;
  let exitCode: number | null = null;
  for (const { check, goesOn, run } of tasks) {
    const tell = (finding: CheckResult) => options.onCheck({ check, at: Date.now(), ...finding });
    if (failed !== null) {
      tell(unchecked(skippedAfter(failed)));
      continue;
    }
    try {
      const finding = await run();
      signal.throwIfAborted();
      isWrong ||= finding.ok === false;
      tell(finding);
    } catch (error) {
      signal.throwIfAborted();
      // Whatever else keeps a Room from answering makes it unreachable.
      exitCode ??= error instanceof TrueConfFilesError ? exitCodeOf(error) : EXIT.unreachable;
      if (goesOn !== true) failed = check;
      tell(options.describe(error));
    }
  }
  return exitCode ?? (isWrong ? EXIT.failed : EXIT.done);
}

export function skippedAfter(failed: CheckName): string {
  return `skipped, as "${failed}" failed`;
}

export function fine(detail: string, milliseconds: number | null = null): CheckResult {
  return { ok: true, detail, hint: null, milliseconds };
}

export function wrong(detail: string, hint: string | null, milliseconds: number | null = null): CheckResult {
  return { ok: false, detail, hint, milliseconds };
}

export function unchecked(detail: string): CheckResult {
  return { ok: null, detail, hint: null, milliseconds: null };
}

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
export interface CheckRecord extends RecordBase, CheckResult {
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
