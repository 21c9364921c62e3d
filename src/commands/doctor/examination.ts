import { TrueConfFilesError } from '../../errors.js';
import { EXIT, exitCodeOf } from '../../exit-codes.js';
import { adviseOnFault, describeFault } from '../../room/faults.js';
import { type Check, type CheckName, type Finding, type Step, unchecked, wrong } from './check.js';
import { LINK_STEPS } from './link-steps.js';
import { makeSeatSteps } from './seat-steps.js';
import { Visit, type VisitOptions } from './visit.js';

export interface ExaminationOptions extends VisitOptions {
  /** Whether to take a seat of the Room. */
  readonly signIn: boolean;
  readonly onCheck: (check: Check) => void;
}

/**
 * Checks a Room step by step. A step that fails for good skips all steps after it.
 * @returns the exit code
 * @throws the signal's reason where it is aborted
 */
export async function examine(options: ExaminationOptions, signal: AbortSignal): Promise<number> {
  const visit = new Visit(options, signal);
  const tell = (step: Step, finding: Finding) =>
    options.onCheck({ check: step.check, at: Date.now(), ...finding });
  let exitCode: number = EXIT.done;
  let failed: Step | null = null;
  try {
    for (const step of [...LINK_STEPS, ...makeSeatSteps()]) {
      if (failed !== null) tell(step, unchecked(skippedAfter(failed.check)));
      else if (step.needsSeat && !options.signIn) tell(step, unchecked(LEFT_ALONE));
      else {
        try {
          const finding = await step.run(visit);
          signal.throwIfAborted();
          if (finding.ok === false) exitCode = EXIT.failed;
          tell(step, finding);
        } catch (error) {
          signal.throwIfAborted();
          failed = step;
          exitCode = codeOf(error);
          tell(step, describe(error, visit));
        }
      }
    }
  } finally {
    await visit.close();
  }
  return exitCode;
}

/** The findings of an examination that ends with a wrong address. */
export function refuseAddress(fault: TrueConfFilesError, onCheck: (check: Check) => void): number {
  const [first, ...rest] = [...LINK_STEPS, ...makeSeatSteps()];
  const at = Date.now();
  if (first !== undefined) onCheck({ check: first.check, at, ...wrong(fault.message, fault.hint) });
  for (const { check } of rest) onCheck({ check, at, ...unchecked(skippedAfter('address')) });
  return exitCodeOf(fault);
}

function describe(fault: unknown, { redactor }: Visit): Finding {
  if (fault instanceof TrueConfFilesError) return wrong(redactor.redact(fault.message), fault.hint);
  const cause = fault instanceof Error ? (fault.cause ?? fault) : fault;
  return wrong(redactor.redact(describeFault(fault)), adviseOnFault(cause));
}

/** Whatever else keeps a Room from answering makes it unreachable. */
function codeOf(fault: unknown): number {
  return fault instanceof TrueConfFilesError ? exitCodeOf(fault) : EXIT.unreachable;
}

function skippedAfter(failed: CheckName): string {
  return `skipped, as "${failed}" failed`;
}

const LEFT_ALONE = "skipped: without signing in, the Room's seats are left alone";
